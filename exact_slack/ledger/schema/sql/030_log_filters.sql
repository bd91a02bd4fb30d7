-- `log` finds what happened in a period, and what has a state or an exception, without reading all
CREATE INDEX documents_first_seen ON documents (first_seen);
CREATE INDEX deliveries_posted ON deliveries (done_at) WHERE state='posted';
CREATE INDEX deliveries_superseded ON deliveries (id) WHERE state='superseded';
CREATE INDEX log_exception ON log (document) WHERE what='exception';
CREATE INDEX log_stood ON log (delivery) WHERE what='moved' AND instr(body, '"posted_at":');
CREATE INDEX item_steps_at ON item_steps (at);

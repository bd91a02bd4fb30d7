-- edits have a pace of their own: finding the next one must not walk through a backlog of posts
DROP INDEX open_deliveries;
CREATE INDEX open_deliveries ON deliveries (channel, (action='edit'), not_before, id)
    WHERE state IN ('pending', 'limited', 'refused');

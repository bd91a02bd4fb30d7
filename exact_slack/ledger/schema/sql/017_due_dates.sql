CREATE TABLE due_told (             -- exceptions that a due date brought, told once in a channel
    subject INTEGER NOT NULL REFERENCES documents (id),
    exception TEXT NOT NULL,
    due TEXT NOT NULL,
    channel TEXT NOT NULL,
    PRIMARY KEY (subject, exception, due, channel)
) STRICT, WITHOUT ROWID;

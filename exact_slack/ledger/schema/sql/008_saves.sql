-- a reading is overtaken by what was saved after it began: counted, because clocks are set back
CREATE TABLE saves (n INTEGER NOT NULL) STRICT;
INSERT INTO saves VALUES (0);
ALTER TABLE documents ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;

-- poll --due: how often each kind changes, by hours of Exact's clock since 1970 and weeks of 168 of
-- them (what the ledger still knows of the last four weeks is a beginning); and readings in vain
CREATE TABLE rhythm (
    division INTEGER NOT NULL,
    kind TEXT NOT NULL,
    hour INTEGER NOT NULL,
    week INTEGER NOT NULL,
    n REAL NOT NULL,                -- changes, as they counted in that week
    PRIMARY KEY (division, kind, hour)
) STRICT, WITHOUT ROWID;
INSERT INTO rhythm
    SELECT division, kind, h % 168, strftime('%s', 'now') / 604800, count(*) * 0.7
    FROM (SELECT DISTINCT division, kind, modified / 3600000 AS h, modified / 60000 FROM documents
        WHERE modified BETWEEN strftime('%s', 'now') * 1000 - 2419200000
        AND strftime('%s', 'now') * 1000)
    GROUP BY division, kind, h % 168;
INSERT OR IGNORE INTO facts
    SELECT 'rhythm since', max(min(floor) / 3600000, strftime('%s', 'now') / 3600 - 672)
    FROM cursors GROUP BY 'all' HAVING count(*) > 0;
ALTER TABLE cursors ADD COLUMN tried_at REAL NOT NULL DEFAULT 0;

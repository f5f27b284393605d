-- Keep in copy.db a copy of all articles, one page of changes a run:  sqlite3 copy.db < follow.sqlite.sql
-- The first run takes a snapshot. If it says "too_far_behind", delete copy.db and begin anew.
.bail on
.timeout 30000
ATTACH 'file:frontnews.db?mode=ro' AS source;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS article AS SELECT * FROM source.v1_articles WHERE 0;
CREATE UNIQUE INDEX IF NOT EXISTS article_id ON article (id);
CREATE TABLE IF NOT EXISTS applied AS SELECT change_seq, op, article_id FROM source.v1_changes WHERE 0;
CREATE TABLE IF NOT EXISTS cursor (seq INTEGER, CONSTRAINT too_far_behind CHECK (seq IS NOT NULL));

-- a new copy: everything that is there now
INSERT INTO article SELECT * FROM source.v1_articles WHERE NOT EXISTS (SELECT 1 FROM cursor);
INSERT INTO cursor SELECT CAST(value AS INTEGER) FROM source.v1_meta
  WHERE name = 'last_change_seq' AND NOT EXISTS (SELECT 1 FROM cursor);
-- steps that this copy has not seen were compacted, or it saw what a restore has lost: stop here, loudly
UPDATE cursor SET seq = NULL
  WHERE seq < (SELECT CAST(value AS INTEGER) - 1 FROM source.v1_meta WHERE name = 'oldest_change_seq')
     OR seq > (SELECT CAST(value AS INTEGER) FROM source.v1_meta WHERE name = 'last_change_seq')
     OR EXISTS (SELECT 1 FROM json_each((SELECT value FROM source.v1_meta WHERE name = 'lost_change_seqs')) AS p
                WHERE seq > json_extract(p.value, '$[0]') AND seq < json_extract(p.value, '$[1]'));

CREATE TEMP TABLE page AS SELECT change_seq, op, article_id FROM source.v1_changes
  WHERE change_seq > (SELECT seq FROM cursor) ORDER BY change_seq LIMIT 500;
DELETE FROM article WHERE id IN (SELECT article_id FROM page);
INSERT INTO article SELECT * FROM source.v1_articles WHERE id IN (SELECT article_id FROM page);
INSERT INTO applied SELECT * FROM page;
UPDATE cursor SET seq = max(seq, (SELECT coalesce(max(change_seq), 0) FROM page));
COMMIT;

-- Keep in schema copy a copy of all articles, one page of changes a run:  psql URL -f follow.postgresql.sql
-- The first run takes a snapshot. If it says "too far behind": DROP SCHEMA copy CASCADE, and begin anew.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS copy;
CREATE TABLE IF NOT EXISTS copy.article AS SELECT * FROM api_v1.articles WITH NO DATA;
CREATE UNIQUE INDEX IF NOT EXISTS article_id ON copy.article (id);
CREATE TABLE IF NOT EXISTS copy.applied AS SELECT change_seq, op, article_id FROM api_v1.changes WITH NO DATA;
CREATE TABLE IF NOT EXISTS copy.cursor (one boolean PRIMARY KEY DEFAULT true CHECK (one), seq bigint);
INSERT INTO copy.cursor VALUES (true, NULL) ON CONFLICT DO NOTHING;

BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT seq FROM copy.cursor FOR UPDATE \g /dev/null
-- a new copy: everything that is there now
INSERT INTO copy.article SELECT * FROM api_v1.articles WHERE (SELECT seq FROM copy.cursor) IS NULL;
UPDATE copy.cursor SET seq = (SELECT value::bigint FROM api_v1.meta WHERE name = 'last_change_seq')
  WHERE seq IS NULL;
DO $$ BEGIN  -- steps that this copy has not seen were compacted, or it saw what a restore has lost
  IF (SELECT seq FROM copy.cursor) <
     (SELECT value::bigint - 1 FROM api_v1.meta WHERE name = 'oldest_change_seq')
  OR (SELECT seq FROM copy.cursor) > (SELECT value::bigint FROM api_v1.meta WHERE name = 'last_change_seq')
  OR EXISTS (SELECT FROM copy.cursor, jsonb_array_elements(
               (SELECT value::jsonb FROM api_v1.meta WHERE name = 'lost_change_seqs')) AS pair
             WHERE seq > (pair->>0)::bigint AND seq < (pair->>1)::bigint)
  THEN RAISE 'this copy is too far behind, or ahead of a backup'; END IF;
END $$;
CREATE TEMP TABLE page ON COMMIT DROP AS SELECT change_seq, op, article_id FROM api_v1.changes
  WHERE change_seq > (SELECT seq FROM copy.cursor) ORDER BY change_seq LIMIT 500;
DELETE FROM copy.article WHERE id IN (SELECT article_id FROM page);
INSERT INTO copy.article SELECT * FROM api_v1.articles WHERE id IN (SELECT article_id FROM page);
INSERT INTO copy.applied SELECT * FROM page;
UPDATE copy.cursor SET seq = greatest(seq, (SELECT max(change_seq) FROM page));
COMMIT;

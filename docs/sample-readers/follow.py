"""Keep a copy of all articles: python follow.py SOURCE COPY.db [SECONDS]

SOURCE is the file of Frontnews or postgresql://…; with SECONDS it looks again for ever. Rows and cursor are
committed together: killed at any moment, this reader misses nothing and applies nothing twice.
"""

# ruff: noqa: S608 - the statements are made of names of views and of numbers
import json
import sqlite3
import sys
import time

PAGE = 500
source_address, copy_path, *interval = sys.argv[1:]
if source_address.startswith("postgres"):
    import psycopg

    source = psycopg.connect(source_address, autocommit=True)
    views, begin = "api_v1.", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
else:
    source = sqlite3.connect(f"file:{source_address}?mode=ro", uri=True, isolation_level=None, timeout=30)
    views, begin = "v1_", "BEGIN"
copy = sqlite3.connect(copy_path, isolation_level=None, timeout=30)
copy.executescript("""CREATE TABLE IF NOT EXISTS article (id TEXT PRIMARY KEY, record TEXT);
                      CREATE TABLE IF NOT EXISTS applied (change_seq INTEGER, op TEXT, article_id TEXT);
                      CREATE TABLE IF NOT EXISTS cursor (seq INTEGER)""")
while True:
    source.execute(begin)  # one snapshot: the page, the articles and the marks belong together
    copy.execute("BEGIN IMMEDIATE")
    (cursor,) = copy.execute("SELECT max(seq) FROM cursor").fetchone()
    marks = dict(source.execute(f"SELECT name, value FROM {views}meta").fetchall())
    newest, oldest = int(marks["last_change_seq"]), int(marks["oldest_change_seq"])
    restores = json.loads(marks.get("lost_change_seqs", "[]"))
    is_lost = cursor is not None and (cursor > newest or any(a < cursor < b for a, b in restores))
    if cursor is None or cursor < oldest - 1 or is_lost:  # new, away for too long, or ahead of a backup
        page, last, touched = [], newest, f"SELECT id FROM {views}articles"
        copy.execute("DELETE FROM article")
    else:
        changes = f"{views}changes WHERE change_seq > {cursor} ORDER BY change_seq LIMIT {PAGE}"
        page = source.execute(f"SELECT change_seq, op, article_id FROM {changes}").fetchall()
        last, touched = page[-1][0] if page else cursor, f"SELECT article_id FROM {changes}"
    found = source.execute(f"SELECT * FROM {views}articles WHERE id IN (SELECT * FROM ({touched}) AS t)")
    names = [column[0] for column in found.description]
    rows = ((row[0], json.dumps(dict(zip(names, row, strict=True)), default=str)) for row in found)
    copy.executemany("DELETE FROM article WHERE id = ?", [(change[2],) for change in page])  # merged, deleted
    copy.executemany("INSERT OR REPLACE INTO article VALUES (?, ?)", rows)
    copy.executemany("INSERT INTO applied VALUES (?, ?, ?)", page)
    copy.execute("DELETE FROM cursor")
    copy.execute("INSERT INTO cursor VALUES (?)", (last,))
    copy.execute("COMMIT")
    source.execute("COMMIT")
    if not page and not interval and cursor is not None:
        break
    if not page and interval:
        time.sleep(float(interval[0]))

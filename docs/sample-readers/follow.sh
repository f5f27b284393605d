#!/bin/sh
# Keep a copy of all articles in DIR/current/articles.jsonl, one page of changes a run:  follow.sh DIR
# Needs frontnews and jq. Each run writes a new folder and then turns the link "current" to it, so that
# rows and cursor change together, whenever it is killed. Rewrites the whole copy: for small ones.
set -eu
mkdir -p "$1" && cd "$1"
if [ ! -e current ]; then # a new copy begins at the first change
  rm -rf first && mkdir first && touch first/articles.jsonl first/applied && echo 0 >first/cursor
  ln -s first current
fi
cursor=$(cat current/cursor)
next=$(mktemp -d "page-after-$cursor-XXXXXX")

# ends here with one line and code 4 if this copy is too far behind: delete DIR/current, import
# `frontnews export --format jsonl`, and write the cursor that the line names into its cursor file
frontnews changes --after "$cursor" --limit 500 >"$next/page"
if [ ! -s "$next/page" ]; then
  rm -rf "$next"
  exit 0
fi
jq -r .article_id "$next/page" | sort -u >"$next/ids"
xargs frontnews articles show --json <"$next/ids" |
  jq -c 'select(.merged_from == null and .deleted_at == null)' >"$next/articles.jsonl"
jq -c 'select(.id as $id | $ids | index($id) | not)' --argjson ids "$(jq -Rs 'split("\n")' "$next/ids")" \
  current/articles.jsonl >>"$next/articles.jsonl"
{ cat current/applied && jq -r '"\(.change_seq) \(.op) \(.article_id)"' "$next/page"; } >"$next/applied"
tail -n 1 "$next/page" | jq .change_seq >"$next/cursor"

ln -sfn "$next" turning && mv -T turning current # one rename
for folder in first page-after-*; do
  [ "$folder" = "$next" ] || rm -rf "$folder"
done

"""Saving a batch of sightings: each becomes a new article, a copy, a revision, or a fact already known.

What is the same, from the surest sign to the weakest:

- **Same address** (portal and key): the same article. New words are a revision if this is the copy
  that leads the record; the words of another copy that drift away get a record of their own.
- **Same words elsewhere** (body with or without its lead; the title counts only for bodies below
  SHORT_WORDS): another copy of the same article. Editors retitle what they take over.
- **Near words** (storage.near): the same story, two articles.

The record's fields are those of its **leading copy**: the one published first, as far as the printed
dates tell, else the one seen first. So the record does not depend on which portal was crawled first.

A **revision** is counted when a word of title, lead or paragraphs changes. A change of dates, images,
tags or credits alone rewrites the record and is an ``update`` in the change feed, with the same revision;
so are a new copy and a new story. What is seen again as it was leaves no trace but ``last_seen_at``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Literal

from sqlalchemy import Connection, Engine, update

from storage import archive
from storage.archive import ArchivedPage
from storage.article_rows import METADATA, keep_what_the_listing_said, values_of
from storage.batch import Batch
from storage.bulk import at_addresses, chunks
from storage.changes import Cause
from storage.columns import now
from storage.engine import writing
from storage.frontier import forget
from storage.kept import Address, Kept
from storage.near import SAME_STORY, Sketch, join_story, load_candidates, similarity, sketches_of
from storage.records import Sighting
from storage.runs import renew, renew_all
from storage.sketch import VERSION
from storage.tables import copies
from storage.takedowns import THERE, bring_back
from storage.words import Words, words_of_all
from storage.writers_lock import lock_writers
from vietnam.stamps import VIETNAM
from vietnam.values import quickly_made

Outcome = Literal["new", "changed", "unchanged", "copy"]


@quickly_made
@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a sighting. Ids are public; ``story_new``: it began a story with another article."""

    key: str
    outcome: Outcome
    article_id: str
    revision: int
    story_id: str | None
    story_new: bool


@quickly_made
@dataclass(frozen=True, slots=True)
class _Prepared:
    """A sighting with everything that can be computed before the lock is taken."""

    sighting: Sighting
    words: Words
    sketch: Sketch

    @property
    def address(self) -> Address:
        return self.sighting.portal, self.sighting.key

    @property
    def search_text(self) -> tuple[str, str]:
        return self.words.title, self.words.body


def save_batch(
    engine: Engine | Connection,
    run_id: int | None,
    sightings: Sequence[Sighting],
    *,
    cause: Cause = "fetch",
) -> list[Saved]:
    """Save sightings in one transaction, in their order; the answer has one entry for each.

    Their addresses leave the frontier in the same transaction, which is the caller's where a connection is
    given. ``run_id`` None saves without a lease (``reprocess``, whose ``cause`` is ``reader``). Raises
    LeaseLost (nothing was kept) and DatabaseProblem (nothing was kept).
    """
    prepared = _prepare(sightings)
    with writing(engine) as connection:
        lock_writers(connection, by_key=True)
        if run_id is not None:
            renew(connection, run_id)
        return _save_prepared(connection, prepared, cause)


def save_runs(
    engine: Engine, of_runs: Mapping[int, Sequence[Sighting]], pages: Sequence[ArchivedPage] = ()
) -> dict[int, list[Saved]]:
    """Save what several runs have read, and the index rows of archived pages, in one transaction.

    Answers as save_batch, by run. A run whose lease is lost is missing from the answer and nothing of it is
    kept; the others are saved all the same. Raises DatabaseProblem (nothing was kept).
    """
    all_of_them = iter(_prepare([sighting for some in of_runs.values() for sighting in some]))
    prepared = {run_id: [*islice(all_of_them, len(some))] for run_id, some in of_runs.items()}
    with writing(engine) as connection:
        lock_writers(connection, by_key=True)
        held = renew_all(connection, of_runs.keys())
        archive.add(connection, pages)
        ours = [(run_id, one) for run_id, some in prepared.items() if run_id in held for one in some]
        saved: dict[int, list[Saved]] = {run_id: [] for run_id in held}
        answers = _save_prepared(connection, [one for _, one in ours], "fetch") if ours else []
        for (run_id, _), answer in zip(ours, answers, strict=True):
            saved[run_id].append(answer)
        return saved


def _save_prepared(connection: Connection, prepared: Sequence[_Prepared], cause: Cause) -> list[Saved]:
    batch = Batch(connection, now(), cause)
    batch.load([one.address for one in prepared], [key for one in prepared for key in one.words.text_keys])
    load_candidates(batch, [one.sketch for one in prepared if _is_new_text(batch, one)])
    results = [(one.sighting.key, *_save_and_count(batch, one)) for one in prepared]
    story_ids = batch.story_public_ids(
        kept.row["story_id"] for _, _, kept, _ in results if kept.row["story_id"] is not None
    )
    batch.write()
    forget(connection, [one.address for one in prepared])
    return [
        Saved(
            key,
            outcome,
            kept.row["public_id"],
            kept.row["revision"],
            story_ids.get(kept.row["story_id"]),
            story_new,
        )
        for key, outcome, kept, story_new in results
    ]


def touch(
    engine: Engine, run_id: int | None, portal: str, keys: Iterable[str], *, look: bool = False
) -> None:
    """Note that articles were found unchanged (304): ``last_seen_at`` alone. Raises LeaseLost.

    ``look``: as in Sighting. Their addresses leave the frontier, if they were queued.
    """
    with writing(engine) as connection:
        lock_writers(connection, by_key=True)  # a merge may be moving these copies
        if run_id is not None:
            renew(connection, run_id)
        addresses = [(portal, key) for key in keys]
        moment = now()
        for some in chunks(addresses):
            here = at_addresses(copies, some)
            bring_back(connection, moment, here)
            quiet = copies.c.quiet_looks + int(look)
            connection.execute(
                update(copies).where(here).values(last_seen_at=moment, quiet_looks=quiet, **THERE)
            )
        forget(connection, addresses)


def _prepare(sightings: Sequence[Sighting]) -> list[_Prepared]:
    words = words_of_all([sighting.article for sighting in sightings])
    return [*map(_Prepared, sightings, words, sketches_of(words))]


def _is_new_text(batch: Batch, one: _Prepared) -> bool:
    copy = batch.copies.get(one.address)
    if copy is not None:
        return bool(copy["words"] != one.words.edition)
    return batch.owner_of_text(one.words.text_keys) is None


def _save_and_count(batch: Batch, one: _Prepared) -> tuple[Outcome, Kept, bool]:
    """Save a sighting, and count for how many looks in a row its page has said nothing new."""
    before = batch.copies.get(one.address)
    outcome, kept, story_new = _save(batch, one)
    if batch.cause == "fetch":
        quiet = before["quiet_looks"] + int(one.sighting.look) if before and outcome == "unchanged" else 0
        batch.copies[one.address]["quiet_looks"] = quiet
    return outcome, kept, story_new


def _save(batch: Batch, one: _Prepared) -> tuple[Outcome, Kept, bool]:
    copy = batch.copies.get(one.address)
    if copy is None:
        owner = batch.owner_of_text(one.words.text_keys)
        if owner is None:
            return "new", *_add_article(batch, one)
        _put_copy(batch, one, owner)
        batch.owners.own(owner.id, one.words.text_keys, ())
        if _was_published_before(one, owner):
            _rewrite(batch, one, owner)
        return "copy", owner, False

    kept = batch.article(copy["article_id"])
    leading = one.address == kept.address
    one = _with_known_lead(one, kept) if leading else one
    if one.words.edition == copy["words"]:
        _put_copy(batch, one, kept)
        rewritten = (leading or _was_published_before(one, kept)) and _rewrite(batch, one, kept)
        return ("changed" if rewritten else "unchanged"), kept, False
    return _save_new_words(batch, one, kept, leading=leading)


def _save_new_words(batch: Batch, one: _Prepared, kept: Kept, *, leading: bool) -> tuple[Outcome, Kept, bool]:
    owner = batch.owner_of_text(one.words.text_keys)
    if not leading:
        if owner is None:
            return "changed", *_add_article(batch, one)
        _put_copy(batch, one, owner)
        return ("unchanged" if owner is kept else "changed"), owner, False

    is_edit = similarity(one.sketch, kept) >= SAME_STORY
    twin = owner is not None and owner is not kept and not batch.are_apart(owner, kept)
    if owner is not None and twin and is_edit and not one.words.short:
        # the edit made two articles equal. Only an edit may merge: a page that now shows what many
        # others show ("under maintenance") would swallow them all
        gone, kept = (owner, kept) if kept.id < owner.id else (kept, owner)
        batch.merge(gone, kept)
    _put_copy(batch, one, kept)
    if one.address != kept.address:
        return "changed", kept, False
    if not is_edit:
        batch.leave_story(kept)
    _rewrite(batch, one, kept)
    batch.owners.own(kept.id, one.words.text_keys, one.sketch.windows)
    return "changed", kept, kept.row["story_id"] is None and join_story(batch, kept, one.sketch)


def _add_article(batch: Batch, one: _Prepared) -> tuple[Kept, bool]:
    sighting = one.sighting
    kept = batch.new_article(
        {
            **values_of(sighting.article),
            **_leading_copy(one),
            **_word_columns(one),
            "words_seen_at": batch.moment,
        }
    )
    kept.search_text = one.search_text
    _put_copy(batch, one, kept)
    story_new = join_story(batch, kept, one.sketch)
    batch.owners.own(kept.id, one.words.text_keys, one.sketch.windows)
    return kept, story_new


def _rewrite(batch: Batch, one: _Prepared, kept: Kept) -> bool:
    """Give ``kept`` the fields of this sighting; whether the record is different now."""
    values = values_of(one.sighting.article)
    reworded = kept.row["words"] != one.words.edition
    if one.address == kept.address:
        keep_what_the_listing_said(values, kept.row)
        if not reworded and kept.row["section"] is not None:
            values["section"] = kept.row["section"]  # one article in two sections' listings is no news
    new = {**values, **_leading_copy(one)}
    different = {name for name, value in new.items() if name != "provenance" and kept.row[name] != value}
    if not different:
        return False
    if reworded:
        batch.keep_revision(kept)
        kept.set(revision=kept.row["revision"] + 1, words_seen_at=batch.moment)
        kept.search_text = one.search_text
    elif different.intersection(METADATA):
        batch.keep_metadata(kept)
    kept.set(**new, **_word_columns(one))
    kept.announce()
    return True


def _leading_copy(one: _Prepared) -> dict[str, object]:
    portal, key = one.address
    return {"url": one.sighting.article.url, "portal": portal, "key": key}


def _word_columns(one: _Prepared) -> dict[str, object]:
    return {
        "words": one.words.edition,
        "sig_version": VERSION,
        "signature": one.sketch.signature,
    }


def _put_copy(batch: Batch, one: _Prepared, kept: Kept) -> None:
    sighting = one.sighting
    article = sighting.article
    fetch: dict[str, object] = {
        "etag": sighting.etag,
        "last_modified": sighting.last_modified,
        "digest": sighting.digest,
        "last_seen_at": sighting.fetched_at,
        **THERE,
    }
    before = batch.copies.get(one.address)
    if before is not None and (before["missing_at"] or before["last_seen_at"]) > sighting.fetched_at:
        fetch = {name: before[name] for name in fetch}  # an archived page, read again
    batch.put_copy(
        one.address,
        kept,
        {
            "url": article.url,
            "title": article.title,
            "section": article.section,
            "published_at": article.published_at,
            "words": one.words.edition,
            "quiet_looks": before["quiet_looks"] if before else 0,
            **fetch,
        },
    )


def _with_known_lead(one: _Prepared, kept: Kept) -> _Prepared:
    """The sighting with the lead that an earlier listing told, where the page itself has none."""
    if one.sighting.article.lead is not None or kept.row["lead"] is None:
        return one
    if "listing" not in str(kept.row["provenance"].get("lead", "")):
        return one
    article = replace(one.sighting.article, lead=kept.row["lead"])
    return _prepare([replace(one.sighting, article=article)])[0]


def _was_published_before(one: _Prepared, kept: Kept) -> bool:
    """Whether this copy's printed date is surely earlier than that of the leading copy.

    Bare days are compared as days: 00:00 of a day is not earlier than 14:05 of it.
    """
    article, leading = one.sighting.article, kept.row
    if article.published_at is None or leading["published_at"] is None:
        return article.published_at is not None
    precisions = (article.published_precision, leading["published_precision"])
    if "month" in precisions:
        return _day(article.published_at).replace(day=1) < _day(leading["published_at"]).replace(day=1)
    if "day" in precisions:
        return _day(article.published_at) < _day(leading["published_at"])
    return bool(article.published_at < leading["published_at"])


def _day(moment: datetime) -> date:
    return moment.astimezone(VIETNAM).date()

"""The data dictionary: what each view and column of the contract means. The one source.

docs/data-dictionary.md, docs/record.schema.json, the comments in PostgreSQL and the checks of
storage.typed are all made from it (storage.dictionary_formats). The order of views and columns is that
of the views; a test fails where a view has a column that is not here.
"""

# ruff: noqa: E501 - a line is as long as what it says of its column

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from vietnam.kinds import KINDS

Type = Literal[
    "text", "integer", "number", "boolean", "time", "day", "texts", "object", "documents", "officials",
    "images", "attachments", "sections",
]  # fmt: skip
"""``time``: timestamptz on PostgreSQL, ISO text in UTC on SQLite. ``day``: text, ``2022-08-03``, on both.
``texts``, ``object`` and those behind them are JSON: jsonb on PostgreSQL, text on SQLite."""

NEVER = "never null"

OBJECTS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "documents": (("kind", False), ("number", True), ("date", True), ("issuer", True)),
    "officials": (("name", False), ("position", False)),
    "images": (("url", False), ("caption", True)),
    "attachments": (("url", False), ("name", False), ("type", False)),
    "sections": (("path", False), ("scope", False), ("name", True)),
}
"""The keys of the objects in a JSON list, all of them text, and whether each may be null."""

Example = str | int | float | bool | Sequence[str | Mapping[str, str | None]] | Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``null`` says what null means in it, or NEVER; ``words`` is the closed list of its values."""

    name: str
    type: Type
    meaning: str
    example: Example
    null: str = NEVER
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """One view; ``key`` are the columns that tell its rows apart."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]


_ID = "01976b4e-93a0-7c11-9f0e-2a6f0b7c5d21"
_AT = "2026-03-05T01:30:00Z"
_EMPTY = f"{NEVER}; [] where none is known"
_ARTICLE = Column("article_id", "text", "the article: articles.id", _ID)
_VERDICTS = (
    "new", "nothing_new", "suspicious_empty", "blocked", "layout_drift", "partial", "failed", "lost", "cancelled",
)  # fmt: skip

VIEWS = (
    View(
        "articles",
        "one row an article, however many portals carry it; its fields are those of the copy published first",
        ("id",),
        (
            Column("id", "text", "identifier (UUID version 7): stays for ever, sorts by the first sight", _ID),
            Column("url", "text", "canonical address of the leading copy", "https://xa.gov.vn/tin/6646.html"),
            Column(
                "urls", "texts", "addresses of all copies, the leading one first; last those that they had before",
                ["https://xa.gov.vn/tin/6646.html"], _EMPTY,
            ),
            Column("portal", "text", "the leading copy's portal: portals.id", "thanh_hoa/tho_xuan"),
            Column("portals", "texts", "the portals of all copies", ["thanh_hoa/tho_xuan"], _EMPTY),
            Column(
                "site_name", "text", "what the site calls itself", "UBMTTQ huyện Thọ Xuân",
                "the page does not say",
            ),
            Column(
                "section", "text", "the listing in which the article was found", "/hoat-dong-mat-tran/",
                "found in no listing: a single address was crawled",
            ),
            Column("title", "text", "headline: NFC, one space between words", "Xã Xuân Phú tặng quà hộ nghèo"),
            Column(
                "lead", "text", "the summary that the page sets apart; not repeated in paragraphs",
                "Sáng 5/3, Ủy ban MTTQ xã Xuân Phú tổ chức …", "the page sets none apart",
            ),
            Column(
                "paragraphs", "texts", "the body, without captions, related links and widgets",
                ["Sáng 5/3 …", "Dịp này …"], f"{NEVER}; [] where the page has no text",
            ),
            Column("captions", "texts", "the captions of pictures and tables", ["Quang cảnh hội nghị"], _EMPTY),
            Column(
                "byline", "text", "the credit as printed, without its label and with its unit",
                "Lê Thơ, Trung tâm VHTT huyện", "the page prints none",
            ),
            Column(
                "authors", "texts", "the persons alone: of the byline, or the source's reporter", ["Lê Thơ"],
                _EMPTY,
            ),
            Column(
                "source_credit", "text", "whom the text was taken over from (Theo X, Nguồn: X)",
                "Báo Thanh Hóa", "the page names no source",
            ),
            Column(
                "published_at", "time", "publication as the page or its listing prints it; a bare day is 00:00 "
                "in Vietnam, which is 17:00 of the day before in UTC", _AT, "not known; it is never guessed",
            ),
            Column(
                "published_precision", "text", "how exactly published_at is known", "minute",
                "published_at is null", ("second", "minute", "day", "month"),
            ),
            Column(
                "modified_at", "time", "the last edit, as the page tells it", _AT, "the page does not tell"
            ),
            Column(
                "event_date", "day", "day of the reported event, the first of a range", "2026-03-05",
                "cannot be known from the text",
            ),
            Column(
                "relevant", "boolean", "the Front or a mass organization acts or is the subject", True
            ),
            Column("relevance", "number", "how sure relevant is, 0 to 1", 0.9),
            Column(
                "organizations", "texts", "MTTQ CTXH LDLD HND HLHPN DTN HCCB and member organizations",
                ["MTTQ", "HND"], _EMPTY,
            ),
            Column(
                "provinces_2024", "texts", "provinces before July 2025, by bare name", ["Thanh Hóa"], _EMPTY
            ),
            Column(
                "districts_2024", "texts", "districts before July 2025, with their type",
                ["Huyện Thọ Xuân"], _EMPTY,
            ),
            Column("provinces_2025", "texts", "provinces since July 2025", ["Thanh Hóa"], _EMPTY),
            Column(
                "communes_2025", "texts", "communes since July 2025, with their type", ["Xã Thọ Xuân"], _EMPTY
            ),
            Column(
                "kind", "text", "what is reported", "tong_ket", "it was not looked at", tuple(sorted(KINDS))
            ),
            Column(
                "documents", "documents", "official documents that the text names",
                [{"kind": "Nghị quyết", "number": "60-NQ/TW", "date": None, "issuer": None}], _EMPTY,
            ),
            Column(
                "officials", "officials", "persons named with a position",
                [{"name": "Lê Thị Hoa", "position": "Chủ tịch Hội Nông dân"}], _EMPTY,
            ),
            Column(
                "images", "images", "pictures of the article",
                [{"url": "https://xa.gov.vn/anh/1.jpg", "caption": "Quang cảnh hội nghị"}], _EMPTY,
            ),
            Column(
                "attachments", "attachments", "files that the article links to; type is the extension",
                [{"url": "https://xa.gov.vn/kh.pdf", "name": "Kế hoạch", "type": "pdf"}], _EMPTY,
            ),
            Column(
                "story_id", "text", "shared by articles that are near-copies: stories.id", _ID,
                "told in one wording only, so far",
            ),
            Column(
                "revision", "integer", "counts up when a word of title, lead or paragraphs changes", 1
            ),
            Column("language", "text", "ISO 639 code of the text", "vi", "too little text to tell"),
            Column("first_seen_at", "time", "when any copy was first seen", _AT),
            Column("last_seen_at", "time", "when any copy was last seen", _AT, "no copy is left"),
            Column(
                "provenance", "object", "where each field came from",
                {"title": "platform:h1", "published_at": "json-ld"},
            ),
        ),
    ),
    View(
        "article_copies",
        "each address at which an article was seen, with what that portal prints",
        ("portal", "key"),
        (
            _ARTICLE,
            Column("portal", "text", "portals.id, or that of a site outside the registry", "thanh_hoa/tho_xuan"),
            Column("key", "text", "the platform's own id of the article, or its address", "6646"),
            Column("url", "text", "address of the copy", "https://xa.gov.vn/tin/6646.html"),
            Column("title", "text", "headline as this portal prints it", "Xuân Phú tặng quà hộ nghèo"),
            Column(
                "section", "text", "the listing in which it was found", "/tin-tuc/", "found in no listing"
            ),
            Column("published_at", "time", "publication as this portal prints it", _AT, "not known"),
            Column("first_seen_at", "time", "when this copy was first seen", _AT),
            Column("last_seen_at", "time", "when this copy was last seen, changed or not", _AT),
            Column("gone_at", "time", "when its page was found to be taken down", _AT, "it is there"),
        ),
    ),
    View(
        "article_revisions",
        "every state of an article's words, the present one included",
        ("article_id", "revision"),
        (
            _ARTICLE,
            Column("revision", "integer", "1 for the first; the highest is that of articles.revision", 2),
            Column("title", "text", "headline of this revision", "Xã Xuân Phú tặng quà hộ nghèo"),
            Column("lead", "text", "lead of this revision", "Sáng 5/3 …", "the page set none apart"),
            Column(
                "paragraphs", "texts", "body of this revision", ["Sáng 5/3 …"],
                f"{NEVER}; [] where the page had no text",
            ),
            Column("seen_at", "time", "when these words were first seen", _AT),
        ),
    ),
    View(
        "article_organizations",
        "articles.organizations as rows, to join and to count",
        ("article_id", "organization"),
        (_ARTICLE, Column("organization", "text", "id of an organization", "MTTQ")),
    ),
    View(
        "article_places",
        "the four lists of places as rows, to join and to count",
        ("article_id", "level", "name"),
        (
            _ARTICLE,
            Column(
                "level", "text", "the list that the place stands in", "districts_2024", NEVER,
                ("provinces_2024", "districts_2024", "provinces_2025", "communes_2025"),
            ),
            Column("name", "text", "name of the place as in that list", "Huyện Thọ Xuân"),
        ),
    ),
    View(
        "stories",
        "articles that are near-copies of each other, two at least",
        ("id",),
        (
            Column("id", "text", "identifier: articles.story_id", _ID),
            Column("first_seen_at", "time", "when the story was found to be one", _AT),
            Column("articles", "integer", "how many articles tell it", 3),
            Column("published_at", "time", "of the article published first", _AT, "none has a known date"),
        ),
    ),
    View(
        "portals",
        "the registry: the websites that are crawled",
        ("id",),
        (
            Column("id", "text", "province/name in ASCII, for ever the same", "thanh_hoa/tho_xuan"),
            Column("name", "text", "as people call it", "Cổng thông tin huyện Thọ Xuân"),
            Column("url", "text", "base address", "https://thoxuan.thanhhoa.gov.vn/"),
            Column("owner", "text", "whose it is: front, trade_union, farmers, district_portal …", "front"),
            Column("platform", "text", "the CMS that it runs on", "nukeviet"),
            Column(
                "sections", "sections", "listings that are walked; scope front: all of it is ours, news: each "
                "article must earn its place", [{"path": "/mttq/", "scope": "front", "name": None}],
                f"{NEVER}; [] where they are found while crawling",
            ),
            Column("province_2024", "text", "its province before July 2025", "Thanh Hóa", "of the whole country"),
            Column("district_2024", "text", "its district before July 2025", "Huyện Thọ Xuân", "of no one district"),
            Column("province_2025", "text", "its province since July 2025", "Thanh Hóa", "of the whole country"),
            Column("communes_2025", "texts", "its communes since July 2025", ["Xã Thọ Xuân"], _EMPTY),
            Column("aliases", "texts", "other host names of the same portal", ["thoxuan.vn"], _EMPTY),
            Column("active_from", "day", "first day of its life", "2025-07-01", "not known"),
            Column("active_until", "day", "last day of its life", "2025-06-30", "it lives"),
            Column("successor", "text", "the portal that took its place: portals.id", "thanh_hoa/tho_lap", "none"),
            Column(
                "confidence", "text", "how sure the record is", "high", NEVER, ("high", "medium", "low")
            ),
            Column("in_registry", "boolean", "false once its record has left the registry", True),
        ),
    ),
    View(
        "runs",
        "each crawl of each portal; kept for 400 days",
        ("id",),
        (
            Column("id", "integer", "number of the run", 4711),
            Column("portal", "text", "portals.id, or that of a site outside the registry", "thanh_hoa/tho_xuan"),
            Column(
                "trigger", "text", "who wanted it", "schedule", NEVER,
                ("manual", "schedule", "retry", "backfill"),
            ),
            Column("status", "text", "where it stands", "finished", NEVER, ("running", "finished", "lost")),
            Column("verdict", "text", "what it came to", "new", "it is under way", _VERDICTS),
            Column("started_at", "time", "when it began", _AT),
            Column("finished_at", "time", "when it ended", _AT, "it is under way"),
            Column("counts", "object", "listed, fetched, new, changed … so far", {"listed": 40, "new": 2}),
            Column("errors", "object", "error class and how often", {"timeout": 1}),
            Column("message", "text", "the first problem", "no answer within 30 s", "no problem"),
        ),
    ),
    View(
        "changes",
        "what became of each article, in the order of commits: read WHERE change_seq > cursor",
        ("change_seq",),
        (
            Column("change_seq", "integer", "counts up in commit order; the last one applied is a safe cursor", 1024),
            Column("article_id", "text", "the article; after a merge or delete articles has it no more", _ID),
            Column("op", "text", "what happened", "insert", NEVER, ("insert", "update", "merge", "delete")),
            Column("revision", "integer", "the article's revision after the change", 1),
            Column("merged_into", "text", "the article that this one became", _ID, "op is not merge"),
            Column("changed_at", "time", "when the change was stored", _AT),
            Column(
                "cause", "text", "what brought the change about", "fetch", NEVER,
                ("fetch", "reader", "merge", "split", "hand"),
            ),
            Column(
                "reason", "text", "why, where there is more to say: of a delete always", "gone",
                "the cause says it all",
            ),
        ),
    ),
    View(
        "meta",
        "facts about the database itself, one a row",
        ("name",),
        (
            Column("name", "text", "name of the fact", "last_change_seq"),
            Column("value", "text", "the fact, as text", "1024", "it has not happened yet"),
        ),
    ),
    View(
        "portal_freshness",
        "how fresh what we have of each portal is; no news, nobody looked and looking failed told apart",
        ("portal",),
        (
            Column("portal", "text", "the portal: portals.id", "thanh_hoa/tho_xuan"),
            Column("last_run_at", "time", "when the last run began, also one under way", _AT, "it never ran"),
            Column(
                "last_success_at", "time", "when the last run that read its listings ended (new, nothing_new, "
                "partial)", _AT, "no run ever did",
            ),
            Column("last_new_at", "time", "when the newest article was first seen", _AT, "it never gave one"),
            Column(
                "expected_gap_seconds", "integer", "mean time between its newest 50 times of publication", 86400,
                "fewer than 3 are known",
            ),
            Column(
                "age_seconds", "integer", "seconds since last_success_at, when the view is read", 5400,
                "no run ever succeeded",
            ),
            Column(
                "next_due_at", "time", "when it is asked next", _AT, "paused, or no clock has a schedule for it"
            ),
            Column(
                "verdict", "text", "fresh: looked at in time, and gives what it usually gives. late: should have "
                "been asked an hour ago or more (without a schedule: a day) and was not. empty: it was read, but "
                "listed nothing, or nothing new for a week and six expected gaps. failed: the last run could not "
                "read it. blocked: its server does not want us now. never_run: no run has ended yet. paused, "
                "retired: nobody is to look", "fresh", NEVER,
                ("fresh", "late", "empty", "failed", "blocked", "never_run", "paused", "retired"),
            ),
            Column(
                "last_verdict", "text", "what the last run came to that ended and was not stopped",
                "nothing_new", "none ended yet", tuple(v for v in _VERDICTS if v != "cancelled"),
            ),
        ),
    ),
)  # fmt: skip

META = {
    "api_version": "v1: names and types of columns stay, columns may be added",
    "schema_version": "the newest migration; `migration` is its older name",
    "last_change_seq": "the high-water mark: the highest change_seq, 0 before the first",
    "oldest_change_seq": "the lowest change_seq that is still kept, 0 before the first; a reader with an older "
    "cursor takes a new snapshot",
    "last_cycle_completed_at": "when every enabled portal had been looked at once more; moves on when there is no "
    "news, null before the first time",
    "last_cycle_completed_at_interval": "the same of the portals with that kind of schedule; also _cron, _adaptive",
    "generated_at": "the moment of this very reading",
    "restored_from_change_seq": "only after a restore: the last change that the backup had",
    "resumed_at_change_seq": "only after a restore: the first number after it. A reader whose cursor lies between "
    "the two has seen changes that were lost, and takes a new snapshot",
    "lost_change_seqs": "only after a restore: the two numbers above for every restore that there was, the oldest "
    "first, as JSON: [[restored_from, resumed_at], …]; a cursor between those of any pair needs a new snapshot",
}
"""The facts in the view meta."""

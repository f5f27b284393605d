"""A million articles that never were: made by number, the same each time, as fast as they can be written.

Places are those of the country, portals those of tests.dashboard.seed, sentences those of the tests. What an
article is made of is drawn for all of them at once (numpy), so that any one can be made at any time: rows in
the order in which a crawl stored them, entries of the search index in the order of publication.

A test holds that each row and entry is what storage would make of :func:`sighting`.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from storage.facets import mark
from storage.records import Article, Image, Sighting
from storage.search_index import Entry, accented, exact_title_mark, order_key, title_mark
from tests.dashboard.seed import made_portals
from tests.storage.texts import sentences
from vietnam.kinds import KINDS
from vietnam.places import successor
from vietnam.stamps import VIETNAM
from vietnam.writing import fold

PORTALS = 600
"""As many as tests.dashboard.seed writes, the same ones."""
SEED = 1

_DATA = Path(__file__).resolve().parent.parent / "vietnam" / "data"
_SENTENCES = 40_000
_IN_A_TEXT = 9
_YEARS = 10
_FIRST_CRAWL, _FIRST_CRAWL_DAYS, _DAYS = 0.8, 20, 400
"""Four fifths were stored within three weeks, the archives of the portals; the rest as it was published."""
_WHO = (
    ("MTTQ", "Ủy ban MTTQ", 8), ("HND", "Hội Nông dân", 3), ("HLHPN", "Hội Liên hiệp Phụ nữ", 3),
    ("DTN", "Đoàn Thanh niên", 3), ("HCCB", "Hội Cựu chiến binh", 2), ("LDLD", "Liên đoàn Lao động", 1),
)  # fmt: skip
_WHAT = (
    "tổ chức hội nghị tổng kết", "ra quân làm sạch môi trường", "giám sát việc thu các khoản đóng góp",
    "trao nhà đại đoàn kết cho hộ nghèo", "tập huấn nghiệp vụ công tác", "tặng quà gia đình chính sách",
    "đối thoại với nhân dân", "phát động ủng hộ đồng bào vùng lũ", "tổ chức đại hội nhiệm kỳ mới",
    "sơ kết phong trào thi đua", "phản biện dự thảo nghị quyết", "ký kết chương trình phối hợp",
)  # fmt: skip
_KINDS = tuple(sorted(KINDS))
_PROVENANCE = {"title": "platform:h1", "published_at": "json-ld"}

COLUMNS = (
    "id", "public_id", "url", "urls", "portal", "portals", "key", "site_name", "section", "title", "lead",
    "paragraphs", "captions", "byline", "authors", "source_credit", "published_at", "published_precision",
    "modified_at", "event_date", "relevant", "relevance", "organizations", "provinces_2024",
    "districts_2024", "provinces_2025", "communes_2025", "kind", "documents", "officials", "images",
    "attachments", "language", "provenance", "story_id", "revision", "words", "words_seen_at",
    "first_seen_at", "merged_into", "sig_version", "signature",
)  # fmt: skip
"""Of :meth:`Corpus.row`, in order."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a text, as it is and folded."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of a title, with what the search index makes of it."""

    text: str
    folded: str
    title_marks: tuple[str, ...]
    exact_marks: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Phrase:
        folded = fold(text)
        exact = accented(text).split()
        return cls(text, folded, tuple(map(title_mark, folded.split())), tuple(map(exact_title_mark, exact)))


@dataclass(frozen=True, slots=True)
class Place:
    """A commune with what is said of it, worked out once for all its articles."""

    name: Phrase
    sentence: Sentence
    district: str
    province: str
    new_province: str
    portal: str
    site: str
    columns: tuple[str, str, str]
    """provinces_2024, districts_2024 and provinces_2025 as JSON."""
    marks: tuple[str, str]
    lines: str

    @classmethod
    def of(cls, name: str, district: str, province: str, portal: str, site: str) -> Place:
        new = successor(province) or ""
        text = f"Hoạt động diễn ra tại {name}, {district}, {province}."
        return cls(
            Phrase.of(name), Sentence(text, fold(text)), district, province, new, portal, site,
            (_list(province), _list(district), _list(new)),
            (mark("province_2024", province), mark("province_2025", new)),
            f"province_2024={province}\nprovince_2025={new}",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """What one article is made of."""

    id: int
    published: int
    seen: int
    """Published and first seen: seconds since 1970."""
    place: Place
    organization: str
    who: Phrase
    what: Phrase
    year: Phrase
    kind: str
    sentences: list[int]

    @property
    def title(self) -> str:
        return f"{self.who.text} {self.place.name.text} {self.what.text} {self.year.text}"


class Corpus:
    """``count`` articles with ids from 1, of 220 words or so, published in the ten years before ``until``."""

    def __init__(self, count: int, until: datetime) -> None:
        rng = np.random.default_rng(11)
        weights = np.array([share for _, _, share in _WHO], float)
        self.count = count
        self._places = _places()
        self._sentences = _stock(min(_SENTENCES, 100 * count))
        self._who = [(organization, Phrase.of(name)) for organization, name, _ in _WHO]
        self._what = [Phrase.of(what) for what in _WHAT]
        self._years = {
            year: Phrase.of(f"năm {year}") for year in range(until.year - _YEARS - 3, until.year + 1)
        }
        self._place_of = rng.integers(len(self._places), size=count, dtype=np.int32)
        self._who_of = rng.choice(len(_WHO), size=count, p=weights / weights.sum()).astype(np.int8)
        self._what_of = rng.integers(len(_WHAT), size=count, dtype=np.int8)
        self._kind_of = rng.integers(len(_KINDS), size=count, dtype=np.int8)
        self._seen, self._published = _times(rng, count, until)
        self._texts = rng.integers(len(self._sentences), size=(count, _IN_A_TEXT), dtype=np.int32)
        self._random = random.Random(SEED)

    def stored(self, at_once: int = 10_000) -> Iterator[list[Made]]:
        """All articles in the order of their ids, some at a time."""
        return self._in_order(np.arange(self.count), at_once)

    def published(self, at_once: int = 10_000) -> Iterator[list[Made]]:
        """All articles in the order of the search index's keys, some at a time."""
        return self._in_order(np.argsort(self._published, kind="stable"), at_once)

    def _in_order(self, order: npt.NDArray[np.intp], at_once: int) -> Iterator[list[Made]]:
        for start in range(0, self.count, at_once):
            some = order[start : start + at_once]
            columns = (
                self._published,
                self._seen,
                self._place_of,
                self._who_of,
                self._what_of,
                self._kind_of,
            )
            drawn = zip(some.tolist(), *(c[some].tolist() for c in columns), self._texts[some].tolist())  # noqa: B905
            yield [self._made(*one) for one in drawn]

    def _made(
        self, index: int, at: int, seen: int, place: int, who: int, what: int, kind: int, texts: list[int]
    ) -> Made:
        organization, name = self._who[who]
        year = self._years[datetime.fromtimestamp(at, UTC).year]
        return Made(
            index + 1,
            at,
            seen,
            self._places[place],
            organization,
            name,
            self._what[what],
            year,
            _KINDS[kind],
            texts,
        )

    def paragraphs(self, made: Made) -> tuple[str, str, str, str]:
        """The text of an article."""
        texts = [self._sentences[i].text for i in made.sentences]
        return made.place.sentence.text, " ".join(texts[:3]), " ".join(texts[3:6]), " ".join(texts[6:])

    def row(self, made: Made) -> tuple[object, ...]:
        """Its row of the table of articles, under COLUMNS: lists as JSON, times as text.

        ``words`` is no hash and ``signature`` is missing: only saving looks at them.
        """
        place, published, seen = made.place, iso(made.published), iso(made.seen)
        url = _url(made)
        text = '","'.join(self.paragraphs(made))  # no sentence has a quotation mark: a test reads the JSON
        return (
            made.id, self._public_id(made), url, f'["{url}"]', place.portal, f'["{place.portal}"]',
            str(made.id), place.site, "/mat-tran/", made.title, None, f'["{text}"]', "[]", "Lê Thơ",
            '["Lê Thơ"]', None, published, "minute", None, published[:10], True, 0.9,
            f'["{made.organization}"]', *place.columns, "[]", made.kind, "[]", "[]",
            f'[{{"url":"{url}.jpg","caption":null}}]', "[]", "vi", _PROVENANCE_JSON, None, 1,
            made.id.to_bytes(16, "big"), seen, seen, None, 1, None,
        )  # fmt: skip

    def _public_id(self, made: Made) -> str:
        """Of the form of storage.columns.new_public_id, each later than the one before."""
        digits = (
            f"{made.seen * 1000:012x}7{made.id & 0xFFF:03x}8{made.id:07x}{self._random.getrandbits(32):08x}"
        )
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def entry(self, made: Made) -> Entry:
        """What storage.search_index.entry makes of the row."""
        place, kind = made.place, made.kind
        pieces = (made.who, place.name, made.what, made.year)
        marks = [
            *(one for piece in pieces for one in piece.title_marks),
            *(one for piece in pieces for one in piece.exact_marks),
            *place.marks, _mark("organization", made.organization),
            _mark("portal", place.portal), _mark("kind", kind), "r:1", _month(made.published),
        ]  # fmt: skip
        return Entry(
            made.id,
            order_key(datetime.fromtimestamp(made.published, UTC), made.id),
            " ".join([piece.folded for piece in pieces]),
            " ".join([place.sentence.folded, *[self._sentences[i].folded for i in made.sentences]]),
            tuple(dict.fromkeys(marks)),
            f"{place.lines}\norganization={made.organization}\nportal={place.portal}\nkind={kind}\n"
            f"year={datetime.fromtimestamp(made.published, VIETNAM).year}",
        )

    def sighting(self, made: Made) -> Sighting:
        """The same article as a crawl would hand it to storage."""
        published = datetime.fromtimestamp(made.published, VIETNAM)
        url, place = _url(made), made.place
        article = Article(
            url=url, title=made.title, paragraphs=self.paragraphs(made), byline="Lê Thơ", authors=("Lê Thơ",),
            published_at=published, published_precision="minute", images=(Image(f"{url}.jpg"),),
            site_name=place.site, section="/mat-tran/", language="vi",
            event_date=published.astimezone(UTC).date(), relevant=True, relevance=0.9,
            organizations=(made.organization,), provinces_2024=(place.province,),
            districts_2024=(place.district,), provinces_2025=(place.new_province,), kind=made.kind,
            provenance=_PROVENANCE,
        )  # fmt: skip
        return Sighting(place.portal, str(made.id), article, datetime.fromtimestamp(made.seen, UTC))


def _times(
    rng: np.random.Generator, count: int, until: datetime
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """When each article was first seen, in order, and when it was published, in seconds since 1970."""
    end, day = int(until.timestamp()), 24 * 3600
    crawled = np.array([0, count * _FIRST_CRAWL, max(count, 1)])
    seen = np.interp(
        np.arange(count), crawled, [end - _DAYS * day, end - (_DAYS - _FIRST_CRAWL_DAYS) * day, end]
    )
    archived = _YEARS * 365 * day * rng.random(count) ** 1.6
    current = rng.random(count) * 2 * day
    age = np.where(np.arange(count) < count * _FIRST_CRAWL, archived, current)
    return seen.astype(np.int64), (seen - age).astype(np.int64)


def iso(seconds: int) -> str:
    """A moment as SQLite keeps it (storage.columns.UtcTime)."""
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}Z"


def _month(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"m:{moment.year}{moment.month:02}"


def _url(made: Made) -> str:
    return f"https://{made.place.portal.replace('/', '.')}.gov.vn/tin/{made.id}.html"


def _list(name: str) -> str:
    return json.dumps([name], ensure_ascii=False)


_mark = cache(mark)
_PROVENANCE_JSON = json.dumps(_PROVENANCE, separators=(",", ":"))


@cache
def _stock(count: int) -> list[Sentence]:
    rng = random.Random(7)
    texts = [sentences(rng, 1)[0] for _ in range(count)]
    return [Sentence(text, fold(text)) for text in texts]


@cache
def _places() -> list[Place]:
    """The communes of 2024, each with the portal of its district where that has one."""
    portals = {(p.province_2024, p.district_2024): p for p in made_portals(PORTALS, random.Random(SEED))}
    with (_DATA / "districts_2024.csv").open(encoding="utf-8", newline="") as file:
        districts = {row["code"]: (row["name"], row["province"]) for row in csv.DictReader(file)}
    found = []
    with (_DATA / "communes_2024.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            district, province = districts[row["district"]]
            portal = portals.get((province, district))
            if portal is not None:
                found.append(Place.of(row["name"], district, province, portal.id, portal.name))
    return found

"""A database as it looks after weeks of work: portals in every state, runs, articles, stories, revisions.

    python -m tests.dashboard.seed sqlite:///build/seeded.db --portals 600

Deterministic by seed. Articles go through storage.saving, as those of a crawl do; runs are written as rows,
since three weeks of them cannot be waited for.
"""

from __future__ import annotations

import argparse
import csv
import random
import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, insert, select, update

from crawler.running.expectations import Unmet
from crawler.running.rhythm import Rhythm
from storage import (
    alarms,
    audit,
    certificates,
    claims,
    holds,
    migrate,
    portal_table,
    readers,
    rhythms,
    schedules,
    tables,
)
from storage.alarms import Judgement, Raised
from storage.columns import now as real_now
from storage.engine import open_database, writing
from storage.frontier import Queued
from storage.frontier import add as queue
from storage.frontier import failed as count_failure
from storage.portals import Portal, Section
from storage.records import Attachment, Document, Image, Official
from storage.said import Said
from storage.saving import save_batch
from storage.timetable import Window
from tests.storage.texts import article, edited, report, seen
from vietnam.gazetteer import DATA
from vietnam.places import successor
from vietnam.stamps import VIETNAM
from vietnam.writing import fold

STATES = (
    ("healthy", 62), ("quiet", 12), ("partial", 5), ("failing", 4), ("once_failed", 4), ("blocked", 3),
    ("empty", 2), ("drift", 2), ("stale", 2), ("never", 2), ("paused", 1), ("retired", 1),
)  # fmt: skip
"""What portals are like, in percent."""

_PLATFORMS = (
    "nukeviet",
    "liferay",
    "sharepoint",
    "vnpt_portal",
    "webcenter",
    "wordpress",
    "drupal",
    "joomla",
    "dnn",
)
_OWNERS = (
    "front",
    "district_portal",
    "commune_portal",
    "women",
    "youth",
    "farmers",
    "trade_union",
    "veterans",
)

_ROBOTS = b"User-agent: *\nDisallow: /admin/\nCrawl-delay: 5\n"

_MESSAGES = {
    "failed": ("connect_timeout", "no answer within 30 s"),
    "lost": ("lost", "no heartbeat; taken over by another run"),
    "blocked": ("waf_challenge", "the server answers with a challenge page"),
    "suspicious_empty": ("listing_empty", "/tin-tuc/ listed nothing, twice, though it had articles before"),
    "layout_drift": ("parse_incomplete", "14 of 20 article pages could not be read"),
    "partial": ("http_5xx", "3 pages answered 502"),
}


def made_portals(count: int, rng: random.Random) -> list[Portal]:
    """Portals of real districts with made-up hosts, spread over all provinces."""
    with (DATA / "districts_2024.csv").open(encoding="utf-8") as file:
        districts = sorted({(row["province"], row["name"]) for row in csv.DictReader(file)})
    rng.shuffle(districts)
    made: dict[str, Portal] = {}
    for number in range(count):
        province, district = districts[number % len(districts)]
        owner = rng.choice(_OWNERS)
        name = "_".join(fold(district).split())
        id = f"{'_'.join(fold(province).split())}/{name}_{number}"
        made[id] = Portal(
            id=id, name=f"{'Mặt trận Tổ quốc' if owner == 'front' else 'Cổng thông tin điện tử'} {district}",
            url=f"https://{name.replace('_', '')}{number}.example.gov.vn/", owner=owner,
            platform=rng.choice(_PLATFORMS), sections=(Section("/mat-tran/", "front"), Section("/tin-tuc/")),
            province_2024=province, district_2024=district, province_2025=successor(province),
            evidence="made for tests",
        )  # fmt: skip
    return list(made.values())


def seed(engine: Engine, portals: int = 600, articles: int = 240, *, days: int = 8, number: int = 1) -> None:
    """Fill a migrated, empty database."""
    rng, now = random.Random(number), real_now()
    made = made_portals(portals, rng)
    kinds = dict(zip((p.id for p in made), rng.choices(*zip(*STATES, strict=True), k=len(made)), strict=True))
    made = [
        replace(p, active_until=(now - timedelta(days=40)).date()) if kinds[p.id] == "retired" else p
        for p in made
    ]
    portal_table.sync(engine, made)
    schedules.ensure(engine, {portal.id: f"203.0.113.{n % 250}" for n, portal in enumerate(made)}, now)
    rows = [row for portal in made for row in _runs(portal.id, str(kinds[portal.id]), now, days, rng)]
    with writing(engine) as connection:
        for start in range(0, len(rows), 2000):
            connection.execute(insert(tables.crawl_runs), rows[start : start + 2000])
        paused = [portal.id for portal in made if kinds[portal.id] == "paused"]
        connection.execute(
            update(tables.schedules).where(tables.schedules.c.portal.in_(paused)).values(enabled=False)
        )
    _alarms(engine, {p.id: str(kinds[p.id]) for p in made}, now)
    claims.join(engine, "ops-1:4711", "clock", now)
    _learned(engine, made[:80], now, rng)
    for n, portal in enumerate(made[:40:8]):
        host = portal.url.split("/")[2]
        answered = Said("hold.answered", {"status": 429})
        holds.hold(engine, host, now + timedelta(hours=2 + n), "answered 429", answered)
        holds.save_robots(engine, f"https://{host}", status=200, body=_ROBOTS, fetched_at=now)
    if made:
        schedules.add_window(engine, Window("tet-2027", now + timedelta(days=70), now + timedelta(days=77)))
        audit.record(engine, who="lan", place="dashboard", action="pause", target=made[0].id)
        _failures(engine, made[0].id)
        for n, portal in enumerate(made[:30]):
            certificates.keep(engine, portal.url.split("/")[2], now + timedelta(days=9 + 20 * n))
        _articles(engine, made, articles, now, rng)
        _seen_by_runs(engine, rows)
        with engine.connect() as connection:
            last = connection.scalar(select(func.max(tables.changes.c.change_seq))) or 0
        for name, cursor in (("bao-cao", last), ("kho-tinh", max(0, last - 17)), ("thu-nghiem", last + 9)):
            readers.note(engine, name, cursor)


def _runs(portal: str, kind: str, now: datetime, days: int, rng: random.Random) -> list[dict[str, object]]:
    if kind == "never":
        return []
    rows: list[dict[str, object]] = []
    started = now - timedelta(days=days) + timedelta(minutes=rng.randrange(240))
    rate = rng.choice((0.02, 0.15, 0.4, 0.9)) if kind not in ("quiet", "stale") else 0.03
    if kind == "stale":
        rate = 0.0
    while started < now - timedelta(minutes=20):
        left = (now - started) / timedelta(hours=4)
        verdict = _verdict(kind, left, rate, rng)
        brought = rng.randint(1, 6) if verdict == "new" else 0
        error, said = _MESSAGES.get(verdict, ("", None))
        ended = started + timedelta(seconds=rng.randrange(8, 200))
        rows.append(
            {
                "portal": portal, "token": secrets.token_hex(8), "trigger": "schedule", "owner": "ops-1:4711",
                "status": "lost" if verdict == "lost" else "finished", "verdict": verdict,
                "started_at": started, "heartbeat_at": ended, "finished_at": ended,
                "counts": {"pages": 2, "listed": 0 if verdict in ("failed", "blocked") else 40,
                           "fetched": brought + 2, "new": brought, "changed": 0, "unchanged": 2, "failed": 0},
                "errors": {error: 3} if error else {},
                "sections": {"/mat-tran/": {"pages": 1, "listed": 20, "new": brought, "problem": None},
                             "/tin-tuc/": {"pages": 1, "listed": 20, "new": 0, "problem": said,
                                           "error": error or None}},
                "message": f"https://{portal}/: {said} [{error}]" if said else None,
                "said": [Said("run.problem", {"error": error, "url": f"https://{portal}/"}).as_row()]
                if said else [],
            }
        )  # fmt: skip
        started += timedelta(hours=4, minutes=rng.randrange(-10, 10))
    if kind == "healthy" and rng.random() < 0.02:
        rows.append(
            {**rows[-1], "token": secrets.token_hex(8), "status": "running", "verdict": None,
             "started_at": now - timedelta(seconds=30), "heartbeat_at": now, "finished_at": None,
             "message": None}
        )  # fmt: skip
    return rows


def _verdict(kind: str, left: float, rate: float, rng: random.Random) -> str:
    if kind == "once_failed" and left < 1:
        return "failed"
    bad = {"failing": "failed", "blocked": "blocked", "empty": "suspicious_empty", "drift": "layout_drift"}
    if kind in bad and left < 6:
        return "lost" if kind == "failing" and rng.random() < 0.1 else bad[kind]
    if kind == "partial" and left < 4:
        return "partial"
    if rng.random() < 0.01:
        return "failed"
    return "new" if rng.random() < rate else "nothing_new"


def _alarms(engine: Engine, kinds: dict[str, str], now: datetime) -> None:
    """What the last runs raised: one judgement makes an alarm pending, two make it down."""
    no_answer = "no answer within 30 s"
    in_codes = {
        error: Said("raised.unreachable", {"error": error}) for error in ("connect_timeout", "timeout")
    }
    wall = Said("raised.blocked", {"error": "waf_challenge"})
    dates, age = Unmet("filled_date", 0.4, 0.8), Unmet("newest", 19.0, 7.0)
    raised = {
        "failing": Raised("unreachable", no_answer, said=in_codes["connect_timeout"]),
        "once_failed": Raised("unreachable", no_answer, said=in_codes["timeout"]),
        "blocked": Raised("blocked", "a challenge page", said=wall),
        "empty": Raised("listing_empty", "a section lists none", 0.0, 1.0, said=Said("raised.listing_empty")),
        "drift": Raised("fields_missing", str(dates), dates.observed, dates.bound, said=dates.said),
        "stale": Raised("silent", str(age), age.observed, age.bound, said=age.said),
    }
    for n, (portal, kind) in enumerate((p, k) for p, k in kinds.items() if k in raised):
        urls = tuple(f"https://{portal.replace('/', '.')}.example.gov.vn/bai-{m}.html" for m in range(3))
        judgement = Judgement((replace(raised[kind], urls=urls),))
        for run in range(1 if kind == "once_failed" else 2):
            alarms.judge(engine, portal, run, judgement, now - timedelta(hours=5 + n - 4 * run))
        if n % 7 == 3:
            alarms.acknowledge(engine, portal, None, "lan", now - timedelta(hours=1))
        if n % 7 == 5:
            alarms.mute(engine, portal, raised[kind].name, now + timedelta(days=3), "minh", now)
        if n % 7 == 6:
            cleared = Judgement(cleared=frozenset({raised[kind].name}))
            alarms.judge(engine, portal, 9, cleared, now - timedelta(minutes=30))


def _learned(engine: Engine, portals: list[Portal], now: datetime, rng: random.Random) -> None:
    office = [
        (1.0 if 7 <= hour < 18 and day < 5 else 0.08) * rng.uniform(0.4, 1.6)
        for day in range(7)
        for hour in range(24)
    ]
    states = {
        portal.id: Rhythm(
            counts=tuple((rng.random() < 0.4 * share and share * 2.0) or 0.0 for share in office),
            watched=(2.0,) * 168, begun_at=now - timedelta(days=20), polled_at=now, polls=120,
        ).to_json()
        for portal in portals
    }  # fmt: skip
    rhythms.save(engine, states)


def _failures(engine: Engine, portal: str) -> None:
    addresses = [Queued(f"{n}", f"https://{portal.replace('/', '.')}/bai-{n}.html") for n in range(3)]
    queue(engine, None, portal, addresses)
    for address in addresses:
        count_failure(engine, None, portal, address.key, "http_5xx", "502 Bad Gateway")


def _articles(engine: Engine, portals: list[Portal], count: int, now: datetime, rng: random.Random) -> None:
    batch = []
    for number in range(count):
        portal = rng.choice(portals)
        at = (now - timedelta(minutes=37 * number)).astimezone(VIETNAM)
        made = article(
            number, url=f"{portal.url}bai-{number}.html",
            title=f"{portal.district_2024}: {rng.choice(_TITLES)}", published_at=at,
            lead="Đây là phần tóm tắt mà trang tin tách riêng ở đầu bài." if number % 3 == 0 else None,
            byline="Lam Hồng" if number % 2 else None, authors=("Lam Hồng",) if number % 2 else (),
            organizations=rng.sample(("MTTQ", "HND", "HLHPN", "DTN", "LDLD", "HCCB"), rng.randint(1, 3)),
            provinces_2024=(portal.province_2024,), provinces_2025=(portal.province_2025,),
            districts_2024=(portal.district_2024,), kind=rng.choice(("hoi_nghi", "giam_sat", None)),
            section="/mat-tran/", site_name=portal.name, language="vi",
            documents=(_DOCUMENT,) if number % 9 == 0 else (),
            officials=(Official("Nguyễn Văn Thắng", "Chủ tịch Ủy ban MTTQ xã"),) if number % 4 == 0 else (),
            images=(Image(f"{portal.url}anh-{number}.jpg", "Quang cảnh hội nghị"),),
            captions=("Quang cảnh hội nghị",),
            attachments=(Attachment(f"{portal.url}a.pdf", "Kế hoạch", "pdf"),) if number % 8 == 0 else (),
        )  # fmt: skip
        batch.append(seen(made, portal.id, str(number), fetched_at=now - timedelta(minutes=number)))
        other = portals[(number * 7 + 1) % len(portals)]
        if number % 10 == 0 and other != portal:  # carried by another portal word for word
            batch.append(seen(replace(made, url=f"{other.url}copy-{number}.html"), other.id, f"c{number}"))
        if number % 12 == 0 and other != portal:  # and lightly edited by a third
            near = replace(made, url=f"{other.url}near-{number}.html", title=made.title + " (tiếp)",
                           paragraphs=edited(report(number), 0.05, number))  # fmt: skip
            batch.append(seen(near, other.id, f"n{number}"))
    for start in range(0, len(batch), 200):
        save_batch(engine, None, batch[start : start + 200])
    with writing(engine) as connection:  # seen over two weeks, not in the minute of this test
        ids = connection.scalars(select(tables.articles.c.id).order_by(tables.articles.c.id)).all()
        for position, id in enumerate(ids):
            at = now - timedelta(days=13 * (1 - position / len(ids)) ** 1.3)
            row = update(tables.articles).where(tables.articles.c.id == id)
            connection.execute(row.values(first_seen_at=at))
        last = connection.scalar(select(func.max(tables.changes.c.change_seq))) or 1
        for seq in range(1, last + 1):
            row = update(tables.changes).where(tables.changes.c.change_seq == seq)
            connection.execute(row.values(changed_at=now - timedelta(days=13 * (1 - seq / last))))
    again = [
        replace(s, article=replace(s.article, paragraphs=(*s.article.paragraphs[:-1], edit)))
        for s in batch[:60:6]
        for edit in ("Đoạn cuối bài đã được tòa soạn thay bằng câu này, có thêm số liệu 42 triệu đồng.",)
    ]
    save_batch(engine, None, again)


def _seen_by_runs(engine: Engine, rows: list[dict[str, object]]) -> None:
    """A copy for the last run of each portal that brought news: what the view of freshness goes by."""
    last = {row["portal"]: row["started_at"] for row in rows if row["verdict"] == "new"}
    with writing(engine) as connection:
        ids = connection.scalars(select(tables.articles.c.id).order_by(tables.articles.c.id)).all()
        one = connection.execute(select(tables.copies).limit(1)).mappings().first()
        if one is None:
            return
        connection.execute(
            insert(tables.copies),
            [
                {**one, "portal": portal, "key": "seen", "article_id": ids[n % len(ids)],
                 "url": f"https://{portal}/seen", "first_seen_at": at, "last_seen_at": at}
                for n, (portal, at) in enumerate(last.items())
            ],
        )  # fmt: skip


_DOCUMENT = Document("Nghị quyết", "60-NQ/TW", "2025-04-12", "Trung ương")

_TITLES = (
    "Ngày hội Đại đoàn kết toàn dân tộc ở khu dân cư", "Hội nghị tổng kết công tác Mặt trận năm 2026",
    "Trao nhà Đại đoàn kết cho hộ nghèo", "Giám sát việc thu các khoản đóng góp đầu năm học",
    "Đồng Nai: Phụ nữ chung tay xây dựng nông thôn mới", "Ra quân trồng cây đời đời nhớ ơn Bác Hồ",
    "Tập huấn nghiệp vụ cho Ban Công tác Mặt trận", "Nông dân sản xuất kinh doanh giỏi được biểu dương",
)  # fmt: skip


def main() -> None:
    """Seed a database that is named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("--portals", type=int, default=600)
    parser.add_argument("--articles", type=int, default=240)
    given = parser.parse_args()
    engine = open_database(given.database)
    migrate.upgrade(engine)
    seed(engine, given.portals, given.articles)


if __name__ == "__main__":
    main()

"""Articles, stories, changes and portals as a program reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from dashboard.api import app
from storage import changes, export, readers
from storage.engine import open_database
from tests.dashboard.api.conftest import serving


def _all(client: httpx.Client, path: str, key: str, **parameters: str | int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor: str | None = None
    for _ in range(50):
        asked: dict[str, str | int] = {**parameters, **({"cursor": cursor} if cursor else {})}
        answer = client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        found += answer.json()[key]
        cursor = answer.json()["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_pages_hold_every_article_once_the_newest_first_those_without_a_date_last(
    client: httpx.Client, engine: Engine, limit: int
) -> None:
    found = _all(client, "/articles", "articles", limit=limit)
    stored = {record["id"]: record for record in export.records(engine)}
    assert {record["id"]: record for record in found} == stored
    assert len(found) == len(stored) == 12
    dates = [str(record["published_at"]) for record in found if record["published_at"]]
    assert dates == sorted(dates, reverse=True)
    assert found[-1]["title"] == "Không rõ ngày"


def test_filters_and_words_narrow_the_list(client: httpx.Client) -> None:
    def titles(**parameters: str | int) -> list[object]:
        return [record["title"] for record in _all(client, "/articles", "articles", limit=2, **parameters)]

    assert (
        titles(province="dong nai")
        == titles(organization="HND")
        == titles(q="dong nai hop")
        == ["Đồng Nai họp"]
    )
    assert titles(province_2024="Đồng Nai") == []
    assert len(titles(province="Thanh Hóa")) == 12
    assert len(titles(portal="bao")) == 2
    assert titles(q='"nai dong"') == titles(q="-hop") == []
    assert titles(since="2026-01-06", until="2026-01-06", q="dong nai hop") == ["Đồng Nai họp"]
    assert titles(since="2026-01-07", q="dong nai hop") == titles(until="2026-01-05", q="dong nai hop") == []
    assert len(titles(until="9999-12-31")) == 11


def test_one_article_has_its_copies_revisions_provenance_and_story(client: httpx.Client) -> None:
    by_title = {a["title"]: a for a in _all(client, "/articles", "articles")}
    copied = client.get(f"/articles/{by_title['Xã Thọ Lâm tổ chức hội nghị lần thứ 0']['id']}").json()
    assert [copy["url"] for copy in copied["copies"]] == copied["article"]["urls"]
    assert {copy["title"] for copy in copied["copies"]} == {"Báo đăng lại", copied["article"]["title"]}
    assert copied["article"]["provenance"]["title"] == "platform:h1"
    assert copied["story"] is None
    edited = client.get(f"/articles/{by_title['Xã Thọ Lâm tổ chức hội nghị lần thứ 2']['id']}").json()
    assert [one["revision"] for one in edited["revisions"]] == [1, 2]
    assert edited["revisions"][1]["paragraphs"] == edited["article"]["paragraphs"]
    assert edited["revisions"][0]["paragraphs"] != edited["article"]["paragraphs"]
    near = client.get(f"/articles/{by_title['Gần giống']['id']}").json()
    assert [member["title"] for member in near["story"]["articles"]] == [
        "Xã Thọ Lâm tổ chức hội nghị lần thứ 1"
    ]
    (story,) = _all(client, "/stories", "stories")
    assert client.get(f"/stories/{story['id']}").json() == story
    assert len(story["articles"]) == 2  # type: ignore[arg-type]


def test_a_merged_article_leads_to_the_one_that_it_lives_on_as(client: httpx.Client, engine: Engine) -> None:
    one, other = (record["id"] for record in list(export.records(engine))[:2])
    with engine.begin() as connection:
        merge = text(
            "UPDATE articles SET merged_into = (SELECT id FROM articles a WHERE a.public_id = :into) "
            "WHERE public_id = :id"
        )
        connection.execute(merge, {"into": other, "id": one})
    try:
        answer = client.get(f"/articles/{one}")
        assert answer.status_code == 301
        assert client.get(answer.headers["location"].removeprefix("/api/v1")).json()["article"]["id"] == other
    finally:
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE articles SET merged_into = NULL WHERE public_id = :id"), {"id": one}
            )


def test_changes_come_in_order_and_once_and_a_cursor_that_is_too_old_is_gone(
    client: httpx.Client, engine: Engine
) -> None:
    after, found = 0, []
    while rows := client.get("/changes", params={"after": after, "limit": 4}).json()["changes"]:
        found += rows
        after = rows[-1]["change_seq"]
    assert [row["change_seq"] for row in found] == [c.change_seq for c in changes.read(engine, 0)]
    assert [row["op"] for row in found][:11] == ["insert"] * 11
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO meta VALUES ('changes_compacted_through', '5')"))
    try:
        answer = client.get("/changes", params={"after": 4})
        assert answer.status_code == 410
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["oldest_change_seq"] == 6
        assert answer.json()["last_change_seq"] == found[-1]["change_seq"]
        assert client.get("/changes", params={"after": 5}).status_code == 200
        lost = client.get("/changes", params={"after": found[-1]["change_seq"] + 1})
        assert (lost.status_code, "restored from a backup" in lost.text) == (410, True)
    finally:
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM meta WHERE name = 'changes_compacted_through'"))


def test_a_reader_that_says_its_name_is_noted_as_the_command_does_it(
    client: httpx.Client, engine: Engine
) -> None:
    def cursors() -> dict[str, int]:
        return {reader.name: reader.cursor for reader in readers.read(engine)}

    client.get("/changes", params={"after": 2})
    client.head("/changes", params={"after": 2, "reader": "kho tỉnh"})
    assert cursors() == {}, "nobody said a name, or only looked at headers"
    try:
        first = client.get("/changes", params={"after": 3, "limit": 2, "reader": "kho tỉnh"})
        assert [row["change_seq"] for row in first.json()["changes"]] == [4, 5]
        assert cursors() == {"kho tỉnh": 3}
        again = client.get("/changes", params={"limit": 2, "reader": "kho tỉnh"})
        assert again.content == first.content, "without a number the same changes come once more"
        unchanged = {"If-None-Match": first.headers["etag"]}
        url: dict[str, str | int] = {"after": 5, "limit": 2, "reader": "kho tỉnh"}
        assert client.get("/changes", params=url, headers=unchanged).status_code == 200
        assert client.get("/changes", params={"after": 10**9, "reader": "kho tỉnh"}).status_code == 410
        assert cursors() == {"kho tỉnh": 10**9}, "the downstream page shows that it is lost"
    finally:
        readers.forget(engine, "kho tỉnh")


@pytest.mark.parametrize(
    ("name", "headers", "status"),
    [(" kho", {}, 409), ("", {}, 422), ("x" * 101, {}, 422), ("kho", {"Sec-Fetch-Site": "cross-site"}, 403)],
)
def test_a_reader_that_cannot_be_noted_is_told_why(
    client: httpx.Client, engine: Engine, name: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get("/changes", params={"after": 1, "reader": name}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert readers.read(engine) == []


@pytest.mark.parametrize("name", ["\0", "kho\0", " kho", "kho\n"])
def test_a_reader_with_an_impossible_name_is_told_so_before_the_database_is_asked(
    client: httpx.Client, name: str
) -> None:
    answer = client.get("/changes", params={"reader": name})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "is no name for a reader" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/articles/%00", "/stories/%00", "/portals/%00", "/articles?q=%00", "/search?q=ng%00ay",
        "/articles?portal=%00", "/articles?province=%00", "/articles?kind=%00", "/articles?organization=%00",
    ],
)  # fmt: skip
def test_a_nul_byte_is_the_clients_mistake_or_matches_nothing(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code < 500


def test_over_a_database_that_may_not_be_written_to_only_the_name_is_refused(engine: Engine) -> None:
    guarded = open_database(engine.url.render_as_string(hide_password=False))

    @event.listens_for(guarded, "connect")
    def _only_read(connection: DBAPIConnection, _: object) -> None:
        sqlite = guarded.dialect.name == "sqlite"
        connection.cursor().execute("PRAGMA query_only = on" if sqlite else "SET ROLE pg_read_all_data")
        connection.commit()

    guarded.dispose()  # a connection from before would know nothing of it
    with serving(app(guarded)) as address, httpx.Client(base_url=f"{address}/api/v1", timeout=20) as client:
        assert client.get("/changes", params={"after": 1}).status_code == 200
        refused = client.get("/changes", params={"after": 1, "reader": "kho"})
        assert refused.status_code == 503
        assert "ask without `reader`" in refused.json()["detail"]
    guarded.dispose()
    assert readers.read(engine) == []


def test_portals_tell_how_fresh_they_are(client: httpx.Client) -> None:
    by_id = {portal["id"]: portal for portal in client.get("/portals").json()["portals"]}
    fresh = by_id["thanh_hoa/tho_xuan"]["freshness"]
    assert fresh["last_verdict"] == "new"
    assert fresh["last_run_at"] and fresh["last_success_at"] and fresh["last_new_at"] and fresh["next_due_at"]
    assert set(by_id["ha_noi/ba_dinh"]["freshness"].values()) == {None}
    assert client.get("/portals/thanh_hoa/tho_xuan").json() == by_id["thanh_hoa/tho_xuan"]
    assert client.get("/meta").json()["meta"]["api_version"] == "v1"


def test_who_has_an_answer_already_is_told_so_in_a_few_bytes(client: httpx.Client) -> None:
    article_id = client.get("/articles", params={"limit": 1}).json()["articles"][0]["id"]
    for path in (
        "/articles",
        f"/articles/{article_id}",
        "/search?q=xa",
        "/changes",
        "/meta",
        "/feed.json",
        "/feed.atom",
    ):
        first = client.get(path)
        assert first.headers["cache-control"] == "private, max-age=0, must-revalidate"
        for known in (first.headers["etag"], f'W/{first.headers["etag"]}, "x"', "*"):
            again = client.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == first.headers["etag"]


def test_an_article_says_when_it_last_changed(client: httpx.Client) -> None:
    article_id = client.get("/articles", params={"limit": 1}).json()["articles"][0]["id"]
    modified = client.get(f"/articles/{article_id}").headers["last-modified"]
    assert parsedate_to_datetime(modified) <= datetime.now(UTC)
    for since, status in ((modified, 304), ("Sat, 01 Jan 2000 00:00:00 GMT", 200), ("rubbish", 200)):
        answer = client.get(f"/articles/{article_id}", headers={"If-Modified-Since": since})
        assert answer.status_code == status, since


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/articles?provinse=x", 422, "did you mean province?"),
        ("/articles?limit=0", 422, "limit: "),
        ("/articles?limit=201", 422, "limit: "),
        ("/articles?since=yesterday", 422, "since: "),
        ("/articles?cursor=abc", 404, "cursor"),
        ("/articles?province=Thanh+Hoaa+B", 404, "did you mean Thanh Hóa"),
        ("/articles?organization=HDN", 404, "did you mean HND"),
        ("/articles?portal=thanh_hoa/tho_xua", 404, "did you mean thanh_hoa/tho_xuan"),
        ("/search", 422, "q: "),
        ("/articles/nothing", 404, "no article has the id 'nothing'"),
        ("/stories/nothing", 404, "no story has the id 'nothing'"),
        ("/portals/nothing", 404, "no portal has the id 'nothing'"),
        ("/changes?after=-1", 422, "after: "),
        ("/nothing", 404, "Not Found"),
    ],
)
def test_an_error_is_a_problem_that_says_what_to_do(
    client: httpx.Client, path: str, status: int, said: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]
    assert answer.json()["status"] == status


def test_a_cursor_is_only_good_for_its_own_question(client: httpx.Client) -> None:
    cursor = client.get("/articles", params={"limit": 1}).json()["next"]
    assert client.get("/articles", params={"limit": 5, "cursor": cursor}).status_code == 200
    assert client.get("/articles", params={"q": "xa", "cursor": cursor}).status_code == 404
    assert client.get("/search", params={"q": "xa", "cursor": cursor}).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client: httpx.Client, method: str) -> None:
    for path in ("/articles", "/changes", "/meta", "/feed.atom"):
        answer = client.request(method, path)
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/problem+json"
        assert "GET" in answer.headers["allow"]


def test_what_is_found_comes_with_highlights_counts_and_pages(client: httpx.Client) -> None:
    answer = client.get("/search", params={"q": "đồng nai họp"}).json()
    (hit,) = answer["hits"]
    marked = [hit["title"]["text"][begin:end] for begin, end in hit["title"]["marks"]]
    assert marked == ["Đồng Nai họp"]
    assert answer["total"] == {"value": 1, "exact": True}
    assert answer["facets"]["organization"] == {"HND": 1}
    assert answer["next"] is None
    assert client.get("/search", params={"q": "-họp"}).json()["hits"] == []
    found = [hit["id"] for hit in _all(client, "/search", "hits", q="xa tho lam", limit=3)]
    assert len(found) == len(set(found)) == client.get("/search?q=xa tho lam").json()["total"]["value"] >= 8


def test_a_number_is_no_day(client: httpx.Client) -> None:
    for wrong in ("0", "1700000000", "2026-1-1", "2026-01-01T00:00"):
        answer = client.get("/articles", params={"until": wrong})
        assert answer.status_code == 422, wrong
        assert "like 2026-01-31" in answer.json()["detail"]
    assert client.get("/articles", params={"until": "2026-12-31"}).status_code == 200

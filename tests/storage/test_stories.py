"""Stories: every near-copy is found, and no two different texts are joined."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import Engine

from storage.records import Article
from storage.saving import save_batch
from tests.storage.texts import FETCHED, article, edited, report, seen, sentences
from vietnam.writing import fold

View = Callable[[str], list[dict[str, object]]]


def _shingles(paragraphs: tuple[str, ...]) -> set[tuple[str, ...]]:
    words = fold("\n".join(paragraphs)).split()
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def _stories(view: View) -> dict[str, object]:
    return {str(row["url"]): row["story_id"] for row in view("articles")}


def test_a_lightly_edited_copy_elsewhere_joins_the_story_and_keeps_its_own_record(
    engine: Engine, view: View
) -> None:
    original = article(1)
    copy = article(2, url="https://bao.vn/2", paragraphs=("Theo tin từ cơ sở.", *edited(report(1), 0.05)))
    (first,) = save_batch(engine, None, [seen(original)])
    (second,) = save_batch(engine, None, [seen(copy, "bao")])
    assert first.story_id is None
    assert (second.outcome, second.story_new) == ("new", True)
    (third,) = save_batch(engine, None, [seen(article(3, paragraphs=edited(report(1), 0.03)), "dai")])
    assert (third.story_id, third.story_new) == (second.story_id, False)
    (story,) = view("stories")
    assert (story["id"], story["articles"]) == (second.story_id, 3)


def test_all_near_copies_are_found_and_none_invented_among_reports_with_shared_boilerplate(
    engine: Engine, view: View
) -> None:
    """400 reports; a seventh are copies with 1-10 % of words changed, a fifth share a third of their text.

    The truth is the true Jaccard similarity of every pair, counted on sets of words here.
    """
    rng = random.Random(20261122)
    boilerplate = [report(90_000 + number, 8) for number in range(5)]
    texts: list[tuple[str, ...]] = []
    family = list(range(400))
    for number in range(400):
        kind = rng.random()
        if texts and kind < 0.15:
            model = rng.randrange(len(texts))
            family[number] = family[model]
            text = edited(texts[model], rng.uniform(0.01, 0.1), number)
            text = (" ".join(sentences(rng, 1)), *text) if rng.random() < 0.3 else text
        elif kind < 0.35:
            text = report(number, rng.randint(10, 16)) + rng.choice(boilerplate)
        else:
            text = report(number, rng.randint(5, 20))
        texts.append(text)
    for start in range(0, len(texts), 50):
        batch = [article(start + i, paragraphs=text) for i, text in enumerate(texts[start : start + 50])]
        save_batch(engine, None, [seen(one) for one in batch])

    stories = _stories(view)
    named = [stories[article(number).url] for number in range(len(texts))]
    shingles = [_shingles(text) for text in texts]
    near: dict[bool, list[tuple[int, int]]] = defaultdict(list)
    for one, other in combinations(range(len(texts)), 2):
        joined = named[one] is not None and named[one] == named[other]
        assert not joined or family[one] == family[other], f"{one} and {other} are different reports"
        shared = len(shingles[one] & shingles[other])
        jaccard = shared / (len(shingles[one]) + len(shingles[other]) - shared)
        if jaccard >= 0.6:
            near[joined].append((one, other))
    assert len(near[True]) > 30
    assert len(near[True]) / (len(near[True]) + len(near[False])) >= 0.99


@pytest.mark.parametrize(("replaced", "joins"), [(7, True), (9, False)])
def test_a_text_between_two_others_joins_them_only_when_it_is_very_near_to_both(
    engine: Engine, replaced: int, joins: bool
) -> None:
    """Paragraphs are replaced at the end of the one and at the beginning of the other."""
    between = report(1, 90)
    one = (*between[:-replaced], *report(2, 3 * replaced))
    other = (*report(3, 3 * replaced), *between[replaced:])
    nearness = [_jaccard(between, text) for text in (one, other)]
    assert all(jaccard >= 0.7 if joins else 0.6 <= jaccard < 0.7 for jaccard in nearness), nearness
    assert _jaccard(one, other) < 0.6, "or there is nothing to bridge"
    texts = [article(number, paragraphs=text) for number, text in enumerate((one, other, between))]
    saved = save_batch(engine, None, [seen(text) for text in texts])
    assert not saved[1].story_new
    assert saved[2].story_new
    assert (saved[0].story_id == saved[1].story_id == saved[2].story_id) is joins


def _jaccard(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    first, second = _shingles(one), _shingles(other)
    return len(first & second) / len(first | second)


@pytest.mark.parametrize(
    "change",
    ["15 % of the words", "12 %, and a lead", "12 %, and a sentence less", "10 %, and two paragraphs less"],
)
def test_a_heavily_edited_copy_joins_though_its_jaccard_is_below_0_6(engine: Engine, change: str) -> None:
    """Jaccard falls with the third power of the words that stayed."""
    original = report(1, 40)
    text = {
        "15 % of the words": edited(original, 0.15, 1),
        "12 %, and a lead": (" ".join(report(500, 2)), *edited(original, 0.12, 2)),
        "12 %, and a sentence less": edited(original, 0.12, 3)[:-1],
        "10 %, and two paragraphs less": (*(heavy := edited(original, 0.1, 4))[:5], *heavy[7:]),
    }[change]
    assert 0.36 < _jaccard(original, text) < 0.55
    saved = save_batch(
        engine, None, [seen(article(1, paragraphs=original)), seen(article(2, paragraphs=text), "bao")]
    )
    assert saved[1].story_new


@pytest.mark.parametrize("kind", ["a form filled in", "half of it", "the same in another order"])
def test_what_shares_as_many_words_without_being_an_edit_of_it_stays_alone(engine: Engine, kind: str) -> None:
    original = report(1, 40)
    half = len(original) // 2
    text = {
        "a form filled in": (*original[:half], *report(2, 40)[half:]),
        "half of it": original[:half],
        "the same in another order": tuple(reversed(edited(original, 0.1, 1))),
    }[kind]
    assert _jaccard(original, text) > 0.36
    saved = save_batch(
        engine, None, [seen(article(1, paragraphs=original)), seen(article(2, paragraphs=text), "bao")]
    )
    assert not saved[1].story_new


def test_a_form_filled_in_with_other_numbers_stays_alone_and_one_with_the_same_joins(engine: Engine) -> None:
    """A bulletin of each day keeps nine words in ten; what it tells is new."""
    form = (
        "Dự báo thời tiết ngày {} tháng {}: nhiều mây, có mưa rào vài nơi, gió đông nam cấp {}.",
        "Nhiệt độ thấp nhất {} độ, cao nhất {} độ, độ ẩm trung bình {} phần trăm, tầm nhìn trên {} km.",
        "Mực nước sông lúc 7 giờ tại trạm là {} cm, bà con chú ý đề phòng lốc, sét khi ra đồng.",
    )
    one, other = (12, 3, 2, 21, 33, 78, 9, 245), (14, 5, 3, 24, 36, 84, 10, 268)
    today, tomorrow = (" ".join(form).format(*numbers) for numbers in (one, other))
    copied = today.replace("bà con", "nhân dân").replace("ra đồng", "đi làm").replace("rào", "to")
    assert _jaccard((today,), (tomorrow,)) > 0.36 < _jaccard((today,), (copied,)) < 0.8
    texts = [article(number, paragraphs=(text,)) for number, text in enumerate((today, tomorrow, copied))]
    saved = save_batch(engine, None, [seen(text) for text in texts])
    assert saved[1].story_id is None
    assert saved[0].story_id == saved[2].story_id is not None


def test_short_texts_join_no_story_however_alike_they_are(engine: Engine) -> None:
    text = "Một số hình ảnh của ngày hội đại đoàn kết toàn dân tộc tại thôn {} xã Thọ Lâm."
    saved = save_batch(
        engine,
        None,
        [seen(article(i, paragraphs=(text.format(place),))) for i, place in enumerate(("Một", "Hai", "Ba"))],
    )
    assert [entry.outcome for entry in saved] == ["new"] * 3
    assert {entry.story_id for entry in saved} == {None}


def test_an_article_whose_text_is_replaced_leaves_its_story(engine: Engine, view: View) -> None:
    save_batch(engine, None, [seen(article(1)), seen(article(2, paragraphs=edited(report(1), 0.03)))])
    (saved,) = save_batch(engine, None, [seen(article(2, paragraphs=report(77)))])
    assert (saved.outcome, saved.revision, saved.story_id) == ("changed", 2, None)
    assert set(_stories(view).values()) == {None}
    assert view("stories") == []


def test_the_papers_of_the_recorded_sites_are_joined_only_where_they_print_one_text(
    engine: Engine, view: View, shared: Path
) -> None:
    sites = shared / "sites" / "sites"
    contents: dict[str, set[str]] = defaultdict(set)
    for site in ("nukeviet", "wordpress"):
        lines = (sites / site / "truth.jsonl").read_text(encoding="utf-8").strip().split("\n")
        rows = [json.loads(line) for line in lines]
        sightings = []
        for row in rows:
            read = Article(
                url=row["url"],
                title=row["title"],
                lead=row["lead"],
                paragraphs=tuple(row["body_paragraphs"]),
                published_at=datetime.fromisoformat(row["published"]),
                published_precision="minute",
            )
            sightings.append(seen(read, site, str(row["id"])))
            contents[row["content_id"]].add(row["url"])
        save_batch(engine, None, sightings)
    of_url = {url: content for content, urls in contents.items() for url in urls}
    copies: dict[object, set[str]] = defaultdict(set)
    for row in view("article_copies"):
        copies[row["article_id"]].add(of_url[str(row["url"])])
    assert all(len(content) == 1 for content in copies.values()), "different texts became one article"
    members: dict[object, set[str]] = defaultdict(set)
    for row in view("articles"):
        if row["story_id"]:
            members[row["story_id"]] |= copies[row["id"]]
    assert all(len(content) == 1 for content in members.values()), "different texts became one story"
    same = {row["id"]: (row["story_id"] or row["id"]) for row in view("articles")}
    found = {row["url"]: same[row["article_id"]] for row in view("article_copies")}
    pairs = [pair for urls in contents.values() for pair in combinations(sorted(urls), 2)]
    assert len(pairs) >= 85
    assert all(found[one] == found[other] for one, other in pairs)


def test_an_article_read_again_after_its_twin_left_is_still_itself(engine: Engine) -> None:
    one = article(5)
    save_batch(engine, None, [seen(one), seen(replace(one, url="https://b.vn/5"), "b")])
    (saved,) = save_batch(engine, None, [seen(one, fetched_at=FETCHED)])
    assert saved.outcome == "unchanged"

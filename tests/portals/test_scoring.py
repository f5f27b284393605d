"""The scorer of the demo counts what is right and names what is wrong."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest

from tests.portals.scoring import score
from tests.portals.serve import DemoSites
from tests.portals.truth import Truth


@pytest.fixture(scope="module")
def truth() -> list[Truth]:
    with DemoSites(date(2026, 11, 22)) as sites:
        return sites.truth()


def perfect_export(truth: list[Truth]) -> list[dict[str, object]]:
    """The records of a crawl without a fault: one a text, near-copies in one story."""
    by_text: dict[str, list[Truth]] = defaultdict(list)
    for row in truth:
        if row.kept:
            by_text[row.text_id].append(row)
    return [
        {
            "url": rows[0].url,
            "urls": [row.url for row in rows],
            "title": rows[0].title,
            "lead": rows[0].lead,
            "paragraphs": list(rows[0].paragraphs),
            "captions": list(rows[0].captions),
            "byline": rows[0].byline,
            "authors": list(rows[0].authors),
            "source_credit": rows[0].source_credit,
            "section": rows[0].section,
            "event_date": str(rows[0].event_date),
            "published_at": rows[0].published_at.isoformat(),
            "relevant": rows[0].on_topic,
            "organizations": list(rows[0].organizations),
            "story_id": rows[0].story,
        }
        for rows in by_text.values()
    ]


def test_a_perfect_export_has_nothing_wrong(truth: list[Truth]) -> None:
    result = score(perfect_export(truth), truth)
    assert result.wrong == []
    assert result.found == result.wanted
    assert result.story_pairs == result.story_pairs_found > 10
    assert set(result.fields.values()) == {result.records}


def told_once(truth: list[Truth]) -> list[dict[str, object]]:
    return [one for one in perfect_export(truth) if one["story_id"] is None and len(urls(one)) == 1]


def urls(record: dict[str, object]) -> list[str]:
    found = record["urls"]
    assert isinstance(found, list)
    return found


def test_a_lost_a_foreign_and_a_wrong_value_are_counted_and_named(truth: list[Truth]) -> None:
    export = told_once(truth)
    whole = score(export, truth)
    lost = export.pop()
    urls(export[0]).append("http://127.0.0.1/foreign")
    export[1]["title"] = "Thực đơn"
    result = score(export, truth)
    assert (result.found, result.spurious) == (whole.found - 1, 1)
    assert result.fields["title"] == result.records - 1
    new_faults = set(result.wrong) - set(whole.wrong)
    assert len(new_faults) == 3
    assert f"missing: {urls(lost)[0]}" in new_faults


def test_texts_joined_split_or_put_in_one_story_are_counted(truth: list[Truth]) -> None:
    export = told_once(truth)
    export[0]["story_id"] = export[1]["story_id"] = "one story"
    urls(export[2]).extend(urls(export.pop(3)))
    copied = next(one for one in perfect_export(truth) if len(urls(one)) > 1)
    export += [{**copied, "urls": urls(copied)[:1]}, {**copied, "urls": urls(copied)[1:]}]
    result = score(export, truth)
    assert (result.joined, result.split) == (1, 1)
    assert result.story_pairs_invented == 2  # the joined record's texts, and the two that share a story
    assert result.story_pairs_found == 0


def test_off_topic_articles_are_spurious_in_scope_front_and_wanted_in_scope_all(truth: list[Truth]) -> None:
    export = perfect_export(truth)
    left = next(row for row in truth if not row.kept)
    urls(export[0]).append(left.url)
    assert score(export, truth).spurious == 1
    assert score(export, truth, "all").spurious == 0
    assert score(export, truth, "all").joined == 1

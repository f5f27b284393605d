"""The main job on the demo portals, through the command, on both databases."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.conftest import fresh_postgresql_database
from tests.forked import Forked, Order, without_settings
from tests.portals.scoring import score
from tests.portals.serve import DemoSites

ROOT = Path(__file__).resolve().parent.parent
OF_THE_DATABASE = ("id", "story_id", "first_seen_at", "last_seen_at")


def frontnews(
    forked: Forked, *arguments: str, database: str, registry: Path
) -> subprocess.CompletedProcess[str]:
    """Run the command on the demo's registry."""
    environment = without_settings() | {
        "FRONTNEWS_DATABASE": database,
        "FRONTNEWS_REGISTRY": str(registry),
        "FRONTNEWS_ALLOW_ADDRESS": "127.0.0.0/8",
    }
    return forked.run(Order(arguments, environment, str(ROOT)), "", 240)


def exported(forked: Forked, database: str, registry: Path) -> list[dict[str, object]]:
    """Every record of a database."""
    done = frontnews(forked, "export", database=database, registry=registry)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def comparable(records: list[dict[str, object]]) -> dict[str, Mapping[str, object]]:
    """Records by address, without what each database makes of its own; stories as sets of addresses."""
    stories: dict[object, list[str]] = {}
    for record in records:
        stories.setdefault(record["story_id"], []).append(str(record["url"]))
    return {
        str(record["url"]): {k: v for k, v in record.items() if k not in OF_THE_DATABASE}
        | {"story": sorted(stories[record["story_id"]]) if record["story_id"] else None}
        for record in records
    }


def test_the_demo_portals_come_out_as_they_were_published_on_both_databases(
    postgresql: str, forked: Forked, tmp_path: Path
) -> None:
    databases = (f"sqlite:///{tmp_path / 'frontnews.db'}", fresh_postgresql_database(postgresql))
    with DemoSites() as sites:
        registry = sites.registry(tmp_path / "registry")
        for database in databases:
            first = frontnews(forked, "crawl", "--delay", "0", database=database, registry=registry)
            assert first.returncode == 0, first.stderr
        before = {database: exported(forked, database, registry) for database in databases}
        result = score(before[databases[0]], sites.truth())
        assert result.wrong == []
        assert result.story_pairs_found == result.story_pairs
        edited = sites.edit()
        for database in databases:
            second = frontnews(forked, "crawl", "--delay", "0", database=database, registry=registry)
            assert second.returncode == 0, second.stderr
        after = {database: exported(forked, database, registry) for database in databases}
    for database in databases:
        revisions = {str(r["url"]): r["revision"] for r in before[database]}
        changed = {str(r["url"]) for r in after[database] if r["revision"] != revisions.get(str(r["url"]))}
        assert changed == {edited}
        assert len(after[database]) == len(before[database])
    assert comparable(after[databases[0]]) == comparable(after[databases[1]])

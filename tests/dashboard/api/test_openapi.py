"""The OpenAPI document tells everything, and the API keeps to it whatever it is asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import jsonschema_rs
import pytest
from sqlalchemy import Engine

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def test_every_path_field_and_parameter_is_told_with_its_meaning_or_type(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert set(document["paths"]) == {
        f"/api/v1/{path}"
        for path in (
            "articles", "articles/{article_id}", "stories", "stories/{story_id}", "changes", "search",
            "portals", "portals/{portal_id}", "meta", "feed.json", "feed.atom",
        )
    }  # fmt: skip
    for path, operations in document["paths"].items():
        assert set(operations) == {"get"}, "nothing can be written"
        told = operations["get"]
        assert told["description"], path
        assert {"200", "304", "404", "422", "503"} <= set(told["responses"])
        for parameter in told.get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])
        for status in ("404", "422", "503"):
            assert list(told["responses"][status]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_answers_have_no_field_that_the_document_does_not_tell(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    first = client.get("/articles", params={"limit": 1}).json()["articles"][0]["id"]
    story = client.get("/stories").json()["stories"][0]["id"]
    for path, told in (
        ("/articles", "/articles"),
        (f"/articles/{first}", "/articles/{article_id}"),
        ("/stories", "/stories"),
        (f"/stories/{story}", "/stories/{story_id}"),
        ("/changes", "/changes"),
        ("/search?q=xa", "/search"),
        ("/portals", "/portals"),
        ("/portals/thanh_hoa/tho_xuan", "/portals/{portal_id}"),
        ("/meta", "/meta"),
    ):
        answer = document["paths"][f"/api/v1{told}"]["get"]["responses"]["200"]
        schema = answer["content"]["application/json"]["schema"]
        validator = jsonschema_rs.validator_for({**schema, "components": document["components"]})
        assert not list(validator.iter_errors(client.get(path).json())), path
        assert list(validator.iter_errors({"surprise": 1})), "the schema refuses what it does not tell"


# A cursor is refused for what the database is, not for what it is itself.
_SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "410", "429", "5xx"]
"""


def _schemathesis(address: str, folder: Path, examples: int, phases: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(SCHEMATHESIS), "run", f"{address}/api/v1/openapi.json", "--url", address, "--max-examples",
        str(examples), "--phases", phases, "--seed", "7", "--no-color", "--generation-database", "none",
        "--max-response-time", "10",
    ]  # fmt: skip
    (folder / "schemathesis.toml").write_text(_SETTINGS, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRONTNEWS_")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )


@pytest.mark.slow
def test_schemathesis_finds_no_failure_in_a_few_questions(
    address: str, engine: Engine, tmp_path: Path
) -> None:
    if engine.dialect.name == "postgresql":
        pytest.skip("the long test asks both databases; here seconds count")
    done = _schemathesis(address, tmp_path, 3, "examples,fuzzing")
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.slow
def test_schemathesis_finds_no_failure_in_many_questions(address: str, tmp_path: Path) -> None:
    done = _schemathesis(address, tmp_path, 100, "examples,coverage,fuzzing,stateful")
    assert done.returncode == 0, done.stdout[-6000:]

"""Where other people's test data lies: recorded sites, seeds, labelled openings. No part of a clone."""

from __future__ import annotations

import os
from pathlib import Path

MISSING = "the shared test data is not here (beside the clone as ../shared, or set FRONTNEWS_SHARED)"


def find_shared() -> Path | None:
    """The folder named by FRONTNEWS_SHARED, else the one beside the repository, else /work/shared."""
    named = os.environ.get("FRONTNEWS_SHARED")
    beside = Path(__file__).resolve().parents[2] / "shared"
    places = [Path(named)] if named else [beside, Path("/work/shared")]
    return next((place for place in places if (place / "DESIGN.md").is_file()), None)


SHARED = find_shared()

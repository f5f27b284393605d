"""What somebody does at the shell is written down like what they do in the dashboard."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Engine


def write_down(engine: Engine, action: str, target: str, detail: Mapping[str, object] | None = None) -> None:
    """Write one action of the user of this shell into the audit log."""
    from storage import audit

    audit.record(engine, who=user(), place="command", action=action, target=target, detail=detail)


def user() -> str:
    """The name of the user; the number where the machine has no name for it, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"

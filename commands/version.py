"""`frontnews --version`: what runs here, as a report of a fault should name it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tomllib
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from commands.output import write_json

NAME = "frontnews"
SOURCE = Path(__file__).resolve().parent.parent
REVISION = "FRONTNEWS_REVISION"
"""Variable that names the revision where no repository and no package tells it: in an image."""

GIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Version:
    """The program and what it stands on. ``revision``: of git, ``-dirty`` where files differ; or None."""

    name: str
    version: str
    python: str
    scrapy: str
    revision: str | None


def write_version(*, as_json: bool) -> None:
    """Write the version to stdout, in one line."""
    this = version()
    if as_json:
        write_json([asdict(this)])
        return
    parts = [f"Python {this.python}", f"Scrapy {this.scrapy}"]
    if this.revision is not None:
        parts.append(f"revision {this.revision}")
    print(f"{this.name} {this.version} ({', '.join(parts)})")  # noqa: T201 - it is what was asked for


def version() -> Version:
    """The version of this program; nothing of it is imported for that."""
    return Version(NAME, _own_version(), platform.python_version(), metadata.version("scrapy"), _revision())


def _own_version() -> str:
    """The source tree's own word before that of a package that may have been installed from another one."""
    project = SOURCE / "pyproject.toml"
    if project.is_file():
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version(NAME)


def _revision() -> str | None:
    return os.environ.get(REVISION) or _of_repository() or _of_package()


def _of_repository() -> str | None:
    """The revision of the source tree, if it is a git repository: one around it is not ours."""
    git = shutil.which("git")
    if git is None or not (SOURCE / ".git").exists():
        return None
    describe = [git, "-C", str(SOURCE), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        answer = subprocess.run(  # noqa: S603 - git itself, on our own folder
            describe, capture_output=True, text=True, timeout=GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None  # no commit yet, or a repository of somebody else, whom git does not trust
    return answer.stdout.strip() or None


def _of_package() -> str | None:
    """The commit that pip installed from (PEP 610, ``direct_url.json``)."""
    try:
        origin = metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    commit = json.loads(origin or "{}").get("vcs_info", {}).get("commit_id")
    return str(commit)[:12] if commit else None

"""The options of every command: before its name, behind it, or by the environment."""

from __future__ import annotations

from pathlib import Path

from tests.commands.conftest import Frontnews


def test_an_option_before_the_commands_name_wins_over_the_environment(
    frontnews: Frontnews, tmp_path: Path
) -> None:
    done = frontnews(
        "--database", f"sqlite:///{tmp_path}/line.db", "db", "upgrade",
        FRONTNEWS_DATABASE=f"sqlite:///{tmp_path}/environment.db",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["line.db"]


def test_an_option_behind_the_commands_name_wins_over_one_before_it(
    frontnews: Frontnews, tmp_path: Path
) -> None:
    done = frontnews(
        "--database", f"sqlite:///{tmp_path}/before.db", "db", "upgrade",
        "--database", f"sqlite:///{tmp_path}/behind.db",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in tmp_path.glob("*.db")) == ["behind.db"]


def test_a_registry_before_the_commands_name_wins_over_the_environment(
    frontnews: Frontnews, demo_registry: Path, tmp_path: Path
) -> None:
    done = frontnews(
        "--registry", str(demo_registry), "--json", "portals", "list",
        FRONTNEWS_REGISTRY=str(tmp_path / "nowhere"), FRONTNEWS_JSON="0",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"id": "tay_ninh/demo_go_dau"' in done.stdout

"""Who is told of alarms, from the environment; a wrong setting ends the command in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commands.options import ExitCode, Settings
from commands.problems import stop

if TYPE_CHECKING:
    from crawler.notifying import Notifying


def recipients(settings: Settings) -> Notifying:
    """The configuration of messages (crawler.notifying)."""
    from crawler.notifying import Notifying, NotifyProblem

    try:
        return Notifying.from_environment([str(network) for network in settings.allow])
    except NotifyProblem as problem:
        stop(str(problem), ExitCode.CONFIGURATION)

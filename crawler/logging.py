"""Log lines for machines or for people, from this program and from Scrapy and Twisted alike.

FRONTNEWS_LOG=json writes one object a line to stderr, FRONTNEWS_LOG=console coloured lines; without it
only warnings are printed, as Python does. Each line carries what is bound at the time: portal,
run_id, url. No line holds a secret: :func:`redact` is the last thing that happens to it.

Structlog is imported where lines are wanted: it imports rich and pygments (0.1 s of a start, measured).
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    import structlog

VARIABLE, LEVEL = "FRONTNEWS_LOG", "FRONTNEWS_LOG_LEVEL"

HIDDEN = "[hidden]"

_SECRET_NAMES = re.compile(r"(?i)^FRONTNEWS_.*(?:NOTIFY|PASSWORD|TOKEN|SECRET|KEY)|^PGPASSWORD$")
_SETTINGS = frozenset({"FRONTNEWS_NOTIFY_QUIET", "FRONTNEWS_NOTIFY_RESEND", "FRONTNEWS_NOTIFY_FILE"})
_SHORTEST = 6
"""Letters; a shorter secret would blank out words of the language."""

_IN_ADDRESS = re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]*://[^\s:/@\"']*):[^\s/\"']*@", re.I)
_NAMED = re.compile(
    r"(?P<head>(?:password|passwd|pwd|token|secret|api[_-]?key|authorization|cookie)"
    r"[\"']?\s*[:=]\s*[\"']?(?:bearer\s+|basic\s+)?)[^\s\"'&,;}]+",
    re.I,
)

_configured = False


def configure(stream: TextIO | None = None) -> None:
    """Set the logging of this process up as the environment says. Raises ValueError for an unknown kind."""
    global _configured
    kind = os.environ.get(VARIABLE, "")
    if not kind:
        return
    if kind not in ("json", "console"):
        raise ValueError(f"{VARIABLE} is json or console, not {kind!r}")
    import structlog

    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    render: structlog.typing.Processor = (
        _as_json if kind == "json" else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        _Redacting(
            structlog.stdlib.ProcessorFormatter(
                foreign_pre_chain=shared,
                processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
            )
        )
    )
    root = logging.getLogger()
    level = os.environ.get(LEVEL, "INFO")
    try:
        root.setLevel(level.upper())
    except ValueError:
        raise ValueError(f"{LEVEL} is DEBUG, INFO, WARNING or ERROR, not {level!r}") from None
    root.handlers = [handler]
    _configured = True


def bind(**about: object) -> None:
    """Say what each line is about that this task writes from now on."""
    if _configured:
        from structlog.contextvars import bind_contextvars

        bind_contextvars(**about)


def unbind(*about: str) -> None:
    """Take back what :func:`bind` was told of."""
    if _configured:
        from structlog.contextvars import unbind_contextvars

        unbind_contextvars(*about)


def is_configured() -> bool:
    """Tell whether :func:`configure` found a kind of log to write."""
    return _configured


class _Redacting(logging.Formatter):
    """What another formatter makes of a record, without its secrets."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return redact(self._inner.format(record))


def redact(text: str) -> str:
    """Return ``text`` without passwords of addresses, named secrets, and the secrets of our environment."""
    for secret in _secrets():
        text = text.replace(secret, HIDDEN)
    text = _IN_ADDRESS.sub(rf"\g<head>:{HIDDEN}@", text)
    return _NAMED.sub(rf"\g<head>{HIDDEN}", text)


def _secrets() -> list[str]:
    """The secrets of the environment, the longest first, in every spelling that a line may have them in."""
    found: set[str] = set()
    for name, value in os.environ.items():
        if _SECRET_NAMES.search(name) and name not in _SETTINGS:
            found.update(value.split())
    for each in list(found):
        # An address is told in parts too: a service's answer, an exception of its library.
        found.update(part for part in re.split(r"[/:@?&=]+", each.partition("://")[2]) if len(part) >= 16)
        found.add(json.dumps(each)[1:-1])
    return sorted((each for each in found if len(each) >= _SHORTEST), key=len, reverse=True)


def _as_json(logger: object, name: str, event: MutableMapping[str, object]) -> str:
    del logger, name
    first = ("timestamp", "level", "logger", "event")
    ordered = {key: event[key] for key in first if key in event} | dict(event)
    return json.dumps(ordered, ensure_ascii=False, default=str)

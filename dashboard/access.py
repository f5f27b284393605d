"""Who may use the dashboard: accounts, tokens, host names, and how often a password may be tried.

Without an account or a token everybody who reaches the server is the operator: such a dashboard listens on
loopback alone (commands.dashboard refuses anything else).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["viewer", "operator"]
ROLES: tuple[Role, ...] = ("viewer", "operator")

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")

SHORTEST_SECRET = 8
"""Letters of a password or token; a shorter one is a placeholder that somebody forgot."""


class BadSecret(Exception):
    """A password or token file that cannot be used. The message is one line for the person at the shell."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    name: str
    role: Role
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sends a request. ``csrf`` is the token that their forms must bring back."""

    who: str
    role: Role
    csrf: str
    signed_in: bool

    @property
    def may_act(self) -> bool:
        """Whether they may change anything."""
        return self.role == "operator"


@dataclass(frozen=True, slots=True)
class Access:
    """The rules of one dashboard. ``tokens`` let programs read; ``hosts`` are further names it goes by."""

    accounts: tuple[Account, ...] = ()
    tokens: tuple[str, ...] = field(default=(), repr=False)
    hosts: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether nobody needs to sign in."""
        return not self.accounts and not self.tokens

    def account(self, name: str, password: str) -> Account | None:
        """The account that a name and a password belong to; takes as long whichever of them is wrong."""
        found = None
        for account in self.accounts:
            right = _same(account.name, name.strip()) & _same(account.password, password)
            found = account if right else found
        return found

    def knows_token(self, token: str) -> bool:
        """Whether a program that brings this token may read."""
        return sum(_same(known, token) for known in self.tokens) > 0  # every one is compared

    def allows_host(self, host: str) -> bool:
        """Whether a Host header names this server.

        Any address does: a page elsewhere that rebinds its name to ours still sends its own name.
        """
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        name = name.lower().rstrip(".")
        if name in LOOPBACK_HOSTS or name in {own.lower() for own in self.hosts}:
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True


def accounts_of(text: str, source: str) -> tuple[Account, ...]:
    """Read accounts: one password alone (the operator's), or lines ``name:role:password``.

    Empty lines and lines that begin with # are skipped. ``source`` is named in errors. Raises BadSecret.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    accounts = []
    for line in lines:
        name, _, rest = line.partition(":")
        role, _, password = rest.partition(":")
        if role in ROLES and name and password:
            accounts.append(Account(name, role, _checked(password, source)))
        elif len(lines) == 1:
            accounts.append(Account("operator", "operator", _checked(line, source)))
        else:
            raise BadSecret(f"{source}: a line is not name:role:password with the role viewer or operator")
    if len({account.name for account in accounts}) < len(accounts):
        raise BadSecret(f"{source}: two accounts have one name")
    if not accounts:
        raise BadSecret(f"{source} has no password in it")
    return tuple(accounts)


def tokens_of(text: str, source: str) -> tuple[str, ...]:
    """Read tokens, one a line. Raises BadSecret."""
    tokens = [line.strip() for line in text.splitlines()]
    tokens = [token for token in tokens if token and not token.startswith("#")]
    if not tokens:
        raise BadSecret(f"{source} has no token in it")
    return tuple(_checked(token, source) for token in tokens)


def csrf_token(cookie: str) -> str:
    """The token that forms carry: whoever cannot read the cookie cannot make it."""
    return hmac.new(cookie.encode(), b"frontnews form", hashlib.sha256).hexdigest()


def same_token(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return _same(one, other)


class LoginLimit:
    """Counts failed sign-ins: after ATTEMPTS in WINDOW seconds an address or a name has to wait.

    In memory: a restart forgives, and guessing at the pace of restarts leads nowhere.
    """

    ATTEMPTS = 5
    WINDOW = 300.0
    REMEMBERED = 10_000
    """Addresses and names kept; beyond that the oldest are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, list[float]] = {}
        self._lock = threading.Lock()

    def wait(self, keys: Sequence[str]) -> int:
        """Seconds until one who comes by these keys may try again; 0 is now."""
        with self._lock:
            return max((self._wait(key) for key in keys), default=0)

    def failed(self, keys: Sequence[str]) -> None:
        """Count one failure for each key."""
        with self._lock:
            for key in keys:
                self._failures[key] = [*self._recent(key), self._clock()]
            while len(self._failures) > self.REMEMBERED:
                del self._failures[next(iter(self._failures))]

    def succeeded(self, keys: Sequence[str]) -> None:
        """Forget the failures of those who got in."""
        with self._lock:
            for key in keys:
                self._failures.pop(key, None)

    def _wait(self, key: str) -> int:
        recent = self._recent(key)
        if len(recent) < self.ATTEMPTS:
            return 0
        return max(1, round(recent[-self.ATTEMPTS] + self.WINDOW - self._clock()))

    def _recent(self, key: str) -> list[float]:
        since = self._clock() - self.WINDOW
        return [moment for moment in self._failures.get(key, ()) if moment > since]


def _checked(secret: str, source: str) -> str:
    if len(secret) < SHORTEST_SECRET:
        raise BadSecret(f"{source}: a password or token has fewer than {SHORTEST_SECRET} letters")
    return secret


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())

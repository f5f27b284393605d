"""When an article was published and last edited: what the page prints, checked against machine data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lxml.etree import _Element as Element

from crawler.reading.ledger import Ledger
from crawler.reading.lines import Line
from crawler.reading.machine import Machine
from crawler.reading.page import Page
from crawler.reading.platform import Platform
from crawler.reading.printed_times import ABROAD, MIGRATED, Printed, find_printed
from crawler.reading.tree import Tree
from vietnam import dates
from vietnam.dates import Stamp


@dataclass(frozen=True, slots=True)
class Times:
    published: Stamp | None
    modified: Stamp | None


def find_times(
    page: Page,
    tree: Tree,
    platform: Platform | None,
    machine: Machine,
    around: Callable[[], Sequence[Line]],
    scope: Element,
    ledger: Ledger,
    title: str = "",
) -> Times:
    """Publication and edit time.

    Rules, in order: what the page prints beside its title is the publication; machine data that
    agrees with its day lends hours and minutes; machine data alone counts where nothing is printed
    and the platform is not known to lie there (``ArticleRules.distrust``); then the listing; then the
    address; and last what dateparser makes of machine data that nobody else can read. A time that is
    weeks later than the listing's or the address's is that of a migration, after which every old article
    carries one moment, and loses. A time after the fetch is refused.
    ``around`` gives the lines about the title and after the body, best first, and ``scope`` the element
    around title and text, for pages read by structure.
    """
    distrust = platform.article.distrust if platform is not None else ()
    claims = _claims(page, machine, distrust, ledger)
    printed = find_printed(page, tree, platform, around, scope, ledger, told=bool(claims))
    modified = _modified(page, machine, printed)
    others = [p for p in printed if not p.updated]
    shown = others[0] if others else None
    # "Cập nhật: 05/06/2025" alone is how many portals print the publication; several days without a label
    # that follow it are those of other news, and so is one behind a headline.
    alone = len({p.stamp.at for p in others if not p.after_link}) != 1
    if alone and printed and printed[0].updated and (not claims or _agrees(printed[0].stamp, claims)):
        shown = printed[0]
    published = _choose(page, shown, claims, ledger)
    if published is not None and (earlier := _before_migration(page, published, title, ledger)) is not None:
        published = earlier
    if published is None:
        published = _guess(page, machine, distrust, ledger)
    if published is not None and modified is not None and modified.at < published.at:
        modified = None
    return Times(published, modified)


@dataclass(frozen=True, slots=True)
class Claim:
    """A time that machines are told. ``day`` is the date as written, in the zone of the site."""

    stamp: Stamp
    source: str
    day: date

    def says(self, stamp: Stamp) -> bool:
        """Whether the claim is of the day of a printed stamp, in Vietnam or where the site is."""
        return stamp.at.date() in (self.stamp.at.date(), self.day)

    def says_month_first(self, stamp: Stamp) -> bool:
        """Whether it is once the printed day and month change places ("03/12/2024", United States)."""
        turned = (stamp.at.year, stamp.at.day, stamp.at.month)
        return turned == (self.day.year, self.day.month, self.day.day)


def _agrees(stamp: Stamp, claims: Sequence[Claim]) -> bool:
    return any(claim.says(stamp) for claim in claims)


def _choose(page: Page, shown: Printed | None, claims: Sequence[Claim], ledger: Ledger) -> Stamp | None:
    row = None
    if page.row is not None and page.row.published_at is not None:
        row = Stamp(page.row.published_at.astimezone(dates.VIETNAM), page.row.published_precision or "day")
        ledger.propose("published_at", row.at.isoformat(), "listing")
    if shown is not None:
        stamp = shown.stamp
        liar = next(
            (c for c in claims if _same_day_of_year(c.stamp, stamp) and c.stamp.at.year < stamp.at.year), None
        )
        if liar is not None and stamp.at.year == page.fetched_at.astimezone(dates.VIETNAM).year:
            ledger.choose("published_at", liar.source, "the theme prints this year for every article")
            return liar.stamp
        american = next((c for c in claims if not c.says(stamp) and c.says_month_first(stamp)), None)
        if american is not None:
            ledger.choose("published_at", american.source, "the page prints the month first")
            return american.stamp
        if stamp.precision == "day":
            finer = next(
                (c for c in claims if c.says(stamp) and c.stamp.precision in ("second", "minute")), None
            )
            if finer is not None and (finer.stamp.at.hour or finer.stamp.at.minute or finer.stamp.at.second):
                ledger.choose("published_at", finer.source, f"agrees with the day that {shown.source} prints")
                return finer.stamp
            if row is not None and row.at.date() == stamp.at.date() and row.precision in ("second", "minute"):
                ledger.choose("published_at", "listing", f"agrees with the day that {shown.source} prints")
                return row
        ledger.choose("published_at", shown.source, "what the page prints")
        return stamp
    if claims:
        agreed = next((c for c in claims if row is not None and c.says(row)), claims[0])
        ledger.choose("published_at", agreed.source, "the page prints none")
        return agreed.stamp
    if row is not None:
        ledger.choose("published_at", "listing", "the page has none")
        return row
    if (stamp_of_url := dates.stamp_from_url(page.url)) is not None and _is_past(stamp_of_url, page):
        ledger.choose("published_at", "url", "the page and its listing have none")
        return stamp_of_url
    return None


def _before_migration(page: Page, chosen: Stamp, title: str, ledger: Ledger) -> Stamp | None:
    """The time that an article had before its site was moved, None where nothing speaks of another.

    An address keeps the day it was made with, unless it only repeats a date of the headline; a listing
    often keeps the old database's date.
    """
    row = page.row
    if row is not None and row.published_at is not None:
        listed = Stamp(row.published_at.astimezone(dates.VIETNAM), row.published_precision or "day")
        if chosen.at - listed.at > MIGRATED:
            ledger.choose("published_at", "listing", "the page's own is weeks later: of a migration")
            return listed
    told = dates.stamp_from_url(page.url)
    if told is None or told.precision == "month" or chosen.at - told.at <= MIGRATED:
        return None
    numbers = re.findall(r"\d+", title)
    if str(told.at.year) in numbers and str(told.at.day) in [number.lstrip("0") for number in numbers]:
        return None
    ledger.choose("published_at", "url", "the page's own is weeks later: of a migration")
    return told


def _same_day_of_year(one: Stamp, other: Stamp) -> bool:
    return (one.at.month, one.at.day) == (other.at.month, other.at.day)


def _is_past(stamp: Stamp, page: Page) -> bool:
    return stamp.at <= page.fetched_at + timedelta(days=1)


def _claims(page: Page, machine: Machine, distrust: Sequence[str], ledger: Ledger) -> list[Claim]:
    """Machine claims of the publication that can be read and are not known lies."""
    found = []
    for text, source in machine.published:
        is_distrusted = _is_any_of(source, distrust)
        if is_distrusted and not ledger.explain:
            continue
        stamp = dates.parse_stamp(text, now=page.fetched_at, latest=page.fetched_at)
        if stamp is None:
            ledger.propose("published_at", text, source, "no time, or after the fetch")
        elif is_distrusted:
            ledger.propose("published_at", text, source, "known to lie on this platform")
        else:
            ledger.propose("published_at", stamp.at.isoformat(), source)
            found.append(Claim(stamp, source, _day_as_written(text) or stamp.at.date()))
    return found


def _guess(page: Page, machine: Machine, distrust: Sequence[str], ledger: Ledger) -> Stamp | None:
    """What a library makes of machine data that could not be read: that it is a time is known, at least."""
    for text, source in machine.published:
        if _is_any_of(source, distrust):
            continue
        if (stamp := dates.guess_stamp(text, now=page.fetched_at, latest=page.fetched_at)) is not None:
            ledger.choose("published_at", source, "guessed by dateparser: nothing else tells a time")
            return stamp
    return None


def _day_as_written(text: str) -> date | None:
    """The date of a time in ISO 8601 with another zone than Vietnam's, as it stands there."""
    text = text.strip()
    if not (text.endswith("Z") or ABROAD.search(text)):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _is_any_of(source: str, names: Sequence[str]) -> bool:
    return any(
        source == name or source.startswith("meta article:" if name == "og" else f"{name} ") for name in names
    )


def _modified(page: Page, machine: Machine, printed: Sequence[Printed]) -> Stamp | None:
    for text, _ in machine.modified:
        if stamp := dates.parse_stamp(text, latest=page.fetched_at):
            return stamp
    return next((p.stamp for p in printed if p.updated), None)

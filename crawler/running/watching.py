"""Watching a portal: each run is judged against the runs before it, and its alarms move by what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.running import drift
from crawler.running.drift import Past, Section, Seen
from crawler.running.page_facts import PageFacts
from crawler.running.tally import Tally
from crawler.saving import Writer
from crawler.utc import utc_now
from storage import alarms, certificates, run_pages
from storage.alarms import Raised
from storage.certificates import Certificate
from storage.portals import Portal
from storage.run_pages import PastPages, RunPages


async def watch(writer: Writer, portal: Portal, run_id: int, tally: Tally) -> None:
    """Judge a run that read what it would by itself; its layout alarms are left in ``tally.drift``.

    Nothing is said of a portal by a run that was stopped or whose database failed.
    """
    if tally.stopped in ("cancelled", "lost", "store_failed", "internal"):
        return
    past = past_of(await writer.run(run_pages.past, portal.id, run_id))
    certificate = await writer.run(certificates.read, urlsplit(portal.url).netloc)
    judgement = drift.judge(seen_of(portal, tally, certificate, utc_now()), past)
    tally.drift = [each for each in judgement.raised if each.name in drift.LAYOUT]
    for up in await writer.run(alarms.read, portal=portal.id):
        said = judgement.cleared | {each.name for each in judgement.raised}
        if up.name in drift.LAYOUT - said:  # nothing says that it is well again: no success yet
            tally.drift.append(
                Raised(
                    up.name, f"still not known to be well: {up.message}", up.observed, up.bound, said=up.said
                )
            )
    if tally.pages.pages:
        rows = [page.as_row() for page in tally.pages.pages]
        await writer.run(run_pages.keep, run_id, portal.id, rows)
    await writer.run(alarms.judge, portal.id, run_id, judgement, utc_now())


def seen_of(portal: Portal, tally: Tally, certificate: Certificate | None, at: datetime) -> Seen:
    """Return the account of a run as the alarms look at it."""
    counts = tally.counts
    sections = [
        Section(
            urljoin(portal.url, path),
            reached=section.pages > 0,
            empty=section.empty,
            error=section.problem.error if section.problem else None,
            message=str(section.problem) if section.problem else None,
        )
        for path, section in tally.sections.items()
    ]
    return Seen(
        tally.verdict(), sections, dict(tally.errors), tuple(tally.unmet), tally.explanation(),
        counts.pages + counts.fetched + counts.not_modified, counts.listed,
        tuple(tally.pages.pages), tally.newest_age, tally.gaps, certificate, at,
    )  # fmt: skip


def past_of(past: PastPages) -> Past:
    """Return what the runs before brought."""
    ratios = tuple(run.requests / run.listed for run in past.good if run.listed)
    return Past(_facts(past.lately), _facts(past.good), ratios)


def _facts(runs: Sequence[RunPages]) -> tuple[PageFacts, ...]:
    pages = [PageFacts.from_row(page) for run in runs for page in run.pages]
    return tuple(pages[: drift.BEFORE])

"""Rhythms: what a portal's polls teach, and when it is asked next. The simulation is benchmarks.freshness."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from benchmarks.freshness import LISTING, Adaptive, Rows, compare, missed, simulate
from benchmarks.freshness_world import Array, Customs, make_world
from crawler.running import rates
from crawler.running.rechecks import allowance, next_look
from crawler.running.rhythm import (
    Budget,
    Limits,
    Plan,
    Rhythm,
    expected_rates,
    fail,
    hold,
    learn,
    next_poll,
    plan,
)
from vietnam.dates import VIETNAM

MONDAY = datetime(2026, 3, 2, tzinfo=VIETNAM)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOTHING_KNOWN = plan([], Budget(100), MONDAY)


def steady(per_day: float, **others: object) -> Rhythm:
    """A portal watched for a year that publishes evenly, day and night."""
    rhythm = Rhythm(
        counts=(per_day * 20 / 168,) * 168,
        watched=(24 * 20 / 168,) * 168,
        begun_at=MONDAY - 365 * DAY,
        polled_at=MONDAY,
    )
    return replace(rhythm, **others)  # type: ignore[arg-type]


def wait(rhythm: Rhythm, made: Plan, limits: Limits | None = None) -> float:
    """Hours from the last poll to the next."""
    assert rhythm.polled_at is not None
    return (next_poll(rhythm, rhythm.polled_at, made, limits).at - rhythm.polled_at) / HOUR


def per_day(rhythm: Rhythm, made: Plan = NOTHING_KNOWN) -> float:
    """Articles a day that are expected of the portal."""
    return float(expected_rates(rhythm, made).mean()) * 24


def polls_on(rhythm: Rhythm, made: Plan, day: datetime) -> list[datetime]:
    """The polls of a day on which nothing new is found, without learning from it."""
    times = []
    at = day
    while (at := next_poll(replace(rhythm, polled_at=at), at, made).at) < day + DAY:
        times.append(at)
    return times


class TestAllocation:
    def test_a_portal_four_times_as_busy_is_asked_nearly_twice_as_often(self) -> None:
        portals = [steady(2.0), steady(8.0)]
        made = plan(portals, Budget(12), MONDAY)
        assert wait(portals[0], made) == pytest.approx(4**rates.EXPONENT * wait(portals[1], made), rel=0.03)

    def test_a_portal_that_matters_four_times_as_much_is_asked_twice_as_often(self) -> None:
        portals = [steady(4.0), steady(4.0, weight=4.0)]
        made = plan(portals, Budget(12), MONDAY)
        assert wait(portals[0], made) == pytest.approx(2 * wait(portals[1], made), rel=0.03)

    def test_a_portal_whose_polls_cost_four_requests_is_asked_half_as_often(self) -> None:
        portals = [steady(4.0, cost=4.0), steady(4.0)]
        made = plan(portals, Budget(30), MONDAY)
        assert wait(portals[0], made) == pytest.approx(2 * wait(portals[1], made), rel=0.03)

    @pytest.mark.parametrize("polls", [3, 6, 12, 48])
    def test_the_polls_of_a_day_fit_the_budget_and_use_it(self, polls: int) -> None:
        random = np.random.default_rng(7)
        portals = [steady(float(rate), phase=float(random.random())) for rate in random.lognormal(0, 1.2, 60)]
        budget = Budget(polls * len(portals) / 0.8)
        made = plan(portals, budget, MONDAY)
        planned = sum(len(polls_on(portal, made, MONDAY)) for portal in portals)
        # each portal's first poll of the day comes half an interval late on average
        assert 0.9 * budget.polls - len(portals) / 2 <= planned <= budget.polls

    def test_a_quiet_day_has_as_many_polls_as_a_busy_one(self) -> None:
        office = Rhythm(polled_at=MONDAY, begun_at=MONDAY - 365 * DAY)
        bins = np.zeros((7, 24))
        bins[:5, 8:11] = 10.0
        office = replace(office, counts=tuple(bins.ravel().tolist()), watched=(3.0,) * 168)
        portals = [office] * 20
        for day in (MONDAY, MONDAY + 5 * DAY):
            made = plan(portals, Budget(20 * 8 / 0.8), day)
            assert len(polls_on(office, made, day)) == pytest.approx(8, abs=1)

    def test_nobody_waits_longer_than_a_day_nor_is_asked_every_minute(self) -> None:
        dead, newspaper = steady(0.001), steady(3000.0)
        made = plan([dead] * 50 + [newspaper], Budget(100), MONDAY)
        assert wait(dead, made) == 24
        assert wait(newspaper, made) == pytest.approx(1 / 6)

    def test_a_rich_budget_explores_portals_that_are_thought_dead(self) -> None:
        portals = [steady(0.001)] * 5 + [steady(5.0)] * 20
        assert wait(portals[0], plan(portals, Budget(240), MONDAY)) == 12
        assert wait(portals[0], plan(portals, Budget(240, exploration=0), MONDAY)) == 24
        assert wait(portals[0], plan(portals, Budget(30), MONDAY)) == 24

    def test_a_listing_is_never_expected_to_fill_more_than_half(self) -> None:
        busy = steady(200.0, listing_size=10)
        made = plan([busy] * 100, Budget(100), MONDAY)
        assert wait(busy, made) * 200 / 24 <= 5

    def test_a_smaller_listing_is_looked_at_sooner(self) -> None:
        made = plan([steady(200.0)] * 100, Budget(100), MONDAY)
        assert wait(steady(200.0, listing_size=5), made) < wait(steady(200.0, listing_size=40), made) / 4

    def test_a_burst_under_way_is_followed_closely(self) -> None:
        made = plan([steady(4.0)] * 20, Budget(60), MONDAY)
        found = {number: learn(steady(4.0), MONDAY + HOUR, number, 20, made) for number in (0, 1, 10)}
        assert wait(found[10], made) * 10 * 3 <= 10
        assert wait(found[10], made) < wait(found[1], made) / 5
        after = learn(found[10], MONDAY + 2 * HOUR, 0, 20, made)
        assert wait(after, made) > wait(found[10], made) * 5

    def test_intervals_differ_a_little_so_that_portals_do_not_fall_into_step(self) -> None:
        made = plan([steady(4.0)] * 10, Budget(100), MONDAY)
        waits = {round(wait(steady(4.0, phase=n / 10, polls=n), made), 3) for n in range(10)}
        assert len(waits) == 10
        assert max(waits) <= 1.06 * min(waits)


class TestLearning:
    def test_articles_are_counted_however_they_are_spread(self) -> None:
        rhythm = learn(steady(3.0), MONDAY + 5 * HOUR, 4, 20, NOTHING_KNOWN)
        kept = 0.5 ** (5 / (14 * 24))
        assert sum(rhythm.counts) == pytest.approx(60 * kept + 4)
        assert sum(rhythm.watched) == pytest.approx(24 * 20 * kept + 5)

    def test_an_article_with_a_printed_time_is_counted_in_its_hour(self) -> None:
        at = MONDAY + 8 * HOUR + timedelta(minutes=30)
        rhythm = learn(Rhythm(polled_at=MONDAY), MONDAY + 20 * HOUR, [at, at, at], 20, NOTHING_KNOWN)
        assert rhythm.counts[8] == 3
        assert sum(rhythm.counts) == 3

    def test_a_time_printed_before_the_last_poll_is_not_believed(self) -> None:
        rhythm = learn(Rhythm(polled_at=MONDAY), MONDAY + 2 * HOUR, [MONDAY - 9 * DAY], 20, NOTHING_KNOWN)
        assert rhythm.counts[0] + rhythm.counts[1] == pytest.approx(1)

    def test_a_half_life_after_a_change_the_new_rate_has_the_upper_hand(self) -> None:
        rhythm = steady(10.0)
        for day in range(1, 29):
            rhythm = learn(rhythm, MONDAY + day * DAY, 1, 20, NOTHING_KNOWN)
        assert 1.0 < per_day(rhythm) < 4.5

    def test_a_listing_new_to_its_last_line_counts_for_more_than_it_shows(self) -> None:
        shown = learn(Rhythm(polled_at=MONDAY), MONDAY + DAY, 19, 20, NOTHING_KNOWN)
        full = learn(Rhythm(polled_at=MONDAY), MONDAY + DAY, 20, 20, NOTHING_KNOWN)
        counted_on = learn(Rhythm(polled_at=MONDAY), MONDAY + DAY, 21, 20, NOTHING_KNOWN)
        assert [round(sum(rhythm.counts)) for rhythm in (shown, full, counted_on)] == [19, 30, 21]

    def test_three_silent_weeks_are_not_read_as_one_busy_week(self) -> None:
        rhythm = learn(steady(1.0), MONDAY + 21 * DAY, 18, 20, NOTHING_KNOWN)
        assert per_day(rhythm) < 1.2

    def test_silence_that_proves_nothing_does_not_lower_the_rate(self) -> None:
        tet = MONDAY + 9 * DAY
        silent = learn(steady(5.0), tet, 0, 20, NOTHING_KNOWN)
        excused = learn(steady(5.0), tet, 0, 20, NOTHING_KNOWN, exposure=0.0)
        assert per_day(silent) < 4 < per_day(excused)

    def test_counts_alone_teach_at_which_hours_a_portal_publishes(self) -> None:
        random = np.random.default_rng(3)
        rhythm = Rhythm(begun_at=MONDAY, polled_at=MONDAY)
        for hour in range(2, 21 * 24, 2):
            at = MONDAY + hour * HOUR
            busy = at.weekday() < 5 and at.hour in (10, 16)
            rhythm = learn(rhythm, at, int(random.poisson(3.0)) if busy else 0, 20, NOTHING_KNOWN)
        week = expected_rates(rhythm, NOTHING_KNOWN).reshape(7, 24)
        assert week[:5, [8, 9, 14, 15]].mean() > 20 * week[:5, 20:].mean()
        assert week[:5, [8, 9, 14, 15]].mean() > 5 * week[5:, [8, 9, 14, 15]].mean()
        polls = polls_on(rhythm, plan([rhythm], Budget(8 / 0.8), MONDAY), MONDAY + 22 * DAY)
        assert sum(8 <= at.hour <= 16 for at in polls) > len(polls) / 2

    def test_a_new_portal_of_a_group_is_taken_for_one_of_its_kind(self) -> None:
        evening = np.zeros((7, 24))
        evening[:, 19:22] = 5.0
        women = steady(15.0, group="women", counts=tuple(evening.ravel().tolist()), watched=(1.0,) * 168)
        made = plan([women] * 10 + [steady(1.0, group="front")] * 10, Budget(100), MONDAY)
        newcomer = expected_rates(Rhythm(group="women"), made).reshape(7, 24)
        assert newcomer[:, 20].mean() > 5 * newcomer[:, 9].mean()
        assert newcomer.mean() > 5 * expected_rates(Rhythm(group="front"), made).mean()


class TestFirstPoll:
    def test_the_days_of_the_first_listing_tell_the_rate(self) -> None:
        days = [MONDAY - (n // 4) * DAY for n in range(20)]
        rhythm = learn(Rhythm(), MONDAY + 9 * HOUR, days, 20, NOTHING_KNOWN)
        assert per_day(rhythm) == pytest.approx(4, rel=0.25)

    def test_an_old_article_pinned_on_top_does_not_make_a_portal_look_dead(self) -> None:
        days = [datetime(2019, 5, 1, tzinfo=VIETNAM)] + [MONDAY - (n // 4) * DAY for n in range(19)]
        rhythm = learn(Rhythm(), MONDAY + 9 * HOUR, days, 20, NOTHING_KNOWN)
        assert per_day(rhythm) == pytest.approx(4, rel=0.25)

    def test_years_between_the_articles_say_that_hardly_anything_comes(self) -> None:
        days = [datetime(2026 - n // 3, 1, 1, tzinfo=VIETNAM) for n in range(20)]
        assert per_day(learn(Rhythm(), MONDAY, days, 20, NOTHING_KNOWN)) < 0.2

    @pytest.mark.parametrize("listed", [20, [], [MONDAY]])
    def test_a_listing_without_dates_teaches_nothing_yet(self, listed: int | list[datetime]) -> None:
        rhythm = learn(Rhythm(), MONDAY, listed, 20, NOTHING_KNOWN)
        assert sum(rhythm.watched) == sum(rhythm.counts) == 0
        assert rhythm.polled_at == MONDAY

    def test_a_newcomer_is_watched_as_if_any_hour_were_its_busiest(self) -> None:
        settled = steady(20.0)
        newcomer = replace(settled, begun_at=MONDAY)
        made = plan([settled] * 20, Budget(60), MONDAY)
        assert wait(newcomer, made) < wait(settled, made) / 4
        assert wait(replace(newcomer, begun_at=MONDAY - 14 * DAY), made) == wait(settled, made)

    def test_portals_that_were_never_polled_begin_at_different_times(self) -> None:
        made = plan([Rhythm()] * 100, Budget(600), MONDAY)
        times = {next_poll(Rhythm(phase=n / 100), MONDAY, made).at for n in range(100)}
        assert len(times) == 100
        assert max(times) - min(times) > 3 * HOUR


class TestHolds:
    MADE = plan([steady(4.0)] * 10, Budget(200), MONDAY)

    def test_each_failure_makes_the_hold_longer_up_to_a_day_then_a_week_and_never_for_ever(self) -> None:
        assert [hold(n) / HOUR for n in (0.5, 1, 2, 16, 30)] == [0.75, 1.5, 3, 24, 24]
        assert hold(31) == hold(1000) == timedelta(days=7)

    def test_a_failed_portal_is_on_hold_and_the_reason_says_so(self) -> None:
        rhythm = fail(fail(steady(4.0), MONDAY), MONDAY + HOUR)
        due = next_poll(rhythm, MONDAY + HOUR, self.MADE)
        assert due.at == MONDAY + 4 * HOUR
        assert due.reason == "on hold after 2 failures in a row"

    def test_a_success_ends_the_hold(self) -> None:
        rhythm = learn(fail(steady(4.0), MONDAY + HOUR), MONDAY + 3 * HOUR, 0, 20, self.MADE)
        assert rhythm.failures == 0
        assert "hold" not in next_poll(rhythm, MONDAY + 3 * HOUR, self.MADE).reason

    def test_a_host_that_asked_to_be_left_alone_is(self) -> None:
        limits = Limits(not_before=MONDAY + 30 * HOUR, hold_reason="Retry-After: 108000")
        due = next_poll(steady(4.0), MONDAY, self.MADE, limits)
        assert (due.at, due.reason) == (MONDAY + 30 * HOUR, "Retry-After: 108000")

    def test_a_crawl_delay_above_ten_minutes_is_kept(self) -> None:
        assert wait(steady(3000.0), self.MADE, Limits(floor=HOUR)) == 1

    def test_an_overdue_portal_is_due_now_and_once(self) -> None:
        due = next_poll(steady(4.0), MONDAY + 3 * DAY, self.MADE)
        assert due.at == MONDAY + 3 * DAY
        assert due.reason.startswith("overdue: about 4 new a day")

    def test_asking_again_before_the_time_gives_the_same_answer(self) -> None:
        due = next_poll(steady(4.0), MONDAY, self.MADE)
        assert next_poll(steady(4.0), due.at - HOUR / 60, self.MADE) == due

    def test_while_a_poll_runs_the_next_is_counted_from_now(self) -> None:
        now = MONDAY + 2 * DAY
        for rhythm in (steady(4.0), Rhythm()):
            assert next_poll(rhythm, now, self.MADE, running=True).at > now + HOUR / 6


class TestKeeping:
    def test_a_rhythm_comes_back_from_json(self) -> None:
        rhythm = fail(
            learn(steady(3.0, group="youth"), MONDAY + HOUR, 2, 15, NOTHING_KNOWN), MONDAY + DAY, 0.5
        )
        back = Rhythm.from_json(json.loads(json.dumps(rhythm.to_json())))
        assert replace(back, counts=(), watched=()) == replace(rhythm, counts=(), watched=())
        assert back.counts == pytest.approx(rhythm.counts, abs=1e-4)
        assert back.watched == pytest.approx(rhythm.watched, abs=1e-4)

    def test_a_rhythm_of_an_older_version_takes_defaults_for_what_it_lacks(self) -> None:
        assert Rhythm.from_json({"polls": 3, "forgotten_key": 1}) == Rhythm(polls=3)

    def test_a_plan_comes_back_from_json(self) -> None:
        made = plan([steady(3.0, group="youth")] * 12, Budget(100), MONDAY)
        back = Plan.from_json(json.loads(json.dumps(made.to_json())))
        assert (back.k, back.gap, back.priors.keys()) == (made.k, made.gap, made.priors.keys())
        assert wait(steady(3.0), back) == pytest.approx(wait(steady(3.0), made), rel=1e-3)


class TestRechecks:
    def test_an_article_that_keeps_changing_is_looked_at_five_times_in_a_month(self) -> None:
        looks = [MONDAY]
        while (at := next_look(MONDAY, looks[-1], 0)) is not None:
            looks.append(at)
        assert [(look - MONDAY) / HOUR for look in looks] == [0, 1, 6, 24, 168, 720]

    def test_an_article_that_did_not_change_twice_is_left_alone(self) -> None:
        assert next_look(MONDAY, MONDAY + DAY, 1) == MONDAY + 7 * DAY
        assert next_look(MONDAY, MONDAY + 7 * DAY, 2) is None

    def test_ages_that_passed_without_a_look_are_not_made_up_for(self) -> None:
        assert next_look(MONDAY, MONDAY + 2 * DAY, 0) == MONDAY + 7 * DAY

    def test_looks_take_a_fifth_of_the_requests_at_most_and_one_at_least(self) -> None:
        assert [allowance(pages) for pages in (0, 1, 4, 40)] == [1, 1, 1, 10]


def moment(hours: float) -> datetime:
    """The time that ``rates.hours`` gives ``hours`` for."""
    return rates.HOUR_ZERO + timedelta(hours=hours)


class OneByOne:
    """A scheduler of benchmarks.freshness that asks the clock's own functions, portal by portal."""

    def __init__(self, portals: int, polls: float) -> None:
        phases = np.random.default_rng(0).random(portals)
        self.rhythms = [Rhythm(phase=float(phase)) for phase in phases]
        self.budget = Budget(polls * portals / 0.8)
        self.replan(0.0)

    def replan(self, now: float) -> None:
        self.plan = plan(self.rhythms, self.budget, moment(now))

    def begin(self, row: int, now: float, listed: Array) -> None:
        days = [moment(float(day)) for day in listed]
        self.rhythms[row] = learn(self.rhythms[row], moment(now), days, LISTING, self.plan)

    def learn(self, rows: Rows, now: Array, new: Array) -> None:
        for row, at, found in zip(rows.tolist(), now.tolist(), new.tolist(), strict=True):
            self.rhythms[row] = learn(self.rhythms[row], moment(at), int(found), LISTING, self.plan)

    def next(self, rows: Rows, now: Array) -> Array:
        due = [
            next_poll(self.rhythms[row], moment(at), self.plan).at
            for row, at in zip(rows.tolist(), now.tolist(), strict=True)
        ]
        return np.array([rates.hours(at) for at in due])


class TestFreshness:
    def test_the_simulation_measures_what_the_clock_does(self) -> None:
        world = make_world(12, 2, 3, Customs())
        in_arrays = simulate(world, Adaptive(12, 8), 8)
        one_by_one = simulate(world, OneByOne(12, 8), 8)
        np.testing.assert_allclose(in_arrays.seen, one_by_one.seen, atol=1e-3)
        assert in_arrays.polls_per_day.sum() == one_by_one.polls_per_day.sum()

    @pytest.mark.parametrize("polls", [12, pytest.param(6, marks=pytest.mark.slow)])
    def test_news_is_found_sooner_than_at_a_fixed_interval_by_as_many_polls(self, polls: int) -> None:
        fixed, adaptive = compare(150, polls, seed=2, customs=Customs())
        assert fixed.mean == pytest.approx(12 / polls, rel=0.05)
        assert missed(polls, fixed, adaptive) == []

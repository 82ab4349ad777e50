"""Cubes against facts: the same questions under random filters, once from summaries and once from every record.

The SQL tested here: cube_handoff_counts, cube_wait_count, cube_wait_times, cube_waits_by_hour, cube_repeated,
cube_resolution_times, cube_first_visits, cube_bounce_delay, sla, handoff_count, handoff_groups, and every question on
`{tickets}`. Counts must be equal. Percentiles from histograms must be within 2 % of the exact ones, or one second.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.calendars import Calendar
from analytics.model import Filters
from analytics.warehouse import build, cubes, questions
from tests.logs import warehouse_of
from tests.questions.test_second_way import random_log

CALENDARS = {
    "L1": Calendar("Europe/Berlin", week=(((420, 1200),),) * 6 + ((),)),
    "L2": Calendar("Europe/Berlin"),
    "L3": Calendar("America/New_York", holidays_country="US"),
}
ON_TICKETS = {
    "tiers": {}, "bounces": {}, "paths": {}, "pending": {}, "quality": {}, "funnel": {}, "hops": {}, "routing": {},
    "tier_mix_over_time": {}, "tier_mix_by": {}, "volume_by_day": {}, "satisfaction": {}, "backlog_by_day": {},
    "handoff_counts": {}, "mix_by": {}, "team_profile": {},
}  # fmt: skip
VALUES = {
    "priorities": ["high", "normal", "low"], "products": ["Atlas", "Beacon"], "channels": ["mail", "chat"],
    "categories": ["a", "b"], "tiers": ["L1", "L2", "L3"], "teams": ["desk", "net", "eng"],
}  # fmt: skip
COLUMN = {"priorities": "priority", "products": "product", "channels": "channel", "categories": "category"}


def log_with_attributes(seed: int, tickets: int = 150) -> pd.DataFrame:
    """A random log over three months whose tickets have attributes, some without a value, some with a priority that changes,
    and ratings."""
    rng = np.random.default_rng([seed, 77])
    log = random_log(seed, tickets)
    names = log["ticket_id"].unique()
    later = dict(zip(names, rng.integers(0, 80, len(names)), strict=True))
    log["at"] += pd.to_timedelta(log["ticket_id"].map(later), unit="D")
    columns = {column: [*VALUES[name], None] for name, column in COLUMN.items()} | {"csat": ["good", "bad", None]}
    for column, values in columns.items():
        drawn = rng.integers(0, len(values), len(names))
        log[column] = log["ticket_id"].map(dict(zip(names, [values[i] for i in drawn], strict=True)))
    changed = rng.random(len(log)) < 0.1
    log.loc[changed, "priority"] = rng.choice(VALUES["priorities"], int(changed.sum()))
    return log


@pytest.fixture(scope="module", params=[3, 4])
def warehouse(request, tmp_path_factory):
    file = tmp_path_factory.mktemp("cubes") / f"{request.param}.duckdb"
    return warehouse_of(log_with_attributes(request.param), file, CALENDARS)


def random_filters(rng: np.random.Generator) -> Filters:
    """Nothing, one or several things named; periods that cover whole months, parts of months, or nothing at all."""
    named = {
        name: tuple(rng.choice(values, int(rng.integers(1, len(values) + 1)), replace=False).tolist())
        for name, values in VALUES.items()
        if rng.random() < 0.22
    }
    start = date(2026, 1, 1) + timedelta(days=int(rng.integers(0, 90)))
    edges = {"start": start, "end": start + timedelta(days=int(rng.integers(0, 90)))}
    period = {name: edge for name, edge in edges.items() if rng.random() < 0.4}
    return Filters(**period, **named)


OF_TEAMS = [
    Filters(teams=("desk",)), Filters(teams=("desk", "net"), tiers=("L2", "L3")), Filters(teams=("nobody",)),
    Filters(teams=("net", "eng"), start=date(2026, 1, 15), end=date(2026, 3, 31)), Filters(teams=("eng",), end=date(2026, 2, 9)),
]  # fmt: skip
FILTERS = [
    Filters(), *OF_TEAMS, *(random_filters(np.random.default_rng(seed)) for seed in range(11)), Filters(products=("Atlas",)),
    Filters(channels=("mail", "chat"), tiers=("L2",)), Filters(priorities=("high",), start=date(2026, 1, 15)),
]  # fmt: skip


def same(told: pd.DataFrame, wanted: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(told, wanted, check_dtype=False)


@pytest.mark.parametrize("name", ON_TICKETS)
def test_law_counts_are_those_of_the_facts(warehouse, name):
    read = set()
    for filters in FILTERS:
        told = getattr(questions, name)(warehouse, filters)
        same(told, getattr(questions, name)(questions.facts_only(warehouse), filters))
        read.add(questions.method(told))
    assert read == {cubes.FROM_COUNTS, cubes.FROM_FACTS}  # some filters add up in the cubes, others do not


@pytest.mark.parametrize("dimension", ["priority", "channel", "category"])
def test_law_mix_by_any_attribute(warehouse, dimension):
    for filters in FILTERS[:8]:
        one, other = (
            questions.tier_mix_by(asked, filters, dimension=dimension)
            for asked in (warehouse, questions.facts_only(warehouse))
        )
        same(one, other)


@pytest.mark.parametrize(
    ("targets", "usual"),
    [({"high": (1, 8), "normal": (0.25, 40.0), "other": (2, 4)}, True), ({"low": (1.1, 24)}, False)],
)
def test_law_targets_kept_are_those_of_the_facts(warehouse, targets, usual):
    read = set()
    for filters in FILTERS:
        told = questions.sla(warehouse, filters, targets)
        same(told, questions.sla(questions.facts_only(warehouse), filters, targets))
        read.add(questions.method(told))
    assert read == ({cubes.FROM_COUNTS, cubes.FROM_FACTS} if usual else {cubes.FROM_FACTS})
    of_teams = {questions.method(questions.sla(warehouse, filters, targets)) for filters in OF_TEAMS[:3]}
    assert of_teams == {cubes.FROM_COUNTS if usual else cubes.FROM_FACTS}
    ((changed, kept),) = warehouse.rows(
        "SELECT count(*) FILTER (NOT is_only), count(*) FILTER (is_only) FROM priority_spans"
    )
    assert changed > 20
    assert kept > 20


@pytest.mark.parametrize("grain", [0, 2, 3])
def test_cube_of_targets_by_counting(warehouse, grain):
    """Every usual target, each way: the tickets that took longer, counted one by one."""
    column = {0: "NULL", 2: "product", 3: "channel"}[grain]
    for step, hours in enumerate(cubes.TARGET_HOURS):
        for is_answer, name in ((True, "answer_open_us"), (False, "resolve_open_us")):
            counted = warehouse.rows(
                f"SELECT {column}, count(*) FROM priority_spans WHERE is_only AND {name} > {hours * 3.6e9} GROUP BY 1 ORDER BY 1"
            )
            told = warehouse.rows(
                f"""SELECT value, sum(n)::BIGINT FROM cube_targets
                WHERE grain = {grain} AND is_answer = {is_answer} AND passed > {step} GROUP BY 1 ORDER BY 1"""
            )
            assert told == counted


def within_two_percent(told_hours: pd.Series, wanted_hours: pd.Series) -> None:
    """Hours; or within a second."""
    told, wanted = told_hours.to_numpy(float), wanted_hours.to_numpy(float)
    assert (np.isnan(told) == np.isnan(wanted)).all()
    known = ~np.isnan(wanted)
    # A negative business wait (never) and a duration of zero count as half of the first bucket, 0.44 s.
    off = np.abs(told - wanted)[known]
    assert (off <= np.maximum(0.02 * np.abs(wanted[known]), 1 / 3600)).all(), (told, wanted)


def compared(told: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Counts, keys and shares equal; hours within 2 %."""
    assert list(told.columns) == list(wanted.columns)
    hours = [name for name in told.columns if name.endswith("_hours")]
    same(told.drop(columns=hours), wanted.drop(columns=hours))
    for name in hours:
        within_two_percent(told[name], wanted[name])


@pytest.fixture
def always_histograms(monkeypatch):
    monkeypatch.setattr(cubes, "MOST_EXACT", 0)


@pytest.mark.usefixtures("always_histograms")
@pytest.mark.parametrize("clock", questions.CLOCKS)
@pytest.mark.parametrize("by", ["all", "tier_pair", "receiving_tier", "receiving_team", "team_pair"])
def test_law_waits_from_histograms(warehouse, by, clock):
    read = []
    for filters in FILTERS:
        options = {"by": by, "clock": clock, "target_minutes": 20}
        told = questions.handoff_latency(warehouse, filters, **options)
        wanted = questions.handoff_latency(questions.facts_only(warehouse), filters, **options)
        km = ["km_p50_hours", "km_p90_hours"]
        if questions.method(told) != cubes.FROM_FACTS:  # of a few handoffs, a tie in a bucket moves the curve by a step
            told, wanted = told.drop(columns=km), wanted.drop(columns=km)
        compared(told, wanted)
        assert questions.method(told) != cubes.FROM_FACTS or told.empty
        read.append(questions.method(told))
    assert (cubes.FROM_HISTOGRAMS in read) == (by != "team_pair")
    assert cubes.FROM_FACTS_IN_STEPS in read


def test_kaplan_meier_from_buckets_is_within_two_percent_of_the_exact_one():
    """20,000 waits in hours with a median of 8 h, a third censored: against the product over single waits."""
    rng = np.random.default_rng(8)
    wait = np.exp(rng.normal(np.log(8 * 3.6e9), 1.2, 20_000))
    arrived = rng.random(20_000) < 0.67
    order = np.argsort(wait)
    left = np.cumprod(1 - arrived[order] / np.arange(20_000, 0, -1))
    exact = [wait[order][np.argmax(left <= 1 - share)] for share in (0.25, 0.5, 0.75)]
    bucket = np.searchsorted(cubes.EDGES_US, wait, side="left")
    there, place = np.unique(bucket, return_inverse=True)
    told = cubes.kaplan_meier_us(there, np.bincount(place, arrived), np.bincount(place), [0.25, 0.5, 0.75])
    assert np.abs(np.array(told) / exact - 1).max() < 0.02


@pytest.mark.usefixtures("always_histograms")
def test_law_curves_from_histograms(warehouse):
    for filters in FILTERS[:8]:
        told = questions.latency_curve(warehouse, filters, by="receiving_tier", clock="business")
        compared(told, questions.latency_curve(questions.facts_only(warehouse), filters, "receiving_tier", "business"))


@pytest.mark.usefixtures("always_histograms")
def test_law_heatmap_from_histograms(warehouse):
    for filters in (Filters(), Filters(tiers=("L2",)), Filters(tiers=("L1", "L3")), FILTERS[3]):
        told = questions.latency_heatmap(warehouse, filters)
        compared(told, questions.latency_heatmap(questions.facts_only(warehouse), filters))
    assert questions.method(questions.latency_heatmap(warehouse)) == cubes.FROM_HISTOGRAMS


@pytest.mark.usefixtures("always_histograms")
@pytest.mark.parametrize("clock", questions.CLOCKS)
@pytest.mark.parametrize("pending", [True, False])
def test_law_resolution_times_from_histograms(warehouse, clock, pending):
    read = set()
    for filters in FILTERS:
        told = questions.resolution_times(warehouse, filters, clock, pending)
        compared(told, questions.resolution_times(questions.facts_only(warehouse), filters, clock, pending))
        read.add(questions.method(told))
    assert {cubes.FROM_HISTOGRAMS, cubes.FROM_FACTS_IN_STEPS} <= read


@pytest.mark.usefixtures("always_histograms")
def test_law_delay_of_loops_from_histograms(warehouse):
    read = set()
    for filters in FILTERS:
        told = questions.bounce_delay(warehouse, filters)
        wanted = questions.bounce_delay(questions.facts_only(warehouse), filters)
        compared(told, wanted)
        for sums in ("resolve_hours", "away_hours"):
            np.testing.assert_allclose(told[sums], wanted[sums], rtol=1e-9)
        read.add(questions.method(told))
    assert read == {cubes.FROM_HISTOGRAMS, cubes.FROM_FACTS}
    assert questions.method(questions.bounce_delay(warehouse, OF_TEAMS[0])) == cubes.FROM_HISTOGRAMS


@pytest.mark.usefixtures("always_histograms")
def test_law_matured_escalation_from_histograms(warehouse):
    read = set()
    for filters in FILTERS:
        told = questions.matured_escalation(warehouse, filters)
        wanted = questions.matured_escalation(questions.facts_only(warehouse), filters)
        same(told[["tier", "tickets"]], wanted[["tier", "tickets"]])
        assert np.abs(told["matured_rate"] - wanted["matured_rate"]).max() <= 0.02 or not len(told)
        read.add(questions.method(told))
    assert {cubes.FROM_HISTOGRAMS, cubes.FROM_FACTS_IN_STEPS} <= read


@pytest.mark.usefixtures("always_histograms")
def test_law_curves_in_steps_of_two_percent_lie_between_the_exact_ones(warehouse):
    """A time rounded up by at most 2.1 % reaches a point of the grid late by no more: the exact curve, then or 2.1 % sooner.

    Few tickets are at risk here, and ties that rounding makes move a step's height: 0.03 is allowed for that.
    """
    for filters in (Filters(), FILTERS[-3], FILTERS[-1], Filters(teams=("desk",)), Filters(categories=("a",))):
        how = cubes.FROM_FACTS_IN_STEPS if filters.categories else cubes.FROM_HISTOGRAMS
        told = questions.escalation_incidence(warehouse, filters)
        exact = questions.escalation_incidence(questions.facts_only(warehouse), filters)
        same(told[["tier", "cause", "days", "tickets"]], exact[["tier", "cause", "days", "tickets"]])
        assert (questions.method(told), questions.method(exact)) == (how, cubes.FROM_FACTS)
        assert float(exact["incidence"].max()) > 0.3
        curves = {str(cause): rows for cause, rows in exact.groupby(exact["tier"] + exact["cause"])}
        for cause, rows in told.groupby(told["tier"] + told["cause"]):
            curve = curves[str(cause)].sort_values("days")
            between(rows["incidence"], rows["days"], curve["days"], curve["incidence"], rising=True)
        how = cubes.FROM_FACTS_IN_STEPS if filters.categories or filters.teams else cubes.FROM_HISTOGRAMS
        told = questions.latency_survival(warehouse, filters, by="all")
        exact = questions.latency_survival(questions.facts_only(warehouse), filters, by="all")
        assert (questions.method(told), questions.method(exact)) == (how, cubes.FROM_FACTS)
        between(told["still_waiting"], told["wait_hours"], exact["wait_hours"], exact["still_waiting"], rising=False)
        between(told["left_share"], told["wait_hours"], exact["wait_hours"], exact["left_share"], rising=True)


def between(told: pd.Series, at: pd.Series, grid: pd.Series, exact: pd.Series, rising: bool) -> None:
    """A curve lies between the exact one at a moment, and that one at the last point of the grid at least 2.1 % before."""
    places = np.searchsorted(grid, at / 1.021, side="right") - 1
    now = exact.to_numpy()[np.searchsorted(grid, at, side="right") - 1]
    sooner = np.where(places >= 0, exact.to_numpy()[np.maximum(places, 0)], 0.0 if rising else 1.0)
    low, high = (sooner, now) if rising else (now, sooner)
    assert (told.to_numpy() >= low - 0.03).all()
    assert (told.to_numpy() <= high + 0.03).all()


def test_few_rows_are_read_one_by_one(warehouse):
    assert questions.method(questions.handoff_latency(warehouse)) == cubes.FROM_FACTS
    assert questions.method(questions.resolution_times(warehouse)) == cubes.FROM_FACTS


def test_buckets_by_hand():
    """Quarters, thirds and halves of hours are upper edges and belong to their bucket; every bucket is at most 2.1 % wide."""
    edges = cubes.EDGES_US
    assert (np.diff(edges) > 0).all()
    assert (edges[1:] / edges[:-1] <= 1 + 1 / 48 + 1e-12).all()
    for minutes in (5, 10, 15, 20, 30, 40, 45, 60, 90, 120, 240, 480, 960, 1440, 2880, 14 * 1440):
        assert cubes.is_edge(minutes * 60e6), minutes
        assert cubes.bucket_of(minutes * 60e6 + 1) == cubes.bucket_of(minutes * 60e6) + 1
    assert not cubes.is_edge(7 * 60e6)
    assert cubes.bucket_of(0) == 0
    assert np.sqrt(edges[1:] / edges[:-1]).max() - 1 < 0.0105


def test_sql_and_python_agree_on_buckets(warehouse):
    """The buckets in the cubes are those of `bucket_of`, for every wait of the log on both clocks."""
    facts = warehouse.rows("SELECT tier_wait_us, tier_wait_open_us FROM handoffs WHERE changes_tier")
    wanted: dict[tuple[bool, int], int] = {}
    for calendar, business in facts:
        for on_business_clock, wait in ((False, calendar), (True, business)):
            key = (on_business_clock, cubes.bucket_of(wait))
            wanted[key] = wanted.get(key, 0) + 1
    told = warehouse.rows(
        "SELECT on_business_clock, bucket, sum(n)::BIGINT FROM cube_waits WHERE grain = 0 GROUP BY ALL"
    )
    assert {(clock, bucket): n for clock, bucket, n in told} == wanted


def test_quantiles_of_a_histogram_by_hand():
    """Three durations in bucket 10 and one in bucket 200: the median is bucket 10's middle, p90 lies 70 % of the way."""
    bucket, n = np.array([10, 200]), np.array([3, 1])
    low, high = cubes.MIDDLES_US[[10, 200]]
    assert cubes.quantiles_us(bucket, n, [0.5, 0.9, 1.0]) == pytest.approx([low, low + 0.7 * (high - low), high])
    assert np.isnan(cubes.quantiles_us(bucket, n * 0, [0.5])).all()


def test_kaplan_meier_by_hand():
    """Of four, one arrives in bucket 1, one is censored in 2, one arrives in 3 (half of the two left), one is censored in 4."""
    bucket, arrived, leaving = np.array([1, 2, 3, 4]), np.array([1, 0, 1, 0]), np.array([1, 1, 1, 1])
    told = cubes.kaplan_meier_us(bucket, arrived, leaving, [0.25, 0.5, 0.9])
    assert told[:2] == [cubes.MIDDLES_US[1], cubes.MIDDLES_US[3]]  # 0.75, then 0.75 * 0.5 = 0.375
    assert np.isnan(told[2])


@pytest.mark.parametrize(
    ("start", "end", "wanted"),
    [
        (date(2026, 1, 1), date(2026, 2, 28), (24312, 24313)),
        (date(2026, 1, 2), date(2026, 2, 27), (24313, 24312)),
        (date(2026, 1, 15), date(2026, 3, 31), (24313, 24314)),
        (None, date(2025, 12, 30), (12, 24310)),
    ],
)
def test_whole_months_by_hand(start, end, wanted):
    assert cubes.whole_months(start, end) == wanted


TEAM_QUESTIONS = (
    "tiers", "bounces", "paths", "pending", "quality", "funnel", "hops", "routing", "tier_mix_over_time", "volume_by_day",
    "satisfaction", "backlog_by_day", "team_profile",
)  # fmt: skip


@pytest.mark.parametrize("name", TEAM_QUESTIONS)
def test_teams_alone_are_read_from_the_sets_of_teams(warehouse, name):
    for filters in OF_TEAMS:
        assert questions.method(getattr(questions, name)(warehouse, filters)) == cubes.FROM_COUNTS
    for filters in (Filters(teams=("desk",), channels=("mail",)), Filters(teams=("desk",), categories=("a",))):
        assert questions.method(getattr(questions, name)(warehouse, filters)) == cubes.FROM_FACTS


def test_too_many_sets_of_teams_are_told_by_no_cube(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "MOST_TEAM_SETS", 2)
    monkeypatch.setattr(build, "PART_EVENTS", 200)  # they become too many on the way
    warehouse = warehouse_of(log_with_attributes(3), tmp_path / "few.duckdb", CALENDARS)
    assert not warehouse.has_team_sets
    for name in build.TEAM_CUBES:
        columns = {row[0] for row in warehouse.rows(f"DESCRIBE {name}")}
        assert "team_mask" in columns
        assert warehouse.rows(f"SELECT count(*), count(team_mask) FROM {name} WHERE grain = 5") == [(0, 0)]
        assert warehouse.rows(f"SELECT count(*) FROM {name} WHERE grain < 5")[0][0] > 0
    for filters in (Filters(), *OF_TEAMS, Filters(products=("Atlas",))):
        for name in TEAM_QUESTIONS:
            told = getattr(questions, name)(warehouse, filters)
            same(told, getattr(questions, name)(questions.facts_only(warehouse), filters))
            assert questions.method(told) == (cubes.FROM_FACTS if filters.teams else cubes.FROM_COUNTS)

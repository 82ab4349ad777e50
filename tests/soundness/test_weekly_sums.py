"""What findings say a week costs: over which weeks, and each hour once. See README.md beside this file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from analytics.findings.base import Asked
from analytics.findings.registry import families
from analytics.findings.settings import Settings
from analytics.findings.surges import runs
from analytics.model import Filters
from analytics.rules.base import busy_us
from analytics.warehouse.questions import NO_FILTER
from tests.findings.drawn import START, Stay, log, ticket
from tests.findings.logs import opened

DESK, TECH = Stay("L1", "Desk"), Stay("L2", "Tech")


@pytest.fixture
def asked_of(tmp_path):
    """What findings ask of, for tickets and a period."""
    kept = []

    def made(tickets, filters=NO_FILTER, quiet_days: float = 0) -> Asked:
        folder: Path = tmp_path / str(len(kept))
        folder.mkdir()
        quiet = START + timedelta(days=quiet_days) if quiet_days else None
        kept.append(opened(log(tickets, quiet), folder))
        return Asked(kept[-1], filters, Settings())

    yield made
    for warehouse in kept:
        warehouse.close()


def finding(asked: Asked, id_: str):
    family = next(module for name, module in families().items() if id_.startswith(name[:3]))
    return next(one for one in family.find(asked) if one.id == id_)


def test_a_log_that_thins_out_is_spread_over_the_weeks_in_which_it_was_busy(asked_of):
    """700 tickets in ten weeks, and five more in the nine months after them: 70 a week, not 14."""
    busy = [ticket(f"A{i:03d}", i / 10, [DESK]) for i in range(700)]
    thin = [ticket(f"B{i}", 100 + 50 * i, [DESK]) for i in range(5)]
    asked = asked_of([*busy, *thin], quiet_days=320)
    assert (asked.span[1] - asked.span[0]).days == 350
    assert asked.weeks == pytest.approx(10, rel=0.03)


def test_a_steady_log_is_spread_over_all_of_its_days(asked_of):
    asked = asked_of([ticket(f"A{i:03d}", i / 10, [DESK]) for i in range(700)])
    first, last = asked.span
    assert asked.busy == (first, last)
    assert asked.weeks == ((last - first).days + 1) / 7


@pytest.mark.parametrize("days", [160, 28])
def test_hours_of_matured_tickets_are_spread_over_the_weeks_these_came_in(asked_of, days):
    """Ten tickets a day, two of three go up and take L2 ten minutes: halving that frees 3.9 hours a week, in any period.

    The last 14 days have not matured: the last four weeks have two weeks of it, and over four it would look half as much.
    """
    tickets = [ticket(f"A{i:04d}", i / 10, [DESK, TECH] if i % 3 else [DESK]) for i in range(1600)]
    last = START.date() + timedelta(days=159)
    asked = asked_of(tickets, Filters(start=last - timedelta(days=days - 1), end=last), quiet_days=130)
    found = finding(asked, "d04_team_escalation")
    assert found.severity == "act"
    assert found.n == pytest.approx(10 * (days - 14), abs=10)
    assert found.work_hours == pytest.approx(70 * (2 / 3) / 2 * 10 / 60, rel=0.05)


def test_work_on_a_ticket_that_follows_several_fixes_counts_once(asked_of):
    """60 hard problems, each fixed twice within an hour, and back once, with 100 minutes of L3: 100 hours, not 200."""
    made = []
    hard = [DESK, TECH, Stay("L3", "Eng", work=100)]
    for i in range(60):
        name = f"{'abcdefghij'[i % 10] * 5} {'klmnopqrst'[i // 10] * 5} breaks"
        made += [ticket(f"{i}-{n}", i + day, hard, subject=name) for n, day in enumerate((0, 0.01, 20))]
    asked = asked_of(made)
    found = finding(asked, "d24_recurrence")
    assert (found.n, found.value) == (180, pytest.approx(120 / 180))
    assert found.work_hours * asked.weeks_of(30) == pytest.approx(60 * 100 / 60)


def test_a_surge_over_nothing_is_not_known_exactly():
    """28 tickets in a week after half a year without any: the ratio to half a ticket has a wide interval."""
    counts = np.zeros(200)
    counts[150:157] = 4
    first = runs(counts, None, 0.0, 1e-6)[0]
    assert first.expected == 0.5
    assert first.variance >= first.expected


def test_a_rule_is_replayed_over_the_weeks_in_which_tickets_came():
    """1,000 tickets in ten weeks and ten in the year after; 1,000 spread evenly keep their whole span."""
    day = 86_400_000_000
    busy = np.concatenate([np.linspace(0, 70, 1000), np.linspace(80, 440, 10)]) * day
    assert busy_us(busy) / (7 * day) == pytest.approx(10, rel=0.03)
    steady = np.linspace(0, 70, 1000) * day
    assert busy_us(steady) == 70 * day

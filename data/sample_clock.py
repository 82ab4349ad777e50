"""Working time: who is at work when, in seconds since 1970 (UTC), for a company that lives in Europe/Berlin."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.sample_world import HOLIDAYS, Scenario, Team

ZONE = "Europe/Berlin"
HOUR = 3600
SHIFT_WORK_HOURS = 8.0
SHIFT_HOURS = 8.5  # with the break


class Clock:
    """A list of open intervals; answers when work can start, and when an amount of work is done."""

    def __init__(self, starts: list[int], ends: list[int]) -> None:
        self.starts, self.ends = starts, ends

    def is_open(self, at: float) -> bool:
        """Whether `at` lies inside an interval."""
        place = bisect_right(self.starts, at) - 1
        return place >= 0 and at < self.ends[place]

    def finish(self, at: float, seconds: float) -> float:
        """When `seconds` of open time after `at` have passed; infinity where the calendar ends before that."""
        place = bisect_right(self.ends, at)
        while place < len(self.ends):
            begin = max(at, self.starts[place])
            room = self.ends[place] - begin
            if room >= seconds:
                return begin + seconds
            seconds -= room
            place += 1
        return float("inf")

    def next_start(self, at: float) -> float:
        """The first interval's start at or after `at`; infinity where there is none."""
        place = bisect_left(self.starts, at)
        return self.starts[place] if place < len(self.starts) else float("inf")


@dataclass(frozen=True)
class Agent:
    """A person: team, first and last day (last is None while employed), and the shifts worked."""

    name: str
    team: int
    tier: int
    start_date: date
    end_date: date | None
    clock: Clock
    shift_days: tuple[int, ...]  # day numbers of the scenario that were worked


def days_of(scenario: Scenario) -> list[date]:
    """Every local day of the scenario."""
    return [scenario.start + timedelta(days=offset) for offset in range(scenario.days)]


def midnights(scenario: Scenario) -> np.ndarray:
    """Seconds since 1970 of every local midnight of the scenario, and of the one that ends it."""
    index = pd.date_range(pd.Timestamp(scenario.start), periods=scenario.days + 1, freq="D").tz_localize(ZONE)
    return index.as_unit("s").asi8


def tier_clock(scenario: Scenario, tier: int) -> Clock:
    """The opening hours of a tier."""
    opens, shuts = scenario.open_hours[tier - 1]
    at, weekdays = midnights(scenario), scenario.open_weekdays[tier - 1]
    working = [n for n, day in enumerate(days_of(scenario)) if day.weekday() < weekdays and not closed(day)]
    return Clock([int(at[n] + opens * HOUR) for n in working], [int(at[n] + shuts * HOUR) for n in working])


def closed(day: date) -> bool:
    """Whether the company is shut: public holidays."""
    return day in HOLIDAYS


def absences(days: list[date], rng: np.random.Generator) -> set[int]:
    """Day numbers away: about five holiday weeks a year, more of them in summer and at Christmas, and sick days."""
    weeks = sorted({n // 7 for n in range(len(days))})
    weight = np.array([2.2 if days[min(week * 7, len(days) - 1)].month in (7, 8, 12) else 1.0 for week in weeks])
    taken = rng.choice(weeks, size=min(len(weeks), round(len(weeks) * 5 / 52)), replace=False, p=weight / weight.sum())
    away = {int(week) * 7 + weekday for week in taken for weekday in range(7)}
    return away | set(np.flatnonzero(rng.random(len(days)) < 0.035).tolist())


def works_on(day: date, week: int, seat: int, weekdays: int) -> bool:
    """Whether the rota has this seat at work. Saturdays are shared out, with a weekday off before each."""
    if closed(day) or day.weekday() >= weekdays:
        return False
    on_saturday = (seat // 2 + week) % 2 == 0
    if day.weekday() == 5:
        return on_saturday
    return not (weekdays > 5 and on_saturday and day.weekday() == 1 + seat % 4)


def shift(scenario: Scenario, tier: int, late: bool) -> tuple[float, float]:
    """Local hours of the early or the late shift: together they cover the opening hours."""
    opens, shuts = scenario.open_hours[tier - 1]
    return (max(opens, shuts - SHIFT_HOURS), shuts) if late else (opens, min(shuts, opens + SHIFT_HOURS))


def agent_clock(
    scenario: Scenario, team: Team, seat: int, span: tuple[date, date | None], rng: np.random.Generator
) -> tuple[Clock, tuple[int, ...]]:
    """One person's shifts between the first and the last day of employment, without absences."""
    days, at = days_of(scenario), midnights(scenario)
    weekdays = scenario.open_weekdays[team.tier - 1]
    away, late = absences(days, rng), rng.integers(0, 900, size=len(days))
    starts, ends, worked = [], [], []
    for n, day in enumerate(days):
        week = (n + scenario.start.weekday()) // 7
        employed = span[0] <= day and (span[1] is None or day <= span[1])
        if not employed or n in away or not works_on(day, week, seat, weekdays):
            continue
        opens, shuts = shift(scenario, team.tier, late=(seat + week) % 2 == 1)
        starts.append(int(at[n] + opens * HOUR + late[n]))
        ends.append(int(at[n] + shuts * HOUR))
        worked.append(n)
    return Clock(starts, ends), tuple(worked)

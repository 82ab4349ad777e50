"""Shifts that put the required agents on seats in every hour of the week, at least cost.

A pattern is what one person works in a week (Monday to Friday from 8 to 16, say). The question "how many people on each
pattern" is the set covering of Dantzig (1954) in whole numbers, with hours that a day needs at any time beside those of each
hour; HiGHS solves it to proven optimality. Hours of the week run from Monday 0:00, 0-167; a shift may run over midnight, and
over Sunday into Monday.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import InputError, NotEnoughData
from analytics.staffing._check import TINY, array, count, number, share
from analytics.staffing.calendars import WEEKDAYS, TierCalendar
from analytics.staffing.live import open_hours

WEEK_HOURS = 168


@dataclass(frozen=True)
class Pattern:
    """One person's week."""

    name: str
    hours: tuple[int, ...]
    """Hours of the week on seat, 0-167."""
    cost: float
    """Per week, in any unit; paid hours where no rate is known."""

    def __post_init__(self) -> None:
        number("cost", self.cost)
        if not self.hours or min(self.hours) < 0 or max(self.hours) >= WEEK_HOURS:
            raise InputError("A pattern needs hours between 0 and 167.", found=f"'{self.name}' has {self.hours[:5]}.")


def patterns(
    calendar: TierCalendar,
    *,
    shift_hours: int = 8,
    days_per_week: int = 5,
    break_hour: int | None = None,
    cost_per_hour: float = 1.0,
    starts: Sequence[int] | None = None,
) -> list[Pattern]:
    """All weeks of `days_per_week` days in a row with one start, within the tier's open hours.

    `break_hour` (4, say) takes the hour after so many hours on shift off seat; it is paid. A tier open on fewer weekdays
    has one pattern per start, of those days. Shifts stay within one opening, unless the tier is open around the clock;
    an opening shorter than a shift is worked whole, and paid as a shift.
    """
    length = count("shift_hours", shift_hours, least=1, most=24)
    worked = count("days_per_week", days_per_week, least=1, most=7)
    is_open, paid = open_hours(calendar) > 0, number("cost_per_hour", cost_per_hour) * length
    found: dict[tuple[int, ...], Pattern] = {}
    for days in _runs_of_days(calendar, worked):
        for start in range(24) if starts is None else starts:
            hours, first = _hours(is_open, days, start, length, break_hour)
            if hours:
                ends = WEEKDAYS[days[0]] if len(days) == 1 else f"{WEEKDAYS[days[0]]}–{WEEKDAYS[days[-1]]}"
                found.setdefault(hours, Pattern(f"{ends} {first}:00", hours, paid * len(days)))
    return list(found.values())


def _runs_of_days(calendar: TierCalendar, worked: int) -> list[tuple[int, ...]]:
    days = [day for day, opening in enumerate(calendar.openings) if opening is not None]
    if len(days) <= worked:
        return [(*days,)]
    return [tuple(days[(first + step) % len(days)] for step in range(worked)) for first in range(len(days))]


def _hours(
    is_open: np.ndarray, days: tuple[int, ...], start: int, length: int, pause: int | None
) -> tuple[tuple[int, ...], int]:
    """Hours on seat and the hour at which the first day starts; no hours where a shift would leave the open hours."""
    found: list[int] = []
    firsts = []
    for day in days:
        opened = [day * 24 + int(hour) for hour in np.flatnonzero(is_open[day * 24 : day * 24 + 24])]
        shift = opened if len(opened) <= length else [(day * 24 + start + step) % WEEK_HOURS for step in range(length)]
        if not all(is_open[hour] for hour in shift):
            return (), start
        firsts.append(shift[0] % 24)
        found += [hour for step, hour in enumerate(shift) if step != pause]
    return tuple(sorted(set(found))), firsts[0]


@dataclass(frozen=True)
class Shifts:
    """An optimal answer."""

    people: pd.DataFrame
    """One row per pattern in use: `pattern`, `people`, `cost` (of all of them)."""
    cost: float
    headcount: int
    on_seat: np.ndarray
    """People on seat by hour of the week after shrinkage, (168,)."""
    short: np.ndarray
    """Agents missing by hour, (168,): all 0 unless the headcount was limited."""
    short_by_day: np.ndarray
    """Seat hours missing by weekday, (7,), of those that may be worked at any hour: all 0 unless the headcount was limited."""
    spare_share: float
    """Share of the seat hours beyond the need."""
    proven: bool
    """Whether no cheaper answer exists; else `cost` is the best found in the time given."""
    cost_at_least: float
    """No answer costs less than this."""


@dataclass(frozen=True)
class _Need:
    """What the people on patterns have to reach, shrinkage divided out."""

    by_hour: np.ndarray
    by_day: np.ndarray

    def rows(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Constraint rows (rows, patterns) and what each has to reach: hours first, then days."""
        hours, days = np.flatnonzero(self.by_hour > 0), np.flatnonzero(self.by_day > 0)
        daily = matrix.reshape(7, 24, -1).sum(axis=1)
        least = np.concatenate([self.by_hour[hours], self.by_day[days]])
        return np.concatenate([matrix[hours], daily[days]]), least - TINY


def cover(
    required: Any,
    choices: Sequence[Pattern],
    *,
    shrinkage: float = 0.0,
    headcount: int | None = None,
    seconds: float = 20.0,
    day_hours: Any = (0.0,) * 7,
) -> Shifts:
    """The cheapest people on patterns that put `required` agents (168,) on seats in every hour, and `day_hours` hours on
    seat, those included, on every weekday, (7,), at whatever hour.

    Shrinkage is divided out before covering: 10 people at 30 % put 7 on seats. With a `headcount`, at most so many people
    are used, and the missing agent hours are made as few as can be, then the cost.
    Around the clock with many starts a proof can take long: after `seconds` the best answer so far is returned, and says
    so. Errors: InputError where an hour is in no pattern; NotEnoughData where no answer was found in time.
    """
    kept = 1.0 - share("shrinkage", shrinkage, below_one=True)
    need = _Need(array("required", required) / kept, array("day_hours", day_hours) / kept)
    if need.by_hour.size != WEEK_HOURS or need.by_day.size != 7:
        found = f"Found {need.by_hour.size} hours and {need.by_day.size} days."
        raise InputError("A week has 168 hours and 7 days: required and day_hours need a value for each.", found=found)
    matrix = _matrix(choices)
    if headcount is None:
        _refuse_uncovered(need, matrix)
    costs = np.array([pattern.cost for pattern in choices])
    people, bound = _solve(*need.rows(matrix), costs, headcount, number("seconds", seconds, above=True))
    return _answer(matrix, need, costs, people, bound, choices, kept)


_WIDEN = "Add a pattern that covers it, or require nobody then."


def _refuse_uncovered(need: _Need, matrix: np.ndarray) -> None:
    worked = matrix.any(axis=1)
    hours = np.flatnonzero((need.by_hour > 0) & ~worked)
    if hours.size:
        raise InputError("Some hours are in no shift pattern.", found=f"First: {_hour(int(hours[0]))}.", todo=_WIDEN)
    days = np.flatnonzero((need.by_day > 0) & ~worked.reshape(7, 24).any(axis=1))
    if days.size:
        raise InputError("Some days are in no shift pattern.", found=f"First: {WEEKDAYS[int(days[0])]}.", todo=_WIDEN)


def _hour(hour: int) -> str:
    return f"{WEEKDAYS[hour // 24]} {hour % 24}:00"


def _matrix(choices: Sequence[Pattern]) -> np.ndarray:
    if not choices:
        raise InputError("Shifts need at least one pattern.", found="Found none.")
    matrix = np.zeros((WEEK_HOURS, len(choices)))
    for column, pattern in enumerate(choices):
        matrix[list(pattern.hours), column] = 1.0
    return matrix


def _solve(
    block: np.ndarray, least: np.ndarray, costs: np.ndarray, headcount: int | None, seconds: float
) -> tuple[np.ndarray, float]:
    """Whole people per pattern, and a bound below every cost.

    With a limited headcount each hour and day has a shortage, dearer than anybody's week; the bound is then on both together.
    Where all patterns cost the same, an answer is proven when the bound is less than one person away: asking for a gap of
    nothing would keep the solver busy with proving fractions of people.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # not at the top: it takes a quarter of a second

    if least.size == 0:
        return np.zeros(costs.size), 0.0
    objective, whole = costs, np.ones(costs.size)
    limits = [LinearConstraint(block, lb=least)]
    if headcount is not None:
        dear = (costs.sum() + 1.0) * (count("headcount", headcount) + 1.0)
        objective, whole = np.append(costs, np.full(least.size, dear)), np.append(whole, np.zeros(least.size))
        people = np.append(np.ones(costs.size), np.zeros(least.size))[None]
        limits = [
            LinearConstraint(np.hstack([block, np.eye(least.size)]), lb=least),
            LinearConstraint(people, ub=headcount),
        ]
    gap = 0.9 / _people_at_least(block, least) if headcount is None and np.ptp(costs) == 0 else 0.0
    options = {"time_limit": seconds, "mip_rel_gap": gap}
    found = milp(objective, constraints=limits, integrality=whole, bounds=Bounds(lb=0), options=options)
    if found.x is None:
        raise NotEnoughData("No shifts were found in time.", found=found.message, todo="Allow more seconds.")
    bound = float(found.fun) if found.mip_dual_bound is None else float(found.mip_dual_bound)
    if headcount is not None:
        bound = float(costs @ np.rint(found.x[: costs.size])) if found.status == 0 else 0.0
    return np.rint(found.x[: costs.size]), bound


def _people_at_least(block: np.ndarray, least: np.ndarray) -> float:
    """People that the relaxed problem needs, and two more: no whole answer needs many more than that."""
    from scipy.optimize import linprog

    relaxed = linprog(np.ones(block.shape[1]), A_ub=-block, b_ub=-least)
    return float(relaxed.fun) + 2.0


def _answer(
    matrix: np.ndarray,
    need: _Need,
    costs: np.ndarray,
    people: np.ndarray,
    bound: float,
    choices: Sequence[Pattern],
    kept: float,
) -> Shifts:
    scheduled, used = matrix @ people, np.flatnonzero(people > 0)
    rows = [(choices[i].name, int(people[i]), float(costs[i] * people[i])) for i in used]
    daily = scheduled.reshape(7, 24).sum(axis=1)
    cost, same = float(costs @ people), np.ptp(costs) == 0
    return Shifts(
        people=pd.DataFrame(rows, columns=["pattern", "people", "cost"]),
        cost=cost,
        headcount=int(people.sum()),
        on_seat=scheduled * kept,
        short=np.maximum(need.by_hour - scheduled - 2 * TINY, 0.0) * kept,
        short_by_day=np.maximum(need.by_day - daily - 2 * TINY, 0.0) * kept,
        spare_share=_spare(scheduled, need),
        proven=cost - bound < (costs[0] * (1 - 1e-6) if same else 1e-6 * max(cost, 1.0)),
        cost_at_least=bound,
    )


def _spare(scheduled: np.ndarray, need: _Need) -> float:
    """Share of the seat hours that neither their hour nor their day needs."""
    beyond_hours = np.maximum(scheduled - need.by_hour, 0.0).reshape(7, 24).sum(axis=1)
    beyond_days = scheduled.reshape(7, 24).sum(axis=1) - need.by_day
    return float(np.clip(np.minimum(beyond_hours, beyond_days), 0.0, None).sum() / max(scheduled.sum(), 1e-12))

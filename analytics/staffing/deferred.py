"""Tickets as deferred work: the least constant capacity that keeps every deadline, and the days that bind.

Work is in hours, days are business days counted from 0, windows include both ends. Work that arrives on day d and is
due within D days is due by the end of day d + D - 1. Under oldest-deadline-first a capacity suffices if and only if, in
every window of days, the work that arrives *and* is due within it fits (demand-bound functions, Baruah et al. 1990):

    c* = max over s <= t of  sum_k W_k[s .. t - D_k + 1] / (t - s + 1)

which for one class, with e = t - D + 1, is max sum(w[s..e]) / (e - s + D). The opening backlog is work of day 0 with
deadlines of its own. Work is fluid: it can be split over agents and days, which is right while a visit is far shorter
than a day of the tier.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.errors import InputError
from analytics.staffing._check import array, count, number

_WINDOWS_AT_ONCE = 2_000_000
_SAME = 1e-12
"""Relative difference below which two windows are equally tight; the earlier and shorter one is named."""


@dataclass(frozen=True)
class Capacity:
    """The least constant capacity and the window that asks for it."""

    hours_per_day: float
    binding_start: int
    """First day whose work is in the binding window."""
    binding_end: int
    """Last day whose work is in it (the e of the formula); in a cycle it may wrap and lie before the start. For a
    window of opening backlog alone, the last day on which that backlog is due."""
    binding_due: int
    """Last day on which the work of the window is due: the capacity of days start..due is what is full."""
    window_hours: float
    """Work in the window."""
    mean_hours_per_day: float
    """Arriving work per day, opening backlog excluded."""


@dataclass(frozen=True)
class _Classes:
    work: np.ndarray
    """(classes, ..., days)"""
    due_days: tuple[int, ...]
    """Increasing and distinct: classes with the same deadline are added up."""
    backlog: np.ndarray


def required_capacity(work_hours: Any, due_days: Any, backlog: Any = (), periodic: bool = False) -> Capacity:
    """Hours of work per day that keep every deadline, as a constant over all days.

    `work_hours` is one series of hours by arrival day with a scalar `due_days`; or, for mixed deadlines, a mapping (or
    list) of series with a mapping (or list) of `due_days`. `backlog[k]` are hours due by the end of day k, overdue
    ones in 0. `periodic` repeats the series for ever: then the answer is never below the mean work per day, and where
    that binds, the window is the whole cycle. Capacity after the last day counts too: work may be due beyond it.
    Errors: InputError for negative or non-finite hours, a deadline below one day, or no day at all.
    """
    classes = _classes(work_hours, due_days, backlog)
    days = classes.work.shape[-1]
    if days == 0:
        raise InputError("There is no day of work to cover.", found="Found an empty series.")
    best = _tightest(classes, periodic)
    mean = float(classes.work.sum()) / days
    if periodic and best[0] <= mean * (1.0 + _SAME):
        return Capacity(mean, 0, days - 1, days - 1, mean * days, mean)
    hours, start, due, demand = best
    end = _last_arrival(classes, start, due, periodic)
    if periodic:
        start, end, due = start % days, end % days, due % days
    return Capacity(hours, start, end, due, demand, mean)


def _classes(work_hours: Any, due_days: Any, backlog: Any, dims: tuple[int, ...] = (1,)) -> _Classes:
    series, deadlines = _pairs(work_hours, due_days, dims)
    by_deadline: dict[int, np.ndarray] = {}
    for hours, days in zip(series, deadlines, strict=True):
        due = count("due_days", days, least=1, most=100_000)
        by_deadline[due] = by_deadline[due] + hours if due in by_deadline else hours
    order = tuple(sorted(by_deadline))
    return _Classes(np.stack([by_deadline[due] for due in order]), order, array("backlog", backlog))


def _pairs(work_hours: Any, due_days: Any, dims: tuple[int, ...]) -> tuple[list[np.ndarray], list[Any]]:
    if isinstance(work_hours, Mapping):
        if not isinstance(due_days, Mapping) or set(work_hours) - set(due_days):
            raise InputError("Every class of work needs its own deadline.", found=f"Found {due_days!r}.")
        work_hours, due_days = list(work_hours.values()), [due_days[name] for name in work_hours]
    elif np.ndim(due_days) == 0:
        work_hours, due_days = [work_hours], [due_days]
    if len(work_hours) != len(due_days) or len(work_hours) == 0:
        raise InputError("Every class of work needs its own deadline.", found=f"{len(work_hours)}, {len(due_days)}.")
    series = [array("work_hours", hours, dims=dims) for hours in work_hours]
    if len({hours.shape for hours in series}) != 1:
        raise InputError("All classes of work must cover the same days.", found=f"{[s.shape for s in series]}.")
    return series, list(due_days)


def _tightest(classes: _Classes, periodic: bool) -> tuple[float, int, int, float]:
    """(hours per day, first day, last due day, hours) of the tightest window; the earliest and shortest of equals."""
    days, longest = classes.work.shape[-1], classes.due_days[-1]
    span = max(longest, classes.backlog.size)
    length = days + span if periodic else max(days + longest - 1, classes.backlog.size)
    lengths, best = np.arange(1, length + 1), (0.0, 0, 0, 0.0)
    every_start = np.arange(days if periodic else length)
    for starts in np.array_split(every_start, 1 + every_start.size * length // _WINDOWS_AT_ONCE):
        demand = _demand(classes, starts, length, periodic)
        tight = demand / lengths
        top = tight.max()
        if top > best[0] * (1.0 + _SAME):
            row, column = divmod(int(np.argmax(tight >= top * (1.0 - _SAME))), length)
            best = (float(tight[row, column]), int(starts[row]), int(starts[row]) + column, float(demand[row, column]))
    return best


def _demand(classes: _Classes, starts: np.ndarray, length: int, periodic: bool) -> np.ndarray:
    """Hours that arrive on or after each start and are due within 1, 2, ... `length` days of it, (starts, length)."""
    days, total = classes.work.shape[-1], np.zeros((starts.size, length))
    for hours, due in zip(classes.work, classes.due_days, strict=True):
        longer = np.tile(hours, 2 + length // days) if periodic else np.concatenate([hours, np.zeros(2 * length)])
        sums = np.concatenate([[0.0], np.cumsum(longer)])
        ends = starts[:, None] + np.maximum(np.arange(1, length + 1) - due + 1, 0)
        total += sums[np.minimum(ends, sums.size - 1)] - sums[starts][:, None]
    if starts.size and starts[0] == 0 and classes.backlog.size:
        due_by = np.cumsum(classes.backlog)
        total[0] += due_by[np.minimum(np.arange(length), due_by.size - 1)]
    return total


def _last_arrival(classes: _Classes, start: int, due: int, periodic: bool) -> int:
    """The last day whose work lies in the window; with mixed deadlines that of the class with the shortest one."""
    days = classes.work.shape[-1]
    for hours, within in zip(classes.work, classes.due_days, strict=True):
        last = due - within + 1
        if last >= start and hours[np.arange(start, last + 1) % days].any():
            return last if periodic else min(last, days - 1)
    return due


@dataclass(frozen=True)
class Schedule:
    """What a team does under oldest-deadline-first; arrays are (paths, days), in hours."""

    done: np.ndarray
    """Hours worked on each day."""
    backlog: np.ndarray
    """Hours left at the end of each day."""
    late: np.ndarray
    """Hours due by the end of each day and not done by then (opening work that was overdue counts on day 0)."""
    due: np.ndarray
    """Hours whose deadline is the end of each day, whether done early or not."""


class _Team:
    """Work in hand by the day on which it is due, for several teams that get the same work, (slots, teams, paths).

    On day d row d holds what is overdue, row d + 1 what is due today, and so on: a day's end adds one row to the next and
    moves nothing. Paths run along the last axis, so that every step is a few operations on whole rows; a running sum by rows
    is six times as fast as `cumsum` along the first axis. Its own small mutable state; nothing outside sees it.
    """

    def __init__(self, classes: _Classes, teams: int) -> None:
        _, paths, days = classes.work.shape
        self.work = np.ascontiguousarray(classes.work.transpose(2, 0, 1))[
            :, :, None
        ]  # by day, each (classes, 1, paths)
        self.due, self.due_days, self.last_opening = np.array(classes.due_days), classes.due_days, classes.backlog.size
        ahead = max(classes.due_days[-1], classes.backlog.size)
        self.slots = np.zeros((days + ahead + 1, teams, paths))
        self.slots[1 : classes.backlog.size + 1] = classes.backlog[:, None, None]
        self._before = np.empty((ahead + 1, teams, paths))

    def arrive(self, day: int) -> None:
        """The work of a day comes in."""
        self.slots[day + self.due] += self.work[day]  # every deadline is there once, so that none is overwritten

    def in_hand(self, day: int) -> np.ndarray:
        """The rows of what there is on a day, the overdue first."""
        return self.slots[day : max(day + self.due_days[-1], self.last_opening) + 1]

    def serve(self, day: int, capacity: np.ndarray) -> np.ndarray:
        """Work `capacity` hours, (teams, paths or 1), most urgent first; returns the hours done."""
        slots = self.in_hand(day)
        before = self._before[: slots.shape[0]]
        before[0] = slots[0]
        for n in range(1, slots.shape[0]):
            np.add(before[n - 1], slots[n], out=before[n])
        done = np.minimum(before[-1], capacity)
        before -= capacity
        np.maximum(before, 0.0, out=before)
        np.minimum(slots, before, out=slots)
        return done

    def sleep(self, day: int) -> None:
        """The day ends: what was due today is overdue."""
        self.slots[day + 1] += self.slots[day]


def work_off(work_hours: Any, due_days: Any, capacity_hours: Any, backlog: Any = ()) -> Schedule:
    """Day by day, oldest deadline first: what is done, left and late with given capacity.

    `work_hours` is (paths, days) or a mapping/list of such classes; `capacity_hours` is a scalar, (days,) or
    (paths, days). An overdue hour is worked on first. This is the brute-force second check of `required_capacity`, and
    the projection of backlog and lateness behind the sliders.
    """
    classes = _classes(work_hours, due_days, backlog, dims=(2,))
    _, paths, days = classes.work.shape
    capacity = np.broadcast_to(array("capacity_hours", capacity_hours, dims=(0, 1, 2)), (paths, days))
    return _worked_off(classes, capacity.T[:, None, :])[0]


def work_off_teams(work_hours: Any, due_days: Any, capacity_hours: Any, backlog: Any = ()) -> list[Schedule]:
    """`work_off` for several teams that each get the same work, side by side: `capacity_hours` is (teams, days)."""
    classes = _classes(work_hours, due_days, backlog, dims=(2,))
    return _worked_off(classes, array("capacity_hours", capacity_hours, dims=(2,)).T[:, :, None])


def _worked_off(classes: _Classes, capacity: np.ndarray) -> list[Schedule]:
    """A schedule per team; `capacity` is (days, teams, paths or 1)."""
    _, paths, days = classes.work.shape
    team, due = _Team(classes, capacity.shape[1]), _due(classes)
    done, left, late = (np.empty((days, capacity.shape[1], paths)) for _ in range(3))
    for day in range(days):
        team.arrive(day)
        done[day] = team.serve(day, capacity[day])
        late[day] = team.slots[day + 1]
        np.add.reduce(team.in_hand(day), axis=0, out=left[day])
        team.sleep(day)
    return [Schedule(done[:, n].T, left[:, n].T, late[:, n].T, due) for n in range(capacity.shape[1])]


def _due(classes: _Classes) -> np.ndarray:
    """Hours by the day on which they are due, (paths, days); what is due later is left out."""
    _, paths, days = classes.work.shape
    due = np.zeros((paths, days))
    for hours, within in zip(classes.work, classes.due_days, strict=True):
        due[:, within - 1 :] += hours[:, : max(0, days - within + 1)]
    due[:, : classes.backlog.size] += classes.backlog[:days]
    return due


def tightness(work_hours: Any, due_days: Any, backlog: Any = (), longest: int | None = None) -> np.ndarray:
    """For every sample path and due day t the constant capacity that the tightest window ending in t asks for.

    `work_hours` is (paths, days), or a mapping/list of such classes; the answer is (paths, days + longest deadline - 1).
    Its maximum over days is `required_capacity`; a path keeps all deadlines of day t with constant capacity c if and only
    if c >= answer[path, t]. With `longest`, only windows of at most so many days count: what a day asks for when the
    days long before it were staffed for their own work.
    """
    near, whole = tightnesses(work_hours, due_days, backlog, longest or 0)
    return near if longest else whole


def tightnesses(
    work_hours: Any, due_days: Any, backlog: Any, longest: int, first_starts: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """`tightness` for windows of at most `longest` days, and for all of them.

    With `first_starts`, only windows that start on one of so many first days count: all that an opening backlog can change.
    Loops over window lengths: each is one operation on all paths.
    """
    classes = _classes(work_hours, due_days, backlog, dims=(2,))
    _, paths, days = classes.work.shape
    horizon = max(days + classes.due_days[-1] - 1, classes.backlog.size)
    came, due_by = _window_sums(classes, horizon)
    opening = np.cumsum(np.concatenate([classes.backlog, np.zeros(horizon - classes.backlog.size)]))
    answer, room = np.zeros((horizon, paths)), np.empty((horizon, paths))
    near = answer
    for length in range(1, horizon + 1):
        starts = min(horizon - length + 1, first_starts or horizon)
        demand = room[:starts]  # row s: the window s .. s + length - 1
        fits = bisect_right(classes.due_days, length)
        np.subtract(due_by[fits][length : length + starts], came[fits][:starts], out=demand)
        demand[0] += opening[length - 1]
        demand /= length
        ends = answer[length - 1 : length - 1 + starts]
        np.maximum(ends, demand, out=ends)
        if length == longest:
            near = answer.copy()
    return near.T, answer.T


def _window_sums(classes: _Classes, horizon: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """By number of the shortest deadlines taken: hours that arrive before day j, and hours due before day j, both
    (horizon + 1, paths). A window s .. e asks for due[e + 1] - arrived[s] of the classes whose deadline fits into it."""
    none = np.zeros((horizon + 1, classes.work.shape[1]))
    came, due_by = [none], [none]
    for hours, due in zip(classes.work, classes.due_days, strict=True):
        total = _running_sum(hours, horizon)
        came.append(came[-1] + total)
        later = due_by[-1].copy()
        later[due - 1 :] += total[: horizon + 2 - due]
        due_by.append(later)
    return came, due_by


def _running_sum(hours: np.ndarray, horizon: int) -> np.ndarray:
    """Row j: hours arriving before day j, (horizon + 1, paths)."""
    total = np.zeros((horizon + 1, hours.shape[0]))
    np.cumsum(hours.T, axis=0, out=total[1 : hours.shape[1] + 1])
    total[hours.shape[1] + 1 :] = total[hours.shape[1]]
    return total


def due_days_of(target_hours: float, open_hours_per_day: float) -> int:
    """Whole business days within which work with a target in business hours is due: at least 1, rounded down.

    Rounded down, since a target of 1.5 days that arrives in the evening ends at noon of the day after next.
    """
    target = number("target_hours", target_hours, above=True)
    return max(1, int(target / number("open_hours_per_day", open_hours_per_day, above=True) + 1e-9))


def backlog_by_due_day(
    hours: Sequence[float], due_in_days: Sequence[float], overdue_within_days: int = 1
) -> np.ndarray:
    """Opening backlog as hours by due day from parallel lists; negative days are overdue.

    Overdue work is spread evenly over the first `overdue_within_days` days: 1 asks to clear it today, as the deadline
    did; more is a decision to clear it over some time, because hiring a hundred people for one Monday is none.
    """
    amount, days = array("hours", hours), array("due_in_days", due_in_days, least=-np.inf)
    spread = count("overdue_within_days", overdue_within_days, least=1)
    size = max(spread, int(days.max(initial=0)) + 1)
    slots = np.zeros(size)
    overdue = days < 0
    np.add.at(slots, days[~overdue].astype(int), amount[~overdue])
    slots[:spread] += amount[overdue].sum() / spread
    return slots

"""The cubes of durations, of some whole tickets. As the SQL files of these names say it; parts are added up afterwards."""

from __future__ import annotations

import numpy as np

from analytics.model import TEAM_SETS, US_PER_HOUR
from analytics.warehouse.arrays.cells import Cells, Words, counted, fixed, stacked
from analytics.warehouse.arrays.columns import NONE, Columns, Runs
from analytics.warehouse.arrays.source import Source
from analytics.warehouse.arrays.sums import ATTRIBUTES, of_tickets
from analytics.warehouse.arrays.visits import ENDS
from analytics.warehouse.cubes import EDGES_US, OCTAVES, SMALLEST_US, STEPS, TARGET_HOURS

_BASES_US = SMALLEST_US * 2.0 ** np.arange(OCTAVES)
_HANDED_ON, _CANCELLED_BY = (ENDS.tolist().index(name) for name in ("handoff", "cancelled"))
_CANCELLED_STATE = 4
_OF_TARGETS = ((0, "", ""), (2, "value", "product"), (3, "value", "channel"), (TEAM_SETS, "team_mask", "team_mask"))
"""The grains of `cube_targets`: what they tell beside the priority, by the column that tells it."""
_TARGETS_US = (np.array(TARGET_HOURS) * US_PER_HOUR).astype(np.int64)


def bucket(duration_us: np.ndarray) -> np.ndarray:
    """The bucket that holds each duration, by the arithmetic of the SQL, where NULL falls into the last one."""
    duration = np.maximum(duration_us, 0).astype(np.float64)
    share, power = np.frexp(duration / SMALLEST_US)
    octave = np.clip(power - 1 - (share == 0.5), 0, OCTAVES - 1)
    base = _BASES_US[octave]
    step = np.minimum(np.ceil((duration - base) * STEPS / base), STEPS).astype(np.int32)
    found = octave * np.int32(STEPS) + step
    found[duration <= SMALLEST_US] = 0
    found[duration_us == NONE] = len(EDGES_US) - 1
    return found


def month_no(day: np.ndarray) -> np.ndarray:
    """The month of each day (days since 1970) as year * 12 + month - 1."""
    if not len(day):
        return np.zeros(0, dtype=np.int32)
    first, last = int(day.min()), int(day.max())
    months = np.arange(first, last + 1).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return months.astype(np.int32)[day - first]


def cube_waits(handed: Columns, source: Source) -> Cells:
    handed = handed | {"month_no": month_no(handed["handed_day"])}
    rows = np.flatnonzero(handed["changes_tier"])
    between = {name: values[rows] for name, values in handed.items()}
    attributes, words = of_tickets(source, between["ticket"])
    outcome = _outcome(between["tier_acknowledged"] > 0, between["tier_waiting"] > 0)
    grains = [{"from_tier": between["from_tier"], "to_tier": between["to_tier"], "outcome": outcome}] * 4
    months = {"month_no": between["month_no"]}
    parts = []
    for clock, name in enumerate(("wait_us", "wait_open_us")):
        waited = {"bucket": bucket(between[f"tier_{name}"])}
        for grain, keys in enumerate(grains):
            value = {"value": attributes[ATTRIBUTES[grain - 1]]} if grain else {}
            told = {"value": words[ATTRIBUTES[grain - 1]]} if grain else {}
            parts.append(_wait_cells(grain, clock, months | keys | value | waited, told))
        hours = {"to_tier": between["to_tier"], "hour_of_week": between["hour_of_week"], "outcome": outcome}
        parts.append(_wait_cells(5, clock, hours | waited, {}))
        visits = {name: handed[name] for name in ("month_no", "to_tier", "to_team_no")}
        visits |= {"outcome": _outcome(handed["acknowledged"], handed["waiting"]), "bucket": bucket(handed[name])}
        parts.append(_wait_cells(4, clock, visits, {}))
    return stacked(parts)


def _outcome(acknowledged: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    """0 acknowledged, 1 left unacknowledged, 2 still waiting."""
    return np.where(acknowledged, 0, np.where(waiting, 2, 1)).astype(np.int8)


def _wait_cells(grain: int, clock: int, keys: Columns, words: Words) -> Cells:
    return fixed(counted(keys), words, grain=grain, on_business_clock=clock)


def cube_resolutions(found: Columns, source: Source, teams: Cells) -> Cells:
    rows = np.flatnonzero((found["resolved_us"] != NONE) & (found["resolved_tier"] >= 0))
    names = (
        "created_us",
        "resolved_us",
        "resolve_open_us",
        "pending_us",
        "pending_open_us",
        "resolved_tier",
        "tier_mask",
    )
    solved = {name: found[name][rows] for name in names}
    attributes, words = _told(source, teams, rows)
    keys = {"month_no": month_no(found["created_day"][rows])}
    keys |= {name: solved[name] for name in ("resolved_tier", "tier_mask")} | attributes
    clocks = (
        (solved["resolved_us"] - solved["created_us"], solved["pending_us"]),
        (solved["resolve_open_us"], solved["pending_open_us"]),
    )
    return stacked([
        cells
        for clock, (whole_us, pending_us) in enumerate(clocks)
        for cells in _with_and_without_pending(clock, keys, words, whole_us, pending_us)
    ])  # fmt: skip


def _with_and_without_pending(
    clock: int, keys: Columns, words: Words, whole_us: np.ndarray, pending_us: np.ndarray
) -> list[Cells]:
    """The same tickets twice; those that were never pending, nearly all, are counted once. By teams on the calendar clock
    (0) alone, with pending time."""
    never = (pending_us == 0) | (whole_us == NONE)
    rows, others = np.flatnonzero(never), np.flatnonzero(~never)
    plain, paused = ({name: values[one] for name, values in keys.items()} for one in (rows, others))
    whole = bucket(whole_us)
    same = _by_attribute(plain | {"bucket": whole[rows]}, words)
    without = _by_attribute(paused | {"bucket": bucket(whole_us[others] - pending_us[others])}, words)
    with_it = _by_attribute(paused | {"bucket": whole[others]}, words)
    of_teams = [_by_teams(keys | {"bucket": whole}, words)] if not clock else []
    return [
        fixed(cells.columns, cells.words, on_business_clock=clock, with_pending=with_pending)
        for with_pending, found in enumerate((without, [*with_it, *of_teams]))
        for cells in (*same, *found)
    ]


def _told(source: Source, teams: Cells, ticket: np.ndarray) -> tuple[Columns, Words]:
    """The attributes and the set of teams of the tickets at these places, and what they stand for."""
    attributes, words = of_tickets(source, ticket)
    return attributes | teams.where(ticket).columns, words | teams.words


def _by_attribute(keys: Columns, words: Words) -> list[Cells]:
    """Counted without an attribute, and by each of them, which is then called `value`."""
    common = {name: values for name, values in keys.items() if name not in (*ATTRIBUTES, "team_mask")}
    valued = [({}, {})] + [({"value": keys[name]}, {"value": words[name]}) for name in ATTRIBUTES]
    return [fixed(counted(common | value), told, grain=grain) for grain, (value, told) in enumerate(valued)]


def _by_teams(keys: Columns, words: Words) -> Cells:
    """Counted by the sets of teams."""
    common = {name: values for name, values in keys.items() if name not in ATTRIBUTES}
    return fixed(counted(common), {"team_mask": words["team_mask"]}, grain=TEAM_SETS)


def cube_first_visits(climbed: Columns, climbs: Runs, found: Columns, source: Source, teams: Cells) -> Cells:
    rows = np.flatnonzero(climbed["first_bucket"] >= 0)
    ticket = climbs.of[rows]
    attributes, words = _told(source, teams, ticket)
    keys = {
        "month_no": month_no(found["created_day"])[ticket], "tier": climbed["tier"][rows],
        "tier_mask": found["tier_mask"][ticket],
        "outcome": climbed["first_outcome"][rows], "bucket": climbed["first_bucket"][rows], **attributes,
    }  # fmt: skip
    return stacked([*_by_attribute(keys, words), _by_teams(keys, words)])


def cube_targets(spans: Columns, source: Source, teams: Cells, priorities: tuple[str, ...]) -> Cells:
    """Of the tickets that have had one priority alone."""
    rows = np.flatnonzero(spans["is_only"])
    held = {name: values[rows] for name, values in spans.items()}
    attributes, words = _told(source, teams, held["ticket"])
    keys = {"month_no": month_no(held["created_day"]), "tier_mask": held["tier_mask"], "priority": held["priority"]}
    done = held["is_done"]
    clocks = ((held["resolve_open_us"], done), (held["answer_open_us"], held["is_answered"] | done))
    parts = []
    for is_answer, (open_us, is_ended) in enumerate(clocks):
        shown = keys | {"is_ended": is_ended, "passed": np.searchsorted(_TARGETS_US, open_us).astype(np.int8)}
        for grain, column, name in _OF_TARGETS:
            more = ({column: attributes[name]}, {column: words[name]}) if name else ({}, {})
            told = more[1] | {"priority": list(priorities)}
            parts.append(fixed(counted(shown | more[0]), told, grain=grain, is_answer=is_answer))
    return stacked(parts)


def first_stays(climbed: Columns, now_us: int) -> Columns:
    """Of first visits to a tier, how they ended and the bucket of how long that took; -1 for the others."""
    rows = np.flatnonzero((climbed["tier"] >= 0) & ~climbed["is_return"])
    names = ("tier", "state_at_start", "started_us", "first_put_aside_us", "first_put_aside_state", "ended_us")
    first = {name: climbed[name][rows] for name in (*names, "next_tier", "ended_by")}
    ended_us = np.where(first["ended_us"] == NONE, now_us, first["ended_us"])
    aside_us = np.where(first["first_put_aside_us"] == NONE, ended_us, first["first_put_aside_us"])
    told = {
        "first_outcome": _first_outcome(first),
        "first_bucket": bucket(np.minimum(aside_us, ended_us) - first["started_us"]),
    }
    found = {name: np.full(len(climbed["tier"]), -1, dtype=np.int16) for name in told}
    for name, values in told.items():
        found[name][rows] = values
    return found


def _first_outcome(first: Columns) -> np.ndarray:
    """0 escalated, 1 resolved, 2 open, 3 returned, 4 cancelled."""
    put_aside = (first["first_put_aside_us"] != NONE) & (first["state_at_start"] < 2)
    by = first["ended_by"]
    handed = np.where(first["next_tier"] > first["tier"], 0, 3)
    ended = np.where(by == _HANDED_ON, handed, np.where(by == _CANCELLED_BY, 4, np.where(by >= 0, 1, 2)))
    return np.where(put_aside, np.where(first["first_put_aside_state"] == _CANCELLED_STATE, 4, 1), ended)

"""The cubes that count, of some whole tickets. As the SQL files of these names say it; parts are added up afterwards."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.model import TEAM_SETS, TIERS
from analytics.warehouse.arrays.cells import Cells, counted, fixed, merged, stacked, successive, summed
from analytics.warehouse.arrays.columns import NONE, Columns, Runs
from analytics.warehouse.arrays.source import Source
from analytics.warehouse.arrays.visits import DIRECTIONS, ENDS

ATTRIBUTES = ("priority", "product", "channel")
"""The attributes that cubes have, in the order of the grains 1 to 3 of `cube_tickets` and `cube_waits`."""

OF_PATH = ("entry_tier", "highest_tier", "tier_mask", "escalated_mask", "returned_mask", "tier_visits")
"""What the way through the tiers tells: the same in all tickets of a cell."""

_SUMS = (
    "n", "events", "first_level", "first_contact", "reopened", "replies", "team_returns", "team_tickets", "team_immediate",
    "team_immediate_tickets", "tier_returns", "tier_tickets", "pending_events", "pending_tickets", "pending_us", "resolve_us",
    "rated", "good",
)  # fmt: skip


def of_tickets(source: Source, ticket: np.ndarray | slice = slice(None)) -> tuple[Columns, dict[str, list[str]]]:
    """The cubes' attributes of the tickets at these places, and their words."""
    return {name: source.codes[name][ticket] for name in ATTRIBUTES}, {name: source.words[name] for name in ATTRIBUTES}


def team_sets(found: Columns) -> Cells:
    """The set of teams that each ticket was with."""
    places, sets = pd.factorize(found["team_mask"])
    return Cells({"team_mask": places.astype(np.int32)}, {"team_mask": sets.tolist()})


def without_team_sets(cells: Cells) -> Cells:
    """The cells of a cube that do not tell the teams; all, where it never does."""
    if "team_mask" not in cells.columns:
        return cells
    kept = cells.where(np.flatnonzero(cells.columns["grain"] != TEAM_SETS))
    return Cells(kept.columns, {**kept.words, "team_mask": []})


def cube_tickets(found: Columns, ways: list[str], source: Source, teams: Cells) -> Cells:
    """Grains 4 and 5 of the cube; `with_grains` makes the others of 4."""
    attributes, words = of_tickets(source)
    is_resolved = found["resolved_us"] != NONE
    keys = {
        "created_day": found["created_day"], "path": found["path"], "resolved_tier": found["resolved_tier"],
        "is_resolved": is_resolved, "state": found["state"], "handoffs": np.minimum(found["visits"] - 1, 4),
    }  # fmt: skip
    at_first_level = is_resolved & (found["tier_mask"] == 2) & (found["reopens"] == 0)
    plain = ("events", "replies", "team_returns", "team_immediate", "tier_returns", "pending_events", "pending_us")
    measures = {
        "n": np.ones(len(is_resolved), dtype=bool),
        "first_level": at_first_level, "first_contact": at_first_level & (found["replies"] <= 1),
        "reopened": is_resolved & (found["reopens"] > 0), "team_tickets": found["team_returns"] > 0,
        "team_immediate_tickets": found["team_immediate"] > 0, "tier_tickets": found["tier_returns"] > 0,
        "pending_tickets": found["pending_events"] > 0,
        "resolve_us": np.where(is_resolved, found["resolved_us"] - found["created_us"], 0),
        "rated": source.is_rated, "good": source.is_good,
    } | {name: found[name] for name in plain}  # fmt: skip
    columns = keys | {name: found[name] for name in OF_PATH} | measures
    told = ((4, Cells(attributes, words)), (TEAM_SETS, teams))
    return stacked([
        fixed(summed(columns | more.columns, [*keys, *more.columns], _SUMS), {**more.words, "path": ways}, grain=grain)
        for grain, more in told
    ])  # fmt: skip


def with_grains(cells: Cells) -> Cells:
    """All grains of `cube_tickets` from grain 4, beside those there: 0 has no attribute, 1 to 3 one of them each."""
    finest = cells.where(cells.columns["grain"] == 4)
    rows, coarser = len(finest.columns["n"]), []
    for grain, kept in enumerate(("", *ATTRIBUTES)):
        blank = {name: np.full(rows, -1, dtype=np.int32) for name in ATTRIBUTES if name != kept}
        number = {"grain": np.full(rows, grain, dtype=np.int8)}
        coarser.append(merged([Cells(finest.columns | blank | number, finest.words)], _SUMS, OF_PATH))
    return stacked([*coarser, cells])


def cube_handoffs(handed: Columns, source: Source) -> Cells:
    attributes, words = of_tickets(source, handed["ticket"])
    names = ("handed_day", "from_tier", "to_tier", "direction", "changes_tier")
    return Cells(
        counted({name: handed[name] for name in names} | attributes), {**words, "direction": DIRECTIONS.tolist()}
    )


def cube_repeats(handed: Columns, source: Source) -> Cells:
    changes, everything = handed["changes_tier"], np.ones(len(handed["ticket"]), dtype=bool)
    grouped = {
        "pair": (changes, ("from_tier", "to_tier")), "receiver": (changes, ("to_tier",)), "team": (everything, ("to_team_no",)),
        "team_pair": (everything, ("from_team_no", "to_team_no")), "tier": (changes, ()), "visit": (everything, ()),
    }  # fmt: skip
    parts = [_repeats(handed, source, name, mask, keys) for name, (mask, keys) in grouped.items()]
    return stacked(parts)


def _repeats(handed: Columns, source: Source, group: str, mask: np.ndarray, keys: tuple[str, ...]) -> Cells:
    """Handoffs whose ticket had one of the same group before."""
    rows = np.flatnonzero(mask)
    earlier, later = (rows[found] for found in successive([handed[name][rows] for name in ("ticket", *keys)]))
    attributes, words = of_tickets(source, handed["ticket"][later])
    told = {
        "grouped_by": np.zeros(len(later), dtype=np.int8), "handed_day": handed["handed_day"][later],
        "day_before": handed["handed_day"][earlier],
    }  # fmt: skip
    told |= {
        name: handed[name][later] if name in keys else np.full(len(later), -1)
        for name in ("from_tier", "to_tier", "from_team_no", "to_team_no")
    }
    return Cells(counted(told | attributes), {**words, "grouped_by": [group]})


def cube_backlog(moves: Columns, found: Columns, source: Source, teams: Cells) -> Cells:
    attributes, words = of_tickets(source, moves["ticket"])
    common = {"day": moves["day"], "tier": moves["tier"], "tier_mask": found["tier_mask"][moves["ticket"]]}
    told = ((4, Cells(attributes, words)), (TEAM_SETS, teams.where(moves["ticket"])))
    return stacked([fixed(_moved(common | more.columns, moves), more.words, grain=grain) for grain, more in told])


def _moved(keys: Columns, moves: Columns) -> Columns:
    """The moves of each cell and their sum."""
    cells = counted(keys | {"delta": moves["delta"]})  # counted first: sorting numbers alone is cheap
    cells["delta"] = cells["delta"] * cells["n"]
    return summed(cells, list(keys), ("n", "delta"))


def cube_teams(held: Columns, by_ticket: Runs, handed: Columns, found: Columns, source: Source, teams: Cells) -> Cells:
    """By whole tickets: each handoff is the boundary between a visit and the one before it."""
    rows = np.flatnonzero(held["team_no"] >= 0)
    ticket = by_ticket.of[rows]
    attributes, words = of_tickets(source, ticket)
    sets = teams.where(ticket)
    keys = {
        "created_day": found["created_day"][ticket], "team_no": held["team_no"][rows], "tier": held["tier"][rows],
        "tier_mask": found["tier_mask"][ticket],
    }  # fmt: skip
    measures = {name: values[rows] for name, values in _of_visits(held, handed).items()}
    names = ("n", *measures)
    measures["n"] = np.ones(len(rows), dtype=bool)
    finest = summed(keys | attributes | measures, [*keys, *attributes], names)
    by_sets = summed(keys | sets.columns | measures, [*keys, *sets.columns], names)
    parts = [fixed(by_sets, sets.words, grain=TEAM_SETS)]
    for grain, kept in enumerate(("", *ATTRIBUTES)):
        value = {"value": finest[kept]} if kept else {}
        cells = summed({name: finest[name] for name in (*keys, *names)} | value, [*keys, *value], names)
        same = {"grain": np.full(len(cells["n"]), grain, dtype=np.int8)}
        parts.append(Cells(same | cells, {"value": words[kept]} if kept else {}))
    return stacked(parts)


def _of_visits(held: Columns, handed: Columns) -> Columns:
    """Of each visit: whether it has ended, ended with the solution, went up, and came to a team that had the ticket before."""
    later = np.flatnonzero(held["visit_no"] > 1)  # the visits that a handoff begins, in the handoffs' order
    passed_up, again = np.zeros((2, len(held["visit_no"])), dtype=bool)
    passed_up[later - 1] = DIRECTIONS[handed["direction"]] == "escalation"
    again[later] = handed["is_return"] | (handed["from_team_no"] == handed["to_team_no"])
    solved = np.isin(held["ended_by"], np.flatnonzero(np.isin(ENDS, ["resolved", "closed"])))
    return {"ended": held["ended_by"] >= 0, "solved": solved, "passed_up": passed_up, "again": again}


def cube_values(held: Columns, by_ticket: Runs, climbed: Columns, source: Source, teams: dict[int, str]) -> Cells:
    """How many tickets have a value. Teams and tiers: with a visit there, each ticket once."""
    names = list(dict.fromkeys(teams.values()))
    place = np.full(max([*teams, held["team_no"].max(), 0]) + 2, -1, dtype=np.int32)  # the last one for -1, no team
    for number, name in teams.items():
        place[number] = names.index(name)
    team = place[held["team_no"]]
    values = {name: (source.codes[name], source.words[name]) for name in ("category", "channel", "priority", "product")}
    values["team"] = team[~by_ticket.came_before(team)], names
    values["tier"] = climbed["tier"][~climbed["is_return"]], list(TIERS)
    return stacked([_values(name, codes[codes >= 0], words) for name, (codes, words) in values.items()])


def _values(attribute: str, codes: np.ndarray, words: list[str]) -> Cells:
    told = {"attribute": np.zeros(len(codes), dtype=np.int8), "value": codes}
    return Cells(counted(told), {"attribute": [attribute], "value": words})

"""One row per ticket, from its visits, tier visits and pending runs. As `tickets.sql` says it."""

from __future__ import annotations

import numpy as np

from analytics.model import TEAM_BITS
from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import NONE, Columns, Runs, first_of, minus
from analytics.warehouse.arrays.source import CODED, Source

_LONGEST_CODED = 26
"""So many tier visits fit, five possibilities each, into one whole number of 64 bits."""


def tickets(
    held: Columns, by_ticket: Runs, climbed: Columns, climbs: Runs, paused: Columns, source: Source, clock: Clock
) -> Columns:
    """All that is derived; and `created_open_us`, what the entry tier's clock showed at the creation."""
    found = _from_visits(held, by_ticket) | _from_tier_visits(climbed, climbs)
    found |= _resolved(held, by_ticket, climbed, climbs)
    found["created_us"] = first_of(source.created_us, found["created_us"], found["first_us"])
    found["created_day"] = first_of(source.created_day, found["created_day"], found.pop("first_day").astype(np.int64))
    found["created_open_us"] = clock.at(found["entry_tier"], found["created_us"])
    set_back = minus(found["created_open_us"], found.pop("open_offset_us"))
    found["resolve_open_us"] = minus(clock.at(found["resolved_tier"], found["resolved_us"]), set_back)
    return found | _from_pending(found["ticket_no"], paused)


def _from_visits(held: Columns, runs: Runs) -> Columns:
    def first(name: str) -> np.ndarray:
        return runs.earliest(held[name] != NONE, held[name])

    team = held["team_no"].astype(np.int64)
    bit = np.where(team > 0, 1 << ((np.maximum(team, 1) - 1) % TEAM_BITS), 0)
    totals = ("events", "reopens", "replies", "pending_events")
    return {
        "ticket_no": held["ticket_no"][runs.first], "first_us": held["started_us"][runs.first],
        "last_us": held["last_us"][runs.last], "first_day": held["day"][runs.first],
        "state": held["state_at_end"][runs.last], "visits": runs.size, "created_us": first("created_us"),
        "created_day": first("created_day"), "first_reply_us": first("first_reply_us"),
        "first_acknowledged_us": first("acknowledged_us"), "effort_minutes": runs.total_there(held["effort_minutes"]),
        "team_mask": np.bitwise_or.reduceat(bit, runs.first),
        "team_returns": runs.count(held["is_return"]), "team_immediate": runs.count(held["is_immediate_return"]),
    } | {name: runs.total(held[name]) for name in totals}  # fmt: skip


def _from_tier_visits(climbed: Columns, runs: Runs) -> Columns:
    tier, following = climbed["tier"].astype(np.int64), climbed["next_tier"].astype(np.int64)
    up = (tier >= 0) & (following > tier)
    down = (following >= 0) & (following < tier)
    bit = np.where(tier >= 0, 1 << np.maximum(tier, 0), 0)
    return {
        "tier_visits": runs.size, "entry_tier": climbed["tier"][runs.first],
        "highest_tier": np.maximum.reduceat(climbed["tier"], runs.first),
        "tier_mask": np.bitwise_or.reduceat(bit, runs.first),
        "escalated_mask": np.bitwise_or.reduceat(np.where(up, bit, 0), runs.first),
        "returned_mask": np.bitwise_or.reduceat(np.where(down, bit, 0), runs.first),
        "tier_returns": runs.count(climbed["is_return"]), "escalations": runs.count(up), "returns": runs.count(down),
    }  # fmt: skip


def _resolved(held: Columns, by_ticket: Runs, climbed: Columns, climbs: Runs) -> Columns:
    """The last resolution (closing, where there is none), the visit that holds it, and what its tier's clock is set back by."""
    there = {name: held[name] != NONE for name in ("last_resolved_us", "last_closed_us")}
    rows = np.arange(len(held["ticket_no"]))
    row = first_of(*(by_ticket.latest(mask, rows, NONE) for mask in there.values()))
    none = row == NONE
    at = np.where(none, 0, row)
    last = {name: by_ticket.latest(mask, held[name]) for name, mask in there.items()}
    first = {
        name: by_ticket.earliest(mask, held[name])
        for name, mask in zip(("first_resolved_us", "first_closed_us"), there.values(), strict=True)
    }
    tier_row = climbs.first + np.where(none, 0, held["tier_visit_no"][at] - 1)
    open_before, shown = climbs.total_before(climbed["open_us"]), climbed["started_open_us"]
    return {
        "resolved_us": first_of(*last.values()), "first_resolved_us": first_of(*first.values()),
        "resolved_tier": np.where(none, -1, held["tier"][at]), "resolved_team_no": np.where(none, -1, held["team_no"][at]),
        "open_offset_us": open_before[tier_row] - shown[tier_row] + shown[climbs.first],
    }  # fmt: skip


def _from_pending(ticket_no: np.ndarray, paused: Columns) -> Columns:
    """Pending time of each ticket, of the runs that have ended."""
    ended = np.flatnonzero(paused["ended_us"] != NONE)
    ticket = np.searchsorted(ticket_no, paused["ticket_no"][ended])
    spent = {"pending_us": paused["ended_us"] - paused["started_us"], "pending_open_us": paused["open_us"]}
    found = {}
    for name, values in spent.items():
        found[name] = np.zeros(len(ticket_no), dtype=np.int64)
        np.add.at(found[name], ticket, values[ended])
    return found


def paths(climbed: Columns, climbs: Runs) -> tuple[np.ndarray, list[str]]:
    """Each ticket's way through the tiers as a number, -1 where no tier is known, and the ways by number: `L1>L2>L1`."""
    tier, size = climbed["tier"].astype(np.int64), climbs.size
    code = np.zeros(len(climbs), dtype=np.int64)
    short = size <= _LONGEST_CODED
    rows = np.flatnonzero(short[climbs.of])
    np.add.at(code, climbs.of[rows], (tier[rows] + 1) * 5 ** climbs.place[rows])
    ways = {-1 - at: _way(tier[climbs.first[at] : climbs.last[at] + 1]) for at in np.flatnonzero(~short).tolist()}
    code[~short] = -1 - np.flatnonzero(~short)
    told, number = _distinct(code)
    names = [ways[one] if one < 0 else _way(_digits(one)) for one in told.tolist()]
    kept = {name: place for place, name in enumerate(dict.fromkeys(name for name in names if name))}
    return np.array([kept.get(name, -1) for name in names], dtype=np.int32)[number], list(kept)


def _distinct(code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different numbers as they rise, and each one's place among them; without sorting where they are small."""
    if not len(code) or code.min() < 0 or code.max() >= len(code):
        return np.unique(code, return_inverse=True)
    there = np.bincount(code) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[code]


def _digits(code: int) -> list[int]:
    tiers = []
    while code:
        code, digit = divmod(code, 5)
        tiers.append(digit - 1)
    return tiers


def _way(tiers: list[int] | np.ndarray) -> str:
    return ">".join(f"L{tier}" for tier in tiers if tier >= 0)


_ASKED = ("ticket_no", "created_day", "tier_mask", "team_mask")


def _asked(found: Columns, source: Source, ticket: np.ndarray) -> Columns:
    """What filters ask of the tickets at these places."""
    return {name: found[name][ticket] for name in _ASKED} | {name: source.codes[name][ticket] for name in CODED}


def open_tickets(found: Columns, climbed: Columns, climbs: Runs, source: Source) -> Columns:
    """The tickets that are open at the end, and the tier that holds them."""
    rows = np.flatnonzero(found["state"] < 2)
    last = climbs.last[rows]
    held = {"tier": climbed["tier"][last], "open_us": climbed["open_us"][last], "last_us": found["last_us"][rows]}
    return _asked(found, source, rows) | held


def loops(handed: Columns, found: Columns, source: Source) -> Columns:
    """The visits that come straight back, with how their tickets ended."""
    rows = np.flatnonzero(handed["is_immediate_return"])
    ticket = handed["ticket"][rows]
    resolved_us = found["resolved_us"][ticket]
    return _asked(found, source, ticket) | {
        "visit_no": handed["visit_no"][rows], "home_no": handed["to_team_no"][rows], "away_no": handed["from_team_no"][rows],
        "away_us": handed["stayed_us"][rows], "is_before_resolution": handed["handed_us"][rows] <= resolved_us,
        "resolve_us": minus(resolved_us, found["created_us"][ticket]),
    }  # fmt: skip

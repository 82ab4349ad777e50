"""Visits, tier visits, handoffs, pending runs and moves of the backlog. As the SQL files of these names say it."""

from __future__ import annotations

import numpy as np

from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import NONE, Columns, Runs, first_of, minus
from analytics.warehouse.arrays.events import KIND, Lived

ENDS = np.array(["handoff", "resolved", "closed", "cancelled"])
DIRECTIONS = np.array(["escalation", "return", "lateral"])


def visits(life: Lived) -> tuple[Columns, Runs]:
    """One row per visit, and the visits of each ticket."""
    events, runs = life.events, life.visits
    ticket_no, tier, team = (events[name][runs.first] for name in ("ticket_no", "tier", "team_no"))
    ticket = life.tickets.of[runs.first]
    of_ticket = _by_ticket(ticket_no)
    found = _moments(life) | {
        "ticket_no": ticket_no, "tier": tier, "team_no": team, "visit_no": of_ticket.place + 1,
        "tier_visit_no": life.tier_visits.of[runs.first] - life.tier_visits.of[life.tickets.first[ticket]] + 1,
        "first_event_no": events["event_no"][runs.first], "events": runs.size,
        "started_us": events["at_us"][runs.first], "last_us": events["at_us"][runs.last],
        "day": events["day"][runs.first], "hour_of_week": events["hour_of_week"][runs.first],
        "state_at_start": life.state_before[runs.first], "state_at_end": life.state_after[runs.last],
        "effort_minutes": runs.total_there(events["effort_minutes"]),
    }  # fmt: skip
    before, two_before = of_ticket.before(team, -1), of_ticket.before(team, -1, by=2)
    found["is_return"] = (team >= 0) & (before != team) & of_ticket.came_before(team)
    found["is_immediate_return"] = (team >= 0) & (before >= 0) & (before != team) & (two_before == team)
    return found | _ends(found, of_ticket), of_ticket


def _by_ticket(ticket_no: np.ndarray) -> Runs:
    begins = np.ones(len(ticket_no), dtype=bool)
    begins[1:] = ticket_no[1:] != ticket_no[:-1]
    return Runs.cut(begins)


def _moments(life: Lived) -> Columns:
    """What happened within each visit: first and last moments, and counts, of the kinds that matter."""
    kind, at_us, runs = life.events["kind"], life.events["at_us"], life.visits
    before, after = life.state_before, life.state_after
    replied, created = kind == KIND["replied"], kind == KIND["created"]
    resolved = (kind == KIND["resolved"]) & (before != 2)
    closed = (kind == KIND["closed"]) & (before != 3)
    return {
        "acknowledged_us": runs.earliest(kind == KIND["acknowledged"], at_us),
        "put_aside_us": runs.latest((after >= 2) & (before < 2), at_us),
        "first_put_aside_us": runs.earliest((after >= 2) & (after != before), at_us),
        "first_put_aside_state": runs.earliest((after >= 2) & (after != before), after, -1),
        "replies": runs.count(replied), "first_reply_us": runs.earliest(replied, at_us),
        "created_us": runs.earliest(created, at_us),
        "created_day": runs.earliest(created, life.events["day"].astype(np.int64)),
        "reopens": runs.count((after == 1) & ((before == 2) | (before == 3))),
        "pending_events": runs.count(kind == KIND["pending"]),
        "first_resolved_us": runs.earliest(resolved, at_us), "last_resolved_us": runs.latest(resolved, at_us),
        "first_closed_us": runs.earliest(closed, at_us), "last_closed_us": runs.latest(closed, at_us),
    }  # fmt: skip


def _ends(held: Columns, of_ticket: Runs) -> Columns:
    """When a visit ended (the next one's start, else when it was put aside for good) and by what; -1 while it is open."""
    following = of_ticket.after(held["started_us"], NONE)
    done = held["state_at_end"] >= 2
    aside = first_of(held["put_aside_us"], held["first_put_aside_us"], held["started_us"])
    return {
        "ended_us": np.where(following != NONE, following, np.where(done, aside, NONE)),
        "ended_by": np.where(following != NONE, 0, np.where(done, held["state_at_end"] - 1, -1)),
    }


def tier_visits(held: Columns, clock: Clock, now_us: int) -> tuple[Columns, Runs]:
    """One row per tier visit, and the tier visits of each ticket."""
    runs = Runs.cut(_begins_tier_visit(held))
    first = {
        name: held[name][runs.first]
        for name in ("ticket_no", "tier_visit_no", "tier", "started_us", "day", "hour_of_week", "state_at_start")
    }
    of_ticket = _by_ticket(first["ticket_no"])
    found = first | {
        "first_visit_no": held["visit_no"][runs.first], "visits": runs.size, "events": runs.total(held["events"]),
        "state_at_end": held["state_at_end"][runs.last], "effort_minutes": runs.total_there(held["effort_minutes"]),
        "acknowledged_us": runs.earliest(held["acknowledged_us"] != NONE, held["acknowledged_us"]),
        "put_aside_us": runs.latest(held["put_aside_us"] != NONE, held["put_aside_us"]),
        "first_put_aside_us": runs.earliest(held["first_put_aside_us"] != NONE, held["first_put_aside_us"]),
        "first_put_aside_state": runs.earliest(held["first_put_aside_state"] >= 0, held["first_put_aside_state"], -1),
        "next_tier": of_ticket.after(first["tier"], -1), "is_return": of_ticket.came_before(first["tier"]),
    }  # fmt: skip
    found |= _ends(found, of_ticket)
    found["started_open_us"] = clock.at(found["tier"], found["started_us"])
    until_us = np.where(found["ended_us"] == NONE, now_us, found["ended_us"])
    found["open_us"] = clock.at(found["tier"], until_us) - found["started_open_us"]
    return found, of_ticket


def handoffs(held: Columns, of_ticket: Runs, climbed: Columns, clock: Clock, now_us: int) -> Columns:
    """One row per boundary between two visits of a ticket (whose place is `ticket`), with the waits on both clocks."""
    rows = np.flatnonzero(held["visit_no"] > 1)
    to = {name: values[rows] for name, values in held.items()}
    from_tier, from_team = (of_ticket.before(held[name], -1)[rows] for name in ("tier", "team_no"))
    tier_row = (np.cumsum(_begins_tier_visit(held)) - 1)[rows]
    changes = (climbed["first_visit_no"][tier_row] == to["visit_no"]) & (to["tier_visit_no"] > 1) & (to["tier"] >= 0)
    tier_ack, tier_end = (climbed[name][tier_row] for name in ("acknowledged_us", "ended_us"))
    until_us = first_of(to["acknowledged_us"], to["ended_us"], np.full(len(rows), now_us))
    tier_until_us = np.where(changes, first_of(tier_ack, tier_end, np.full(len(rows), now_us)), NONE)
    handed_us, shown = to["started_us"], clock.at(to["tier"], to["started_us"])
    steps = np.where((to["tier"] < 0) | (from_tier < 0), 0, np.sign(to["tier"] - from_tier))
    return {
        "ticket": of_ticket.of[rows], "ticket_no": to["ticket_no"], "visit_no": to["visit_no"],
        "from_tier": from_tier, "to_tier": to["tier"],
        "from_team_no": from_team, "to_team_no": to["team_no"], "direction": np.where(steps > 0, 0, np.where(steps < 0, 1, 2)),
        "stayed_us": handed_us - of_ticket.before(held["started_us"], NONE)[rows],
        "handed_us": handed_us, "handed_day": to["day"], "hour_of_week": to["hour_of_week"],
        "after_resolution": (to["state_at_start"] == 2) | (to["state_at_start"] == 3),
        "acknowledged": to["acknowledged_us"] != NONE,
        "waiting": (to["acknowledged_us"] == NONE) & (to["ended_us"] == NONE), "wait_us": until_us - handed_us,
        "wait_open_us": clock.at(to["tier"], until_us) - shown, "changes_tier": changes,
        "tier_acknowledged": np.where(changes, tier_ack != NONE, -1),
        "tier_waiting": np.where(changes, (tier_ack == NONE) & (tier_end == NONE), -1),
        "tier_wait_us": minus(tier_until_us, handed_us),
        "tier_wait_open_us": minus(clock.at(to["tier"], tier_until_us), shown),
        "is_return": to["is_return"], "is_immediate_return": to["is_immediate_return"],
    }  # fmt: skip


def _begins_tier_visit(held: Columns) -> np.ndarray:
    begins = np.ones(len(held["ticket_no"]), dtype=bool)
    begins[1:] = (held["visit_no"][1:] == 1) | (held["tier_visit_no"][1:] != held["tier_visit_no"][:-1])
    return begins


def pending(life: Lived, clock: Clock) -> Columns:
    """One row per run of `pending` events (notes do not end one)."""
    kind = life.events["kind"]
    ever = life.tickets.count(kind == KIND["pending"]) > 0
    rows = np.flatnonzero(ever[life.tickets.of] & (kind != KIND["commented"]))
    told = {name: life.events[name][rows] for name in ("ticket_no", "event_no", "at_us", "tier", "kind")}
    paused = told["kind"] == KIND["pending"]
    of_ticket = _by_ticket(told["ticket_no"])
    was_paused = of_ticket.before(paused.astype(np.int8), 0).astype(bool)
    edges = np.flatnonzero(paused != was_paused)
    begun = paused[edges]
    follows = np.zeros(len(edges), dtype=bool)
    follows[:-1] = told["ticket_no"][edges[1:]] == told["ticket_no"][edges[:-1]]
    next_us = np.where(follows, np.roll(told["at_us"][edges], -1), NONE)[begun]
    starts = edges[begun]
    visit, tier_visit = life.visits.of[rows][starts], life.tier_visits.of[rows][starts]
    ticket_first = life.tickets.first[life.tickets.of[rows][starts]]
    tier, at_us = told["tier"][starts], told["at_us"][starts]
    return {
        "ticket_no": told["ticket_no"][starts], "event_no": told["event_no"][starts],
        "visit_no": visit - life.visits.of[ticket_first] + 1,
        "tier_visit_no": tier_visit - life.tier_visits.of[ticket_first] + 1, "started_us": at_us, "ended_us": next_us,
        "open_us": minus(clock.at(tier, next_us), clock.at(tier, at_us)),
    }  # fmt: skip


def backlog_moves(life: Lived, created_us: np.ndarray, created_day: np.ndarray) -> Columns:
    """One row per change of what a tier holds open, for the ticket at the place `ticket`.

    `created_*` are the source's own, `NONE` where it has none.
    """
    events, first = life.events, np.zeros(len(life.tickets.of), dtype=bool)
    first[life.tickets.first] = True
    open_after, open_before = life.state_after < 2, ~first & (life.state_before < 2)
    tier_before = np.roll(events["tier"], 1)
    moved = ~first & (events["tier"] != tier_before)
    comes = np.flatnonzero(open_after & (~open_before | moved))
    leaves = np.flatnonzero(open_before & (~open_after | moved))
    rows = np.concatenate([comes, leaves])
    ticket, at_us, day = life.tickets.of[rows], events["at_us"][rows], events["day"][rows]
    begun = np.flatnonzero(first[rows])
    earlier_us = created_us[ticket[begun]]
    sooner = begun[(earlier_us != NONE) & (earlier_us < at_us[begun])]
    at_us[sooner], day[sooner] = created_us[ticket[sooner]], created_day[ticket[sooner]]
    return {
        "ticket": ticket, "ticket_no": events["ticket_no"][rows], "event_no": events["event_no"][rows],
        "tier": np.concatenate([events["tier"][comes], tier_before[leaves]]),
        "delta": np.concatenate([np.ones(len(comes), np.int32), np.full(len(leaves), -1, np.int32)]),
        "at_us": at_us, "day": day, "hour_of_week": events["hour_of_week"][rows],
    }  # fmt: skip

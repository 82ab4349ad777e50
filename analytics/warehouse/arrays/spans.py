"""One row per stretch of a ticket's life with one priority in force, and how far its clocks ran. As in `priority_spans.sql`."""

from __future__ import annotations

import numpy as np

from analytics.warehouse.arrays.clock import Clock
from analytics.warehouse.arrays.columns import NONE, Columns, Runs, first_of, last_until, minus
from analytics.warehouse.arrays.events import Lived
from analytics.warehouse.arrays.source import Source

_NEVER = np.iinfo(np.int64).max


def priority_spans(
    life: Lived,
    found: Columns,
    climbed: Columns,
    climbs: Runs,
    paused: Columns,
    clock: Clock,
    now_us: int,
    replies: bool,
    source: Source,
    priorities: tuple[str, ...],
) -> Columns:
    """Spans of all tickets whose priority is told at least once. `replies`: whether the data has replies at all; `priorities`:
    what the events' codes stand for."""
    answered = found["first_reply_us"] if replies else found["first_acknowledged_us"]
    end = np.where(found["state"] < 2, now_us, first_of(found["resolved_us"], found["last_us"]))
    spans = _cut(life, np.where(answered == NONE, _NEVER, answered), end)
    known = found["created_open_us"][spans["ticket"]] != NONE
    spans = {name: values[known] for name, values in spans.items()}
    until_us, spent_us = _pending_until(spans, found["ticket_no"], paused)
    resolve = _reached(spans["ticket"], until_us, found, climbed, climbs, clock)
    return _beside(spans, found, source, priorities) | {
        "span_no": spans["span_no"], "priority": spans["priority"], "is_answered": answered[spans["ticket"]] != NONE,
        "answer_open_us": _reached(spans["ticket"], spans["answer_us"], found, climbed, climbs, clock),
        "resolve_open_us": minus(resolve, spent_us),
    }  # fmt: skip


def _beside(spans: Columns, found: Columns, source: Source, priorities: tuple[str, ...]) -> Columns:
    """What each span tells of its ticket."""
    ticket = spans["ticket"]
    number = np.bincount(ticket, minlength=len(found["ticket_no"]))
    last = np.array([*(_place(word, priorities) for word in source.words["priority"]), -1])[source.codes["priority"]]
    attributes = {name: source.codes[name][ticket] for name in ("product", "category", "channel")}
    return attributes | {
        "last_priority": source.codes["priority"][ticket],
        "is_only": (number[ticket] == 1) & (last[ticket] == spans["priority"]), "ticket": ticket,
        "is_done": found["state"][ticket] >= 2,
        **{name: found[name][ticket] for name in ("ticket_no", "created_day", "tier_mask", "team_mask")},
    }  # fmt: skip


def _place(word: str, words: tuple[str, ...]) -> int:
    """Where a word is in a list; -2, which no code is, where it is not."""
    return words.index(word) if word in words else -2


def _cut(life: Lived, answered: np.ndarray, end: np.ndarray) -> Columns:
    """The spans: from each change of priority until the next one, the end, or (`answer_us`) the first answer."""
    told = np.flatnonzero(life.events["priority"] >= 0)
    everywhere = len(told) == len(life.tickets.of)
    ticket, priority = (values if everywhere else values[told] for values in (life.tickets.of, life.events["priority"]))
    new = np.ones(len(told), dtype=bool)
    new[1:] = ticket[1:] != ticket[:-1]
    changed = new.copy()
    changed[1:] |= priority[1:] != priority[:-1]
    rows, ticket = told[changed], ticket[changed]
    runs = Runs.cut(new[changed])
    at_us, number = life.events["at_us"][rows], runs.place + 1
    next_us = runs.after(at_us, _NEVER)
    answer_us = np.minimum(np.minimum(next_us, answered[ticket]), end[ticket])
    answer_or_end = np.where(answered[ticket] == _NEVER, end[ticket], answered[ticket])
    runs_on = (number == 1) | (at_us < answer_or_end)
    kept = (number == 1) | (at_us < end[ticket])
    spans = {
        "ticket": ticket, "span_no": number, "priority": life.events["priority"][rows],
        "until_us": np.minimum(next_us, end[ticket]), "answer_us": np.where(runs_on, answer_us, NONE),
    }  # fmt: skip
    return {name: values[kept] for name, values in spans.items()}


def _pending_until(spans: Columns, ticket_no: np.ndarray, paused: Columns) -> tuple[np.ndarray, np.ndarray]:
    """When each span's clock last ran (the begin of a pending run that lies over its end), and the pending time before that."""
    until_us, number = spans["until_us"].copy(), ticket_no[spans["ticket"]]
    spent_us = np.zeros(len(until_us), dtype=np.int64)
    low, high = (np.searchsorted(paused["ticket_no"], number, side=side) for side in ("left", "right"))
    rows = np.flatnonzero(high > low)
    if not len(rows):
        return until_us, spent_us
    low, high = low[rows], high[rows]
    ended = np.where(paused["ended_us"] == NONE, _NEVER, paused["ended_us"])
    over = last_until(paused["started_us"], low, high, until_us[rows], inclusive=False)
    inside = (over >= low) & (ended[over] > until_us[rows])
    until_us[rows] = np.where(inside, paused["started_us"][over], until_us[rows])
    done = last_until(ended, low, high, until_us[rows], inclusive=True)
    sums = np.append(0, np.cumsum(np.where(ended == _NEVER, 0, paused["open_us"])))
    spent_us[rows] = sums[done + 1] - sums[low]
    return until_us, spent_us


def _reached(
    ticket: np.ndarray, at_us: np.ndarray, found: Columns, climbed: Columns, climbs: Runs, clock: Clock
) -> np.ndarray:
    """Open time from a ticket's creation until a moment, on the hours of the tier that held it then; `NONE` for no moment."""
    first, last = climbs.first[ticket], climbs.last[ticket]
    row = np.where(climbed["started_us"][first] <= at_us, first, first - 1)
    several = np.flatnonzero(last > first)
    row[several] = last_until(climbed["started_us"], first[several], last[several] + 1, at_us[several], inclusive=True)
    there = (at_us != NONE) & (row >= first)
    row = np.where(there, row, first)
    shown = climbed["started_open_us"]
    now = clock.at(climbed["tier"][row], at_us)
    set_back = climbs.total_before(climbed["open_us"]) - shown
    open_us = shown[first] - found["created_open_us"][ticket] + set_back[row] + now
    return np.where(there & (now != NONE), open_us, NONE)

"""What a rule is, the history it is replayed on, and the pieces that rules share. Pure but for `history_of`, which asks the
dataset.

A rule says what would have gone another way: one row per ticket (or handoff) that it is about, with the hours before and after,
and the visits and minutes of work that each tier would have had more or less. What a ticket would have met in a tier that it
never saw is taken from a ticket that did (a donor), drawn with a fixed seed from those of the same priority where there are
enough of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.errors import NotEnoughData
from analytics.model import US_PER_DAY, Filters
from analytics.warehouse.questions import filled
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "sql"

MOST_TICKETS = 20_000
"""A rule is replayed on at most so many tickets, the latest: enough for tight intervals, and quick enough to play with."""

LEAST_TICKETS, LEAST_DONORS = 50, 30
RANKS = (1, 2, 3)
VISITS, WORK = [f"visits_{rank}" for rank in RANKS], [f"work_{rank}" for rank in RANKS]
MANAGER = "work_manager"
EFFECTS = ("ticket_no", "touched", "hours_before", "hours_after", *VISITS, *WORK, MANAGER)
"""Columns of a replay: visits and minutes of work that a tier would have had more (or less, below 0), and a manager's minutes."""


@dataclass(frozen=True)
class Knob:
    """Something to set: a number with its range, or, with `values_of`, one of the values of a column of the history."""

    name: str
    label: str
    default: float = 0.0
    low: float = 0.0
    high: float = 0.0
    step: float = 1.0
    values_of: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule of the guide. `measure` says what its hours are; `limits` what the replay cannot know; `replay` does it."""

    id: str
    title: str
    text: str
    knobs: tuple[Knob, ...]
    measure: str
    limits: tuple[str, ...]
    replay: Callable[[History, Mapping[str, Any]], pd.DataFrame]
    unit: str = "tickets"


COMMON_LIMITS = (
    "Nobody's behaviour changes in a replay: people may work, hand over and write differently once the rule is there.",
    "Queues do not answer: the added work of a tier does not make its other tickets wait longer here, and it would.",
)
"""What no replay can know, said with every rule."""


@dataclass(frozen=True)
class History:
    """Tier visits of resolved tickets as `sql/visits.sql` gives them, and over how many weeks their tickets came in."""

    visits: pd.DataFrame
    weeks: float

    @property
    def tickets(self) -> int:
        return int(self.visits["ticket_no"].nunique())

    def first_visits(self) -> pd.DataFrame:
        """The first visit of every ticket; its `tail_hours` are the whole ticket's."""
        return self.visits[self.visits["tier_visit_no"] == 1]

    def escalated_to_l2(self) -> pd.DataFrame:
        """The visits that began with L1's escalation to L2: their tails are what a ticket meets from there on."""
        return self.visits[(self.visits["tier"] == 2) & (self.visits["from_tier"] == 1)]


@cache
def rules_sql(name: str) -> str:
    """The text of this package's SQL as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of_history(filters: Filters, most: int = MOST_TICKETS) -> tuple[str, dict[str, Any]]:
    """The SQL of the history as it is run, with its bound parameters."""
    return filled(rules_sql("visits"), filters, {"most": most})


def history_of(warehouse: Warehouse, filters: Filters, most: int = MOST_TICKETS) -> History:
    """The history under filters. NotEnoughData below 50 resolved tickets or within less than a week."""
    return as_history(warehouse.frame(*sql_of_history(filters, most)))


def as_history(frame: pd.DataFrame) -> History:
    """The history of a frame of visits; see `history_of`."""
    tickets, created = int(frame["ticket_no"].nunique()), frame["created_us"].to_numpy()
    weeks = busy_us(created.astype(float)) / (7 * US_PER_DAY) if tickets else 0.0
    if tickets < LEAST_TICKETS or weeks < 1:
        raise NotEnoughData(
            "There is too little history to replay a rule on.",
            found=f"{tickets} resolved tickets over {weeks:.1f} weeks.",
            todo=f"It takes {LEAST_TICKETS} resolved tickets over at least a week: widen the filters.",
        )
    return History(frame, weeks)


def effects(rows: pd.DataFrame, before: Any, after: Any, touched: Any, **changes: Any) -> pd.DataFrame:
    """A replay's frame for rows of the history. `changes`: visits_1 … work_3, work_manager; what is not named does not change."""
    made = {"ticket_no": rows["ticket_no"].to_numpy(), "touched": np.asarray(touched, dtype=bool)}
    made |= {"hours_before": np.asarray(before, dtype=float), "hours_after": np.asarray(after, dtype=float)}
    nothing = np.zeros(len(rows))
    made |= {name: np.asarray(changes.get(name, nothing), dtype=float) for name in (*VISITS, *WORK, MANAGER)}
    return pd.DataFrame(made)


def donors(pool: pd.DataFrame, wanted: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """A row of `pool` for each row of `wanted`: drawn from those of the same first priority where there are 30, else from all.

    NotEnoughData where the pool is empty: then nobody knows what such a ticket would have met.
    """
    if pool.empty:
        raise NotEnoughData(
            "No ticket in view was escalated from L1 to L2, so what it would have met there is not known.",
            todo="Widen the filters.",
        )
    rng, chosen = np.random.default_rng(seed), np.empty(len(wanted), dtype=int)
    theirs, ours = pool["first_priority"].to_numpy(object), wanted["first_priority"].to_numpy(object)
    for priority in sorted({str(name) for name in ours}):
        like = np.flatnonzero(theirs.astype(str) == priority)
        like = like if len(like) >= LEAST_DONORS else np.arange(len(pool))
        mine = np.flatnonzero(ours.astype(str) == priority)
        chosen[mine] = like[rng.integers(0, len(like), len(mine))]
    return pool.iloc[chosen]


def straight_to_l2(history: History, rows: pd.DataFrame) -> pd.DataFrame:
    """The effect of letting tickets come in at L2: `rows` are their first visits, in L1.

    What L1 handed to L2 anyway only loses its time in L1. What L1 solved, or sent elsewhere, meets in L2 and beyond what an
    escalated ticket of its priority met (a donor); its own later visits fall away.
    """
    escalated = (rows["to_tier"] == 2).fillna(False).to_numpy(bool)
    after = rows["tail_hours"].to_numpy() - rows["hours"].to_numpy()
    changes = {"visits_1": np.full(len(rows), -1.0), "work_1": -rows["work_minutes"].to_numpy()}
    changes |= {name: np.zeros(len(rows)) for name in ("visits_2", "visits_3", "work_2", "work_3")}
    others = rows[~escalated]
    if len(others):
        met = donors(history.escalated_to_l2(), others)
        after[~escalated] = met["tail_hours"].to_numpy()
        for name in (*VISITS, *WORK):
            changes[name][~escalated] = met[f"tail_{name}"].to_numpy() - others[f"tail_{name}"].to_numpy()
    return effects(rows, rows["tail_hours"], after, np.ones(len(rows), bool), **changes)


def tickets_of(history: History, knob: str, value: Any) -> pd.DataFrame:
    """First visits in L1 of the tickets whose `knob` (first_priority, category) has a value."""
    first = history.first_visits()
    return first[(first["tier"] == 1) & (first[knob].astype(object) == value)]


def without_looks() -> NotEnoughData:
    """The refusal where the data cannot tell when somebody looked."""
    return NotEnoughData(
        "The rule counts from the first look at a ticket, and this data does not tell when that was.",
        todo="Count from its arrival, or import a history with acknowledgements.",
    )


def nothing_like_it(words: str) -> NotEnoughData:
    """The refusal of a rule that is about no ticket in view."""
    return NotEnoughData(
        f"The rule is about no ticket in view: {words}.", todo="Choose another value, or widen the filters."
    )


def busy_us(created_us: np.ndarray) -> float:
    """Over how long tickets came in; where 95 % of them came within less than half of that, how long those took, and a twentieth
    more: what a week brings is not to be spread over months of stragglers."""
    whole = float(created_us.max() - created_us.min())
    early, late = np.quantile(created_us, (0.025, 0.975))
    busy = float(late - early) / 0.95
    return busy if 2 * busy < whole else whole

"""D6: escalate to L2 what L1 has not resolved after N minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analytics.rules.base import VISITS, WORK, History, Knob, Rule, donors, effects, nothing_like_it, without_looks


def replay(history: History, settings: Mapping[str, Any]) -> pd.DataFrame:
    """First visits to L1 that lasted longer than N minutes of working time, from their beginning or from the first look.

    Escalated later anyway: earlier by the rest of the visit. Resolved in L1 later than that, or sent elsewhere: N minutes, and
    then what an escalated ticket met in L2 and beyond. L1 saves the work that cannot have been done in the first N minutes.
    """
    first = history.first_visits()
    first = first[first["tier"] == 1]
    if first.empty:
        raise nothing_like_it("none came in at L1")
    at = _due_at(first, float(settings["minutes"]) / 60, settings["counted_from"] == "first look")
    touched = first["hours"].to_numpy() > at
    escalated = (first["to_tier"] == 2).fillna(False).to_numpy(bool)
    before = first["tail_hours"].to_numpy()
    after = np.where(touched & escalated, before - first["hours"].to_numpy() + np.minimum(at, first["hours"]), before)
    spared = np.maximum(0.0, first["work_minutes"].to_numpy() - float(settings["minutes"]))
    changes = {name: np.zeros(len(first)) for name in (*VISITS, *WORK)}
    changes["work_1"] = np.where(touched, -spared, 0.0)
    solved = touched & ~escalated
    if solved.any():
        _in_l2(history, first, solved, at, after, changes)
    return effects(first, before, after, touched, **changes)


def _due_at(first: pd.DataFrame, limit_hours: float, from_first_look: bool) -> np.ndarray:
    """Hours after the arrival at which L1 must escalate; never, where it counts from the first look and nobody looked."""
    if not from_first_look:
        return np.full(len(first), limit_hours)
    if not first["wait_hours"].notna().to_numpy().any():
        raise without_looks()
    return first["wait_hours"].fillna(np.inf).to_numpy(float) + limit_hours


def _in_l2(
    history: History, first: pd.DataFrame, solved: np.ndarray, at: np.ndarray, after: np.ndarray, changes: dict
) -> None:
    """What L1 would have had to hand over although it solved it: N minutes, then a donor's way; its own later visits fall
    away."""
    some = first[solved]
    met = donors(history.escalated_to_l2(), some)
    after[solved] = at[solved] + met["tail_hours"].to_numpy()
    for name in (*VISITS, *WORK):
        own = some[f"tail_{name}"].to_numpy() - (some["work_minutes"].to_numpy() if name == "work_1" else 0)
        own = own - (1 if name == "visits_1" else 0)
        changes[name][solved] += met[f"tail_{name}"].to_numpy() - own


RULE = Rule(
    id="escalate_after",
    title="Escalate what L1 has not resolved after some minutes",
    text="The guide gives L1 fifteen minutes, then L2 takes over.",
    knobs=(
        Knob("minutes", "Minutes until L1 must escalate", default=15, low=5, high=480, step=5),
        Knob(
            "counted_from", "Counted from", choices=(("first look", "the first look at it"), ("arrival", "its arrival"))
        ),
    ),
    measure="Time to resolve",
    limits=(
        "A ticket that L1 solved in the end is easier than those it escalates, so what it would have cost L2 is "
        "rather overstated.",
        "How much of L1's work came before the limit is not known: L1 is spared only what cannot have fitted into it.",
    ),
    replay=replay,
)

"""Could the probabilities be trusted so far? What was open at past moments, what the model said then, and what came of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.breach.history import check_targets, learnt, open_at, span_us
from analytics.breach.survival import model_of, predicted
from analytics.errors import NotEnoughData
from analytics.model import Filters
from analytics.targets import Targets
from analytics.warehouse.intervals import wilson
from analytics.warehouse.store import Warehouse

SPLIT = 0.6
"""The model is judged on what came after this share of the history."""

INSTANTS = 40
"""Moments after the split at which it is asked, evenly spread, so that nights and weekends are among them."""

LESSONS = 4
"""How often it learns anew on the way, each time from what was known by then. Rejected: once at the split, which judges a model
that is up to ten months old, while the one in use is never older than the last import."""

CHECKED_TICKETS = 500_000
"""Of a dataset with more tickets, every so many-th ticket is looked at: the share that came true is as sure then as people can
tell apart, and ten million would be followed for a minute."""

ENOUGH = 10_000
"""So many cases are enough of a large dataset; where one ticket in so many gives fewer, all are looked at."""

LEAST = 50


def calibration(warehouse: Warehouse, filters: Filters, targets: Targets) -> pd.DataFrame:
    """Predicted against observed: one row per tenth of the tickets that were open and not yet late at past moments.

    Columns tenth (1 = the least likely), open_tickets, predicted and observed (means, 0-1), observed_low, observed_high (Wilson
    95 %), and the same in every row: brier (mean squared error of the probabilities; lower is better), brier_base (of always
    saying the observed share, the best that can be said without looking at the ticket), base_rate, unknown (left out: still
    open and not yet late at the data's end), every (20: one ticket in 20
    was looked at, see `CHECKED_TICKETS`). A ticket open at several moments counts at each, so the intervals are rather too
    narrow. NotEnoughData below 50 cases.
    """
    check_targets(targets)
    cases, unknown, every = cases_of(warehouse, filters, targets)
    if len(cases) < LEAST:
        raise NotEnoughData(
            "Too few tickets were open in the past to check the predictions.",
            found=f"{len(cases)} cases, and {LEAST} are needed.", todo="Widen the filters.",
        )  # fmt: skip
    base = float(cases["late"].mean())
    frame = _tenths(cases)
    return frame.assign(
        brier=float(((cases["p_breach"] - cases["late"]) ** 2).mean()),
        brier_base=base * (1 - base),
        base_rate=base,
        unknown=unknown,
        every=every,
    )


class Cases(NamedTuple):
    """Every (moment, ticket open and not yet late): p_breach as it would have been said, `late` as it came; how many are
    unknown; and of how many tickets one was looked at."""

    told: pd.DataFrame
    unknown: int
    every: int


def cases_of(warehouse: Warehouse, filters: Filters, targets: Targets) -> Cases:
    """The cases of the tickets in view. Where some of a large dataset give few cases, those of all."""
    every = max(1, warehouse.rows("SELECT count(*) FROM tickets")[0][0] // CHECKED_TICKETS)
    found = _cases(warehouse, filters, targets, every)
    return found if every == 1 or len(found.told) >= ENOUGH else _cases(warehouse, filters, targets, 1)


def _cases(warehouse: Warehouse, filters: Filters, targets: Targets, every: int) -> Cases:
    first, last = span_us(warehouse)
    split = first + int((last - first) * SPLIT)
    moments = np.linspace(split, last, INSTANTS + 1)[:-1].astype(np.int64)
    seen = open_at(warehouse, filters, targets, list(moments), every)
    seen = seen[~seen["late_already"] & seen["target_hours"].notna()]
    known = seen["ever_late"] | seen["over"]
    cases = seen[known].assign(late=seen["ever_late"][known].astype(float))
    said = [_said(warehouse, targets, cases, some) for some in np.array_split(moments, LESSONS)]
    return Cases(pd.concat(said).dropna(subset=["p_breach"]), int((~known).sum()), every)


def _said(warehouse: Warehouse, targets: Targets, cases: pd.DataFrame, moments: np.ndarray) -> pd.DataFrame:
    """The cases of some moments with what the model would have said, having learnt at the first of them."""
    some = cases[cases["instant_us"].isin(moments)]
    if some.empty:
        return some.assign(p_breach=[])
    return some.assign(p_breach=predicted(model_of(learnt(warehouse, targets, int(moments[0]))), some)["p_breach"])


def _tenths(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases in ten groups of about the same size by what was predicted; equal predictions stay together."""
    tenth = pd.qcut(
        cases["p_breach"].rank(method="max", pct=True), np.linspace(0, 1, 11), labels=False, duplicates="drop"
    )
    frame = cases.groupby(tenth).agg(
        open_tickets=("late", "size"), predicted=("p_breach", "mean"), observed=("late", "mean"), late=("late", "sum")
    )
    low, high = wilson(frame["late"], frame["open_tickets"])
    frame = frame.drop(columns="late").assign(observed_low=low, observed_high=high).reset_index(drop=True)
    frame.insert(0, "tenth", range(1, len(frame) + 1))
    return frame

"""The open tickets, each with the probability that it will miss its target, the most certain first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.breach.history import check_targets, learnt, open_at, span_us
from analytics.breach.survival import model_of, predicted
from analytics.charts.numbers import decimal, share
from analytics.model import TIERS, Filters
from analytics.targets import Targets
from analytics.warehouse.store import Warehouse

COLUMNS = (
    "ticket_id", "tier", "team", "priority", "age_hours", "target_hours", "hours_left", "p_breach", "already_breached",
    "comparable", "reason",
)  # fmt: skip
"""Hours are working hours of the tiers that held the ticket, pending time left out."""


def open_risks(warehouse: Warehouse, filters: Filters, targets: Targets) -> pd.DataFrame:
    """Which open tickets will miss their target? One row per open ticket at the data's last event, the likeliest first.

    Columns as in `COLUMNS`. `p_breach` is P(still not resolved when its age reaches the target of the priority now in force |
    open at this age), 1 where the target has been missed already, NaN where it cannot be told (no target for its priority, or
    no ticket was ever that old). Learnt from all tickets, whatever the filters; the filters choose which open tickets are
    shown. NotEnoughData without targets.
    """
    check_targets(targets)
    _, last = span_us(warehouse)
    now = open_at(warehouse, filters, targets, [last])
    told = predicted(model_of(learnt(warehouse, targets, last)), now)
    frame = now.assign(
        tier=[None if pd.isna(rank) else TIERS[int(rank)] for rank in now["tier"]],
        hours_left=now["target_hours"] - now["age_hours"],
        p_breach=told["p_breach"],
        comparable=told["comparable"],
        already_breached=now["late_already"],
    )
    frame["reason"] = [_reason(row) for row in frame.to_dict("records")]
    order = frame.sort_values(
        ["p_breach", "hours_left", "ticket_id"], ascending=[False, True, True], na_position="last"
    )
    return order[list(COLUMNS)].reset_index(drop=True)


def _reason(row: dict) -> str:
    """Why this probability, in words."""
    if not isinstance(row["priority"], str):
        return "It has no priority, so it has no target."
    if np.isnan(row["target_hours"]):
        return f"There is no target for priority {row['priority']}."
    if row["already_breached"] and row["hours_left"] >= 0:
        return "It missed the target of an earlier priority."
    if row["already_breached"]:
        return f"It is {decimal(-row['hours_left'])} working hours over its target of {decimal(row['target_hours'])}."
    left = f"{decimal(row['hours_left'])} of {decimal(row['target_hours'])} working hours left"
    if np.isnan(row["p_breach"]):
        return f"{left}; no earlier ticket was open for so long, so the risk cannot be told."
    where = f"in {row['tier']}" if row["tier"] else "open"
    return f"{left}; {share(row['p_breach'])} of tickets like it, {where} at this age, took longer than that."

"""The list itself: open tickets from the dataset, their risk, the reasons, in the order of urgency."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.breach import open_risks
from analytics.daily import by_urgency
from analytics.model import TIERS, Filters
from analytics.targets import Targets
from analytics.warehouse import questions
from analytics.warehouse.questions import filled
from analytics.warehouse.store import Warehouse
from analytics.watch_list.reasons import KINDS, WatchSettings, reasons_of

_FOLDER = Path(__file__).parent / "sql"
USUAL = WatchSettings()

COLUMNS = (
    "ticket_id", "kind", "reason", "more_reasons", "tier", "team", "priority", "product", "subject", "hours_left", "p_breach",
    "unacknowledged_hours", "pending_days", "bounces",
)  # fmt: skip
"""`kind` is the most urgent of `KINDS`, `reason` its sentence, `more_reasons` the other sentences. Hours are working hours."""

_RISK = ["already_breached", "p_breach", "hours_left", "risk_reason"]


@cache
def watch_sql(name: str) -> str:
    """The text of this package's SQL as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of_watch(filters: Filters) -> tuple[str, dict[str, Any]]:
    """The SQL of the open tickets as it is run, with its bound parameters."""
    return filled(watch_sql("open_tickets"), filters)


def watch_list(
    warehouse: Warehouse, filters: Filters, targets: Targets, settings: WatchSettings = USUAL
) -> pd.DataFrame:
    """Which open tickets need somebody now? One row per ticket with at least one reason, the most urgent first.

    Columns as in `COLUMNS`. In the order of `KINDS`, within a kind by the priority's urgency, then the least time left, then
    the longest wait. What the dataset cannot tell is in `absent`; forgotten tickets are counted by `left_out`.
    """
    return listed(open_tickets(warehouse, filters, targets), settings)


def open_tickets(warehouse: Warehouse, filters: Filters, targets: Targets) -> pd.DataFrame:
    """Every open ticket with what reasons are made of; the risk is NaN where it cannot be told."""
    frame = warehouse.frame(*sql_of_watch(filters))
    frame["tier"] = [None if pd.isna(rank) else TIERS[int(rank)] for rank in frame.pop("tier_rank")]
    missing = questions.capabilities(warehouse)
    if "acknowledgement" in missing:
        frame["unacknowledged_hours"] = np.nan
    if not targets or "resolution" in missing:
        return frame.assign(already_breached=None, p_breach=np.nan, hours_left=np.nan, risk_reason="")
    risks = open_risks(warehouse, filters, targets).rename(columns={"reason": "risk_reason"})
    joined = frame.drop(columns="priority").merge(risks[["ticket_id", "priority", *_RISK]], on="ticket_id", how="left")
    return joined.assign(already_breached=joined["already_breached"].astype(object))


def listed(tickets: pd.DataFrame, settings: WatchSettings = USUAL) -> pd.DataFrame:
    """The rows of `open_tickets` that need somebody, with the reasons, the most urgent first."""
    found = []
    for row in tickets[tickets["quiet_days"] <= settings.stale_days].to_dict("records"):
        reasons = reasons_of(row, settings)
        if reasons:
            kind, *others = reasons
            found.append(
                row | {"kind": kind, "reason": reasons[kind], "more_reasons": " ".join(reasons[k] for k in others)}
            )
    frame = pd.DataFrame(found, columns=[*dict.fromkeys([*tickets.columns, *COLUMNS])])
    return _in_order(frame)[list(COLUMNS)].reset_index(drop=True)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    names = {str(name) for name in frame["priority"].dropna()}
    urgency = {name: rank for rank, name in enumerate(by_urgency(sorted(names)))}
    keys = frame.assign(
        by_kind=frame["kind"].map(list(KINDS).index),
        by_urgency=frame["priority"].map(urgency).astype(float).fillna(len(urgency)),
        by_wait=-frame["unacknowledged_hours"].astype(float),
    )
    order = ["by_kind", "by_urgency", "hours_left", "by_wait", "ticket_id"]
    return keys.sort_values(order, na_position="last")


def left_out(tickets: pd.DataFrame, settings: WatchSettings = USUAL) -> int:
    """How many open tickets nobody has touched for so long that they are not listed."""
    return int((tickets["quiet_days"] > settings.stale_days).sum())


def absent(warehouse: Warehouse, targets: Targets) -> list[str]:
    """What cannot be watched in this dataset, each in a sentence."""
    missing, told = questions.capabilities(warehouse), []
    if not targets or "resolution" in missing:
        told.append(
            "Targets are not watched: " + missing.get("resolution", "the tickets have no priority to set one by.")
        )
    if "acknowledgement" in missing:
        told.append(f"Handoffs that nobody looks at are not watched: {missing['acknowledgement']}")
    return told

"""What lies open, what waits on others, and which targets were kept."""

from __future__ import annotations

import pandas as pd

from analytics.model import US_PER_DAY, Filters
from analytics.warehouse.cubes import FROM_COUNTS, FROM_FACTS, moves_from, told
from analytics.warehouse.questions import histograms
from analytics.warehouse.questions.base import NO_FILTER, ask, ask_tickets, share, tier_names
from analytics.warehouse.store import Warehouse


def backlog_by_day(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How many tickets did each tier hold open at the end of each day? One row per (day, tier): open_tickets.

    The period does not select tickets by creation (a backlog is by instant): it only cuts the days that are shown.
    """
    whole = filters.with_period(None, None)
    moves, how = moves_from(warehouse, whole)
    selection = whole.on_tickets(own_bits=how == FROM_COUNTS).sql
    frame = told(ask(warehouse, "backlog_by_day", whole, selection=selection, moves=moves), how)
    frame["day"] = pd.to_datetime(frame["day"])
    frame["tier"] = tier_names(frame["tier"])
    shown = pd.Series(True, index=frame.index)
    if filters.start:
        shown &= frame["day"] >= pd.Timestamp(filters.start)
    if filters.end:
        shown &= frame["day"] <= pd.Timestamp(filters.end)
    return frame[shown].reset_index(drop=True)


def backlog_now(warehouse: Warehouse, filters: Filters = NO_FILTER, hours_per_day: float = 8) -> pd.DataFrame:
    """What is open at the data's last event? One row per (tier, age_days in whole working days of `hours_per_day`): tickets."""
    frame = ask(warehouse, "backlog_now", filters, {"hours_per_day": hours_per_day})
    frame["tier"] = tier_names(frame["tier"])
    return frame


def sla(
    warehouse: Warehouse, filters: Filters = NO_FILTER, targets: dict[str, tuple[float, float]] | None = None
) -> pd.DataFrame:
    """How many tickets kept their targets? `targets`: priority -> (first answer, resolution) in working hours.

    One row per priority: tickets, answered_late, answer_due, share_answered_in_time, and the same for the resolution. A target
    counts by the priority in force at the time, not the ticket's last.
    """
    wanted = targets or {}
    answer, resolve = ([float(both[place]) for both in wanted.values()] for place in (0, 1))
    cell = histograms.target_cell(warehouse, filters, {*answer, *resolve})
    params = cell.params | {
        "priorities": list(wanted), "answer_hours": answer, "resolve_hours": resolve,
        "answer_step": histograms.target_steps(answer), "resolve_step": histograms.target_steps(resolve),
    }  # fmt: skip
    frame = ask(warehouse, "sla", filters, params, cell_filter=cell.clause)
    told(frame, FROM_FACTS if cell.grain < 0 else FROM_COUNTS)
    frame["share_answered_in_time"] = 1 - share(frame["answered_late"], frame["answer_due"])
    frame["share_resolved_in_time"] = 1 - share(frame["resolved_late"], frame["resolve_due"])
    return frame


def pending(warehouse: Warehouse, filters: Filters = NO_FILTER) -> pd.DataFrame:
    """How much waiting is on others? One row: events, tickets, days (of ended runs)."""
    frame = ask_tickets(warehouse, "pending", filters)
    frame["days"] = frame.pop("pending_us").astype(float) / US_PER_DAY
    return frame

"""The metrics of a dataset as one JSON object: exact figures from the facts, under the contract's names."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, Filters
from analytics.warehouse import questions
from analytics.warehouse.cubes import facts_only
from analytics.warehouse.questions import NO_FILTER
from analytics.warehouse.store import Warehouse

_LATENCY = (
    "acknowledged", "unacknowledged", "p50_hours", "p90_hours", "km_p50_hours", "km_p90_hours", "share_within_target",
)  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON has it: Python numbers, None for what cannot be computed, ISO 8601 for times."""
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat().replace("+00:00", "Z")
    return value.item() if hasattr(value, "item") else value


def _picked(row: dict[Any, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: plain(row[name]) for name in names}


def _rows(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    """The rows as dicts. Not iterrows: a Series would turn the counts beside a share into floats."""
    return frame.to_dict("records")


def metrics(
    warehouse: Warehouse, filters: Filters = NO_FILTER, target_minutes: float = ACKNOWLEDGE_TARGET_MINUTES
) -> dict[str, Any]:
    """All figures of the contract. Durations in hours, shares 0-1, None where the data cannot give a number."""
    warehouse = facts_only(warehouse)
    missing = questions.capabilities(warehouse)
    return {
        "dataset": _dataset(warehouse, filters),
        "tiers": _tiers(warehouse, filters),
        "handoffs": _handoffs(warehouse, filters, target_minutes, missing),
        "latency": _latency(warehouse, filters, target_minutes, missing),
        "bounces": _bounces(warehouse, filters, missing),
        "paths": _paths(warehouse, filters),
        "pending": _picked(_rows(questions.pending(warehouse, filters))[0], ("events", "tickets", "days")),
        "quality": _quality(warehouse, filters),
        "routing": _routing(warehouse, filters),
    }


def absent(warehouse: Warehouse) -> list[str]:
    """Why some figures are None, one sentence each."""
    return [f"{name}: {reason}" for name, reason in questions.capabilities(warehouse).items()]


def dataset_facts(warehouse: Warehouse) -> dict[str, Any]:
    """What a list of datasets shows of each: events, tickets, first_at, last_at, rejected_rows, teams, time zone."""
    return _dataset(warehouse, NO_FILTER) | {"timezone": questions.timezone(warehouse)}


def _dataset(warehouse: Warehouse, filters: Filters) -> dict[str, Any]:
    row = _rows(questions.dataset_summary(warehouse, filters))[0]
    return _picked(row, ("events", "tickets", "first_at", "last_at", "rejected_rows", "teams"))


def _tiers(warehouse: Warehouse, filters: Filters) -> list[dict[str, Any]]:
    names = (
        "tier", "tickets_touched", "tickets_only", "entry", "resolved", "share_resolved", "escalated", "escalation_rate",
        "escalation_rate_low", "escalation_rate_high",
    )  # fmt: skip
    return [_picked(row, names) for row in _rows(questions.tiers(warehouse, filters))]


def _handoffs(warehouse: Warehouse, filters: Filters, target_minutes: float, missing: dict) -> dict[str, Any]:
    row = _rows(questions.handoff_counts(warehouse, filters))[0]
    told = {name: None if "paths" in missing else plain(value) for name, value in row.items()}
    tier = {"count": told["tier_count"], "tickets": told["tier_tickets"], "escalations": told["escalations"],
            "returns": told["returns"]}  # fmt: skip
    pairs = questions.handoff_latency(warehouse, filters, "tier_pair", target_minutes)
    return {
        "tier": dict.fromkeys(tier) if "tiers" in missing else tier,
        "team": {"count": told["team_count"], "tickets": told["team_tickets"], "lateral": told["lateral"]},
        "pairs": [
            {"from": pair["from_key"], "to": pair["to_key"], "count": pair["handoffs"], "tickets": pair["tickets"]}
            | _picked(pair, _LATENCY)
            for pair in _rows(pairs)
        ],
    }


def _latency(warehouse: Warehouse, filters: Filters, target_minutes: float, missing: dict) -> dict[str, Any]:
    frame = questions.handoff_latency(warehouse, filters, "all", target_minutes)
    if len(frame):
        return _picked(_rows(frame)[0], _LATENCY) | {"target_minutes": target_minutes}
    counts: Any = None if missing.keys() & {"tiers", "paths"} else 0
    return dict.fromkeys(_LATENCY) | {
        "acknowledged": counts,
        "unacknowledged": counts,
        "target_minutes": target_minutes,
    }


def _bounces(warehouse: Warehouse, filters: Filters, missing: dict) -> dict[str, Any]:
    team = ("team_returns", "team_tickets", "team_immediate", "team_immediate_tickets")
    told = _picked(_rows(questions.bounces(warehouse, filters))[0], (*team, "tier_returns", "tier_tickets"))
    if "paths" in missing:
        return dict.fromkeys(told)
    return told | (dict.fromkeys(("tier_returns", "tier_tickets")) if "tiers" in missing else {})


def _paths(warehouse: Warehouse, filters: Filters) -> list[dict[str, Any]]:
    frame = questions.paths(warehouse, filters)
    return [{"path": row.path, "tickets": int(row.tickets)} for row in frame.itertuples()]


def _quality(warehouse: Warehouse, filters: Filters) -> dict[str, Any]:
    row = _rows(questions.quality(warehouse, filters))[0]
    names = ("first_level_resolution", "first_contact_resolution", "reopen_rate")
    return _picked(row, names) | {"never_resolved": plain(row["never_resolved_share"])}


def _routing(warehouse: Warehouse, filters: Filters) -> dict[str, dict[str, float]]:
    frame = questions.routing(warehouse, filters)
    known = list(questions.tiers(warehouse)["tier"])
    matrix: dict[str, dict[str, float]] = {}
    for tier, rows in frame.groupby("tier"):
        shares = dict(zip(rows["next"], rows["share"], strict=True))
        matrix[str(tier)] = {to: float(shares.get(to, 0.0)) for to in [*known, "resolved"] if to != tier}
    return matrix

"""Why an open ticket needs somebody now: four reasons and one that is too late. Pure: a row in, a sentence out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.charts.numbers import count, decimal, duration, share
from analytics.errors import InputError

KINDS = {
    "likely_breach": "Likely to be late",
    "unacknowledged": "Nobody looks at it",
    "customer_near_target": "Target near, customer's turn",
    "bounces": "Keeps coming back",
    "late": "Late already",
}
"""In the order of urgency: what can still be saved first, what has been lost last."""


@dataclass(frozen=True)
class WatchSettings:
    """When a ticket needs somebody. `acknowledge_minutes` (30) is the guide's; the others are ours, to be changed."""

    acknowledge_minutes: float = 30.0
    breach_probability: float = 0.5
    bounces: int = 3
    near_target_hours: float = 4.0
    stale_days: float = 60.0
    """Tickets that nobody touched for longer are forgotten rather than urgent: they are left out, and counted."""

    def __post_init__(self) -> None:
        limits = {
            "acknowledge_minutes": (0, math.inf), "breach_probability": (0, 1), "bounces": (1, math.inf),
            "near_target_hours": (0, math.inf), "stale_days": (0, math.inf),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not math.isfinite(value) or not low <= value <= high:
                raise InputError(f"{name} cannot be {value}.", todo=f"Give a number from {low:g} to {high:g}.")


Row = Mapping[str, Any]
"""An open ticket: `sql/open_tickets.sql` and, where it has a target, `breach.open_risks`."""


def reasons_of(row: Row, settings: WatchSettings) -> dict[str, str]:
    """The reasons that hold for a ticket, the most urgent first: kind -> sentence. Empty where nobody is needed now."""
    told = {
        "likely_breach": _likely(row, settings),
        "unacknowledged": _unacknowledged(row, settings),
        "customer_near_target": _customer(row, settings),
        "bounces": _bounces(row, settings),
        "late": row["risk_reason"] if row["already_breached"] is True else "",
    }
    return {kind: sentence for kind, sentence in told.items() if sentence}


def _working(hours: float) -> str:
    """Working time in words: minutes, then hours. Never days: a working day is no 24 hours."""
    return f"{hours * 60:.0f} working minutes" if hours < 1 else f"{decimal(hours)} working hours"


def _likely(row: Row, settings: WatchSettings) -> str:
    if row["already_breached"] is True or not row["p_breach"] >= settings.breach_probability:  # NaN is not likely
        return ""
    return f"It will miss its target with {share(row['p_breach'])} probability; {_working(row['hours_left'])} are left."


def _unacknowledged(row: Row, settings: WatchSettings) -> str:
    hours = row["unacknowledged_hours"]
    if not hours * 60 > settings.acknowledge_minutes:
        return ""
    by = f" by {row['handed_by']}" if isinstance(row["handed_by"], str) else ""
    return (
        f"Handed over{by} {_working(hours)} ago, and nobody looks at it yet; the rule is "
        f"{_working(settings.acknowledge_minutes / 60)}."
    )


def _customer(row: Row, settings: WatchSettings) -> str:
    """Its clock stands; the moment that the customer answers, this little is left."""
    near = 0 <= row["hours_left"] <= settings.near_target_hours
    if row["already_breached"] is True or not near or not row["pending_days"] >= 0:
        return ""
    return (
        f"It has waited for the customer for {duration(24 * row['pending_days'])}; once they answer, "
        f"{_working(row['hours_left'])} are left."
    )


def _bounces(row: Row, settings: WatchSettings) -> str:
    if not row["bounces"] >= settings.bounces:
        return ""
    return f"It came back to a team that had passed it on, {count(row['bounces'])} times so far."

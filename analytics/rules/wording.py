"""A replay in words and as frames for charts and tables. What is uncertain is said to be so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.charts.numbers import count, decimal, duration
from analytics.rules.base import Rule
from analytics.rules.replay import LEAST_TOUCHED, Replay, Spread

SHARES = np.linspace(0.0, 1.0, 101)


def by_tier(told: Replay) -> pd.DataFrame:
    """One row per tier: visits and hours of work per week before and after, and what is added with its interval."""
    rows = [
        {
            "tier": one.tier, "visits_before": one.visits, "visits_added": one.added_visits.value,
            "hours_before": one.work_hours, "hours_after": one.work_hours + one.added_hours.value,
            "added_hours": one.added_hours.value, "added_low_hours": one.added_hours.low,
            "added_high_hours": one.added_hours.high,
        }
        for one in told.tiers
    ]  # fmt: skip
    return pd.DataFrame(rows)


def times(effects: pd.DataFrame) -> pd.DataFrame:
    """Percentiles 0 … 100 of the hours before and after: share, hours_before, hours_after."""
    return pd.DataFrame({
        "share": SHARES,
        "hours_before": np.quantile(effects["hours_before"], SHARES),
        "hours_after": np.quantile(effects["hours_after"], SHARES),
    })  # fmt: skip


def work_title(told: Replay) -> str:
    """What the rule does to the tiers' work, as a finding."""
    parts = [
        f"{abs(one.added_hours.value):,.0f} h a week {'more' if one.added_hours.value > 0 else 'less'} in {one.tier}"
        for one in told.tiers
        if not _straddles(one.added_hours) and abs(one.added_hours.value) >= 0.5
    ]
    if told.manager_hours.value >= 0.5:
        parts.append(f"{told.manager_hours.value:,.0f} h a week for the managers")
    return "Work: " + ", ".join(parts) if parts else "No tier's work changes noticeably"


def time_title(rule: Rule, told: Replay) -> str:
    """What the rule does to the time, as a finding."""
    saved = told.saved_p90
    if _straddles(saved):
        return f"{rule.measure}: no sure change for the slowest tenth"
    word = "shorter" if saved.value > 0 else "longer"
    return (
        f"{rule.measure}: nine in ten within {duration(told.p90_after)} instead of {duration(told.p90_before)}, {word}"
    )


def reach(rule: Rule, told: Replay) -> str:
    """How many are touched, and whether that is enough to say anything."""
    text = (
        f"It touches {count(told.touched)} of {count(told.cases)} {rule.unit} in {decimal(told.weeks)} weeks, "
        f"{decimal(told.touched_per_week)} a week."
    )
    if told.is_anecdote:
        text += f" Fewer than {LEAST_TOUCHED} are touched: take it as an example, not as a measurement."
    return text


def interval(spread: Spread, unit: str) -> str:
    """The interval in words: 95 %: +3.1 to +4.2 h."""
    return f"95 %: {spread.low:+,.1f} to {spread.high:+,.1f} {unit}"


def _straddles(spread: Spread) -> bool:
    return spread.low <= 0 <= spread.high

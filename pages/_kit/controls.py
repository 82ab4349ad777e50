"""Small controls inside a page (bound to the address), and the lists of tickets that the marks of a chart lead to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, ATTRIBUTES, tier_rank
from analytics.warehouse import questions
from analytics.warehouse.questions import LATENCY_GROUPS
from pages._kit import cached, numbers
from pages._kit.view import View

TARGETS_MINUTES = (15, 30, 60, 240, 480)


def choice(label: str, options: Mapping[str, str], key: str, default: str | None = None) -> str:
    """One of a few options, as a row of buttons; its key in the address. Returns the option, not its label."""
    names = list(options)
    chosen = st.segmented_control(
        label,
        names,
        format_func=lambda name: options[name],
        default=default or names[0],
        required=True,
        key=key,
        bind="query-params",
    )
    return str(chosen or default or names[0])


def target_minutes() -> float:
    """The time within which a handoff should be acknowledged, in minutes."""
    options = {str(minutes): numbers.duration(minutes / 60) for minutes in TARGETS_MINUTES}
    return float(
        choice("Should be acknowledged within", options, key="target", default=f"{ACKNOWLEDGE_TARGET_MINUTES:.0f}")
    )


CLOCKS = {"calendar": "Calendar time", "business": "Working hours"}
CLOCK_WORDS = {
    "calendar": "calendar time, nights and weekends included",
    "business": "the receiving tier's working hours only",
}
assert tuple(CLOCKS) == questions.CLOCKS


def clock() -> str:
    """On which clock waits are measured."""
    return choice("Clock", CLOCKS, key="clock")


GROUP_WORDS = {
    "tier_pair": "Handoffs between tiers",
    "receiving_tier": "Handoffs between tiers",
    "receiving_team": "Handoffs between teams, within a tier as well",
}


def latency_groups(view: View) -> dict[str, str]:
    """How handoffs can be grouped on the page."""
    names = {"tier_pair": "Tier to tier", "receiving_tier": "Receiving tier", "receiving_team": "Receiving team"}
    assert names.keys() <= LATENCY_GROUPS.keys()
    return (
        names
        if cached.about(view.dataset)["values"].get("team")
        else {k: v for k, v in names.items() if "team" not in k}
    )


def dimensions(view: View) -> dict[str, str]:
    """The attributes that this dataset's tickets have, by which a mix can be split."""
    there = cached.about(view.dataset)["values"]
    order = sorted(ATTRIBUTES, key=lambda name: ("product", "category", "channel", "priority").index(name))
    return {name: name.capitalize() for name in order if there.get(name)}


def rate_of(tiers: pd.DataFrame, tier: str) -> float:
    """The escalation rate of a tier; NaN where the tier is not there."""
    rows = tiers.loc[tiers["tier"] == tier, "escalation_rate"]
    return float(rows.iloc[0]) if len(rows) else float("nan")


def by_tier(frame: pd.DataFrame, reason: str, words: str) -> dict[str, dict[str, Any]]:
    """A list of tickets per tier of a frame, for a reason: {"Resolved in L1": {"reason": …, "tier": 1}}."""
    return {f"{words} {tier}": {"reason": reason, "tier": tier_rank(tier)} for tier in dict.fromkeys(frame["tier"])}


def by_value(frame: pd.DataFrame, dimension: str, most: int = 15) -> dict[str, dict[str, Any]]:
    """A list of tickets per value of an attribute."""
    values = [value for value in dict.fromkeys(frame["value"]) if value != "(not given)"][:most]
    return {str(value): {"reason": "value", "dimension": dimension, "value": value} for value in values}


def by_pair(frame: pd.DataFrame, target: float) -> dict[str, dict[str, Any]]:
    """Lists of handoffs: the longest waits, those waiting now, those late, and one per pair of tiers."""
    pairs = {
        f"{row['from_key']} → {row['to_key']}": {
            "reason": "tier_pair", "from": tier_rank(row["from_key"]), "to": tier_rank(row["to_key"])
        }
        for row in frame.to_dict("records")
    }  # fmt: skip
    late = f"Not acknowledged within {numbers.duration(target / 60)}"
    return {
        "Longest waits": {"reason": "all"},
        "Waiting now": {"reason": "waiting"},
        late: {"reason": "late", "target_minutes": target},
    } | pairs


def by_path(frame: pd.DataFrame, most: int = 30) -> dict[str, dict[str, Any]]:
    """A list of tickets per tier path, the most common first."""
    return {path.replace(">", " → "): {"reason": "path", "path": path} for path in frame["path"].head(most)}

"""Small controls inside a page (bound to the address), and the lists of tickets that the marks of a chart lead to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts.latency import pair_name
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES, ATTRIBUTES, tier_rank
from analytics.warehouse import questions
from analytics.warehouse.questions import LATENCY_GROUPS
from analytics.warehouse.questions.mix import COLUMN, ENTRY_TEAM
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


def handoff_pair(view: View) -> str:
    """Which handoffs a curve is about: all between tiers, or one pair of tiers by its name."""
    pairs = view.frame("handoff_latency", by="tier_pair")
    names = [pair_name(a, b) for a, b in zip(pairs["from_key"], pairs["to_key"], strict=True)]
    return choice("Handoffs", {"all": "All"} | {name: name for name in names}, key="pair")


def tiers(view: View) -> dict[str, str]:
    """The tiers that the dataset's tickets were in, in order."""
    return {name: name for name in cached.frame(view.dataset, cached.NO_FILTER, "tiers")["tier"]}


def dimensions(view: View) -> dict[str, str]:
    """By what a mix can be split: the attributes that this dataset's tickets have, the team they came in to, extra columns."""
    there = cached.about(view.dataset)["values"]
    order = sorted(ATTRIBUTES, key=lambda name: ("product", "category", "channel", "priority").index(name))
    found = {name: name.capitalize() for name in order if there.get(name)}
    if there.get("team"):
        found[ENTRY_TEAM] = "Team it came in to"
    return found | {COLUMN + name: name for name in cached.about(view.dataset)["splits"]}


def dimension(view: View) -> str | None:
    """The chosen one; None where there is nothing to split by. A list to choose from, since extra columns can be many."""
    options = dimensions(view)
    if not options:
        return None
    asked = [name for name in st.query_params.get_all("by") if name in options]
    chosen = st.selectbox(
        "Split by", list(options), format_func=lambda name: options[name], key="by", bind="query-params",
        index=list(options).index(asked[0]) if asked else 0, filter_mode="contains",
    )  # fmt: skip
    return str(chosen)


def dimension_words(view: View, name: str) -> str:
    """A dimension as it stands in a sentence."""
    return "team" if name == ENTRY_TEAM else dimensions(view).get(name, name).lower()


def moment(view: View) -> datetime | None:
    """A moment at which the backlog is looked at, in the dataset's time zone; None for the data's end."""
    last = cached.about(view.dataset)["last_event"]
    when = choice("Look at", {"now": "The data's end", "then": "Any day and hour"}, key="when")
    if when == "now":
        return None
    left, right = st.columns([1, 2])
    day = left.date_input(
        "Day", value=last.date(), max_value=last.date(), key="day", bind="query-params", format="YYYY-MM-DD"
    )
    hour = right.slider("Hour of the day", 0, 23, 9, key="hour", bind="query-params", format="%d:00")
    return datetime.combine(day, time(int(hour))) if isinstance(day, date) else None


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


def by_path(frame: pd.DataFrame, most: int = 30) -> dict[str, dict[str, Any]]:
    """A list of tickets per tier path, the most common first."""
    return {path.replace(">", " → "): {"reason": "path", "path": path} for path in frame["path"].head(most)}

"""Shifts: people on patterns that cover every open hour at least cost; and what it costs to split a tier into pools."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.charts import numbers, staffing as charts
from analytics.staffing import seats, shifts
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan
from analytics.staffing.scenarios import pooling
from analytics.warehouse.store import Dataset
from analytics.workforce import inputs
from pages._kit import cached, cards, controls
from pages._kit.planning import shared
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

SECONDS = 6.0
"""The solver's time; the best answer by then is shown, and how far from the best possible it can be."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@st.cache_data(max_entries=64, show_spinner="Looking for the cheapest shifts")
def _cover(
    by_hour: tuple[float, ...], by_day: tuple[float, ...], calendar: Any, shrinkage: float, length: int, days: int,
    cost: float, pause: bool,
):  # fmt: skip
    """Keyed on all that the solver sees. Returns built-ins and frames only."""
    found = shifts.cover(
        np.array(by_hour),
        shifts.patterns(
            calendar,
            shift_hours=length,
            days_per_week=days,
            cost_per_hour=cost,
            break_hour=length // 2 if pause else None,
        ),
        shrinkage=shrinkage,
        seconds=SECONDS,
        day_hours=np.array(by_day),
    )
    return vars(found)


@st.fragment
def page(seen: View, known: StaffingInputs, plan: Plan) -> None:
    """Choose a tier and its patterns; see what is required and covered, and who works when."""
    tier = controls.choice("Tier", {name: name for name in known.tiers}, key="shift_tier")
    own, calendar = plan.tier(tier), plan.calendar_of(tier)
    one, two, three = st.columns(3)
    length = one.slider(
        "Hours of a shift", 2, 12, round(own.paid_hours_per_day), 1, key="shift_hours", persist_state="session"
    )
    days = two.slider("Days a week that one person works", 1, 7, round(own.work_days_per_week), 1, key="shift_days",
                      persist_state="session")  # fmt: skip
    pause = three.toggle("A paid hour's break in the middle", key="shift_pause", persist_state="session")
    with told("shifts"):
        wanted, cost = seats.seats_needed(known, plan, tier), own.cost_per_hour or 1.0
        by_hour, by_day = (tuple(values.tolist()) for values in (wanted.by_hour, wanted.by_day))
        found = _cover(by_hour, by_day, calendar, own.shrinkage, length, days, cost, pause)
        _words(tier, found, own.cost_per_hour, wanted.words)
        _maps(seen, tier, wanted, found)
        _people(seen, tier, found, own.cost_per_hour is not None)


def _words(tier: str, found: dict[str, Any], rate: float | None, source: str) -> None:
    unit = "a week" if rate else "paid hours a week (no cost per hour in the plan)"
    best = "no cheaper answer exists" if found["proven"] else (
        f"no answer costs less than {numbers.count(found['cost_at_least'])}; the search ended after {SECONDS:.0f} seconds"
    )  # fmt: skip
    st.markdown(
        plain(
            f"{found['headcount']} people in {tier} cover every open hour and day for {numbers.count(found['cost'])} {unit}: "
            f"{best}. {numbers.share(found['spare_share'])} of their seat hours are beyond the need. Required: {source}."
        )
    )


def _maps(seen: View, tier: str, need: seats.SeatNeed, found: dict[str, Any]) -> None:
    wanted, covered = need.by_hour, np.asarray(found["on_seat"])
    most, daily = float(max(wanted.max(), covered.max())), float(need.by_day.max())
    frame = pd.DataFrame(
        {
            "day": np.repeat(_DAYS, 24),
            "hour": np.tile(np.arange(24), 7),
            "required": wanted,
            "covered": covered.round(1),
        }
    )
    frame = frame[(frame["required"] > 0) | (frame["covered"] > 0)]
    hover = [f"{c:.1f} on seat, {w:.1f} required" for c, w in zip(covered, wanted, strict=True)]
    left, right = st.columns(2)
    for place, name, values in ((left, "required", wanted), (right, "covered", covered)):
        with place:
            title = f"At most {values.max():.3g} {_whom(name, float(values.max()))} in an hour"
            cards.chart_card(
                title, charts.week_heatmap(values, "People", most, hover), shared.answer(seen, frame, "arrivals_by_hour"),
                unit=f"People on seat, {name}, by hour of the week, after shrinkage" if name == "covered" else
                f"People required on seat by hour of the week; {numbers.decimal(daily)} hours on seat in all on a full day",
                alt="A grid of seven days and their open hours.", metrics=("staffing.shifts",),
                key=f"shifts_{name}_{tier}", place=f"shifts_{name}",
            )  # fmt: skip


def _whom(name: str, number: float) -> str:
    one = number == 1
    if name == "required":
        return "person required" if one else "people required"
    return "person on seat" if one else "people on seat"


def _people(seen: View, tier: str, found: dict[str, Any], priced: bool) -> None:
    with st.container(border=True):
        st.markdown("#### Who works when")
        words = "Cost a week" if priced else "Paid hours a week"
        st.dataframe(
            found["people"], hide_index=True, width="stretch",
            column_config={"pattern": f"Pattern in {tier}", "people": "People",
                           "cost": st.column_config.NumberColumn(words, format="localized")},
        )  # fmt: skip


@st.cache_data(max_entries=64, show_spinner=False)
def _shares(dataset_key: str, tier: str, column: str, _dataset: Dataset) -> dict[str, float]:
    return inputs.pool_shares(cached.warehouse(_dataset), tier, column)


@st.fragment
def pools(seen: View, known: StaffingInputs, plan: Plan) -> None:
    """What it costs that a tier's people do not help each other across products, channels or priorities."""
    there = cached.about(seen.dataset)["values"]
    names = ("team", "product", "channel", "category", "priority")
    columns = {name: name.capitalize() for name in names if there.get(name)}
    with st.container(border=True), told("pools"):
        st.markdown("#### What not pooling costs")
        if not columns:
            st.caption(
                "The tickets have no team, product, channel, category or priority by which a tier could be split."
            )
            return
        one, two = st.columns(2)
        with one:
            tier = controls.choice("Tier", {name: name for name in known.tiers}, key="pool_tier")
        with two:
            column = controls.choice("Split by", columns, key="pool_by")
        shares = _shares(seen.dataset.key, tier, column, seen.dataset)
        frame = pooling(known, plan, tier, shares)
        apart, together = int(frame["headcount"].iloc[:-1].sum()), int(frame["headcount"].iloc[-1])
        st.markdown(
            plain(
                f"As one team {tier} needs {together} people; split by {column} into {len(shares)} teams that never help each "
                f"other it needs {apart}: {apart - together} more."
            )
        )
        st.caption(
            "Each pool alone has more chance in its load, its own minimum seats and a part of a person too much. Small values "
            "are taken together as 'other'."
        )
        st.dataframe(
            frame.assign(share=100 * frame["share"]), hide_index=True, width="stretch",
            column_config={"pool": "Pool", "share": st.column_config.NumberColumn("Share of the work", format="%.1f %%"),
                           "headcount": "People"},
        )  # fmt: skip

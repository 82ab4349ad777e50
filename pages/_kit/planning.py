"""What the planning pages share: forecasts raced in the background, staffing inputs kept, sliders as a plan."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics import outlook
from analytics.calendars import from_json
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, SlaTarget
from analytics.staffing.recommend import Recommendation
from analytics.warehouse.store import Dataset
from pages._kit import cached
from pages._kit.cached import Answer
from pages._kit.view import View


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """One race at a time: two would only slow each other down."""
    return ThreadPoolExecutor(1, thread_name_prefix="race")


@st.cache_resource(max_entries=64, show_spinner=False)
def _race(dataset_key: str, filters: Filters, horizon_days: int, _dataset: Dataset) -> Future[Forecast]:
    return _pool().submit(outlook.forecast_dataset, cached.warehouse(_dataset), horizon_days, filters)


@st.cache_resource(max_entries=128, show_spinner=False)
def _quick(dataset_key: str, filters: Filters, horizon_days: int, _dataset: Dataset) -> Forecast:
    return outlook.forecast_dataset(cached.warehouse(_dataset), horizon_days, filters, quick=True)


def forecast(dataset: Dataset, filters: Filters, horizon_days: int) -> tuple[Forecast, bool]:
    """The race's forecast where it has ended (True), else the 8-week mean at once (False) while the race runs."""
    race = _race(dataset.key, filters, horizon_days, dataset)
    if race.done():
        return race.result(), True
    return _quick(dataset.key, filters, horizon_days, dataset), False


@st.fragment(run_every=0.7)
def wait_for_race(dataset: Dataset, filters: Filters, horizon_days: int) -> None:
    """Tells that the race is on, and draws the page anew when it has ended."""
    if _race(dataset.key, filters, horizon_days, dataset).done():
        st.rerun()
    st.caption(
        ":material/hourglass_top: This is the 8-week mean. The other models are being tried on your history; a few seconds."
    )


@st.cache_data(max_entries=128, show_spinner=False)
def _series(dataset_key: str, filters: Filters, _dataset: Dataset) -> tuple[pd.Series, str]:
    tier = filters.tiers[0] if len(filters.tiers) == 1 else None
    return outlook.daily_counts(cached.warehouse(_dataset), filters, tier)


def history(dataset: Dataset, filters: Filters) -> tuple[pd.Series, str]:
    """The daily counts that are forecast, and their unit."""
    return _series(dataset.key, filters, dataset)


def scores_by_week(told: Forecast) -> None:
    """How far ahead the forecast holds: a table of error and coverage by week."""
    labels = {"wape": "Error (WAPE)", "bias": "Bias", "coverage80": "80 % band held"}
    shares = {name: st.column_config.NumberColumn(label, format="percent") for name, label in labels.items()}
    st.dataframe(
        told.by_week, hide_index=True, width="stretch",
        column_config={"week": "Week ahead", "days": "Days tried", **shares},
    )  # fmt: skip
    st.caption("A band that holds on 75 to 85 % of the days is honest; one that holds less is too sure of itself.")


def answer(view: View, frame: pd.DataFrame, question: str) -> Answer:
    """A computed frame as a card's answer: with the SQL of the question that its history came from."""
    return Answer(frame, view.ask(question).sql, view.ask(question).params, view.sentence)


@st.cache_resource(max_entries=16, show_spinner="Reading the last half year")
def _inputs(dataset_key: str, horizon_days: int, raced: bool, _dataset: Dataset, _forecast: Forecast) -> StaffingInputs:
    return outlook.staffing_inputs(cached.warehouse(_dataset), Plan(), horizon_days, forecast=_forecast)


def inputs(dataset: Dataset, horizon_days: int) -> tuple[StaffingInputs, bool]:
    """What the staffing model knows about the dataset, on the raced forecast where that is there."""
    forecasted, raced = forecast(dataset, Filters(), horizon_days)
    return _inputs(dataset.key, horizon_days, raced, dataset, forecasted), raced


def usual_plan(dataset: Dataset) -> Plan:
    """The default plan with the dataset's working hours."""
    from analytics.staffing.plan import CalendarPlan

    told = from_json(outlook.questions.meta(cached.warehouse(dataset)).get("calendars", ""))
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    made = {}
    for tier, calendar in told.items():
        hours = {day: week[0] for day, week in zip(days, calendar.week, strict=True) if week}
        if hours:
            first = min(start for start, _ in hours.values())
            last = max(end for _, end in hours.values())
            made[tier] = CalendarPlan(days=", ".join(hours), hours=f"{_clock(first)}-{_clock(last)}")
    return replace(Plan(), calendars=made)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"


@st.fragment
def sliders(dataset: Dataset, known: StaffingInputs, draw: Any) -> None:
    """The sliders, and whatever `draw(plan)` shows for them; only this part runs again while they move."""
    st.markdown("#### What if")
    draw(_what_if(usual_plan(dataset), known))


def _what_if(plan: Plan, known: StaffingInputs) -> Plan:
    """The plan that the sliders describe."""
    one, two, three = st.columns(3)
    with one:
        arrivals = st.slider("Arrivals, % of the forecast", 50, 200, 100, 5, key="what_arrivals")
        shrinkage = st.slider("Shrinkage: paid time not at work, %", 0, 60, 30, 1, key="what_shrinkage")
        occupancy = st.slider("Occupancy cap, %", 50, 98, 85, 1, key="what_occupancy")
    with two:
        plan = _routes(plan, known)
    with three:
        plan = _efforts(plan, known)
    for tier in known.tiers:
        plan = plan.with_tier(tier, shrinkage=shrinkage / 100, occupancy_cap=occupancy / 100)
    left, right = st.columns(2)
    due = left.slider("Tickets are to be solved within, working hours", 8, 160, 24, 4, key="what_due")
    sure = right.slider("How sure that every week's deadlines are kept, %", 50, 99, 90, 1, key="what_sure")
    return replace(
        plan,
        arrivals_factor=arrivals / 100,
        rules=replace(plan.rules, p_sla=sure / 100),
        sla={"default": SlaTarget(first_response_hours=min(4.0, due), resolution_hours=float(due))},
    )


def _routes(plan: Plan, known: StaffingInputs) -> Plan:
    """One slider for each arrow that tickets really take (2 % and more of a tier's visits); moved ones override history."""
    mean = known.routing.matrix
    for i, start in enumerate(known.tiers):
        for j, end in enumerate(known.tiers):
            if i != j and mean[i, j] >= 0.02:
                now = round(100 * float(mean[i, j]))
                word = "escalates to" if j > i else "returns to"
                share = st.slider(f"{start} {word} {end}, %", 0, 90, now, 1, key=f"what_{start}_{end}")
                if share != now:
                    plan = plan.with_route(start, end, share / 100)
    return plan


def _efforts(plan: Plan, known: StaffingInputs) -> Plan:
    for tier in known.tiers:
        now = round(known.effort_of(tier).minutes)
        minutes = st.slider(
            f"{tier}: minutes of work per visit", 1, max(240, 2 * now), max(1, now), 1, key=f"what_effort_{tier}"
        )
        if minutes != max(1, now):
            plan = plan.with_tier(tier, effort_minutes=float(minutes))
    return plan


def headcount_words(told: Recommendation) -> str:
    """The finding: how many people, and where they are missing."""
    parts = [f"{answer.headcount} in {answer.tier}" for answer in told.tiers]
    short = [answer for answer in told.tiers if answer.gap is not None and answer.gap >= 1]
    most = max(short, key=lambda answer: answer.gap or 0, default=None)
    missing = f"; {most.tier} is short of {most.gap:.0f}" if most and most.gap else ""
    return f"{told.headcount} people are needed: {', '.join(parts)}{missing}"


def gap_words(gap: float | None) -> str | None:
    """People to hire or to spare, signed so that the card's arrow points the right way; nothing where they are just right."""
    if gap is None or abs(gap) < 0.05:
        return None
    return f"{gap:+.1f} {'to hire' if gap > 0 else 'more than needed now'}"

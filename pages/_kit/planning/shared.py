"""What the planning pages share: forecasts raced in the background, and the words for headcount."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import pandas as pd
import streamlit as st

from analytics import outlook
from analytics.ahead import kept
from analytics.forecasting.result import Forecast
from analytics.model import Filters
from analytics.staffing.recommend import Recommendation
from analytics.warehouse.store import Dataset
from pages._kit import cached
from pages._kit.cached import Answer
from pages._kit.turns import stands_back
from pages._kit.view import View


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    """One race at a time: two would only slow each other down."""
    return ThreadPoolExecutor(1, thread_name_prefix="race", initializer=stands_back)


def known_by(dataset: Dataset) -> str:
    """What a forecast of the dataset depends on: its version and the calendar events, which an edit changes."""
    return f"{dataset.key}|{kept.events_mark(dataset)}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _race(known_by: str, filters: Filters, horizon_days: int, _dataset: Dataset) -> Future[Forecast]:
    return _pool().submit(outlook.forecast_dataset, cached.warehouse(_dataset), horizon_days, filters)


@st.cache_resource(max_entries=128, show_spinner=False)
def _quick(known_by: str, filters: Filters, horizon_days: int, _dataset: Dataset) -> Forecast:
    return outlook.forecast_dataset(cached.warehouse(_dataset), horizon_days, filters, quick=True)


def forecast(dataset: Dataset, filters: Filters, horizon_days: int) -> tuple[Forecast, bool]:
    """The race's forecast where it has ended (True), else the 8-week mean at once (False) while the race runs."""
    race = _race(known_by(dataset), filters, horizon_days, dataset)
    if race.done():
        return race.result(), True
    return _quick(known_by(dataset), filters, horizon_days, dataset), False


@st.fragment(run_every=0.7)
def wait_for_race(dataset: Dataset, filters: Filters, horizon_days: int) -> None:
    """Tells that the race is on, and draws the page anew when it has ended."""
    if _race(known_by(dataset), filters, horizon_days, dataset).done():
        st.rerun()
    st.caption(
        ":material/hourglass_top: This is the 8-week mean. The other models are being tried on your history; a few seconds."
    )


def answer(view: View, frame: pd.DataFrame, question: str) -> Answer:
    """A computed frame as a card's answer: with the SQL of the question that its history came from."""
    return Answer(frame, view.ask(question).sql, view.ask(question).params, view.sentence)


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
    return f"{gap:+.1f}: {'to hire' if gap > 0 else 'more than needed'}"

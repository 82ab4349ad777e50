"""Two periods, or two segments, side by side on every page: what is compared with, chosen in the sidebar and kept in the address.

The other side is the same filters with the period moved or one of them replaced, so that both sides answer the same question.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from analytics.errors import FilterError, TierscopeError
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached, filters

HOW, PERIOD, BY, VALUE = "vs", "vs_period", "vs_by", "vs_value"
WAYS = {
    "off": "Nothing",
    "before": "The period before",
    "year": "The same days a year earlier",
    "days": "Another period",
    "segment": "Another segment",
}
_FOUND = "_compared"


def choose(dataset: Dataset, possible: bool = True) -> None:
    """Draws the choice in the sidebar and keeps the other side's filters, or the problem with them. Where the page cannot be put
    beside itself (`possible`), the choice is kept for the next one that can."""
    try:
        here = filters.current()
    except TierscopeError:
        st.session_state[_FOUND] = None  # the page tells what is wrong with the filters themselves
        return
    way = st.selectbox(
        "Compare with", list(WAYS), format_func=lambda name: WAYS[name], key=HOW, bind="query-params",
        disabled=not possible, help=None if possible else "This page has one side only.",
    )  # fmt: skip
    if not possible:
        st.session_state[_FOUND] = None
        return
    try:
        st.session_state[_FOUND] = _other(str(way), here, dataset)
    except TierscopeError as problem:
        st.session_state[_FOUND] = None
        st.caption(f"{problem.title} {problem.todo}".strip())


def current() -> Filters | None:
    """The filters of the other side; None where nothing is compared."""
    return st.session_state.get(_FOUND)


def clear() -> None:
    """Compares nothing any more (a callback)."""
    st.session_state[HOW] = "off"


def _other(way: str, here: Filters, dataset: Dataset) -> Filters | None:
    if way == "off":
        return None
    if way == "segment":
        return _segment(here, dataset)
    return _period(here) if way == "days" else moved(here, way)


def moved(here: Filters, way: str) -> Filters:
    """The same filters over the period before (as many days, ending the day before), or over the same days a year earlier
    (52 weeks, so that weekdays meet their like). FilterError where no period is chosen."""
    if here.start is None or here.end is None:
        raise FilterError("No period is chosen.", todo="Choose the first and the last day above.")
    back = (here.end - here.start) + timedelta(days=1) if way == "before" else timedelta(weeks=52)
    return here.with_period(here.start - back, here.end - back)


def _period(here: Filters) -> Filters | None:
    chosen = st.date_input(
        "Other period", value=(), key=PERIOD, bind="query-params", format="YYYY-MM-DD",
        min_value=date(1970, 1, 1), max_value=date(2100, 12, 31),
    )  # fmt: skip
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return here.with_period(days[0], days[1]) if len(days) == 2 else None


def _segment(here: Filters, dataset: Dataset) -> Filters | None:
    """The same filters with one of them set to another value: product Atlas here, product Beacon there."""
    values = cached.about(dataset)["values"]
    there = {key: told for key, told in filters.ATTRIBUTES.items() if values.get(key)}
    if not there:
        raise FilterError("This dataset has nothing to tell segments by.", todo="Compare periods instead.")
    by = st.selectbox("Segment by", list(there), format_func=lambda key: there[key][0], key=BY, bind="query-params")
    label, field = there[str(by)]
    value = st.selectbox(label, values[str(by)], index=None, key=VALUE, bind="query-params", placeholder="Choose one")
    return replace(here, **{field: (str(value),)}) if value else None

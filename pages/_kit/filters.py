"""The filters of the sidebar. All of them live in the address, so that a link is a view.

A value that the dataset does not have is not dropped silently, as Streamlit's own binding would do (the page would then show
more than the link asked for): it stays visible as a choice and the page says that there is no such value.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import streamlit as st

from analytics.errors import FilterError, TierscopeError, did_you_mean
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached

ATTRIBUTES = {
    "tier": ("Tier", "tiers"),
    "team": ("Team", "teams"),
    "product": ("Product", "products"),
    "priority": ("Priority", "priorities"),
    "channel": ("Channel", "channels"),
    "category": ("Category", "categories"),
}
"""Key in the address and in `filter_values`: label, field of `Filters`."""

PERIOD, COLUMNS, CUSTOM = "period", "columns", "x."
_FOUND = "_filters"


def choose(dataset: Dataset) -> None:
    """Draws the filters in the sidebar and keeps what they say; a filter that cannot be is kept as the problem it is."""
    known = cached.about(dataset)
    start, end = _period(known)
    chosen = {field: _values(key, label, known["values"].get(key, [])) for key, (label, field) in ATTRIBUTES.items()}
    custom = _custom(known["custom"])
    st.button(
        "Clear all filters", key="clear", on_click=clear, icon=":material/filter_alt_off:", width="stretch",
        disabled=not (start or custom or any(chosen.values())),
    )  # fmt: skip
    try:
        found = Filters(start=start, end=end, custom=custom, **chosen)
        check(found, known, dataset.name)
    except TierscopeError as problem:
        st.session_state[_FOUND] = problem
    else:
        st.session_state[_FOUND] = found


def current() -> Filters:
    """The filters as they stand. FilterError where one of them names what the dataset does not have."""
    found = st.session_state.get(_FOUND, Filters())
    if isinstance(found, TierscopeError):
        raise found
    return found


def check(filters: Filters, known: dict[str, Any], dataset: str) -> None:
    """FilterError for the first value or column that the dataset does not have, with the nearest one that it has."""
    for key, (label, field) in ATTRIBUTES.items():
        there = known["values"].get(key, [])
        for value in getattr(filters, field):
            if value not in there:
                hint = did_you_mean(value, there) or f"It has no {label.lower()} at all."
                raise FilterError(
                    f"'{dataset}' has no {label.lower()} '{value}'.", todo=f"{hint} Change the filter or clear it."
                )
    for column, _ in filters.custom:
        if column not in known["custom"]:
            raise FilterError(f"'{dataset}' has no column '{column}'.", todo=did_you_mean(column, known["custom"]))


def clear() -> None:
    """Takes all filters off (a callback: bound widgets change only through the session's state)."""
    for key in [key for key in st.session_state if str(key) in ATTRIBUTES or str(key).startswith(CUSTOM)]:
        st.session_state[key] = []
    for key in (PERIOD, COLUMNS):
        if key in st.session_state:
            st.session_state[key] = () if key == PERIOD else []


def without_each(filters: Filters) -> dict[str, Filters]:
    """The filters with one of them taken off, by what was taken off: for saying which one leaves nothing."""
    named = {"the period": replace(filters, start=None, end=None)} if filters.start or filters.end else {}
    for label, field in ATTRIBUTES.values():
        if getattr(filters, field):
            named[f"the {label.lower()}"] = replace(filters, **{field: ()})
    if filters.custom:
        named["the extra columns"] = replace(filters, custom=())
    return named


def is_set(filters: Filters) -> int:
    """How many filters are on."""
    return len([item for item in fields(filters) if item.name != "end" and getattr(filters, item.name)])


def _period(known: dict[str, Any]) -> tuple[date | None, date | None]:
    """The period as (start, end), inclusive days. Days outside the data can be chosen: a link may ask for them."""
    if known["first_day"] is None:
        return None, None
    chosen = st.date_input(
        "Period", value=(), key=PERIOD, bind="query-params", min_value=date(1970, 1, 1), max_value=date(2100, 12, 31),
        format="YYYY-MM-DD", help=f"Tickets by the day they were created, handoffs by the day of the handoff. The data covers "
        f"{known['first_day']:%-d %b %Y} to {known['last_day']:%-d %b %Y} ({known['timezone']}).",
    )  # fmt: skip
    days = chosen if isinstance(chosen, tuple) else (chosen,)
    return (days[0] if days else None), (days[1] if len(days) > 1 else None)


def _asked(key: str) -> list[str]:
    """What the address and the session ask of a filter, whether there is such a value or not."""
    held = st.session_state.get(key) or []
    return [*st.query_params.get_all(key), *(held if isinstance(held, list) else [])]


def _values(key: str, label: str, there: list[str]) -> tuple[str, ...]:
    options = list(dict.fromkeys([*there, *_asked(key)]))
    if not options:
        return ()
    return tuple(
        st.multiselect(label, options, key=key, bind="query-params", placeholder="All", filter_mode="contains")
    )


def _custom(columns: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Filters on the columns that no standard name fits: first which columns, then which values of each."""
    if not columns and not _asked(COLUMNS):
        return ()
    options = list(dict.fromkeys([*columns, *_asked(COLUMNS)]))
    picked = st.multiselect(
        "More columns", options, key=COLUMNS, bind="query-params", placeholder="Choose a column", filter_mode="contains"
    )
    chosen = {column: _typed(column) for column in picked}
    return tuple((column, values) for column, values in chosen.items() if values or column not in columns)


def _typed(column: str) -> tuple[str, ...]:
    key = CUSTOM + column
    options = list(dict.fromkeys(_asked(key)))
    return tuple(
        st.multiselect(
            column,
            options,
            key=key,
            bind="query-params",
            accept_new_options=True,
            placeholder="Type a value, then Enter",
        )
    )

"""Which dataset is looked at. It is in the address as `?dataset=NAME`; without one it is the sample, opened on first start."""

from __future__ import annotations

from threading import Lock

import streamlit as st

from analytics.errors import DatasetError, NotEnoughData, did_you_mean
from analytics.sample import NAME as SAMPLE, ensure_sample
from analytics.warehouse.store import Dataset, Home
from pages._kit import cached, filters

_KEY = "dataset"
_opening = Lock()

_NEEDS = {
    "tiers": "This page needs to know which tier a ticket is in.",
    "paths": "This page needs every change of a ticket, not only its last state.",
    "replies": "This needs the public replies to a ticket.",
    "acknowledgement": "This page needs to know when somebody of a team started to work on a ticket.",
    "resolution": "This page needs to know when a ticket was solved.",
}


def home() -> Home:
    """The folder that holds all datasets."""
    return Home()


def names() -> list[str]:
    """Names of all datasets. On the first start the sample is taken in, so that there is something to see."""
    found = home().names()
    if found:
        return found
    with _opening, st.spinner("Opening the sample for the first time. This takes a few seconds."):
        ensure_sample(home())
    return home().names()


def choose() -> None:
    """The dataset picker of the sidebar, bound to the address. A name that does not exist is kept, to be told about."""
    known = names()
    if "_open_next" in st.session_state:  # set by a rename or a deletion, after the picker had been drawn
        st.session_state[_KEY] = st.session_state.pop("_open_next") or (SAMPLE if SAMPLE in known else known[0])
        filters.clear()
    asked = [
        name for name in (*st.query_params.get_all(_KEY), st.session_state.get(_KEY)) if name and name not in known
    ]
    options = [*known, *dict.fromkeys(asked)]
    st.selectbox(
        "Dataset", options, index=options.index(SAMPLE) if SAMPLE in options else 0, key=_KEY, bind="query-params",
        on_change=filters.clear,
    )  # fmt: skip


def current() -> Dataset:
    """The dataset that is looked at. DatasetError where there is none of the name in the address."""
    name = st.session_state.get(_KEY)
    if not name:
        raise DatasetError("There is no dataset yet.", todo="Import a file under Data.")
    found = home().find(name) if name in home().names() else None
    if found is None:
        hint = did_you_mean(name, home().names())
        raise DatasetError(f"There is no dataset '{name}'.", todo=f"{hint} Choose one in the sidebar.".strip())
    return found


def needs(dataset: Dataset, *capabilities: str) -> None:
    """NotEnoughData with what is missing and why, where the dataset cannot answer what a page asks."""
    missing = cached.capabilities(dataset)
    for name in capabilities:
        if name in missing:
            raise NotEnoughData(
                _NEEDS.get(name, f"This page needs {name}, which this dataset does not have."),
                found=missing[name],
                todo="Import the history with that column under Data, or choose another dataset in the sidebar.",
            )

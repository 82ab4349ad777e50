"""Streamlit collects garbage after every run of a page, before the browser has the rest of what the run drew.

Looking through all objects of the libraries takes 0.2-0.3 s, and none of them is ever garbage. Once a page has run, what it
loaded is there: it is passed over from then on. Rejected: switching the collection off (`runner.postScriptGC`); figures refer
to themselves, and would be kept until Python looks of its own accord, through everything.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def libraries_passed_over(page: str) -> Iterator[None]:
    """Runs a page, however it ends. After its first run on this server, what is there by then and no garbage is not looked at
    again."""
    try:
        yield
    finally:
        _pass_over(page)


@st.cache_resource(show_spinner=False)
def _pass_over(page: str) -> None:
    gc.collect()
    gc.freeze()

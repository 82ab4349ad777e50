"""What a page shows, noted while it is drawn, and offered in the sidebar as one HTML file.

The button is drawn before the page; what it downloads is made when it is pressed, from what the page has noted by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from analytics.report import Section, Stamp, html
from analytics.version import VERSION
from analytics.warehouse.store import Dataset
from pages._kit import cached, filters
from pages._kit.problems import TierscopeError

_NOTED = "_report"


def offer(dataset: Dataset, title: str) -> None:
    """Starts the report of this run, and the button that downloads it."""
    noted: dict[str, Section] = {}
    st.session_state[_NOTED] = noted
    name = f"tierscope_{dataset.name}_{title}.html".replace(" ", "_").lower()
    st.download_button(
        "Report of this page", partial(_made, title, stamp(dataset), noted), file_name=name, mime="text/html",
        icon=":material/description:", on_click="ignore", width="stretch", key="report",
        help="What this page shows now, as one HTML file that opens without a network.",
    )  # fmt: skip


def stamp(dataset: Dataset, sentence: str | None = None) -> Stamp:
    """Where the numbers in view come from. `sentence` says what is selected where it is not the filters in view."""
    about = cached.about(dataset)
    return Stamp(
        dataset.name, sentence or _selected(), about["first_day"], about["last_day"], about["timezone"], dataset.version,
        VERSION, datetime.now(UTC),
    )  # fmt: skip


def _selected() -> str:
    try:
        return filters.current().sentence()
    except TierscopeError as problem:
        return problem.title


def note(key: str, section: Section) -> None:
    """Keeps a part of the page for its report; a part drawn again takes the place of what it was."""
    st.session_state.setdefault(_NOTED, {})[key] = section


def note_numbers(key: str, title: str, numbers: Sequence[tuple[str, str, str]]) -> None:
    """Keeps a row of numbers, (name, value, note) each."""
    note(key, Section(title, numbers=numbers))


def _made(title: str, told: Stamp, noted: dict[str, Section]) -> bytes:
    return html(title, told, noted.values()).encode("utf-8")

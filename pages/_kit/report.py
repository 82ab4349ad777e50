"""What a page shows, noted while it is drawn, and offered in the sidebar as one HTML file.

The button is drawn before the page; what it downloads is made when it is pressed, from what the page has noted by then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from analytics.report import Section, Stamp, html
from analytics.version import VERSION
from analytics.warehouse.store import Dataset
from pages._kit import cached, filters
from pages._kit.problems import TierscopeError

_NOTED, _PLACES, _PLACE = "_report", "_report_places", "_report_place"


def offer(dataset: Dataset, title: str) -> None:
    """Starts the report of this run, and the button that downloads it."""
    noted: dict[str, Section] = {}
    places: dict[str, int] = {}
    st.session_state[_NOTED], st.session_state[_PLACES], st.session_state[_PLACE] = noted, places, None
    name = f"tierscope_{dataset.name}_{title}.html".replace(" ", "_").lower()
    st.download_button(
        "Report of this page", partial(_made, title, stamp(dataset), noted, places), file_name=name, mime="text/html",
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
    places: dict[str, int] = st.session_state.setdefault(_PLACES, {})
    if (place := st.session_state.get(_PLACE)) is not None:
        places[key] = place
    elif key not in places:
        places[key] = reserved()


def reserved() -> int:
    """The next place in the report, for a part of the page that is drawn later than what stands below it."""
    places: dict[str, int] = st.session_state.setdefault(_PLACES, {})
    place = len(places)
    places[f"_{place}"] = place
    return place


@contextmanager
def in_place(place: int) -> Iterator[None]:
    """What is noted meanwhile comes in that place of the report."""
    st.session_state[_PLACE] = place
    try:
        yield
    finally:
        st.session_state[_PLACE] = None


def note_numbers(key: str, title: str, numbers: Sequence[tuple[str, str, str]]) -> None:
    """Keeps a row of numbers, (name, value, note) each."""
    note(key, Section(title, numbers=numbers))


def _made(title: str, told: Stamp, noted: dict[str, Section], places: dict[str, int]) -> bytes:
    return html(title, told, [noted[key] for key in sorted(noted, key=places.__getitem__)]).encode("utf-8")

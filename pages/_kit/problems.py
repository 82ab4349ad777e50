"""The boundary: every error becomes a sentence with a next step, once and here. A user never sees a traceback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st

from analytics.errors import FilterError, NotEnoughData, TierscopeError
from pages._kit import filters
from pages._kit.text import plain

log = logging.getLogger("tierscope.pages")


class NothingMatches(NotEnoughData):
    """The filters leave no ticket."""


@contextmanager
def told(part: str = "") -> Iterator[None]:
    """Runs a page or a part of it and tells what went wrong, if something did. The rest of the page stays. `part` names a part
    of which a page has several."""
    try:
        yield
    except TierscopeError as problem:
        show(problem, part)
    except Exception:  # noqa: BLE001 - the one boundary: logged whole with an id, told in a sentence
        show_unexpected()


def show(problem: TierscopeError, part: str = "") -> None:
    """An error of the family in words: what it is, what was found, what to do; a way out where filters are the reason."""
    lines = [f"**{plain(problem.title)}**", plain(problem.found), plain(problem.todo)]
    text = "  \n".join(line for line in lines if line)
    if isinstance(problem, NotEnoughData):
        st.info(text, icon=":material/info:")
    else:
        st.warning(text, icon=":material/warning:")
    if isinstance(problem, NothingMatches | FilterError):
        st.button("Clear all filters", key=f"clear_from_problem{part}", on_click=filters.clear, type="primary")


def show_unexpected() -> None:
    """An unexpected exception: logged with an id that the reader can pass on."""
    number = uuid4().hex[:8]
    log.exception("unexpected error %s", number)
    st.error(
        f"**Something went wrong on our side.**  \nReload the page. If it happens again, pass on the number **{number}**: "
        "the log of the server says under it what happened.",
        icon=":material/error:",
    )

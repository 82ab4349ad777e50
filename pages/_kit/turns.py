"""Whose turn it is: what runs behind the pages stands back while somebody waits for one.

The database shares its threads among all queries, so that one nobody waits for makes every other one take as long as itself.
While a page of a large dataset is being drawn, a query of a thread that `stands_back` is broken off, and asked again afterwards.
One that was broken off `MOST_TIMES`, or has waited for `LONGEST_SECONDS`, is asked beside the page.

Rejected: fewer threads for the database, which takes a core from the pages as well; a second database on the same file, which
reads and keeps everything twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import duckdb
import pandas as pd
import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.warehouse.store import Warehouse

MOST_TIMES = 4
LONGEST_SECONDS = 5.0

_here = threading.local()


class GivenUp(Exception):
    """Nobody waits any more for what this thread is at."""


class Ended(Protocol):
    """Tells whether nobody waits any more; an Event, say."""

    def is_set(self) -> bool: ...


class Waiting:
    """The sessions that wait for something, each under a token of its own; set when none of them does any more: all have gone on,
    or are closed."""

    def __init__(self) -> None:
        self._sessions: dict[object, str] = {}

    def add(self, token: object) -> None:
        """The session of the run that this is waits under that token."""
        self._sessions[token] = this_session()

    def drop(self, token: object) -> None:
        """What waited under that token has gone on."""
        self._sessions.pop(token, None)

    def is_set(self) -> bool:
        return not any(is_open(session) for session in list(self._sessions.values()))


class Turns:
    """Pages being drawn, and the queries of threads that stand back for them."""

    def __init__(self) -> None:
        self._change, self._pages, self.closed = threading.Condition(), 0, False
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._beside: set[duckdb.DuckDBPyConnection] = set()

    def close(self) -> None:
        """Ends what runs behind for good: the server stops, and would wait for it."""
        with self._change:
            self.closed = True
            for cursor in self._running | self._beside:
                cursor.interrupt()
            self._change.notify_all()

    @contextmanager
    def page(self) -> Iterator[None]:
        """While a page is drawn: what runs behind is broken off and waits."""
        with self._change:
            self._pages += 1
        self.break_off()
        try:
            yield
        finally:
            with self._change:
                self._pages -= 1
                self._change.notify_all()

    def break_off(self) -> None:
        """Breaks off what runs behind while a page is drawn; again and again, since a query that is just beginning escapes."""
        with self._change:
            for cursor in self._running if self._pages else ():
                cursor.interrupt()

    def behind(self, cursor: duckdb.DuckDBPyConnection, ask: Callable[[], Any]) -> Any:
        """What `ask` gives, which asks on the cursor; begun anew where a page broke it off."""
        for _ in range(MOST_TIMES):
            with self._change:
                self._change.wait_for(lambda: self.closed or not self._pages, LONGEST_SECONDS)
            try:
                return self._asked(self._running, cursor, ask)
            except duckdb.InterruptException:
                continue
        return self._asked(self._beside, cursor, ask)

    def _asked(self, among: set[duckdb.DuckDBPyConnection], cursor: duckdb.DuckDBPyConnection, ask: Callable) -> Any:
        check_wanted()
        with self._change:
            if self.closed:
                raise GivenUp
            among.add(cursor)
        try:
            return ask()
        finally:
            with self._change:
                among.discard(cursor)


@st.cache_resource(show_spinner=False)
def turns() -> Turns:
    """Those of all sessions."""
    return Turns()


def wanted_until(given_up: Ended, work: Callable[[], Any]) -> Any:
    """What `work` gives; GivenUp before its next query once nobody waits for it."""
    _here.given_up = given_up
    try:
        check_wanted()
        return work()
    finally:
        _here.given_up = None


def check_wanted() -> None:
    """GivenUp where nobody waits for what this thread is at, or the server stops."""
    given_up: Ended | None = getattr(_here, "given_up", None)
    if turns().closed or (given_up is not None and given_up.is_set()):
        raise GivenUp


def this_session() -> str:
    """The session of the run that this is; empty outside of one."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def is_open(session: str) -> bool:
    """Whether somebody still has that session open in a browser."""
    return not (session and runtime.exists()) or runtime.get_instance().is_active_session(session)


def is_behind() -> bool:
    """Whether this thread stands back."""
    return getattr(_here, "stands_back", False)


def stands_back() -> None:
    """From now on this thread's queries stand back for pages: the initializer of what runs behind them."""
    _here.stands_back = True


class SharedWarehouse(Warehouse):
    """A dataset that pages read, and threads behind them."""

    def frame(self, sql: str, params: dict[str, Any] | None = None) -> pd.DataFrame:
        if not is_behind():
            return super().frame(sql, params)
        return self._behind(lambda cursor: cursor.execute(sql, self.bound(params)).df())

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple]:
        if not is_behind():
            return super().rows(sql, params)
        return self._behind(lambda cursor: cursor.execute(sql, self.bound(params)).fetchall())

    def _behind(self, ask: Callable[[duckdb.DuckDBPyConnection], Any]) -> Any:
        cursor = self.cursor()
        try:
            return turns().behind(cursor, lambda: ask(cursor))
        finally:
            cursor.close()

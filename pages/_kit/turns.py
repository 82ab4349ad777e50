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
from typing import Any

import duckdb
import pandas as pd
import streamlit as st

from analytics.warehouse.store import Warehouse

MOST_TIMES = 4
LONGEST_SECONDS = 5.0

_here = threading.local()


class GivenUp(Exception):
    """Nobody waits any more for what this thread is at."""


class Turns:
    """Pages being drawn, and the queries of threads that stand back for them."""

    def __init__(self) -> None:
        self._change, self._pages = threading.Condition(), 0
        self._running: set[duckdb.DuckDBPyConnection] = set()

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
            check_wanted()
            with self._change:
                self._change.wait_for(lambda: not self._pages, LONGEST_SECONDS)
                self._running.add(cursor)
            try:
                return ask()
            except duckdb.InterruptException:
                continue
            finally:
                with self._change:
                    self._running.discard(cursor)
        check_wanted()
        return ask()


@st.cache_resource(show_spinner=False)
def turns() -> Turns:
    """Those of all sessions."""
    return Turns()


def wanted_until(given_up: threading.Event, work: Callable[[], Any]) -> Any:
    """What `work` gives; GivenUp before its next query once the event is set."""
    _here.given_up = given_up
    try:
        check_wanted()
        return work()
    finally:
        _here.given_up = None


def check_wanted() -> None:
    given_up: threading.Event | None = getattr(_here, "given_up", None)
    if given_up is not None and given_up.is_set():
        raise GivenUp


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

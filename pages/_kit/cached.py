"""The only place with Streamlit's caches. Answers are keyed on the dataset's content key and the frozen filters.

Rejected: keying on frames. Streamlit samples frames of 50,000 rows and more for its key and returns stale values. Rejected:
`st.cache_data` for answers. A page asks twenty questions a run, and hashing their options and unpickling their frames took a
fifth of it; pandas copies on write, so that all can be given the same frame.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts.base import natural
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.store import Dataset, Warehouse
from pages._kit.turns import SharedWarehouse, is_behind

NO_FILTER = Filters()
_MOST_BYTES = 256_000_000
"""Answers kept, by the memory of their frames."""
_WAREHOUSES_OPEN = 8


@dataclass(frozen=True)
class Answer:
    """A question's frame, the SQL with its parameters that was run to get it, what was selected in words, and the time zone of
    the dataset's days and hours."""

    frame: pd.DataFrame
    sql: str
    params: dict[str, Any]
    sentence: str
    zone: str = "UTC"


Heard = tuple[str, dict[str, Any]]
"""A query as it ran, and its bound parameters."""


class _Listening:
    """A warehouse that notes what it is asked, so that "how is this computed" shows what really ran.

    Two questions that come to the same query, perhaps at the same time, have it run once.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self.heard: list[Heard] = []
        self.frames: list[Heard] = []

    @property
    def has_team_sets(self) -> bool:
        return self._warehouse.has_team_sets

    def frame(self, sql: str, params: dict[str, Any] | None = None) -> pd.DataFrame:
        params = self._warehouse.bound(params)
        self.heard.append((sql, dict(params)))
        self.frames.append(self.heard[-1])
        return self._once("frame", sql, params, lambda: self._warehouse.frame(sql, params))

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple]:
        params = self._warehouse.bound(params)
        found = self._once("rows", sql, params, lambda: _in_a_column(self._warehouse.rows(sql, params)))
        return found["row"].tolist()

    def _once(self, kind: str, sql: str, params: dict[str, Any], ask: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        if is_behind():  # it may stand back while it asks, and nobody should wait for it then
            return ask()
        key = (self._warehouse.dataset.key, kind, sql, frozen(params))
        return _kept(key, lambda: Answer(ask(), sql, {}, "")).frame


def _in_a_column(rows: list[tuple]) -> pd.DataFrame:
    """Tuples as the shelf keeps them."""
    return pd.DataFrame({"row": pd.Series(rows, dtype=object)})


@st.cache_resource(max_entries=_WAREHOUSES_OPEN, show_spinner=False)
def _open(dataset_key: str, name: str, folder: str, version: int) -> Warehouse:
    """A warehouse per version of a dataset; a new version is another key, so it is opened anew."""
    return SharedWarehouse(Dataset(name, Path(folder), version, None))


def warehouse(dataset: Dataset) -> Warehouse:
    """The open warehouse of a dataset's version, shared by all users (each query has a cursor of its own)."""
    return _open(dataset.key, dataset.name, str(dataset.folder), dataset.version)


def forget() -> None:
    """Forgets all that was opened or asked, so that what was deleted or renamed is neither held open nor kept in memory."""
    st.cache_data.clear()
    st.cache_resource.clear()


def listened(dataset: Dataset, ask: Callable[[Any], pd.DataFrame]) -> tuple[pd.DataFrame, str, dict[str, Any]]:
    """What `ask` makes of a dataset's warehouse, with the first query that gave it rows to count, as it ran."""
    listening = _Listening(warehouse(dataset))
    frame = ask(listening)
    return frame, *(listening.frames[0] if listening.frames else ("", {}))


class Shelf:
    """Answers by their keys up to so many bytes, those not asked for longest forgotten first. Shared by all sessions."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most, self._bytes, self._lock = most_bytes, 0, Lock()
        self._kept: OrderedDict[Any, tuple[Answer, int]] = OrderedDict()
        self._asking: dict[Any, tuple[Lock, int]] = {}

    def get(self, key: Any) -> Answer | None:
        """The answer itself, or None where it is not kept."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    @contextmanager
    def asking(self, key: Any) -> Iterator[None]:
        """One thread at a time asks a question; the others wait, and find it answered."""
        with self._lock:
            lock, others = self._asking.get(key, (Lock(), 0))
            self._asking[key] = (lock, others + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, others = self._asking.pop(key)
                if others > 1:
                    self._asking[key] = (lock, others - 1)

    def put(self, key: Any, answer: Answer) -> None:
        """Keeps an answer, and forgets others where they are too many."""
        size = int(answer.frame.memory_usage(index=True).sum())
        with self._lock:
            self._bytes += size - self._kept.pop(key, (answer, 0))[1]
            self._kept[key] = (answer, size)
            while self._bytes > self._most and self._kept:
                self._bytes -= self._kept.popitem(last=False)[1][1]


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


def question(dataset: Dataset, filters: Filters, name: str, **options: Any) -> Answer:
    """The answer to a question of `analytics.warehouse.questions` under filters, from the shelf where it was asked before."""
    key = (dataset.key, dataset.name, filters, name, frozen(dict(sorted(options.items()))))
    return _kept(key, lambda: _asked(dataset, filters, name, options))


def _kept(key: Any, ask: Callable[[], Answer]) -> Answer:
    """What is on the shelf under that key; asked for, by one thread at a time, where it is not."""
    shelf = _shelf()
    answer = shelf.get(key)
    if answer is None:
        with shelf.asking(key):
            answer = shelf.get(key)
            if answer is None:
                answer = ask()
                shelf.put(key, answer)
    return _own(answer)


def _own(answer: Answer) -> Answer:
    """The answer with a frame of the reader's own: what they write into it stays with them."""
    return replace(answer, frame=answer.frame.copy(deep=False), params=dict(answer.params))


def _asked(dataset: Dataset, filters: Filters, name: str, options: dict[str, Any]) -> Answer:
    listening = _Listening(warehouse(dataset))
    frame = getattr(questions, name)(listening, filters, **options)
    sql, params = listening.heard[0] if listening.heard else ("", {})
    sentence = f"{dataset.name} · {filters.sentence()}{_method(frame)}"
    return Answer(frame, sql, params, sentence, about(dataset)["timezone"])


def frozen(value: Any) -> Any:
    """An option as a part of a key: dictionaries and lists as tuples, in their order."""
    if isinstance(value, dict):
        return tuple((name, frozen(part)) for name, part in value.items())
    return tuple(map(frozen, value)) if isinstance(value, list | tuple) else value


def _method(frame: pd.DataFrame) -> str:
    """How the numbers were read, where they are not exact: it stands with the filters under every chart."""
    how = questions.method(frame)
    return "" if how.startswith("exact") else f" · {how}"


def frame(dataset: Dataset, filters: Filters, name: str, **options: Any) -> pd.DataFrame:
    """As `question`, the frame alone."""
    return question(dataset, filters, name, **options).frame


@st.cache_resource(max_entries=200, show_spinner=False)
def _about(dataset_key: str, _dataset: Dataset) -> dict[str, Any]:
    opened = warehouse(_dataset)
    bounds = questions.period_bounds(opened).iloc[0]
    values = questions.filter_values(opened)
    return {
        "capabilities": questions.capabilities(opened),
        "timezone": questions.timezone(opened),
        "first_day": None if pd.isna(bounds["first_day"]) else pd.Timestamp(bounds["first_day"]).date(),
        "last_day": None if pd.isna(bounds["last_day"]) else pd.Timestamp(bounds["last_day"]).date(),
        "tickets": int(bounds["tickets"]),
        "values": {str(name): _in_order(str(name), rows) for name, rows in values.groupby("attribute")},
        "custom": questions.custom_columns(opened),
        "splits": questions.split_columns(opened),
        "last_event": questions.last_event(opened),
        "agents": questions.has_agents(opened),
    }


def _in_order(attribute: str, rows: pd.DataFrame) -> list[str]:
    """Values to choose from: the most frequent first; teams, which are many and looked for by name, as people count."""
    there = rows["value"].astype(str).tolist()
    return sorted(there, key=natural) if attribute == "team" else there


def about(dataset: Dataset) -> dict[str, Any]:
    """What does not depend on filters: capabilities, timezone, first_day, last_day, tickets, values by attribute, custom (extra
    columns), splits (those that make groups), last_event (local, None without events), agents (whether any is named)."""
    return _about(dataset.key, dataset)


def capabilities(dataset: Dataset) -> dict[str, str]:
    """What the dataset cannot give, with the reason."""
    return about(dataset)["capabilities"]

"""Findings held against the tickets behind the pages, in one background thread, and kept for all sessions.

A selection takes a second on a small dataset and much longer on a large one, and the overview need not wait for it. What nobody
waits for any more, since every session that asked has moved on to other filters, is given up between two rules.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any

import streamlit as st

from analytics.findings.base import Asked, Finding
from analytics.findings.registry import families, ranked
from analytics.findings.settings import Settings
from analytics.findings.settings_file import settings_of
from analytics.model import Filters
from analytics.warehouse.store import Warehouse
from pages._kit import cached
from pages._kit.turns import stands_back
from pages._kit.view import View

KEPT = 200
_ASKED = "_judging"

Key = tuple[str, Filters, Settings]
Rows = list[dict[str, Any]]
"""Findings as built-ins: own classes in a cache break on every reload of the code."""


class GivenUp(Exception):
    """Nobody waits for these findings any more."""


@dataclass
class Judging:
    """Findings on their way: how many families of `families()` are done, and how many sessions wait."""

    done: int = 0
    sessions: int = 0
    future: Future[Rows] = field(default_factory=Future)

    @property
    def words(self) -> str:
        """How far it is."""
        return f"Holding the rules against the tickets: {self.done} of {len(families())} are done."


@st.cache_resource(show_spinner=False)
def _desk() -> tuple[ThreadPoolExecutor, dict[Key, Judging], Lock]:
    return ThreadPoolExecutor(1, thread_name_prefix="findings", initializer=stands_back), {}, Lock()


def _key(seen: View) -> Key:
    return seen.dataset.key, seen.filters, settings_of(seen.dataset)


def known(seen: View) -> Rows | None:
    """The findings of what is in view where they are there; None where nobody has asked or they are not done. An error of the
    family where they cannot be judged."""
    job = _desk()[1].get(_key(seen))
    return _result(seen, job) if job and job.future.done() and not _given_up(job) else None


def begun(seen: View) -> Judging:
    """The findings of what is in view, on their way or there; this session no longer waits for those it asked for before."""
    key, (pool, jobs, lock) = _key(seen), _desk()
    with lock:
        before: Key | None = st.session_state.get(_ASKED)
        if key not in jobs or _given_up(jobs[key]):
            jobs[key] = Judging(sessions=1)
            jobs[key].future = pool.submit(_judged, jobs[key], cached.warehouse(seen.dataset), key[1], key[2])
            _forget(jobs)
        elif before != key:
            jobs[key].sessions += 1
        if before not in (None, key) and before in jobs:
            jobs[before].sessions -= 1
        st.session_state[_ASKED] = key
        return jobs[key]


def moved_on(seen: View) -> None:
    """This session no longer waits for what it asked for under other filters: on a large dataset that would hold up the page."""
    key, (_, jobs, lock) = _key(seen), _desk()
    with lock:
        before: Key | None = st.session_state.get(_ASKED)
        if before not in (None, key):
            st.session_state[_ASKED] = None
            if before in jobs:
                jobs[before].sessions -= 1


def _given_up(job: Judging) -> bool:
    return job.future.done() and isinstance(job.future.exception(), GivenUp)


def _forget(jobs: dict[Key, Judging]) -> None:
    for old in [key for key, job in jobs.items() if job.future.done()][:-KEPT]:
        del jobs[old]


def _judged(job: Judging, warehouse: Warehouse, filters: Filters, settings: Settings) -> Rows:
    """As `find_all`, family by family. GivenUp where nobody waits any more."""
    asked, found = Asked(warehouse, filters, settings), list[Finding]()
    for family in families().values():
        if job.sessions <= 0:
            raise GivenUp
        found += family.find(asked)
        job.done += 1
    return [asdict(finding) for finding in ranked(found)]


def waited_for(seen: View, tell: Callable[[str], Any]) -> Rows:
    """The findings, telling how far they are until they are there; a change of filters ends the waiting."""
    while not (job := begun(seen)).future.done() or _given_up(job):
        tell(job.words)
        _pause(job)
    return _result(seen, job)


def _pause(job: Judging) -> None:
    try:
        job.future.exception(timeout=0.2)
    except TimeoutError:
        return


def _result(seen: View, job: Judging) -> Rows:
    """What a job gave. Its error otherwise, and then the next who asks begins anew."""
    if job.future.exception() is not None:
        _desk()[1].pop(_key(seen), None)
    return job.future.result()

"""Findings held against the tickets behind the pages, in one background thread, and kept for all sessions.

A selection takes a second on a small dataset and much longer on a large one, and the overview need not wait for it. What nobody
waits for any more, since every session that asked has moved on to other filters or is closed, is given up before its next query.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
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
from pages._kit.turns import GivenUp, Waiting, check_wanted, stands_back, wanted_until
from pages._kit.view import View

KEPT = 200
_ASKED = "_judging"

Key = tuple[str, Filters, Settings]
Rows = list[dict[str, Any]]
"""Findings as built-ins: own classes in a cache break on every reload of the code."""


@dataclass
class Judging:
    """Findings on their way: how many families of `families()` are done, and who waits."""

    done: int = 0
    waiting: Waiting = field(default_factory=Waiting)
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
        there = key in jobs and not _given_up(jobs[key])
        job = jobs[key] if there else Judging()
        _wait_for(key, job, jobs)
        if not there:
            jobs[key] = job
            judge = partial(_judged, job, cached.warehouse(seen.dataset), key[1], key[2])
            job.future = pool.submit(wanted_until, job.waiting, judge)
            _forget(jobs)
        return job


def moved_on(seen: View) -> None:
    """This session no longer waits for what it asked for under other filters: on a large dataset that would hold up the page."""
    key, (_, jobs, lock) = _key(seen), _desk()
    with lock:
        if _asked_for() not in (None, key):
            _wait_for(None, None, jobs)


def _asked_for() -> Key | None:
    return st.session_state.get(_ASKED, (None, None))[0]


def _wait_for(key: Key | None, job: Judging | None, jobs: dict[Key, Judging]) -> None:
    """Notes what this session waits for, and that it no longer waits for anything else."""
    before, token = st.session_state.get(_ASKED, (None, object()))
    if before != key and before in jobs:
        jobs[before].waiting.drop(token)
    st.session_state[_ASKED] = key, token
    if job is not None:
        job.waiting.add(token)


def _given_up(job: Judging) -> bool:
    return job.future.done() and isinstance(job.future.exception(), GivenUp)


def _forget(jobs: dict[Key, Judging]) -> None:
    for old in [key for key, job in jobs.items() if job.future.done()][:-KEPT]:
        del jobs[old]


def _judged(job: Judging, warehouse: Warehouse, filters: Filters, settings: Settings) -> Rows:
    """As `find_all`, family by family. GivenUp where nobody waits any more."""
    asked, found = Asked(warehouse, filters, settings), list[Finding]()
    for family in families().values():
        check_wanted()
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

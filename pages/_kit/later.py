"""Parts of a page that are drawn when their numbers are there, each in its own place, while the rest can be read already.

On a large dataset some questions take a second. A page hands such parts over while it runs (`part`): their numbers are asked for
on threads, and at the page's end they are drawn in the order in which they are ready. Until then what stood in a place before
stays there, paler, as Streamlit leaves it. A change of filters ends the waiting, and what nobody has begun to ask is dropped.
On a dataset of `LEAST_TICKETS` tickets or fewer every part is drawn at once, one after the other.

Rejected: fragments that look again and again. Each look is a run of its own, and the last one has to draw the whole page anew.
They are right for what takes so long that nobody waits for it (`behind`): there the run of the page ends without it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import StopException

from analytics.warehouse.store import Dataset
from pages._kit import cached, report
from pages._kit.turns import GivenUp, Waiting, stands_back, this_session, turns, wanted_until

LEAST_TICKETS = 500_000
_PARTS, _BEHIND = "_parts_for_later", "_behind_the_page"
_LOOK_SECONDS = 0.1
_KEPT = 32
_WAITING_PIXELS = 560
"""About as high as a card, so that little moves when it takes the place."""

Made = Callable[[], Any]
"""Gives what a part is drawn from, or raises what went wrong with it."""


Key = Hashable
"""What a part behind the page depends on: dataset, selection, settings."""


@dataclass(frozen=True)
class _Part:
    slot: DeltaGenerator
    place: int
    made: Future
    draw: Callable[[Made], None]


@dataclass
class _Run:
    """A run of a page: the parts that it handed over, what it waits for behind it, and its turn, taken where there are parts."""

    parts: list[_Part] = field(default_factory=list)
    behind: set[Key] = field(default_factory=set)
    turn: ExitStack = field(default_factory=ExitStack)

    def take_turn(self) -> None:
        if not self.parts:
            self.turn.enter_context(turns().page())


@st.cache_resource(show_spinner=False)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(2, os.cpu_count() or 2), thread_name_prefix="parts")


@contextmanager
def drawn_when_ready() -> Iterator[None]:
    """Runs a page; what it handed over is drawn at its end, whether it ran through, stopped or failed."""
    run = _Run()
    st.session_state[_PARTS] = run
    try:
        try:
            yield
        except (StopException, Exception):
            _draw_all(run.parts)
            raise
        _draw_all(run.parts)
        _give_up(st.session_state.get(_BEHIND, set()) - run.behind)
        st.session_state[_BEHIND] = run.behind
    finally:
        for left in run.parts:
            left.made.cancel()
        run.turn.close()
        st.session_state[_PARTS] = None


def part(dataset: Dataset, make: Made, draw: Callable[[Made], None]) -> None:
    """Draws what `make` gives: here and now, or, on a large dataset, in this place when it is there. `make` runs on a thread and
    draws nothing; `draw` calls what it is given for the result."""
    run: _Run | None = st.session_state.get(_PARTS)
    if run is None or cached.about(dataset)["tickets"] <= LEAST_TICKETS:
        draw(make)
        return
    run.take_turn()
    slot = st.container(height="stretch")
    run.parts.append(_Part(slot, report.reserved(), _pool().submit(make), draw))


def behind(dataset: Dataset, key: Key, make: Made, draw: Callable[[Made], None], words: str) -> None:
    """As `part`, for what may take a minute on a large dataset: there `words` stand in its place, the page ends without it, and
    is drawn anew when it is there. Kept by its key for all sessions. On other datasets it is drawn at the page's end."""
    run: _Run | None = st.session_state.get(_PARTS)
    if run is None:
        draw(make)
    elif cached.about(dataset)["tickets"] <= LEAST_TICKETS:
        run.parts.append(_Part(st.container(height="stretch"), report.reserved(), _pool().submit(make), draw))
    elif (job := _begun(run, key, make)).done() and not _is_given_up(job):
        if job.exception() is not None:  # told now; whoever looks again has it tried again
            _slow()[1].pop(key, None)
        draw(job.result)
    else:
        _look(key, words)


@st.cache_resource(show_spinner=False)
def _slow() -> tuple[ThreadPoolExecutor, OrderedDict[Key, Future], Lock, dict[Key, Waiting]]:
    """One thread, its jobs by their keys, and who waits for each."""
    return ThreadPoolExecutor(1, thread_name_prefix="behind", initializer=stands_back), OrderedDict(), Lock(), {}


def _give_up(keys: set[Key]) -> None:
    """Ends jobs that the session's page no longer waits for, where no other session does."""
    _, jobs, lock, waiting = _slow()
    with lock:
        for key in keys & waiting.keys() & jobs.keys():
            waiting[key].drop(this_session())
            if waiting[key].is_set() and not jobs[key].done():
                waiting.pop(key)
                jobs.pop(key).cancel()


def _begun(run: _Run, key: Key, make: Made) -> Future:
    """The job of that key, on its way or done."""
    run.behind.add(key)
    pool, jobs, lock, waiting = _slow()
    with lock:
        there = key in jobs and not _is_given_up(jobs[key])
        waits = waiting.setdefault(key, Waiting()) if there else Waiting()
        waits.add(this_session())  # before it begins: a job that nobody waits for ends at once
        if not there:
            waiting[key] = waits
            jobs[key] = pool.submit(wanted_until, waits, make)
        jobs.move_to_end(key)
        while len(jobs) > _KEPT:
            old, job = jobs.popitem(last=False)
            job.cancel()
            waiting.pop(old, None)
        return jobs[key]


def _is_given_up(job: Future) -> bool:
    return job.cancelled() or (job.done() and isinstance(job.exception(), GivenUp))


@st.fragment(run_every=1.0)
def _look(key: Key, words: str) -> None:
    """Draws the page anew when a job is done; one that was dropped meanwhile is begun again by that."""
    job = _slow()[1].get(key)
    if job is None or job.done():
        st.rerun()
    with st.container(border=True, height=_WAITING_PIXELS):
        st.caption(words)


def _draw_all(parts: list[_Part]) -> None:
    """Draws each part as soon as it is made, also those that are handed over meanwhile. Reading the session's state is where
    Streamlit ends a run that is outdated."""
    while parts:
        wait([one.made for one in parts], _LOOK_SECONDS, FIRST_COMPLETED)
        st.session_state.get(_PARTS)
        turns().break_off()
        for one in [one for one in parts if one.made.done()]:
            parts.remove(one)
            with one.slot, report.in_place(one.place):
                one.draw(one.made.result)

"""Findings behind the page: the same as in one go, given up when nobody waits, and on the overview when they are there."""

from __future__ import annotations

import time
from dataclasses import asdict
from threading import Event

import pytest
import streamlit as st

from analytics.errors import NotEnoughData
from analytics.findings.registry import find_all
from analytics.findings.settings_file import settings_of
from analytics.model import Filters
from analytics.warehouse.store import Home, Warehouse
from pages._kit import turns
from pages._kit.improvement import judging
from pages._kit.view import View
from tests.pages.conftest import texts


@pytest.fixture
def seen(home, monkeypatch) -> View:
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    monkeypatch.setattr(st, "session_state", {})
    judging._desk()[1].clear()
    return View(Home(home).get("sample"), Filters(products=("Loud",)))


class Slow:
    """A family of findings that takes as long as it is told to."""

    def __init__(self) -> None:
        self.asked, self.go_on = Event(), Event()

    def find(self, asked) -> list:
        self.asked.set()
        assert self.go_on.wait(30)
        return []


def test_the_findings_are_those_of_one_go(seen):
    told: list[str] = []
    rows = judging.waited_for(seen, told.append)
    warehouse = Warehouse(seen.dataset)
    assert rows == [asdict(one) for one in find_all(warehouse, seen.filters, settings_of(seen.dataset))]
    warehouse.close()
    assert judging.known(seen) == rows
    assert judging.known(View(seen.dataset, Filters())) is None


def test_what_nobody_waits_for_is_given_up_and_can_be_asked_again(seen, monkeypatch):
    slow = Slow()
    monkeypatch.setattr(judging, "families", lambda: {"a": slow, "b": slow})
    first = judging.begun(seen)
    assert slow.asked.wait(30)
    judging.begun(View(seen.dataset, Filters()))
    slow.go_on.set()
    assert isinstance(first.future.exception(30), judging.GivenUp)
    assert first.done == 1
    assert judging.known(seen) is None
    assert judging.begun(seen) is not first
    assert judging.waited_for(seen, lambda words: None) == []


def test_another_session_that_waits_keeps_it_going(seen, monkeypatch):
    slow = Slow()
    monkeypatch.setattr(judging, "families", lambda: {"a": slow, "b": slow})
    first = judging.begun(seen)
    here = dict(st.session_state)
    st.session_state.clear()  # another session asks for the same
    assert judging.begun(seen) is first
    st.session_state.clear()
    st.session_state.update(here)  # the first one moves on
    judging.begun(View(seen.dataset, Filters()))
    slow.go_on.set()
    assert first.future.result(30) == []


def test_what_only_closed_sessions_wait_for_is_given_up(seen, monkeypatch):
    slow, there = Slow(), {"one", "two"}
    monkeypatch.setattr(judging, "families", lambda: {"a": slow, "b": slow})
    monkeypatch.setattr(turns, "is_open", lambda session: session in there)
    for session in sorted(there):
        st.session_state.clear()
        monkeypatch.setattr(turns, "this_session", lambda name=session: name)
        job = judging.begun(seen)
    assert slow.asked.wait(30)
    assert not job.waiting.is_set()
    there.discard("one")
    assert not job.waiting.is_set()
    there.discard("two")
    slow.go_on.set()
    assert isinstance(job.future.exception(30), judging.GivenUp)
    assert job.done == 1


def test_an_error_is_told_and_the_next_who_asks_begins_anew(seen, monkeypatch):
    class Lacking:
        def find(self, asked) -> list:
            raise NotEnoughData("Nothing to judge.")

    monkeypatch.setattr(judging, "families", lambda: {"a": Lacking()})
    judging.begun(seen).future.exception(30)
    with pytest.raises(NotEnoughData):
        judging.known(seen)
    assert judging.known(seen) is None


def test_the_overview_does_not_wait_for_findings_and_shows_them_when_they_are_there(visit, home):
    judging._desk()[1].clear()
    app = visit(dataset="sample")
    assert "looked for in a moment" in texts(app)
    app.run()
    assert "looked for in a moment" not in texts(app)
    until = time.monotonic() + 60
    while not all(job.future.done() for job in judging._desk()[1].values()) and time.monotonic() < until:
        time.sleep(0.05)
    app.run()
    assert not app.exception
    warehouse = Warehouse(Home(home).get("sample"))
    acts = [one for one in find_all(warehouse) if one.severity == "act"]
    warehouse.close()
    assert acts
    assert all(one.sentence in texts(app) for one in acts[:3])

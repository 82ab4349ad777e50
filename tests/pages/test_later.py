"""Pages of large datasets, whose parts are drawn when they are there: the same as drawn at once, in the same order."""

from __future__ import annotations

from concurrent.futures import wait
from threading import Event, Thread

import pandas as pd
import pytest

from analytics.warehouse.store import Home
from pages._kit import cached, later, turns
from pages._kit.cached import Answer, Shelf
from pages._kit.operations import backlog, watching
from pages._kit.turns import GivenUp, check_wanted
from tests.pages.conftest import charts, texts

OPERATIONS = (
    "overview", "tier_distribution", "escalation_funnel", "handoff_latency", "bounces", "backlog_and_sla", "satisfaction",
    "teams",
)  # fmt: skip
PAGES = (*(f"pages/operations/{name}.py" for name in OPERATIONS), "pages/improvement/watch_list.py")
WORDS = {backlog.LEARNING, watching.LOOKING, watching.ASKING}


def seen_on(app) -> tuple:
    """What a page shows: headings, numbers with what stands under them, charts, and the report's parts in order."""
    headings = [element.value for element in app.markdown if element.value.startswith("####")]
    numbers = [(one.label, one.value, one.delta) for one in app.metric]
    noted, places = app.session_state["_report"], app.session_state["_report_places"]
    report = [key for key in sorted(noted, key=places.__getitem__) if key != "findings"]
    return headings, numbers, [chart.spec for chart in charts(app)], report


def settled(app):
    """A page once nothing is behind it any more."""
    while any(caption.value in WORDS for caption in app.caption):
        wait(list(later._slow()[1].values()))
        app.run()
    return app


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("product", [None, "Loud"])
def test_law_parts_drawn_later_are_those_drawn_at_once(visit, monkeypatch, page, product):
    address = {"dataset": "sample"} | ({"product": product} if product else {})
    at_once = seen_on(visit(page, **address))
    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    app = settled(visit(page, **address))
    assert not app.exception
    assert seen_on(app) == at_once
    assert any(at_once) or "satisfaction" in page  # few are rated


def test_what_no_page_waits_for_is_told_and_comes(visit, monkeypatch):
    """A large dataset: the page is done while the chances are still learnt; then it has them."""
    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    may_go_on = Event()
    learnt = backlog._breach

    def slowly(*args):
        may_go_on.wait(30)
        return learnt(*args)

    monkeypatch.setattr(backlog, "_breach", slowly)
    app = visit("pages/operations/backlog_and_sla.py", dataset="sample", product="Quiet")
    before = len(charts(app))
    told = [caption.value for caption in app.caption].count(backlog.LEARNING)
    may_go_on.set()
    assert told == 2
    app = settled(app)
    assert len(charts(app)) > before


def test_what_failed_behind_the_page_is_told_and_tried_again(visit, monkeypatch):
    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    learnt, fails = backlog._breach, [True]

    def sometimes(*args):
        if fails[0]:
            raise KeyError("secret detail")
        return learnt(*args)

    monkeypatch.setattr(backlog, "_breach", sometimes)
    app = settled(visit("pages/operations/backlog_and_sla.py", dataset="sample", priority="high"))
    assert "Something went wrong on our side." in texts(app)
    before, fails[0] = len(charts(app)), False
    app = settled(app.run())
    assert "Something went wrong on our side." not in texts(app)
    assert len(charts(app)) > before


def test_what_nobody_waits_for_any_more_is_given_up(visit, monkeypatch):
    """A job on its way and one in the queue: both go when the reader chooses another product."""
    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    may_go_on, learnt, ended = Event(), backlog._breach, list[str]()

    def slowly(key, name, filters, *rest):
        if filters.products == ("Loud",):
            may_go_on.wait(30)
        try:
            check_wanted()
        except GivenUp:
            ended.append(name)
            raise
        return learnt(key, name, filters, *rest)

    monkeypatch.setattr(backlog, "_breach", slowly)
    app = visit("pages/operations/backlog_and_sla.py", dataset="sample", product="Loud", priority="low")
    jobs = later._slow()[1]
    first = {key: job for key, job in jobs.items() if not job.done()}
    assert len(first) == 2
    next(one for one in app.multiselect if one.label == "Product").set_value(["Quiet"])
    app.run()
    assert not first.keys() & jobs.keys()
    may_go_on.set()
    app = settled(app)
    assert ended == ["risks"]  # it was on its way, and ended at its next query
    assert sum(job.cancelled() for job in first.values()) == 1  # the other one never began
    assert not app.exception


def test_what_only_closed_sessions_wait_for_is_given_up_and_begun_anew_by_the_next(visit, monkeypatch):
    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    may_go_on, learnt, closed = Event(), backlog._breach, []

    def slowly(*args):
        may_go_on.wait(30)
        check_wanted()
        return learnt(*args)

    monkeypatch.setattr(backlog, "_breach", slowly)
    monkeypatch.setattr(turns, "is_open", lambda session: not closed)
    app = visit("pages/operations/backlog_and_sla.py", dataset="sample", product="Quiet", priority="high")
    before, running = len(charts(app)), [job for job in later._slow()[1].values() if job.running()]
    assert len(running) == 1
    closed.append("all of them")
    may_go_on.set()
    assert isinstance(running[0].exception(30), GivenUp)
    closed.clear()
    app = settled(app.run())
    assert "Something went wrong on our side." not in texts(app)
    assert len(charts(app)) > before


def test_another_session_that_waits_keeps_a_job_going():
    waiting = turns.Waiting()
    for token in ("one", "two"):
        waiting.add(token)
    waiting.drop("one")
    assert not waiting.is_set()
    waiting.drop("two")
    assert waiting.is_set()


def test_a_part_that_fails_is_told_in_its_place_and_the_others_stay(visit, monkeypatch):
    from pages._kit import kpis

    def broken(*args):
        raise KeyError("secret detail")

    monkeypatch.setattr(later, "LEAST_TICKETS", -1)
    monkeypatch.setattr(kpis, "overview", broken)
    app = visit(dataset="sample")
    assert "Something went wrong on our side." in texts(app)
    assert "secret detail" not in texts(app)
    assert len(charts(app)) == 3


def test_threads_that_ask_the_same_ask_once():
    """Two threads find nothing on the shelf: one asks, the other waits and finds it."""
    shelf, asked, begun, may_go_on = Shelf(), [], Event(), Event()

    def ask() -> None:
        with shelf.asking("key"):
            if shelf.get("key") is None:
                begun.set()
                may_go_on.wait(10)
                asked.append("key")
                shelf.put("key", Answer(pd.DataFrame({"n": [1]}), "", {}, ""))

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    begun.wait(10)
    may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert asked == ["key"]
    assert shelf._asking == {}


def test_two_questions_with_the_same_query_have_it_run_once(home, monkeypatch):
    ran = list[str]()
    dataset = Home(home).get("sample")
    shared = cached.warehouse(dataset)
    asked = type(shared).frame
    monkeypatch.setattr(type(shared), "frame", lambda *args: ran.append(args[1]) or asked(*args))
    first, again = (cached._Listening(shared) for _ in range(2))
    sql = "SELECT count(*) AS n FROM tickets WHERE priority = $one OR $one IS NULL"
    told = [one.frame(sql, {"one": value}) for one, value in ((first, None), (again, None), (again, "high"))]
    assert len(ran) == 2
    assert told[0]["n"].iloc[0] == told[1]["n"].iloc[0] > told[2]["n"].iloc[0]
    told[0]["n"] = 0  # what one does to its frame stays with it
    assert again.frame(sql, {"one": None})["n"].iloc[0] > 0
    assert again.heard[-1] == (sql, {"one": None})

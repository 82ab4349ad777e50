"""Queries behind the pages stand back while a page is drawn, and are asked again afterwards."""

from __future__ import annotations

from threading import Event, Thread

import duckdb
import pytest

from pages._kit import turns as module
from pages._kit.turns import GivenUp, Turns

LONG = "SELECT sum(a.range * b.range % 7) FROM range(100000) a, range(100000) b"


@pytest.fixture
def cursor():
    with duckdb.connect() as con:
        yield con.cursor()


def test_a_page_breaks_a_query_off_and_it_is_asked_again(cursor):
    one, begun, told = Turns(), Event(), list[object]()
    questions = [LONG, "SELECT 42"]

    def ask():
        begun.set()
        return cursor.execute(questions.pop(0)).fetchall()

    behind = Thread(target=lambda: told.extend(one.behind(cursor, ask)))
    behind.start()
    assert begun.wait(10)
    with one.page():
        for _ in range(20):
            one.break_off()
            behind.join(0.05)
        assert behind.is_alive()  # it waits, though nothing runs: the second question is not asked yet
        assert len(questions) == 1
    behind.join(10)
    assert told == [(42,)]


def test_a_query_that_waited_long_is_asked_beside_the_page(cursor, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.05)
    one = Turns()
    with one.page():
        assert one.behind(cursor, lambda: cursor.execute("SELECT 1").fetchall()) == [(1,)]


def test_a_query_is_broken_off_so_often_and_no_more(cursor, monkeypatch):
    one, asked = Turns(), list[int]()

    def ask():
        asked.append(1)
        if len(asked) <= module.MOST_TIMES:
            raise duckdb.InterruptException
        return "done"

    assert one.behind(cursor, ask) == "done"
    assert len(asked) == module.MOST_TIMES + 1


def test_an_error_of_the_query_is_told(cursor):
    with pytest.raises(duckdb.BinderException):
        Turns().behind(cursor, lambda: cursor.execute("SELECT nothing").fetchall())


def test_only_threads_that_stand_back_wait(cursor, monkeypatch, tmp_path):
    """A page's own queries are asked at once while pages are drawn."""
    file = tmp_path / "one.duckdb"
    duckdb.connect(str(file)).close()
    one = Turns()
    monkeypatch.setattr(module, "turns", lambda: one)
    monkeypatch.setattr(module, "LONGEST_SECONDS", 60.0)
    found = type("Found", (), {"file": file, "name": "one"})
    warehouse = module.SharedWarehouse(found)  # pyright: ignore[reportArgumentType]
    told = list[object]()

    def behind():
        module.stands_back()
        told.append(warehouse.rows("SELECT 2"))

    with one.page():
        assert warehouse.rows("SELECT 1") == [(1,)]
        waiting = Thread(target=behind)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
        assert not told
    waiting.join(10)
    assert told == [[(2,)]]
    warehouse.close()


@pytest.mark.parametrize("beside", [False, True])
def test_a_server_that_stops_does_not_wait_for_what_runs_behind(cursor, monkeypatch, beside):
    if beside:
        monkeypatch.setattr(module, "MOST_TIMES", 0)
    one, begun, ended = Turns(), Event(), list[Exception]()

    def ask():
        begun.set()
        return cursor.execute(LONG).fetchall()

    def behind():
        try:
            one.behind(cursor, ask)
        except (GivenUp, duckdb.InterruptException) as error:
            ended.append(error)

    thread = Thread(target=behind)
    thread.start()
    assert begun.wait(10)
    for _ in range(100):  # a query that is just beginning escapes
        one.close()
        thread.join(0.05)
    assert not thread.is_alive()
    assert len(ended) == 1
    with pytest.raises(GivenUp):
        one.behind(cursor, ask)

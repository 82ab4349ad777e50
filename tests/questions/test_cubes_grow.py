"""Increments at random: a log that comes in pieces gives the facts and cubes of the log that comes at once, row by row."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from analytics.warehouse import refresh
from analytics.warehouse.build import CUBES, FACTS, build_derived, set_calendars
from analytics.warehouse.refresh import refresh_derived
from tests.logs import warehouse_of
from tests.questions.test_cubes import CALENDARS, log_with_attributes

BASE = ("events", "ticket_attributes", "ticket_extras")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A log with everything, its file, and the days on which its pieces end."""
    file = tmp_path_factory.mktemp("grow") / "whole.duckdb"
    warehouse_of(log_with_attributes(9, tickets=200), file, CALENDARS).close()
    return file


def take(con: duckdb.DuckDBPyConnection, touched: str) -> None:
    """Brings in all events so far (`touched` says of which tickets) and their tickets, in the place of what was there."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE touched AS {touched}")
    for name in BASE:
        seen = "AND at_us <= getvariable('until')" if name == "events" else ""
        con.execute(f"DELETE FROM {name} WHERE ticket_no IN (SELECT ticket_no FROM touched)")
        con.execute(
            f"INSERT INTO {name} SELECT * FROM whole.{name} WHERE ticket_no IN (SELECT ticket_no FROM touched) {seen}"
        )


def rows(con: duckdb.DuckDBPyConnection, name: str) -> list[tuple]:
    return con.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()


@pytest.mark.parametrize("seed", [1, 2])
def test_law_pieces_give_what_the_whole_gives(whole, tmp_path, monkeypatch, seed):
    monkeypatch.setattr(refresh, "MOST_AGAIN", 1.0)  # random tickets are rarely solved, so many are open
    draw = np.random.default_rng(seed)
    con = duckdb.connect(str(tmp_path / "pieces.duckdb"))
    con.execute(f"ATTACH '{whole}' AS whole (READ_ONLY)")
    for name in (*BASE, "teams", "meta"):
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM whole.{name} {'LIMIT 0' if name in BASE else ''}")
    set_calendars(con, CALENDARS)
    edges = np.quantile([row[0] for row in con.execute("SELECT at_us FROM whole.events").fetchall()],
                        sorted([*draw.uniform(0.55, 0.99, 4), 1]))  # fmt: skip
    by_tickets, since = [], 0
    for until in (int(edge) for edge in edges):
        con.execute(f"SET VARIABLE until = {until}")
        take(con, f"SELECT DISTINCT ticket_no FROM whole.events WHERE at_us > {since} AND at_us <= {until}")
        by_tickets.append(refresh_derived(con))
        since = until
        told = {name: rows(con, name) for name in (*FACTS, *CUBES, "data_end")}
        build_derived(con)
        for name, wanted in told.items():
            assert rows(con, name) == wanted, name
    assert told["cube_waits"]
    assert not by_tickets[0]
    assert all(by_tickets[1:])


def test_an_earlier_event_or_the_first_reply_derives_everything(whole, tmp_path):
    con = duckdb.connect(str(tmp_path / "early.duckdb"))
    con.execute(f"ATTACH '{whole}' AS whole (READ_ONLY)")
    for name in (*BASE, "teams", "meta"):
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM whole.{name}")
    build_derived(con)
    con.execute("CREATE TEMP TABLE touched AS SELECT 1::BIGINT AS ticket_no")
    assert refresh_derived(con)
    con.execute("UPDATE events SET at_us = at_us - 86400000000 * 400 WHERE ticket_no = 1 AND event_no = 1")
    assert not refresh_derived(con)
    con.execute("UPDATE events SET kind = 'commented' WHERE kind = 'replied'")
    assert not refresh_derived(con)

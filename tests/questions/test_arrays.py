"""The facts and cubes by arrays and by SQL: two ways to the same tables, compared row by row on logs with everything in them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.calendars import Calendar
from analytics.warehouse import build
from analytics.warehouse.arrays.cells import counted, successive, summed
from analytics.warehouse.arrays.columns import NONE, Runs, last_until
from analytics.warehouse.arrays.histograms import bucket
from analytics.warehouse.build import CUBES, FACTS, build_derived, part, table_sql
from analytics.warehouse.cubes import EDGES_US
from tests.logs import warehouse_of
from tests.questions.random_exports import KINDS
from tests.questions.test_cubes import log_with_attributes

TABLES = (*FACTS, *CUBES)
LONDON = {f"L{tier}": Calendar("Europe/London", (*[((tier * 60, 18 * 60),)] * 6, ())) for tier in range(4)}


def random_log(seed: int, tickets: int = 60) -> pd.DataFrame:
    """Tickets that climb, come back, change priority, pause and reopen, with gaps in tiers and teams, over the clock change."""
    dice = random.Random(seed)
    rows = []
    for number in range(tickets):
        at = datetime(2026, 3, 26, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 8000))
        created = at - timedelta(minutes=dice.choice((5, 600))) if dice.random() < 0.3 else None
        tier, knows = dice.choice((0, 1, 1, 2)), dice.random()
        for _ in range(dice.choice((1, 2, 4, 8, 40))):
            tier = dice.randint(0, 3) if dice.random() < 0.3 else tier
            rows.append({
                "ticket_id": f"T{number:03}", "at": at, "created_at": created, "kind": dice.choices(*zip(*KINDS, strict=True))[0],
                "tier": f"L{tier}" if dice.random() < knows + 0.2 else None,
                "team": f"{'AB'[dice.randint(0, 1)]}{tier}" if dice.random() < knows + 0.1 else None,
                "priority": dice.choice(("low", "high", None)) if knows > 0.4 else dice.choice(("low", None)),
                "effort_minutes": dice.choice((None, 5.5, 20.0)),
            })  # fmt: skip
            at += timedelta(seconds=dice.choice((0, 0, 1, 60, 1800, 40_000, 90_000)))
    return pd.DataFrame(rows)


def by_sql(con: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    with part(con, "TRUE"):
        sources = {name: f"temp.{name}" for name in FACTS} | {name: f"({table_sql(name)})" for name in CUBES}
        return {name: con.execute(f"SELECT * FROM {source} ORDER BY ALL").df() for name, source in sources.items()}


def by_arrays(con: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    build_derived(con)
    return {name: con.execute(f"SELECT * FROM {name} ORDER BY ALL").df() for name in TABLES}


def same(told: dict[str, pd.DataFrame], wanted: dict[str, pd.DataFrame]) -> None:
    assert set(told) == set(wanted) == set(TABLES)
    for name in TABLES:
        pd.testing.assert_frame_equal(told[name], wanted[name], obj=name, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_law_both_ways_give_the_same_tables(tmp_path, seed):
    calendars = LONDON if seed % 2 else None
    warehouse_of(random_log(seed), tmp_path / "log.duckdb", calendars).close()
    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        told = by_arrays(con)
        same(told, by_sql(con))
    assert int(told["tickets"]["visits"].max()) > 3
    assert int(told["pending"]["open_us"].count()) > 0
    assert int(told["priority_spans"]["span_no"].max()) > 2
    assert int(told["tickets"]["path"].str.len().max()) > 15


def test_a_log_in_many_parts_and_out_of_order_gives_the_same(tmp_path, monkeypatch):
    warehouse_of(random_log(99, tickets=200), tmp_path / "log.duckdb").close()
    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        wanted = by_sql(con)
        con.execute("CREATE OR REPLACE TABLE events AS SELECT * FROM events ORDER BY hash(ticket_no * 1000 + event_no)")
        monkeypatch.setattr(build, "PART_EVENTS", 70)
        same(by_arrays(con), wanted)


@pytest.mark.parametrize("part_events", [60, 10_000])
def test_attributes_ratings_and_times_of_creation_are_told_in_any_order(tmp_path, monkeypatch, part_events):
    warehouse_of(log_with_attributes(5), tmp_path / "log.duckdb", LONDON).close()
    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        con.execute("""UPDATE ticket_attributes SET created_us = e.at_us - 90_000_000_000, created_day = e.day - 1
            FROM events e WHERE e.ticket_no = ticket_attributes.ticket_no AND e.event_no = 1 AND e.ticket_no % 3 = 0""")
        con.execute(
            "CREATE OR REPLACE TABLE ticket_attributes AS SELECT * FROM ticket_attributes ORDER BY hash(ticket_no)"
        )
        monkeypatch.setattr(build, "PART_EVENTS", part_events)
        monkeypatch.setattr(build, "MOST_CELLS", 500)
        told = by_arrays(con)
        same(told, by_sql(con))
    assert int(told["cube_tickets"]["good"].sum()) > 0
    assert set(told["cube_values"]["attribute"]) == {"priority", "product", "category", "channel", "team", "tier"}
    assert set(told["cube_repeats"]["grouped_by"]) == {"visit", "tier", "pair", "receiver", "team", "team_pair"}


def test_priorities_of_any_spelling_and_number_are_told_apart(tmp_path):
    names = ["it's high", "", "a,b", "'); DROP TABLE events; --", "高", *(f"p{number}" for number in range(400))]
    at = datetime(2026, 5, 1, tzinfo=UTC)
    rows = [
        {
            "ticket_id": f"T{place // 3:03}",
            "at": at + timedelta(hours=place),
            "kind": "queued",
            "tier": "L1",
            "priority": name,
        }
        for place, name in enumerate(names)
    ]
    warehouse_of(pd.DataFrame(rows), tmp_path / "log.duckdb").close()
    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        told = by_arrays(con)
        same(told, by_sql(con))
    assert set(told["priority_spans"]["priority"]) == set(names) - {names[-1]}  # which begins at the data's end


def test_without_any_event_there_are_empty_tables(tmp_path):
    with duckdb.connect(str(tmp_path / "empty.duckdb")) as con:
        build.create_base(con)
        told = by_arrays(con)
    assert all(not len(frame) for frame in told.values())
    assert "resolve_open_us" in told["tickets"]


def test_a_ticket_that_went_through_more_tiers_than_fit_a_number_has_its_whole_way(tmp_path):
    rows = [
        {
            "ticket_id": "T1",
            "at": datetime(2026, 5, 1, 9, minute, tzinfo=UTC),
            "kind": "queued",
            "tier": f"L{minute % 2 + 1}",
        }
        for minute in range(40)
    ]
    rows.append({"ticket_id": "T2", "at": datetime(2026, 5, 2, tzinfo=UTC), "kind": "created", "tier": None})
    warehouse_of(pd.DataFrame(rows), tmp_path / "log.duckdb").close()
    with duckdb.connect(str(tmp_path / "log.duckdb")) as con:
        assert con.execute("SELECT path FROM tickets ORDER BY ticket_no").fetchall() == [
            (">".join(["L1", "L2"] * 20),),
            (None,),
        ]


def test_last_until_finds_what_a_walk_finds():
    draw = np.random.default_rng(3)
    values = np.sort(draw.integers(0, 50, 400).reshape(40, 10), axis=1).ravel()
    low = draw.integers(0, 40, 300) * 10
    high, limit = low + draw.integers(0, 11, 300), draw.integers(-5, 55, 300)
    for inclusive in (True, False):
        told = last_until(values, low, high, limit, inclusive)
        for one, a, b, most in zip(told, low, high, limit, strict=True):
            fits = [at for at in range(a, b) if (values[at] <= most if inclusive else values[at] < most)]
            assert one == (fits[-1] if fits else a - 1)


def test_cells_are_those_of_a_group_by():
    """Keys with too many combinations for one number of 64 bits, too."""
    draw = np.random.default_rng(4)
    keys = {name: draw.choice([0, 3, 2**31 - 1], 500) - low for name, low in (("a", 0), ("b", 1), ("c", 0), ("d", 5))}
    frame = pd.DataFrame(keys | {"amount": draw.integers(-3, 4, 500), "is_large": draw.random(500) < 0.3})
    wanted = frame.groupby(list(keys), as_index=False).agg(
        n=("amount", "size"), amount=("amount", "sum"), is_large=("is_large", "sum")
    )
    pd.testing.assert_frame_equal(pd.DataFrame(counted(keys)), wanted[[*keys, "n"]], check_dtype=False)
    columns = {name: frame[name].to_numpy() for name in frame}
    told = pd.DataFrame(summed(columns, list(keys), ("amount", "is_large")))
    pd.testing.assert_frame_equal(told, wanted[list(frame)], check_dtype=False)
    few = {"a": keys["a"] % 2, "b": keys["b"] // 2**31}
    wanted = frame.assign(**few).groupby(["a", "b"]).size().reset_index(name="n")
    pd.testing.assert_frame_equal(pd.DataFrame(counted(few)), wanted, check_dtype=False)
    earlier, later = successive([keys["a"], keys["b"]])
    assert len(later) == len(frame) - len(frame.groupby(["a", "b"]))
    assert (earlier < later).all()


@pytest.mark.parametrize("most", [1, 9, 2**40])
def test_counts_of_cells_are_added_up_however_large_they_are(most):
    draw = np.random.default_rng(6)
    cells = {"a": draw.integers(-1, 4, 900), "b": draw.integers(20_000, 20_090, 900).astype(np.int32)}
    counts = draw.integers(1, most + 1, 900)
    wanted = pd.DataFrame(cells | {"n": counts}).groupby(["a", "b"], as_index=False)["n"].sum()
    pd.testing.assert_frame_equal(pd.DataFrame(summed(cells | {"n": counts}, ["a", "b"], ("n",))), wanted)


def test_buckets_of_arrays_are_those_of_the_edges():
    draw = np.random.default_rng(5)
    edges = EDGES_US.astype(np.int64)
    durations = np.concatenate(
        [edges - 1, edges, edges + 1, [-5, 0, 1], np.exp(draw.uniform(0, 33, 5000)).astype(np.int64)]
    )
    wanted = np.minimum(np.searchsorted(EDGES_US, durations, side="left"), len(EDGES_US) - 1)
    assert (bucket(durations) == wanted).all()


def test_runs_by_hand():
    runs = Runs.cut(np.array([True, False, False, True, True, False]))
    values = np.array([3, 4, 5, 6, 7, 8])
    mask = np.array([False, True, True, False, True, True])
    assert runs.earliest(mask, values).tolist() == [4, NONE, 7]
    assert runs.latest(mask, values).tolist() == [5, NONE, 8]
    assert runs.count(mask).tolist() == [2, 0, 2]
    assert runs.total(values).tolist() == [12, 6, 15]
    assert runs.total_before(values).tolist() == [0, 3, 7, 0, 0, 7]
    assert runs.before(values, -1).tolist() == [-1, 3, 4, -1, -1, 7]
    assert runs.before(values, -1, by=2).tolist() == [-1, -1, 3, -1, -1, -1]
    assert runs.after(values, -1).tolist() == [4, 5, -1, -1, 8, -1]
    assert runs.came_before(np.array([1, 2, 1, 1, 1, 1])).tolist() == [False, False, True, False, False, True]

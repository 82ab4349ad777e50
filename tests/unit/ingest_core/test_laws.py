"""Laws of the account, under whatever a file may hold: every row once, twice the same is once, any cut gives the whole."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st

from analytics.errors import ImportRefused
from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from tests.unit.ingest_core.conftest import EVENTS, Workbench

TOML = EVENTS + '[source]\nmissing = ["?"]\n'
HEADER = ["ticket", "at", "status", "tier", "team", "agent", "priority", "extra"]

tickets = st.sampled_from(["A", "B", "C", "", " A ", "é", "'", '"quoted"', "a\nb", "=1+1", "🦆"])
times = st.sampled_from(
    ["2024-01-01 10:00", "13/02/2024 11:30", "2024-03-31 02:30", "1704103200", "soon", "", "?", "2024-02-30"]
)
tiers = st.sampled_from(["L1", "tier 2", "3", "", "L9", "?"])
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
good = st.tuples(tickets, times, st.sampled_from(["New", "Solved", "odd", ""]), tiers, texts, texts, texts, texts).map(
    list
)
short = st.lists(texts, min_size=2, max_size=5)
long = st.lists(st.just("x"), min_size=9, max_size=11)
logs = st.lists(st.one_of(good, good, good, short, long), min_size=1, max_size=25)
sane = settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))


def written(rows) -> str:
    told = io.StringIO()
    csv.writer(told, quoting=csv.QUOTE_MINIMAL).writerows([HEADER, *rows])
    return told.getvalue()


def taken(bench: Workbench, text: str, dataset: str = "d"):
    """The report of an import that adds up, or None where the file was refused whole."""
    path = bench.folder / "log.csv"
    path.write_bytes(text.encode())
    try:
        report = import_files([path], dataset, home=bench.home, mapping=Mapping.from_toml(TOML, "m"))
    except ImportRefused:
        return None
    assert report.rows == report.taken + report.repeated + report.rejected
    assert sum(reason.rows for reason in report.reasons) == report.rejected
    assert all(reason.reason and reason.first_line and reason.first_line >= 2 for reason in report.reasons)
    return report


def stored(bench: Workbench, dataset: str = "d") -> list[list[tuple]]:
    """All events, tickets and teams, without the numbers that only join them."""
    numbers = {"events": "row_no, ticket_no, team_no", "ticket_attributes": "ticket_no", "teams": "team_no"}
    return [bench.rows(f"SELECT * EXCLUDE ({n}) FROM {table} ORDER BY ALL", dataset) for table, n in numbers.items()]


@sane
@given(logs)
def test_law_rows_are_taken_repeated_or_rejected_and_the_same_file_twice_changes_nothing(rows):
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        first = taken(bench, written(rows))
        if first is None:
            assert bench.home.names() == []
            return
        assert first.rows == len([row for row in rows if row != []])
        assert first.events == first.taken
        before = stored(bench)
        again = taken(bench, written(rows))
        assert again is not None
        assert (again.taken, again.repeated, again.rejected) == (0, first.taken, first.rejected)
        assert stored(bench) == before
        assert bench.rows("SELECT count(*) FROM rejects") == [(first.rejected,)]


@sane
@given(st.lists(good, min_size=2, max_size=25, unique_by=tuple), st.data())
def test_law_overlapping_exports_give_the_whole(rows, data):
    """Distinct rows in two files that overlap anyhow are the rows of one file, counted once."""
    cut = data.draw(st.integers(1, len(rows)))
    back = data.draw(st.integers(0, cut))
    parts = [rows[:cut], rows[cut - back :]]
    with tempfile.TemporaryDirectory() as folder:
        bench = Workbench(Path(folder))
        whole = taken(bench, written(rows), "whole")
        reports = [taken(bench, written(part)) for part in parts if part]
        if whole is None or None in reports:
            return
        identities = "SELECT count(DISTINCT (identity, occurrence)) FROM source_rows"
        if len({tuple(row[:6]) for row in rows}) == len(rows):
            assert bench.rows("SELECT count(*) FROM events") == bench.rows("SELECT count(*) FROM events", "whole")
        assert bench.rows(identities) == bench.rows("SELECT count(*) FROM source_rows")

"""Around an import: the preview before it, the dataset's tables as Parquet after it, other names, readers that fail."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.errors import MappingError
from analytics.ingest.importer import export_parquet, preview, read_ahead
from analytics.ingest.mapping import Mapping
from analytics.ingest.read import open_source
from tests.unit.ingest_core.conftest import EVENTS
from tests.unit.ingest_core.test_events import LOG
from tests.unit.ingest_core.test_shapes import CHANGES


def test_a_preview_shows_rows_before_and_after_without_storing_anything(bench):
    text = LOG + "C,soon,Odd,L9,Desk,,P1,EMEA\n"
    shown = preview(open_source(bench.file(text)), Mapping.from_toml(EVENTS, "m"), rows=7)
    assert shown.before["tier"].tolist()[2:4] == ["Tier 2", "2"]
    after = shown.after.astype(object).where(shown.after.notna(), None)
    assert after[["line", "at", "kind", "tier", "team", "reason"]].values.tolist()[2:] == [
        [4, "2024-03-01T11:00:00", "queued", "L2", "Apps", None],
        [5, "2024-03-01T12:30:00", "acknowledged", "L2", "Apps", None],
        [6, "2024-03-02T09:00:00", "resolved", "L2", "Apps", None],
        [7, "2024-03-01T10:05:00", "created", None, None, None],
        [8, "soon", "changed", None, "Desk", "unreadable time in 'at'"],
    ]
    assert shown.statuses.astype(object).where(shown.statuses.notna(), None).values.tolist()[-1] == [
        "Solved",
        "resolved",
        1,
    ]
    assert shown.teams["team"].tolist() == ["Apps", "Desk"]
    assert bench.home.names() == []


def test_a_preview_of_changes_tells_tier_and_kind_of_the_value(bench):
    text = "ticket,when,field,old,new,by\nA,2024-01-01,group_id,,Dev,x\nA,2024-01-01,status,,Solved,x\n"
    shown = preview(open_source(bench.file(text)), Mapping.from_toml(CHANGES, "m"))
    assert shown.after["tier"].tolist()[0] == "L3"
    assert shown.after["kind"].tolist()[1] == "resolved"


def test_a_preview_of_a_mapping_that_does_not_fit_is_refused(bench):
    with pytest.raises(MappingError, match="'ticket'"):
        preview(open_source(bench.file("a,b\n1,2\n")), Mapping.from_toml(EVENTS, "m"))


def test_every_table_of_a_dataset_as_parquet(bench):
    bench.take(LOG)
    reader = bench.open()
    files = export_parquet("d", bench.home, bench.folder / "out")
    reader.close()
    names = {path.stem for path in files}
    assert {"events", "tickets", "visits", "handoffs", "teams", "ticket_attributes", "ticket_extras", "meta"} <= names
    assert not names & {"source_rows", "rejects"}
    events = pq.read_table(bench.folder / "out" / "events.parquet")
    assert events["kind"].to_pylist() == [row[0] for row in bench.rows("SELECT kind::VARCHAR FROM events")]
    assert pa.types.is_string(events.schema.field("kind").type)


def test_a_dataset_can_be_renamed_and_goes_on_taking_files(bench):
    bench.take(LOG)
    bench.home.rename("d", "other name")
    assert bench.take(LOG, dataset="other name").repeated == 6


def test_an_error_of_the_reader_comes_out_where_it_is_awaited():
    def broken():
        yield 1
        raise MappingError("Cut short.")

    seen: list[int] = []
    with pytest.raises(MappingError, match="Cut short"):
        seen.extend(read_ahead(broken()))  # pyright: ignore[reportArgumentType]
    assert seen == [1]


def test_a_loop_that_is_left_early_stops_the_reader():
    given = []

    def endless():
        for number in range(10**9):
            given.append(number)
            yield number

    for _ in read_ahead(endless()):  # pyright: ignore[reportArgumentType]
        break
    assert len(given) < 10

"""Odd files, each the whole way without a mapping: a right answer or a sentence with a next step, and no row lost."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from analytics.errors import ImportRefused
from analytics.ingest.importer import import_files

HEADER = "ticket_id,at,status,team\n"


def log(*times: str) -> str:
    """Rows of tickets A, B, … with three events each at the given times."""
    rows = [f"{'ABCDEFGH'[i // 3]},{at},{('New', 'Open', 'Resolved')[i % 3]},Desk" for i, at in enumerate(times)]
    return HEADER + "\n".join(rows) + "\n"


def take(bench, content: str | bytes, name: str = "log.csv"):
    path = bench.folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_files([path], "d", home=bench.home)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-03-01T10:00:00+01:00[Europe/Berlin]", "2024-03-01 09:00:00"),
        ("2024-03-01 10:00:00 GMT+2", "2024-03-01 08:00:00"),
        ("2024-03-01 10:00:00 UTC-03:30", "2024-03-01 13:30:00"),
        ("2024-03-01 10:00:00 +0200", "2024-03-01 08:00:00"),
        ("2024-03-01 10:00:00 CEST", "2024-03-01 08:00:00"),
        ("Fri Mar 01 2024 10:00:00 GMT+0200 (Central European Summer Time)", "2024-03-01 08:00:00"),
        ("13/03/2024 12:05 AM", "2024-03-13 00:05:00"),
        ("03/13/2024 12:05 PM", "2024-03-13 12:05:00"),
        ("13.03.2024 01:05", "2024-03-13 01:05:00"),
        ("1709287200000", "2024-03-01 10:00:00"),
        ("1709287200", "2024-03-01 10:00:00"),
    ],
)
def test_times_as_people_and_programs_write_them(bench, written, utc):
    report = take(bench, log(*[written] * 3))
    assert (report.taken, report.rejected) == (3, 0)
    assert {row[0] for row in bench.events("utc")} == {utc}


@pytest.mark.parametrize(
    "written", ["2024-03-01 10:00:00 IST", "2024-03-01 10:00:00 Europe/Berlin", "1899-12-01 10:00"]
)
def test_a_time_that_cannot_be_placed_is_shown_with_how_times_are_written(bench, written):
    """IST is India's, Israel's and Ireland's: no one of them is guessed."""
    with pytest.raises(ImportRefused, match="No row of log") as refusal:
        take(bench, log(*[written] * 3))
    assert written in refusal.value.found
    assert "2024-03-31T14:05:00+02:00" in refusal.value.todo


def test_tickets_that_only_say_when_they_ended_are_refused(bench):
    """Their creation would be taken for their end: volume on the wrong days, and every resolution at once."""
    rows = "".join(f"{i},Closed,Desk,2024-03-{i:02d} 10:00\n" for i in range(1, 9))
    with pytest.raises(ImportRefused, match="does not say when its tickets were created") as refusal:
        take(bench, "Ticket ID,Status,Group,Resolved time\n" + rows)
    assert "time of creation" in refusal.value.todo


def test_a_second_line_of_names_is_one_rejected_row(bench):
    text = log("2024-03-01 10:00", "2024-03-01 11:00", "2024-03-01 12:00")
    report = take(bench, text.replace(HEADER, HEADER + "Ticket,Changed on,State,Group\n"))
    assert (report.rows, report.taken, report.rejected) == (4, 3, 1)
    assert [(reason.reason, reason.first_line) for reason in report.reasons] == [("unreadable time in 'at'", 2)]
    assert report.tickets == 1


def test_ticket_numbers_in_merged_cells_are_refused_with_what_to_do(bench):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ticket_id", "at", "status", "team"])
    for number in range(6):
        sheet.append(["AB"[number // 3], f"2024-03-01 1{number}:00", ("New", "Open", "Resolved")[number % 3], "Desk"])
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("A5:A7")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ImportRefused, match="have no ticket number") as refusal:
        take(bench, out.getvalue(), "merged.xlsx")
    assert "'ticket_id' is empty in 4 of the first 6 rows" in refusal.value.found
    assert "merged cells" in refusal.value.todo


def test_a_member_of_an_archive_with_other_columns_is_named_with_what_to_do(bench):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", log("2024-03-01 10:00", "2024-03-01 11:00", "2024-03-01 12:00"))
        archive.writestr("b.csv", "x;y\n1;2\n")
    report = take(bench, out.getvalue(), "both.zip")
    assert report.taken == 3
    assert any("'b.csv' has other columns; unpack the archive to import it too." in note for note in report.notes)


def test_a_broken_quote_in_the_middle_costs_one_row(bench):
    rows = log(*[f"2024-03-01 10:{i:02d}" for i in range(24)]).splitlines()
    rows[10] = rows[10].replace("Desk", '"Desk')
    report = take(bench, "\n".join(rows) + "\n")
    assert (report.rows, report.taken, report.rejected, report.reasons[0].first_line) == (24, 23, 1, 11)
    assert "never closed" in report.reasons[0].reason

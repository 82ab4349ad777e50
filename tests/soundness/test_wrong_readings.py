"""Files that read well and mean something else: see README.md beside this file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from analytics.errors import ImportRefused
from analytics.ingest.derive import define_macros
from analytics.ingest.detect import detect
from analytics.ingest.detection.values import kind_of
from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from analytics.ingest.read import open_source
from analytics.metrics import metrics
from analytics.warehouse.store import Home, open_dataset

TICKETS = "Ticket,Status,Group,Created,Resolved,Last update\n"
LOG = "Ticket,Changed at,Status,Group\n"
START = datetime(2026, 1, 5, 9, 0)


class Desk:
    """Takes text as a file into one dataset."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, Home(folder)

    def file(self, text: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
        path = self.folder / name
        path.write_text(text, encoding)
        return path

    def take(self, text: str):
        return import_files([self.file(text)], "d", home=self.home)

    def ask(self, sql: str) -> list[tuple]:
        return open_dataset("d", self.home).frame(sql).to_numpy().tolist()


@pytest.fixture
def desk(tmp_path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(
    ("text", "number"), [("12,25", 12.25), ("7,50", 7.5), ("1,00", 1.0), ("1,250", 1250), ("12,34,567", 1_234_567)]
)
def test_two_digits_after_a_comma_are_no_thousands(text, number):
    with duckdb.connect() as con:
        define_macros(con)
        assert con.execute("SELECT number_of(?)", [text]).fetchall() == [(number,)]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2h 30m", 150),
        ("1.5 h", 90),
        ("45 min", 45),
        ("2 hours, 5 minutes", 125),
        ("90s", 1.5),
        ("1d 2h", None),
        ("soon", None),
    ],
)
def test_durations_in_words_are_minutes_and_days_are_not_guessed(text, minutes):
    with duckdb.connect() as con:
        define_macros(con)
        assert con.execute("SELECT minutes_of(?)", [text]).fetchall() == [(minutes,)]


def test_work_that_is_no_time_is_told_and_not_lost_in_silence(desk):
    told = ["2h 30m", "45 min", "10m", "20m", "1.5 h", "1d 2h"]
    rows = [f"T1,2026-01-05 1{n}:00,commented,{work}\n" for n, work in enumerate(told)]
    report = desk.take("ticket_id,at,kind,effort_minutes\n" + "".join(rows))
    assert any("no number of minutes and no duration" in note and "1, such as '1d 2h'" in note for note in report.notes)
    assert desk.ask("SELECT sum(effort_minutes) FROM events") == [[315.0]]


def volume(*counts: str) -> str:
    return "Datum;Anzahl\n" + "".join(
        f"{START + timedelta(days=n):%d.%m.%Y};{count}\n" for n, count in enumerate(counts)
    )


def test_a_thousand_tickets_a_day_are_not_one(desk):
    with pytest.raises(ImportRefused, match="thousands or for decimals") as refusal:
        desk.take(volume("1.200", "1.350", "980"))
    assert "line 2: '1.200'" in refusal.value.found


@pytest.mark.parametrize(
    "counts", [("12.5", "1.250", "980"), ("0.500", "1.250"), ("12.000", "13.000"), ("1,200", "980"), ("7",)]
)
def test_counts_with_one_meaning_are_taken(desk, counts):
    assert desk.take(volume(*counts)).taken == len(counts)


@pytest.mark.parametrize(
    "status",
    [
        "Unresolved",
        "Not resolved",
        "Nicht gelöst",
        "Noch nicht gelöst",
        "Non résolu",
        "No resuelto",
        "Unsolved",
        "Not closed",
    ],
)
def test_what_is_not_solved_is_not_taken_as_solved(status):
    kind, _, reason = kind_of(status)
    assert (kind, reason) == ("changed", "it says that the ticket is not solved")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Resolved by vendor", "resolved"), ("Résolu par le client", "resolved"), ("Resolution in progress", "acknowledged"),
        ("Waiting: not resolved", "pending"), ("On hold", "pending"), ("Threshold reached", "changed"), ("Wartung", "changed"),
    ],
)  # fmt: skip
def test_parts_of_words_are_no_words(status, kind):
    assert kind_of(status)[0] == kind


def list_of_tickets(twice: int) -> str:
    rows = [f"T{n},Resolved,Desk,{_at(n)},{_at(n, hours=2)},{_at(n, hours=200)}\n" for n in range(50)]
    return TICKETS + "".join([*rows, *rows[:twice]])


def _at(number: int, **later: int) -> str:
    return f"{START + timedelta(hours=number) + timedelta(**later):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("twice", [0, 1, 3, 8])
def test_a_list_with_some_tickets_twice_is_still_a_list(desk, twice):
    """Taken for a log, its tickets would seem solved at their last update."""
    desk.take(list_of_tickets(twice))
    hours = desk.ask(
        "SELECT count(*), min(resolved_us - created_us) / 3.6e9, max(resolved_us - created_us) / 3.6e9 FROM tickets"
    )
    assert hours == [[50, 2.0, 2.0]]


def late_words() -> str:
    """In order of time; after 22,000 rows a team of the third line and a new status come up."""
    rows = [
        f"T{n},{START + timedelta(minutes=n):%Y-%m-%d %H:%M},New,{('Desk', '2nd line')[n % 2]}\n" for n in range(22_000)
    ]
    rows += [f"T{n},2026-02-{n + 1:02d} 10:00,Solved by phone,Level 3 core\n" for n in range(20)]
    return LOG + "".join(rows)


def test_a_team_and_a_status_that_come_late_in_a_file_mean_what_they_say(desk):
    desk.take(late_words())
    assert desk.ask(
        "SELECT DISTINCT e.kind, e.tier FROM events e JOIN teams m USING (team_no) WHERE m.team = 'Level 3 core'"
    ) == [["resolved", 3]]


def test_a_team_of_the_next_file_is_not_first_line_by_default(desk):
    desk.take(LOG + "T1,2026-01-05 09:00,New,Desk\nT1,2026-01-05 10:00,Resolved,2nd line\n")
    mapping = detect(
        open_source(desk.file(LOG + "T1,2026-01-05 09:00,New,Desk\nT1,2026-01-05 10:00,Queued,2nd line\n"))
    ).mapping
    assert mapping.tiers.of_team("Level 3 core") == "L3"


def numbered_days(form: str, count: int = 12) -> str:
    """A log in order of time whose days are all below 13."""
    days = [START.replace(month=1 + n // 4, day=2 + 3 * (n % 4)) for n in range(count)]
    return LOG + "".join(f"T{n},{day:{form}},New,Desk\n" for n, day in enumerate(days))


@pytest.mark.parametrize(("form", "order"), [("%m/%d/%Y", "mdy"), ("%d/%m/%Y", "dmy")])
def test_the_order_of_rows_tells_day_from_month_and_is_still_asked(desk, form, order):
    proposal = detect(open_source(desk.file(numbered_days(f"{form} %H:%M"))))
    assert proposal.mapping.source.date_order == order
    assert proposal.questions[0].options[0] == order
    assert "only so are the rows in order of time" in proposal.questions[0].proof


def test_rows_in_no_order_tell_nothing_of_day_and_month(desk):
    lines = numbered_days("%m/%d/%Y %H:%M").splitlines(keepends=True)
    mixed = "".join([lines[0], *lines[1::2], *lines[2::2]])
    proposal = detect(open_source(desk.file(mixed)))
    assert proposal.mapping.source.date_order is None
    assert proposal.questions[0].options == ("dmy", "mdy")


def test_ticket_numbers_that_are_nearly_alike_are_told(desk):
    names = "INC1", "inc1", "007", "7"
    report = desk.take(LOG + "".join(f"{name},2026-01-05 1{n}:00,New,Desk\n" for n, name in enumerate(names)))
    assert report.tickets == 4
    assert any("tickets apart: 4" in note for note in report.notes)


def test_two_header_lines_are_one_header(desk):
    rows = "T1,2026-01-05 09:00,New,Desk\nT1,2026-01-05 11:00,Resolved,Desk\n"
    assert desk.take("Ticket,Ticket,Routing,Routing\n" + LOG + rows).taken == 2
    told = metrics(open_dataset("d", desk.home))
    assert (told["dataset"]["tickets"], told["quality"]["never_resolved"]) == (1, 0.0)


@pytest.mark.parametrize(("newest_first", "told"), [(True, True), (False, False)])
def test_a_file_that_stands_newest_first_is_told_where_the_order_of_rows_decides(desk, newest_first, told):
    """Handed up and taken within the same minute: read from its end, the ticket would seem to come down."""
    rows = [
        f"T{n},2026-01-{n + 5:02d} {clock},{status},{team}\n"
        for n in range(5)
        for clock, status, team in (
            ("09:00", "New", "Desk"),
            ("09:30", "Queued", "2nd line"),
            ("09:30", "In progress", "2nd line"),
        )
    ]
    report = desk.take(LOG + "".join(rows[::-1] if newest_first else rows))
    assert any("stand newest first" in note and "5 times" in note for note in report.notes) == told


@pytest.mark.parametrize(
    ("header", "told"), [("Work (hours)", True), ("Work in minutes", False), ("Worked shifts", False)]
)
def test_hours_mapped_as_minutes_are_told(desk, header, told):
    mapping = Mapping.from_toml(
        f'shape = "events"\n[columns]\nticket_id = "Ticket"\nat = "At"\nteam = "Team"\neffort_minutes = "{header}"\n',
        "mine",
    )
    path = desk.file(f"Ticket,At,Team,{header}\nT1,2026-01-05 09:00,Desk,1.5\n")
    report = import_files([path], "d", home=desk.home, mapping=mapping)
    assert any("speaks of another unit" in note for note in report.notes) == told

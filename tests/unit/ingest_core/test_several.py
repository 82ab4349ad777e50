"""Several files at once: each read with its own mapping, a roster put beside the tickets, an account per file."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.errors import ImportRefused
from analytics.ingest.companions import companion
from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from analytics.ingest.settling import joined

TICKETS = "ticket_id,at,status,tier,team\nA,2024-11-01 10:00,New,L1,Desk\nA,2024-11-01 12:00,Resolved,L2,Apps\n"
ROSTER = "date,tier,hours,team\n2024-11-01,L1,7.5,Desk\n2024-11-01,L2,8,\n"
OTHERS = "Vorgang;Zeitpunkt;Zustand;Gruppe\nB;02.11.2024 10:00;Neu;Technik\nB;13.11.2024 10:00;Erledigt;Technik\n"


def take(bench, *names: str, dataset: str = "d", **settings):
    texts = {
        "tickets.csv": TICKETS,
        "roster.csv": ROSTER,
        "others.csv": OTHERS,
        "agents.csv": "agent,team,start_date\nx,Desk,2024-01-01\n",
    }
    return import_files([bench.file(texts[name], name) for name in names], dataset, home=bench.home, **settings)


def counted(report):
    return [(a.file, a.rows, a.taken, a.repeated, a.rejected) for a in report.accounts]


def test_tickets_and_a_roster_dropped_together(bench):
    report = take(bench, "tickets.csv", "roster.csv")
    assert counted(report) == [("tickets.csv", 2, 2, 0, 0), ("roster.csv", 2, 2, 0, 0)]
    assert (report.rows, report.taken, report.tickets, report.events) == (4, 4, 1, 2)
    assert bench.rows("SELECT day, tier, team, hours FROM roster ORDER BY tier") == [
        (date(2024, 11, 1), 1, "Desk", 7.5),
        (date(2024, 11, 1), 2, None, 8.0),
    ]
    assert any("roster.csv is a roster" in note and "16 hours" in note for note in report.notes)


def test_a_roster_alone_goes_beside_the_tickets_that_are_there_and_twice_changes_nothing(bench):
    take(bench, "tickets.csv")
    report = take(bench, "roster.csv")
    assert (report.taken, report.tickets, report.events, report.changed) == (2, 1, 2, True)
    again = take(bench, "roster.csv")
    assert (again.taken, again.repeated, again.changed) == (0, 2, False)
    tickets_again = take(bench, "tickets.csv")  # the mapping that was kept is still that of the tickets
    assert (tickets_again.repeated, tickets_again.changed) == (2, False)
    assert bench.rows("SELECT count(*) FROM roster") == [(2,)]


def test_a_roster_without_tickets_is_refused_in_words(bench):
    with pytest.raises(ImportRefused, match="holds no tickets yet") as refusal:
        take(bench, "roster.csv")
    assert "together with the ticket history" in refusal.value.todo
    assert bench.home.names() == []


def test_a_roster_with_a_bad_line_leaves_nothing_behind(bench):
    bad = bench.file(ROSTER.replace("7.5", "many"), "roster.csv")
    with pytest.raises(ImportRefused, match=r"Line 2 of roster\.csv has no readable hours"):
        import_files([bench.file(TICKETS, "tickets.csv"), bad], "d", home=bench.home)
    assert bench.home.names() == []


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("date,tier,hours", "roster"),
        ("Date,Tier,Hours,Team,paid_hours", "roster"),
        ("ticket_id,date,tier,hours", None),  # a log of hours worked on tickets
        ("kind,name,start,days,half_life_days,product", "calendar events"),
        ("case_id,kind,start,days", None),
        ("agent,team,tier,start_date,end_date", "agents"),
        ("agent,team,ticket,start_date", None),
        ("date,channel,product,contacts,deflected", None),
    ],
)
def test_files_without_tickets_are_told_by_their_headers(header, what):
    found = companion(header.split(","))
    assert (found is None) if what is None else (found is not None and what in found.what)


def test_a_list_of_agents_is_refused_with_the_place_of_what_it_says(bench):
    with pytest.raises(ImportRefused, match="is a list of agents") as refusal:
        take(bench, "tickets.csv", "agents.csv")
    assert "roster" in refusal.value.todo


def test_two_exports_with_other_columns_are_read_each_in_its_own_way(bench):
    report = take(bench, "tickets.csv", "others.csv")
    assert counted(report) == [("tickets.csv", 2, 2, 0, 0), ("others.csv", 2, 2, 0, 0)]
    assert bench.events("ticket, utc, kind, team") == [
        ("A", "2024-11-01 10:00:00", "created", "Desk"),
        ("A", "2024-11-01 12:00:00", "resolved", "Apps"),
        ("B", "2024-11-02 10:00:00", "created", "Technik"),
        ("B", "2024-11-13 10:00:00", "resolved", "Technik"),
    ]
    again = take(bench, "others.csv", "tickets.csv")
    assert (again.taken, again.repeated, again.rejected) == (0, 4, 0)


def mapping(zone: str, kind: str) -> Mapping:
    toml = f"""shape = "events"
[source]
timezone = "{zone}"
[columns]
ticket_id = "ticket_id"
at = "at"
status = "status"
[kinds]
New = "{kind}"
Resolved = "resolved"
"""
    return Mapping.from_toml(toml, "m")


def test_a_mapping_for_one_file_leaves_the_others_to_detection(bench):
    path = bench.file(TICKETS, "tickets.csv")
    other = bench.file(OTHERS, "others.csv")
    report = import_files([path, other], "d", home=bench.home, mappings={path: mapping("UTC", "queued")})
    assert report.taken == 4
    assert bench.events("ticket, kind")[0] == ("A", "queued")
    assert bench.events("ticket, kind")[2] == ("B", "created")


def test_files_on_two_clocks_are_refused_since_a_dataset_has_one(bench):
    first, second = bench.file(TICKETS, "a.csv"), bench.file(TICKETS.replace("A,", "B,"), "b.csv")
    mappings = {first: mapping("Europe/Berlin", "created"), second: mapping("America/Lima", "created")}
    with pytest.raises(ImportRefused, match="different zones") as refusal:
        import_files([first, second], "d", home=bench.home, mappings=mappings)
    assert "a.csv: Europe/Berlin" in refusal.value.found
    report = import_files([first, second], "d", home=bench.home, mappings=mappings, timezone="UTC")
    assert (report.taken, report.first_at) == (4, "2024-11-01T10:00:00Z")


def test_a_word_that_two_files_mean_differently_is_told(bench):
    first, second = bench.file(TICKETS, "a.csv"), bench.file(TICKETS.replace("A,", "B,"), "b.csv")
    mappings = {first: mapping("UTC", "created"), second: mapping("UTC", "queued")}
    report = import_files([first, second], "d", home=bench.home, mappings=mappings)
    assert any("'New' (created in a.csv, queued in b.csv)" in note for note in report.notes)
    assert {kind for ticket, kind in bench.events("ticket, kind") if kind != "resolved"} == {"queued"}
    assert joined(list(mappings.values())).kinds == {"New": "queued", "Resolved": "resolved"}

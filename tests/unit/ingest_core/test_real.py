"""Real logs: the counts that their README tells, and the documented mapping unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from tests.unit.ingest_core.test_mapping import EXAMPLE

DATA = Path(__file__).parents[4] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the real logs are not beside the repository (../shared/data)"
)

UCI = """
shape = "events"
[source]
missing = ["?"]
[columns]
ticket_id = "number"
at = "sys_updated_at"
created_at = "opened_at"
status = "incident_state"
team = "assignment_group"
agent = "assigned_to"
priority = "priority"
category = "category"
channel = "contact_type"
[tiers]
teams = { "Group 70" = "L1", "Group 24" = "L2", "Group 25" = "L2", "Group 54" = "L2", "Group 65" = "L3" }
rules = [{ pattern = "Group .*[5-9]$", tier = "L3" }]
default = "L2"
[kinds]
New = "created"
Active = "acknowledged"
"Awaiting User Info" = "pending"
"Awaiting Vendor" = "pending"
"Awaiting Problem" = "pending"
"Awaiting Evidence" = "pending"
Resolved = "resolved"
Closed = "closed"
"""

ITALIAN = """
shape = "events"
[columns]
ticket_id = "Case ID"
at = "Complete Timestamp"
status = "Activity"
team = "workgroup"
agent = "Resource"
product = "product"
customer = "customer"
priority = "seriousness_2"
[tiers]
default = "L1"
[kinds]
"Assign seriousness" = "created"
"Take in charge ticket" = "acknowledged"
"Resolve ticket" = "resolved"
Closed = "closed"
Wait = "pending"
"Require upgrade" = "queued"
"""


@needs_data
def test_the_uci_incident_log(bench):
    """README: 141,712 rows, 24,918 incidents, five states "-100", 19,087 team handoffs in 9,575 incidents with ? as missing."""
    report = bench.take_file(DATA / "uci_incident_event_log.zip", UCI)
    assert (report.rows, report.taken, report.tickets, report.events) == (141_712, 141_712, 24_918, 141_712)
    assert report.unmapped == (("-100", 5),)
    assert not [note for note in report.notes if "day first" in note]
    assert bench.rows("SELECT count(*), count(DISTINCT ticket_no) FROM handoffs") == [(19_087, 9_575)]
    assert bench.rows("SELECT count(*) FROM teams") == [(78,)]
    assert bench.rows(
        "SELECT closed_code FROM ticket_extras e JOIN tickets USING (ticket_no) WHERE ticket_id = 'INC0000045'"
    ) == [("code 5",)]


@needs_data
def test_the_italian_help_desk(bench):
    report = bench.take_file(DATA / "italian_helpdesk.csv.gz", ITALIAN)
    assert (report.rows, report.taken, report.tickets) == (21_348, 21_348, 4_580)
    extras = bench.ask("SELECT * FROM ticket_extras LIMIT 1").columns
    assert {"Variant", "Variant (2)", "support_section"} <= {*extras}
    assert bench.rows("SELECT min(year(day)), max(year(day)) FROM events") == [(2010, 2014)]


@needs_data
def test_a_log_is_detected_without_a_mapping(bench):
    report = import_files([DATA / "italian_helpdesk.csv.gz"], "d", home=bench.home)
    assert (report.taken, report.mapping) == (21_348, "detected")
    assert any("Case ID" in note for note in report.notes)
    assert bench.rows("SELECT count(*) FROM ticket_attributes") == [(4_580,)]


def test_a_log_with_the_documented_columns_and_mapping(bench):
    text = """SR Number;Change Date+Time;Status;Sub Status;Involved ST;Owner First Name;SR Latest Impact;Product;Owner Country
1-364285768;31/03/2010 16:59;Accepted;In Progress;V30;Frederic;Medium;PROD582;France
1-364285768;31-03-2010 17:00;Queued;Awaiting Assignment;V13 2nd 3rd;Frederic;Medium;PROD582;France
1-364285768;2010-04-01T09:00:00+02:00;Accepted;Wait - User;V13 2nd 3rd;Anne;Medium;?;France
1-364285768;02/04/2010 10:30;Completed;Resolved;T17 3rd;Anne;High;PROD582;France
1-364285768;03/04/2010 10:30;Completed;Closed;T17 3rd;Anne;High;PROD582;France
"""
    toml = EXAMPLE.replace('team = "Involved ST"\n', """team = "Involved ST"
agent = "Owner First Name"
priority = "SR Latest Impact"
product = "Product"
""") + """"Queued/Awaiting Assignment" = "queued"
"Accepted/Wait - User" = "pending"
"Completed/Resolved" = "resolved"
"Completed/Closed" = "closed"
"""  # fmt: skip
    report = bench.take(text, toml)
    assert (report.rows, report.taken, report.unmapped) == (5, 5, ())
    assert Mapping.from_toml(toml, "m").source.delimiter == ";"
    assert bench.events("utc, kind, tier_name, team, agent, priority") == [
        ("2010-03-31 14:59:00", "acknowledged", "L1", "V30", "Frederic", "Medium"),
        ("2010-03-31 15:00:00", "queued", "L2", "V13 2nd 3rd", "Frederic", "Medium"),
        ("2010-04-01 07:00:00", "pending", "L2", "V13 2nd 3rd", "Anne", "Medium"),
        ("2010-04-02 08:30:00", "resolved", "L3", "T17 3rd", "Anne", "High"),
        ("2010-04-03 08:30:00", "closed", "L3", "T17 3rd", "Anne", "High"),
    ]
    assert bench.rows("SELECT product, priority FROM tickets") == [("PROD582", "High")]

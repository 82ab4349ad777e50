"""The other four shapes: changes folded into states, stays, last states of tickets, counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pytest

from analytics.errors import ImportRefused, MappingError
from analytics.ingest.mapping import Mapping
from analytics.metrics import metrics

CHANGES = """
shape = "changes"
[columns]
ticket_id = "ticket"
at = "when"
field = "field"
old = "old"
new = "new"
agent = "by"
[tiers]
teams = { Desk = "L1", Tech = "L2", Dev = "L3" }
[kinds]
New = "created"
Open = "acknowledged"
Hold = "pending"
Solved = "resolved"
comment = "replied"
group_id = "queued"
"""
SEEN = "ticket, utc[12:16] AS clock, kind, status, tier_name, team, agent"


def changes(*rows: str) -> str:
    return "\n".join(["ticket,when,field,old,new,by", *rows]) + "\n"


def test_changes_are_folded_into_the_state_after_each_one(bench):
    """
    10:00  New, Desk (by the system)         created       L1 Desk
    11:00  Open, assigned to ann             acknowledged  L1 Desk
    12:00  Desk -> Tech, by ann              queued        L2 Tech   (the mapping names a kind for the field)
    12:30  bob replies                       replied       L2 Tech
    13:00  Hold                              pending       L2 Tech
    13:30  Tech -> Dev while on hold         pending       L3 Dev    (the clock stays stopped)
    14:00  Solved                            resolved      L3 Dev
    15:00  priority                          resolved      L3 Dev    (a repeated state moves nothing)
    """
    report = bench.take(
        changes(
            "A,2024-01-01 10:00,status,,New,sys", "A,2024-01-01 10:00,group_id,,Desk,sys",
            "A,2024-01-01 10:00,priority,,P2,sys",
            "A,2024-01-01 11:00,status,New,Open,ann", "A,2024-01-01 11:00,assignee_id,,ann,ann",
            "A,2024-01-01 12:00,group_id,Desk,Tech,ann",
            "A,2024-01-01 12:30,comment,,hello,bob",
            "A,2024-01-01 13:00,status,Open,Hold,bob",
            "A,2024-01-01 13:30,group_id,Tech,Dev,bob",
            "A,2024-01-01 14:00,status,Hold,Solved,cy",
            "A,2024-01-01 15:00,priority,P2,P1,cy",
        ),
        CHANGES,
    )  # fmt: skip
    assert (report.rows, report.taken, report.events) == (11, 11, 8)
    assert bench.events(SEEN) == [
        ("A", "10:00", "created", "New", "L1", "Desk", "sys"),
        ("A", "11:00", "acknowledged", "Open", "L1", "Desk", "ann"),
        ("A", "12:00", "queued", "Open", "L2", "Tech", "ann"),
        ("A", "12:30", "replied", "Open", "L2", "Tech", "ann"),
        ("A", "13:00", "pending", "Hold", "L2", "Tech", "ann"),
        ("A", "13:30", "pending", "Hold", "L3", "Dev", "ann"),
        ("A", "14:00", "resolved", "Solved", "L3", "Dev", "ann"),
        ("A", "15:00", "resolved", "Solved", "L3", "Dev", "ann"),
    ]
    assert bench.rows("SELECT priority, escalations, reopens FROM tickets") == [("P1", 2, 0)]


def test_a_field_that_changes_twice_at_one_moment_makes_two_events(bench):
    bench.take(changes("A,2024-01-01 10:00,group_id,,Desk,x", "A,2024-01-01 10:00,group_id,Desk,Dev,x"), CHANGES)
    assert bench.events("team") == [("Desk",), ("Dev",)]


def test_what_two_people_change_at_one_moment_are_two_events(bench):
    bench.take(changes("A,2024-01-01 10:00,group_id,,Desk,x", "A,2024-01-01 10:00,status,,New,y"), CHANGES)
    assert bench.events("kind, team") == [("queued", "Desk"), ("created", "Desk")]


def test_the_team_before_the_first_change_is_the_old_one_and_its_handoff_is_not_lost(bench):
    toml = CHANGES.replace('at = "when"', 'at = "when"\ncreated_at = "made"')
    text = "ticket,when,field,old,new,by,made\nA,2024-01-01 12:00,group_id,Desk,Dev,x,2024-01-01 09:00\n"
    bench.take(text, toml)
    assert bench.events("utc[12:16], kind, tier_name, team") == [
        ("09:00", "created", "L1", "Desk"), ("12:00", "queued", "L3", "Dev"),
    ]  # fmt: skip
    assert bench.rows("SELECT direction, from_tier, to_tier FROM handoffs") == [("escalation", 1, 3)]


def test_without_a_creation_time_the_beginning_stands_at_the_first_change(bench):
    bench.take(changes("A,2024-01-01 12:00,group_id,Desk,Dev,x"), CHANGES)
    assert bench.events("utc[12:16], kind, team") == [("12:00", "created", "Desk"), ("12:00", "queued", "Dev")]


def test_a_cleared_team_or_assignee_is_no_team_and_no_assignee(bench):
    bench.take(
        changes(
            "A,2024-01-01 10:00,group_id,,Desk,x", "A,2024-01-01 10:00,assignee,,ann,x",
            "A,2024-01-01 11:00,group_id,Desk,,x", "A,2024-01-01 11:00,assignee,ann,,x",
        ),
        CHANGES,
    )  # fmt: skip
    assert bench.events("team, agent") == [("Desk", "ann"), (None, None)]


def test_without_any_status_a_new_team_is_queued_and_a_new_assignee_assigned(bench):
    toml = CHANGES.split("[kinds]")[0]
    bench.take(
        changes("A,2024-01-01 10:00,group,,Desk,x", "A,2024-01-01 11:00,owner,,ann,x", "A,2024-01-01 12:00,size,,9,x"),
        toml,
    )
    assert bench.events("kind") == [("queued",), ("assigned",), ("changed",)]


def test_a_group_and_its_agent_set_at_once_are_queued_with_the_group(bench):
    """
    10:00  status New, Desk                  created
    11:00  Desk -> Tech and ann, at once     queued     (the group's kind, not 'assigned', which comes first by alphabet)
    12:00  bob                               assigned
    """
    toml = CHANGES + '"assignee_id" = "assigned"\n'
    rows = [
        "A,2024-01-01 10:00,status,,New,x", "A,2024-01-01 10:00,group_id,,Desk,x",
        "A,2024-01-01 11:00,assignee_id,,ann,x", "A,2024-01-01 11:00,group_id,Desk,Tech,x",
        "A,2024-01-01 12:00,assignee_id,ann,bob,x",
    ]  # fmt: skip
    bench.take(changes(*rows), toml)
    assert bench.events("kind, team, agent") == [
        ("created", "Desk", "x"),
        ("queued", "Tech", "ann"),
        ("assigned", "Tech", "bob"),
    ]


def test_an_unknown_tier_or_team_in_a_changed_field_is_rejected(bench):
    by_tier = bench.take(
        changes("A,2024-01-01,tier,,L1,x", "A,2024-01-02,tier,L1,L7,x", "A,2024-01-03,,a,b,x"), CHANGES, dataset="tier"
    )
    by_team = bench.take(changes("A,2024-01-01,group,,Desk,x", "A,2024-01-02,group,Desk,Nowhere,x"), CHANGES)
    assert {(r.reason, r.rows) for r in by_tier.reasons} == {
        ("unknown tier 'L7' in 'new'", 1),
        ("missing field name in 'field'", 1),
    }
    assert [(r.reason, r.rows) for r in by_team.reasons] == [("no tier for team 'Nowhere'", 1)]


def test_unmapped_statuses_of_changes_are_listed(bench):
    report = bench.take(changes("A,2024-01-01,status,,Odd,x", "A,2024-01-02,status,Odd,New,x"), CHANGES)
    assert report.unmapped == (("Odd", 1),)


def random_states(seed: int, tickets: int = 40) -> list[tuple]:
    """(ticket, when, status, team) of a random log in which every row changes something; distinct minutes per ticket."""
    draw = np.random.default_rng(seed)
    rows = []
    for ticket in range(tickets):
        at, state = datetime(2024, 1, 1) + timedelta(hours=int(draw.integers(0, 2000))), ("", "")
        for _ in range(draw.integers(2, 9)):
            status, team = draw.choice(["New", "Open", "Hold", "Solved"]), draw.choice(["Desk", "Tech", "Dev"])
            if (status, team) != state:
                rows.append((f"T{ticket}", at, status, team))
            state, at = (status, team), at + timedelta(minutes=int(draw.integers(1, 3000)))
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_law_a_log_taken_apart_into_changes_gives_the_same_metrics(bench, seed):
    rows = random_states(seed)
    kinds = CHANGES.split("[kinds]")[1].replace('group_id = "queued"\n', "").replace('comment = "replied"\n', "")
    tiers = CHANGES.split("[tiers]")[1].split("[kinds]")[0]
    columns = 'ticket_id = "ticket"\nat = "when"\nstatus = "status"\nteam = "team"\n'
    events = f'shape = "events"\n[columns]\n{columns}[tiers]{tiers}[kinds]{kinds}'
    log = "ticket,when,status,team\n" + "".join(f"{t},{at},{status},{team}\n" for t, at, status, team in rows)
    before: dict[str, tuple[str, str]] = {}
    lines = []
    for ticket, at, status, team in rows:
        old_status, old_team = before.get(ticket, ("", ""))
        lines += [f"{ticket},{at},status,{old_status},{status},x"] * (status != old_status)
        lines += [f"{ticket},{at},group,{old_team},{team},x"] * (team != old_team)
        before[ticket] = (status, team)
    shuffled = np.random.default_rng(seed).permutation(lines).tolist()
    bench.take(log, events, dataset="events")
    bench.take(changes(*shuffled), CHANGES.split("[kinds]")[0] + "[kinds]" + kinds, dataset="changes")
    assert len(rows) > 100
    assert json.dumps(metrics(bench.open("changes"))) == json.dumps(metrics(bench.open("events")))


STAYS = """
shape = "stays"
[columns]
ticket_id = "id"
team = "group"
start = "start"
end = "end"
[tiers]
rules = [{ pattern = "dev", tier = "L3" }]
default = "L1"
"""


def test_stays_give_visits_and_handoffs_but_no_resolution(bench):
    report = bench.take(
        "id,group,start,end\nA,Desk,2024-01-01 10:00,2024-01-01 11:00\nA,Dev,2024-01-01 11:00,2024-01-01 12:00\n"
        "B,Desk,2024-01-01 10:00,\nC,Desk,2024-01-02,2024-01-01\nC,Desk,2024-01-02,soon\n",
        STAYS,
    )
    assert (report.taken, report.rejected, report.tickets) == (3, 2, 2)
    assert {r.reason for r in report.reasons} == {"the end is before the start in 'end'", "unreadable time in 'end'"}
    assert bench.events("ticket, kind, tier_name") == [
        ("A", "queued", "L1"),
        ("A", "queued", "L3"),
        ("B", "queued", "L1"),
    ]
    assert bench.rows("SELECT count(*) FILTER (WHERE resolved_us IS NOT NULL), max(state) FROM tickets") == [(0, 1)]
    missing = json.loads(bench.rows("SELECT value FROM meta WHERE key = 'missing_capabilities'")[0][0])
    assert {"acknowledgement", "resolution"} <= missing.keys()
    assert "paths" not in missing


def test_a_stay_that_has_ended_meanwhile_is_a_repeat(bench):
    bench.take("id,group,start,end\nA,Desk,2024-01-01 10:00,\n", STAYS)
    again = bench.take("id,group,start,end\nA,Desk,2024-01-01 10:00,2024-01-01 11:00\n", STAYS)
    assert (again.taken, again.repeated, again.events) == (0, 1, 1)


def test_stays_of_several_fields_are_folded_like_changes(bench):
    """As ServiceNow's metric_instance has them: one definition per field, its value, start and end."""
    toml = STAYS.replace('team = "group"', 'field = "definition"\nnew = "value"').replace("[tiers]", """[fields]
team = ["Assignment group"]
status = ["Incident state"]
[tiers]""") + '[kinds]\nIn = "acknowledged"\nDone = "resolved"\n'  # fmt: skip
    bench.take(
        "id,definition,value,start,end\nA,Assignment group,Desk,2024-01-01 10:00,2024-01-01 12:00\n"
        "A,Incident state,In,2024-01-01 11:00,2024-01-01 13:00\nA,Assignment group,Dev,2024-01-01 12:00,\n"
        "A,Incident state,Done,2024-01-01 13:00,\n",
        toml,
    )
    assert bench.events("utc[12:16], kind, tier_name") == [
        ("10:00", "queued", "L1"), ("11:00", "acknowledged", "L1"), ("12:00", "acknowledged", "L3"), ("13:00", "resolved", "L3"),
    ]  # fmt: skip


TICKETS = """
shape = "tickets"
[columns]
ticket_id = "Id"
team = "Group"
status = "Status"
created_at = "Created at"
first_response_at = "First"
resolved_at = "Solved at"
at = "Updated at"
reassignments = "Stations"
priority = "Priority"
[kinds]
Closed = "closed"
Deleted = "excluded"
Hold = "pending"
"""
HEAD = "Id,Group,Status,Created at,First,Solved at,Updated at,Stations,Priority\n"


def test_tickets_give_what_their_last_state_tells_and_no_paths(bench):
    report = bench.take(
        HEAD + "1,Desk,Closed,2024-01-01 10:00,2024-01-01 10:30,2024-01-02 10:00,2024-01-06 10:00,3,P1\n"
        "2,Dev,Deleted,2024-01-01 10:00,,,2024-01-05 10:00,1,P2\n3,Dev,Open,2024-01-01 10:00,,,2024-01-05 10:00,1,P2\n"
        "4,Dev,Closed,2024-01-01 10:00,,,2024-01-05 10:00,1,P2\n5,Dev,Hold,2024-01-01 10:00,,,2024-01-05 10:00,1,P2\n",
        TICKETS,
    )
    assert (report.taken, report.tickets) == (5, 4)
    assert bench.events("ticket, utc[9:16], kind") == [
        ("1", "01 10:00", "created"), ("1", "01 10:30", "replied"), ("1", "02 10:00", "resolved"),
        ("2", "01 10:00", "created"), ("2", "05 10:00", "excluded"), ("3", "01 10:00", "created"),
        ("4", "01 10:00", "created"), ("4", "05 10:00", "closed"), ("5", "01 10:00", "created"), ("5", "05 10:00", "pending"),
    ]  # fmt: skip
    assert bench.rows("SELECT reassignments FROM ticket_extras ORDER BY ticket_no") == [
        ("3",),
        ("1",),
        ("1",),
        ("1",),
        ("1",),
    ]
    assert "Solved tickets without a time for it, whose last update stands in: 1." in report.notes
    assert "Tickets excluded as merged, spam or test, out of all counts: 1." in report.notes
    missing = json.loads(bench.rows("SELECT value FROM meta WHERE key = 'missing_capabilities'")[0][0])
    assert {"paths", "acknowledgement"} <= missing.keys()


def test_a_later_export_of_the_same_tickets_updates_them_and_adds_none(bench):
    bench.take(HEAD + "1,Desk,Open,2024-01-01 10:00,,,2024-01-01 10:00,1,P2\n", TICKETS)
    later = bench.take(HEAD + "1,Dev,Closed,2024-01-01 10:00,,2024-01-02 10:00,2024-01-03 10:00,2,P1\n", TICKETS)
    assert (later.taken, later.repeated, later.tickets, later.accounts[0].updated) == (0, 1, 1, 1)
    assert bench.events("kind, team") == [("created", "Dev"), ("resolved", "Dev")]


def test_a_ticket_that_the_file_holds_twice_counts_once_with_its_last_update(bench):
    report = bench.take(
        HEAD + "1,Dev,Closed,2024-01-01 10:00,,2024-01-02 10:00,2024-01-03 10:00,2,P1\n"
        "1,Desk,Open,2024-01-01 10:00,,,2024-01-01 10:00,1,P2\n",
        TICKETS,
    )
    assert (report.taken, report.tickets) == (2, 1)
    assert bench.events("kind, team") == [("created", "Dev"), ("resolved", "Dev")]


def test_tickets_and_events_do_not_mix(bench):
    bench.take(HEAD + "1,Desk,Open,2024-01-01 10:00,,,2024-01-01 10:00,1,P2\n", TICKETS)
    with pytest.raises(ImportRefused, match="dataset of its own"):
        bench.take(changes("A,2024-01-01,group_id,,Desk,x"), CHANGES)


VOLUME = 'shape = "volume"\n[columns]\nat = "Day"\ncount = "Calls"\nchannel = "Channel"\n'


def test_counts_per_day_and_channel(bench):
    report = bench.take(
        'Day,Calls,Channel\n2024-01-01,"1,234",phone\n2024-01-02,3,phone\n2024-01-02,x,chat\n2024-01-02,-1,chat\n',
        VOLUME,
    )
    assert (report.taken, report.rejected, report.tickets, report.events) == (2, 2, 1237, 0)
    assert {r.reason for r in report.reasons} == {"no count in 'Calls'"}
    assert bench.rows("SELECT day::VARCHAR, hour, channel, tickets FROM volume") == [
        ("2024-01-01", None, "phone", 1234.0), ("2024-01-02", None, "phone", 3.0),
    ]  # fmt: skip
    missing = json.loads(bench.rows("SELECT value FROM meta WHERE key = 'missing_capabilities'")[0][0])
    assert {"paths", "tiers", "replies", "resolution"} <= missing.keys()


def test_counts_per_interval_have_an_hour_and_a_corrected_count_replaces_the_old_one(bench):
    bench.take(
        "Day,Calls,Channel\n2024-01-01 00:00,5,phone\n2024-01-01 00:30,7,phone\n2024-01-01 13:00,9,phone\n", VOLUME
    )
    bench.take("Day,Calls,Channel\n2024-01-01 13:00,11,phone\n", VOLUME)
    assert bench.rows("SELECT hour, tickets FROM volume") == [(0, 5.0), (0, 7.0), (13, 11.0)]


def test_history_that_needs_more_columns_is_refused_before_anything_is_read(bench):
    with pytest.raises(MappingError, match="'field'"):
        Mapping.from_toml(CHANGES.replace('field = "field"\n', ""), "m")
    with pytest.raises(MappingError, match="'new'"):
        bench.take("ticket,when,field,old,by\n1,2,3,4,5\n", CHANGES)


def test_the_report_says_which_changed_fields_were_understood(bench):
    report = bench.take(changes("A,2024-01-01,group_id,,Desk,x", "A,2024-01-02,size,1,2,x"), CHANGES)
    assert "Changed fields understood: 'group_id' as team. Not part of the state: 'size'." in report.notes

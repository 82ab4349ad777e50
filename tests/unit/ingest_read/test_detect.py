"""Detection: vendors by their real headers and seeds, everything else by words and values; each choice has a reason."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from analytics.errors import ImportRefused
from analytics.ingest.detect import detect, fitted_preset
from analytics.ingest.detection.values import kind_of
from analytics.ingest.mapping import CANONICAL, REQUIRED, Mapping, load_preset, preset_names
from analytics.ingest.read import open_source
from analytics.ingest.words import COLUMN_WORDS, STATUS_KINDS, TEAM_RULES, folded
from analytics.model import KINDS
from tests.hostile.corpus import XES
from tests.unit.ingest_read import headers


@pytest.fixture
def proposed(tmp_path):
    def propose(content: bytes | str, name: str = "export.csv", **kwargs):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return detect(open_source(path), **kwargs)

    return propose


def rows(header: str, *lines: str) -> str:
    return "\n".join([header, *lines]) + "\n"


def events(header: str, make, tickets: int = 30, each: int = 4) -> str:
    """A log of some tickets with several rows each; `make(ticket, nth)` gives a row."""
    return rows(header, *(make(t, n) for t in range(tickets) for n in range(each)))


def log(header: str, more) -> str:
    """As `events`, with ticket and time in front; `more(ticket, nth)` gives the other cells."""
    return events(header, lambda t, n: f"T{t},2024-03-{t % 28 + 1:02d} 0{n}:00,{more(t, n)}")


# ── Vendors, by the headers they really export ───────────────────────────────────────────────────────────────────────────


VENDORS = [
    ("zendesk_tickets", headers.export(headers.ZENDESK_TICKETS, style="dmy"), {
        "ticket_id": "Id", "created_at": "Created at", "resolved_at": "Solved at", "team": "Group", "status": "Status",
        "channel": "Via", "reassignments": "Group stations", "reopens": "Reopens", "csat": "Satisfaction Score",
    }),
    ("jira_tickets", headers.export(headers.JIRA_TICKETS, style="jira"), {
        "ticket_id": "Issue key", "created_at": "Created", "resolved_at": "Resolved", "status": "Status", "agent": "Assignee",
        "customer": "Reporter", "category": "Issue Type", "product": "Project name", "csat": "Satisfaction rating",
    }),
    ("servicenow_incidents", headers.export(headers.SERVICENOW_LIST), {
        "ticket_id": "number", "created_at": "opened_at", "team": "assignment_group", "status": "state", "at": "sys_updated_on",
    }),
    ("servicenow_incidents", headers.export(headers.SERVICENOW_LIST_LABELS), {
        "ticket_id": "Number", "created_at": "Opened", "team": "Assignment group", "status": "State", "at": "Updated",
        "agent": "Assigned to", "subject": "Short description",
    }),
    ("servicenow_sys_audit", headers.export(
        headers.SYS_AUDIT, sys_created_on=["2024-03-05 10:00:00"], fieldname=["state", "assignment_group"],
    ), {"ticket_id": "documentkey", "at": "sys_created_on", "field": "fieldname", "old": "oldvalue", "new": "newvalue"}),
    ("servicenow_metric_instance", headers.export(
        headers.METRIC_INSTANCE, definition=["Assignment group", "Incident State Duration"], start=["2024-03-05 10:00:00"],
        end=["2024-03-05 11:00:00"], value=["Desk", "New"],
    ), {"ticket_id": "id", "start": "start", "end": "end", "field": "definition", "new": "value"}),
    ("freshdesk_tickets", headers.export(headers.FRESHDESK), {
        "ticket_id": "Ticket ID", "created_at": "Created time", "resolved_at": "Resolved time", "closed_at": "Closed time",
        "first_response_at": "Initial response time", "team": "Group", "agent": "Agent", "csat": "Survey results",
    }),
    ("freshdesk_tickets", headers.export(headers.FRESHSERVICE), {
        "ticket_id": "Ticket Id", "created_at": "Created Time", "resolved_at": "Resolved Time", "team": "Group",
        "first_response_at": "Initial Response Time",
    }),
    ("xes", XES, {"ticket_id": "case:concept:name", "at": "time:timestamp", "status": "concept:name"}),
]  # fmt: skip


@pytest.mark.parametrize(("preset", "content", "columns"), VENDORS)
def test_a_vendors_export_is_known_by_its_header(proposed, preset, content, columns):
    told = proposed(content, "export.xes" if preset == "xes" else "export.csv")
    assert told.preset == preset
    assert told.shape == load_preset(preset).shape
    assert {name: told.mapping.columns.get(name) for name in columns} == {name: (c,) for name, c in columns.items()}
    assert told.choices[1 if preset == "xes" else 2].confidence >= 0.8


def test_a_localised_jira_export_with_duplicate_headers(proposed):
    told = proposed(headers.export(headers.JIRA_TICKETS_ES, style="jira"))
    wanted = {
        "ticket_id": "Clave de incidencia", "created_at": "Creada", "resolved_at": "Resuelta", "status": "Estado",
        "priority": "Prioridad", "agent": "Persona asignada", "customer": "Informador", "subject": "Resumen",
        "product": "Proyecto", "category": "Tipo de Incidencia", "team": "Campo personalizado (Grupo)",
    }  # fmt: skip
    assert told.shape == "tickets"
    assert {name: told.mapping.columns.get(name) for name in wanted} == {name: (c,) for name, c in wanted.items()}
    assert told.mapping.kinds["Resuelta"] == "resolved"


SEEDS = [
    ("dbt_zendesk/ticket_field_history_data.csv", "zendesk_field_history", {"at": "updated", "new": "value"}),
    ("dbt_zendesk/ticket_data.csv", "zendesk_tickets", {"ticket_id": "id", "team": "group_id", "at": "updated_at"}),
    ("dbt_jira/issue_field_history.csv", "jira_changelog", {"ticket_id": "issue_id", "at": "time", "field": "field_id"}),
    ("dbt_jira/issue_multiselect_history.csv", "jira_changelog", {"ticket_id": "issue_id", "at": "time", "field": "field_id"}),
    ("dbt_jira/issue.csv", "jira_tickets", {"ticket_id": "key", "created_at": "created"}),
    ("dbt_servicenow/task_data.csv", "servicenow_incidents", {"ticket_id": "number", "created_at": "opened_at"}),
    ("dbt_servicenow/task_data_snowflake.csv", "servicenow_incidents", {"ticket_id": "number"}),
    ("dbt_servicenow/incident_data.csv", "servicenow_incidents", {"ticket_id": "sys_id", "created_at": "sys_created_on"}),
    ("dbt_intercom/conversation_part_history_data.csv", "intercom_parts", {"ticket_id": "conversation_id", "at": "created_at"}),
]  # fmt: skip


@pytest.mark.parametrize(("seed", "preset", "columns"), SEEDS)
def test_a_vendors_seed_is_known(shared, seed, preset, columns):
    told = detect(open_source(shared / "vendor" / seed))
    assert told.preset == preset
    assert {name: told.mapping.columns[name] for name in columns} == {name: (c,) for name, c in columns.items()}
    assert told.mapping.source.timezone == "UTC"


NO_TICKETS = [
    "dbt_zendesk/user_data.csv", "dbt_zendesk/group_data.csv", "dbt_zendesk/brand_data.csv", "dbt_zendesk/ticket_tag_data.csv",
    "dbt_zendesk/organization_data.csv", "dbt_zendesk/time_zone_data.csv", "dbt_zendesk/user_tag_data.csv",
    "dbt_jira/component.csv", "dbt_jira/field.csv", "dbt_jira/priority.csv", "dbt_jira/issue_link.csv",
    "dbt_servicenow/sys_user_data.csv", "dbt_servicenow/sys_choice_data.csv", "dbt_intercom/team_data.csv",
    "dbt_intercom/tag_data.csv", "dbt_intercom/company_history_data.csv", "dbt_zendesk/ticket_schedule_data.csv",
    "dbt_zendesk/schedule_data.csv", "dbt_zendesk/ticket_comment_data.csv", "dbt_intercom/conversation_tag_history_data.csv",
]  # fmt: skip


@pytest.mark.parametrize("seed", NO_TICKETS)
def test_a_table_that_holds_no_tickets_is_refused_with_what_was_seen(shared, seed):
    with pytest.raises(ImportRefused) as told:
        detect(open_source(shared / "vendor" / seed))
    assert "was not recognised" in told.value.title
    assert "Its columns" in told.value.found
    assert told.value.todo


def test_the_uci_log_takes_the_update_as_time_and_no_final_value(shared):
    told = detect(open_source(shared / "uci_incident_event_log.zip"))
    assert told.preset == "servicenow_audit_extract"
    wanted = {
        "ticket_id": "number", "at": "sys_updated_at", "created_at": "opened_at", "status": "incident_state",
        "team": "assignment_group", "agent": "assigned_to", "priority": "priority", "category": "category",
        "channel": "contact_type", "customer": "caller_id",
    }  # fmt: skip
    assert told.mapping.columns == {name: (column,) for name, column in wanted.items()}
    assert told.mapping.source.date_order == "dmy"
    assert told.mapping.source.missing == ("?",)
    proof = next(choice for choice in told.choices if choice.what == "date order")
    assert proof.reason == "day first, as line 2 proves: '29/2/2016 01:23'"
    assert not told.questions
    tiers = next(choice for choice in told.choices if choice.what == "tiers")
    assert (tiers.value, told.mapping.tiers.names_teams) == ("none", False)


def test_the_italian_log_is_known_by_words_and_values(shared):
    told = detect(open_source(shared / "italian_helpdesk.csv.gz"))
    assert (told.shape, told.preset) == ("events", None)
    wanted = {
        "ticket_id": "Case ID",
        "at": "Complete Timestamp",
        "status": "Activity",
        "team": "workgroup",
        "agent": "Resource",
    }
    assert {name: told.mapping.columns[name] for name in wanted} == {name: (c,) for name, c in wanted.items()}
    assert told.mapping.kinds["Take in charge ticket"] == "acknowledged"
    assert told.mapping.kinds["Resolve ticket"] == "resolved"
    assert "Require upgrade" not in told.mapping.kinds


@pytest.mark.parametrize(
    ("name", "columns"),
    [("example_wp_log_peyton_manning.csv", ("ds", "y")), ("otexts_views.csv", ("Date", "Pageviews"))],
)
def test_daily_counts_are_volume(shared, name, columns):
    told = detect(open_source(shared / name))
    assert (told.shape, told.mapping.columns["at"], told.mapping.columns["count"]) == (
        "volume",
        *[(c,) for c in columns],
    )


# ── JSON of the vendors ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_zendesk_audits(proposed):
    event = {"id": 1, "type": "Change", "field_name": "group_id", "previous_value": "1", "value": "2"}
    audits = [
        {"id": i, "ticket_id": i // 2, "created_at": headers.stamp(i), "author_id": 9, "events": [event]}
        for i in range(9)
    ]
    told = proposed(json.dumps({"audits": audits}), "audits.json")
    assert (told.preset, told.shape) == ("zendesk_audits", "changes")
    assert told.mapping.columns == {
        "ticket_id": ("ticket_id",), "at": ("created_at",), "field": ("field_name",), "old": ("previous_value",),
        "new": ("value",), "agent": ("author_id",),
    }  # fmt: skip
    assert told.mapping.kinds["public comment"] == "replied"


def test_jira_changelog(proposed):
    item = {"field": "status", "fromString": "Open", "toString": "In Progress"}
    history = {"id": "5", "created": "2024-01-01T11:00:00.000+0100", "author": {"displayName": "Ann"}, "items": [item]}
    fields = {"created": "2024-01-01T10:00:00.000+0100", "priority": {"name": "High"}, "summary": "Help"}
    issues = [
        {"id": str(i), "key": f"SUP-{i}", "fields": fields, "changelog": {"histories": [history]}} for i in range(5)
    ]
    told = proposed(json.dumps({"issues": issues}), "issues.json")
    assert (told.preset, told.mapping.columns["ticket_id"]) == ("jira_changelog", ("issueKey",))
    assert told.mapping.columns["created_at"] == ("fields.created",)
    assert told.mapping.columns["priority"] == ("fields.priority.name",)
    assert next(c for c in told.choices if c.what == "time zone").value == "in the times"


def test_intercom_parts_tell_teams_from_admins_and_replies_from_customers(proposed):
    part = {"id": "1", "created_at": 1709633472, "part_type": "assignment", "assigned_to": {"type": "team", "id": "7"}}
    reply = {"id": "2", "created_at": 1709633572, "part_type": "comment", "author": {"type": "admin", "id": "5"}}
    talk = {"id": "77", "created_at": 1709633000, "conversation_parts": {"conversation_parts": [part, reply]}}
    told = proposed(json.dumps({"conversations": [talk] * 3}), "talks.json")
    assert (told.preset, told.shape) == ("intercom_parts", "changes")
    assert told.mapping.columns["field"] == ("part_type", "assigned_to.type")
    assert told.mapping.columns["kind"] == ("part_type", "author.type")
    assert told.mapping.field_of("assignment/team") == "team"
    assert told.mapping.field_of("assignment/admin") == "agent"
    assert told.mapping.kinds["comment/admin"] == "replied"
    assert told.mapping.kinds["comment/user"] == "customer_replied"


# ── Our own columns ──────────────────────────────────────────────────────────────────────────────────────────────────────


OWN = [
    ("events", "ticket_id,at,kind,tier,team,agent,priority,product,category,channel",
     "T1,2024-03-05 10:00,created,L1,A,Ann,P1,X,c,web"),
    ("events", "ticket_id,at,status,tier,team", "T1,2024-03-05 10:00,New,L1,A"),
    ("events", "ticket_id,at,kind,tier,team,created_at", "T1,2024-03-05 10:00,created,L1,A,2024-03-05 10:00"),
    ("tickets", "ticket_id,created_at,first_response_at,resolved_at,closed_at,status,tier,team",
     "T1,2024-03-05,,2024-03-06,,x,L1,A"),
    ("changes", "ticket_id,at,field,old,new,agent", "T1,2024-03-05 10:00,status,New,Open,Ann"),
    ("stays", "ticket_id,team,start,end", "T1,A,2024-03-05 10:00,2024-03-05 11:00"),
    ("volume", "at,count,tier,channel", "2024-03-05,17,L1,web"),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "header", "row"), OWN)
@pytest.mark.parametrize("several", [1, 40])
def test_our_own_columns_are_known_with_certainty(proposed, shape, header, row, several):
    lines = [row.replace("T1", f"T{i}").replace("05", f"{i % 28 + 1:02d}") for i in range(several)]
    told = proposed(rows(header, *lines))
    assert told.shape == shape
    empty = {name for name, value in zip(header.split(","), row.split(","), strict=True) if not value}
    assert {n: c for n, c in told.mapping.columns.items() if n not in empty} == {
        n: (n,) for n in header.split(",") if n not in empty
    }
    assert next(choice for choice in told.choices if choice.what == "shape").confidence == 1.0
    assert all(c.confidence == 1.0 for c in told.choices if c.what in header.split(",") and c.what not in empty)


def test_a_kind_column_needs_no_kinds_and_a_status_of_kinds_means_them(proposed):
    told = proposed(log("ticket_id,at,status,team", lambda t, n: f"{list(KINDS)[n]},A"))
    assert told.mapping.kinds == {kind: kind for kind in list(KINDS)[:4]}


# ── Words and values ─────────────────────────────────────────────────────────────────────────────────────────────────────


def volvo() -> str:
    def row(ticket: int, nth: int) -> str:
        status = ("Accepted/In Progress", "Queued/Awaiting Assignment", "Accepted/Wait - User", "Completed/Resolved")[
            nth
        ]
        team = ("V13 2nd 3rd", "N36 2nd", "D8", "G97")[(ticket + nth) % 4]
        main, sub = status.split("/")
        when = f"2012-03-{ticket % 28 + 1:02d}T0{nth}:15:00+01:00"
        return f"1-3644{ticket:05d},{when},{main},{sub},A2_1,Org line A2,{team},Medium,PROD{ticket % 9},swe,Sweden,Ann{nth}"

    return events(headers.VOLVO, row)


def test_the_contracts_example_a_status_with_its_sub_status_and_tiers_in_names(proposed):
    """import.md: a team named `V13 2nd 3rd`. The first rule decides, as in the contract's mapping, and it is told."""
    told = proposed(volvo())
    assert told.shape == "events"
    wanted = {
        "ticket_id": ("SR Number",), "at": ("Change Date+Time",), "status": ("Status", "Sub Status"), "team": ("Involved ST",),
        "agent": ("Owner First Name",), "priority": ("SR Latest Impact",), "product": ("Product",),
    }  # fmt: skip
    assert {name: told.mapping.columns[name] for name in wanted} == wanted
    assert told.mapping.kinds == {
        "Accepted/In Progress": "acknowledged", "Queued/Awaiting Assignment": "queued", "Accepted/Wait - User": "pending",
        "Completed/Resolved": "resolved",
    }  # fmt: skip
    tiers = told.mapping.tiers
    assert [tiers.of_team(team) for team in ("V13 2nd 3rd", "N36 2nd", "D8", "G97")] == ["L2", "L2", "L1", "L1"]
    odd = next(choice for choice in told.choices if choice.what == "team 'V13 2nd 3rd'")
    assert (odd.value, odd.confidence, odd.reason) == ("L2", 0.4, "its name speaks for L2 and L3")


def test_final_values_on_every_row_are_no_event_times(proposed):
    """import.md: final values such as `resolved_at` repeated on every row."""

    def row(ticket: int, nth: int) -> str:
        day = f"{ticket % 28 + 1:02d}"
        final = f"2024-03-{day} 00:00,2024-04-{day} 00:00,2024-05-01"
        return f"T{ticket},{final},New,A{nth % 2},2024-03-{day} 0{nth + 1}:00"

    told = proposed(events("ticket,opened,resolved_at,date,status,group,step entered", row))
    assert told.mapping.columns["at"] == ("step entered",)
    assert told.mapping.columns["created_at"] == ("opened",)
    assert "resolved_at" not in told.mapping.columns
    reason = next(choice.reason for choice in told.choices if choice.what == "at")
    assert reason == "the times in 'step entered' differ between the rows of a ticket"


LANGUAGES = [
    ("Ticketnummer;Erstellt am;Geändert am;Status;Zuweisungsgruppe;Bearbeiter;Priorität",
     ("Neu", "In Bearbeitung", "Gelöst", "Geschlossen")),
    ("Numéro de ticket;Date de création;Date de modification;Statut;Groupe;Assigné à;Priorité",
     ("Nouveau", "En cours", "Résolu", "Fermé")),
    ("Número de ticket;Fecha de creación;Fecha de modificación;Estado;Grupo;Asignado a;Prioridad",
     ("Nuevo", "En curso", "Resuelto", "Cerrado")),
    ("Numero di ticket;Data creazione;Data modifica;Stato;Gruppo;Assegnato a;Priorità",
     ("Nuovo", "In lavorazione", "Risolto", "Chiuso")),
    ("Número do chamado;Data de criação;Data de alteração;Situação;Equipe;Responsável;Prioridade",
     ("Novo", "Em andamento", "Resolvido", "Fechado")),
    ("Ticketnummer;Aangemaakt op;Gewijzigd op;Toestand;Groep;Behandelaar;Prioriteit",
     ("Nieuw", "In behandeling", "Opgelost", "Gesloten")),
    ("Ärendenummer;Skapad den;Ändrad;Tillstånd;Grupp;Handläggare;Prioritet", ("Ny", "Pågående", "Löst", "Stängd")),
]  # fmt: skip


@pytest.mark.parametrize(("header", "words"), LANGUAGES, ids=["de", "fr", "es", "it", "pt", "nl", "sv"])
@pytest.mark.parametrize("shuffled", [False, True])
def test_translated_headers_and_statuses(proposed, header, words, shuffled):
    order = list(range(7))
    if shuffled:
        random.Random(4).shuffle(order)

    def row(ticket: int, nth: int) -> str:
        cells = [
            f"T{ticket}",
            f"{ticket % 28 + 1:02d}.03.2024 08:00",
            f"{ticket % 28 + 1:02d}.03.2024 1{nth}:00",
            words[nth],
        ]
        cells += [f"Team {ticket % 3}", f"Person {ticket % 5}", f"P{ticket % 3}"]
        return ";".join(cells[i] for i in order)

    names = header.split(";")
    told = proposed(events(";".join(names[i] for i in order), row))
    wanted = dict(zip(("ticket_id", "created_at", "at", "status", "team", "agent", "priority"), names, strict=True))
    assert told.shape == "events"
    assert told.mapping.columns == {name: (column,) for name, column in wanted.items()}
    assert [told.mapping.kinds[word] for word in words] == ["created", "acknowledged", "resolved", "closed"]
    assert told.mapping.source.date_order == "dmy"


def test_stays_with_a_start_and_an_end(proposed):
    row = lambda t, n: f"T{t},Group {n},2024-03-{t % 28 + 1:02d} 0{n}:00,2024-03-{t % 28 + 1:02d} 0{n + 1}:00"  # noqa: E731
    told = proposed(events("Ticket,Queue,Entered at,Left at", row))
    assert told.shape == "stays"
    assert told.mapping.columns == {
        "ticket_id": ("Ticket",), "start": ("Entered at",), "end": ("Left at",), "team": ("Queue",),
    }  # fmt: skip


def test_a_date_and_its_clock_in_two_columns_are_one_time(proposed):
    row = lambda t, n: f"T{t},{t % 28 + 1:02d}.03.2024,{n + 8:02d}:15,Open,A"  # noqa: E731
    told = proposed(events("Ticket;Change date;Change time;Status;Team", lambda t, n: row(t, n).replace(",", ";")))
    assert told.mapping.columns["at"] == ("Change date", "Change time")


def test_volume_per_interval_and_channel(proposed):
    lines = [
        f"2024-03-{d:02d} {h:02d}:00,{c},{d + h}" for d in range(1, 20) for h in range(24) for c in ("phone", "mail")
    ]
    told = proposed(rows("Interval start,Channel,Calls offered", *lines))
    assert told.shape == "volume"
    assert told.mapping.columns == {"at": ("Interval start",), "count": ("Calls offered",), "channel": ("Channel",)}


def test_ticket_numbers_without_a_name_are_found_by_their_values(proposed):
    told = proposed(
        events("Vorfall,Zeit,Zustand,Gruppe", lambda t, n: f"INC{t:06d},2024-03-{t % 28 + 1:02d} 0{n}:00,Neu,A")
    )
    assert told.mapping.columns["ticket_id"] == ("Vorfall",)
    assert next(c for c in told.choices if c.what == "ticket_id").confidence < 0.5


def test_a_file_without_header_is_refused_and_told_why(proposed):
    with pytest.raises(ImportRefused, match="The first line looks like a row"):
        proposed("1001,2024-03-05 10:00,77,9\n1002,2024-03-05 11:00,78,9\n")


def test_a_file_of_no_shape_says_what_is_missing(proposed):
    with pytest.raises(ImportRefused) as told:
        proposed("name,colour\nanna,red\nbo,blue\n")
    assert told.value.title == "'export.csv' was not recognised: there is no column with ticket numbers."
    assert told.value.found == "Its columns: 'name', 'colour'."


def test_only_malformed_rows_are_refused_with_the_first_reason(proposed):
    with pytest.raises(ImportRefused, match="Line 2: 2 fields where the header has 3"):
        proposed("ticket_id,at,status\n1,2\n3,4\n")


# ── Dates and zones ──────────────────────────────────────────────────────────────────────────────────────────────────────


def dated(*times: str) -> str:
    return rows("ticket_id,at,status", *(f"T{i // 2},{time},New" for i, time in enumerate(times)))


def test_a_day_above_twelve_proves_the_order_and_its_line_is_told(proposed):
    told = proposed(dated("03/04/2024 10:00", "04/05/2024 10:00", "05/23/2024 10:00", "06/07/2024 10:00"))
    assert told.mapping.source.date_order == "mdy"
    assert "line 4 proves: '05/23/2024 10:00'" in next(c for c in told.choices if c.what == "date order").reason


def test_dates_that_nothing_proves_are_a_question(proposed):
    told = proposed(dated("03/03/2024 10:00", "03/04/2024 10:00", "05/06/2024 10:00"))
    (question,) = told.questions
    assert question.what == "date_order"
    assert question.options == ("dmy", "mdy")
    assert question.sentence == "Is '03/04/2024 10:00' the 3 April or the 4 March?"
    assert "first seen in line 3" in question.proof
    assert told.mapping.source.date_order is None


@pytest.mark.parametrize(
    "times", [("2024-03-04", "2024-03-05"), ("11/May/24 03:26 PM", "12/May/24 03:26 AM"), ("45000.5", "45001")]
)
def test_dates_that_read_one_way_only_are_no_question(proposed, times):
    told = proposed(dated(*times * 4))
    assert not told.questions


def test_dates_that_contradict_each_other_are_told(proposed):
    told = proposed(dated("23/04/2024 10:00", "04/23/2024 10:00"))
    choice = next(c for c in told.choices if c.what == "date order")
    assert (choice.value, told.mapping.source.date_order) == ("mixed", None)
    assert "'23/04/2024 10:00' in line 2 and '04/23/2024 10:00' in line 3 contradict" in choice.reason


def test_a_proof_far_down_is_found(proposed):
    times = ["03/04/2024 10:00"] * 60_000 + ["13/04/2024 10:00"]
    told = proposed(dated(*times))
    assert told.mapping.source.date_order == "dmy"
    assert "line 60,002" in next(c for c in told.choices if c.what == "date order").reason


def test_another_column_of_the_file_may_prove_the_order(proposed):
    told = proposed(events("case,changed,due,state", lambda t, n: f"T{t},{n + 1}/3/2016 01:15,20/3/2016 10:00,New"))
    assert told.mapping.source.date_order == "dmy"
    assert "'20/3/2016 10:00'" in next(c for c in told.choices if c.what == "date order").reason


@pytest.mark.parametrize(
    ("name", "value", "zone", "said"),
    [
        ("at", "2024-03-04T10:00:00Z", None, "in the times"),
        ("at", "2024-03-04 10:00:00+01:00", None, "in the times"),
        ("at", "1709633472", None, "in the times"),
        ("Updated (UTC)", "2024-03-04 10:00", "UTC", "UTC"),
        ("at", "2024-03-04 10:00", None, "UTC"),
    ],
)
def test_the_time_zone_is_told_where_the_file_tells_it(proposed, name, value, zone, said):
    told = proposed(
        rows(f"ticket_id,{name},status", *[f"T{i // 2},{value.replace('10:', f'1{i}:')},New" for i in range(6)])
    )
    assert told.mapping.source.timezone == zone
    assert next(c for c in told.choices if c.what == "time zone").value == said


# ── Missing, kinds, tiers ────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_for_nothing_is_proposed_where_it_occurs(proposed):
    """import.md: `?`, `NA`, `null`."""
    told = proposed(dated("2024-03-04") + "T9,2024-03-05,?\nT9,2024-03-06,null\nT9,2024-03-07,NA\n")
    assert set(told.mapping.source.missing) == {"?", "null", "NA"}
    assert not {"?", "null", "NA"} & set(told.mapping.kinds)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("New", "created"), ("In Progress", "acknowledged"), ("Waiting for customer reply", "pending"),
        ("On Hold - Vendor", "pending"), ("Résolu (automatique)", "resolved"), ("Closed - no response", "closed"),
        ("Gelöst", "resolved"), ("Wartet auf Kunde", "pending"),
        ("Reopened by customer", "reopened"), ("Completed/Closed", "closed"), ("Accepted/Wait", "pending"), ("Banana", "changed"),
        ("Cancelled by user", "cancelled"), ("Löst", "resolved"), ("Pågående", "acknowledged"), ("Unassigned", "queued"),
    ],
)  # fmt: skip
def test_the_kind_of_a_status(status, kind):
    assert kind_of(status)[0] == kind


def test_open_is_work_where_there_is_new_and_the_beginning_where_there_is_not():
    assert kind_of("Open", opened=True)[0] == "acknowledged"
    assert kind_of("Open")[0] == "created"


def test_a_status_that_is_not_recognised_is_listed_and_stays_changed(proposed):
    told = proposed(log("ticket_id,at,status", lambda t, n: f"{['New', 'Banana'][n % 2]}"))
    assert told.mapping.kinds == {"New": "created"}
    choice = next(c for c in told.choices if c.what == "status 'Banana'")
    assert (choice.value, choice.confidence) == ("changed", 0.2)


def teams(*names: str) -> str:
    return events(
        "ticket_id,at,team,status",
        lambda t, n: f"T{t},2024-03-{t % 28 + 1:02d} 0{n}:00,{names[(t + n) % len(names)]},New",
    )


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("L1 Desk", "L2 Net", "L3 Core"), ("L1", "L2", "L3")),
        (("Service Desk", "Technical Support", "Engineering"), ("L1", "L2", "L3")),
        (("Tier 1", "Tier 2", "Tier 3"), ("L1", "L2", "L3")),
        (("1st line", "2nd line", "3rd line"), ("L1", "L2", "L3")),
        (("Support Niveau 1", "Support Niveau 2", "Développement"), ("L1", "L2", "L3")),
        (("Hotline", "2nd Level", "Entwicklung"), ("L1", "L2", "L3")),
        (("Billing", "N36 2nd", "V3 3rd"), ("L1", "L2", "L3")),
    ],
)  # fmt: skip
def test_teams_that_say_their_tier(proposed, names, wanted):
    told = proposed(teams(*names))
    assert tuple(told.mapping.tiers.of_team(name) for name in names) == wanted
    assert Mapping.from_toml(told.mapping.to_toml(), told.mapping.name) == told.mapping


@pytest.mark.parametrize(
    "names", [("Group 56", "Group 70"), ("Billing", "Parcel1 Ops", "Reengineering"), ("Service Desk", "Billing")]
)
def test_teams_that_do_not_say_it_get_no_tier(proposed, names):
    told = proposed(teams(*names))
    assert not told.mapping.tiers.names_teams
    assert next(c for c in told.choices if c.what == "tiers").value == "none"


def test_words_of_a_tier_column_are_translated(proposed):
    told = proposed(
        events(
            "ticket_id,at,support level,status",
            lambda t, n: f"T{t},2024-03-{t % 28 + 1:02d} 0{n}:00,Level {n % 3 + 1},New",
        )
    )
    assert told.mapping.columns["tier"] == ("support level",)


# ── Known mappings, presets, personal columns ────────────────────────────────────────────────────────────────────────────


def test_a_known_mapping_is_proposed_again_when_its_columns_come_again(proposed):
    text = 'shape = "events"\n[columns]\nticket_id = "A"\nat = "B"\nstatus = "C"\n[kinds]\n"x" = "resolved"\n'
    mine, small = Mapping.from_toml(text, "mine"), Mapping.from_toml(text.replace('status = "C"\n', ""), "small")
    content = events("A,B,C,D", lambda t, n: f"{t},2024-03-{t % 28 + 1:02d} 0{n}:00,x,y")
    told = proposed(content, known=[small, mine])
    assert (told.mapping.name, told.mapping.kinds, told.mapping.columns["status"]) == (
        "mine",
        {"x": "resolved"},
        ("C",),
    )
    other = content.replace("A,B,C,D", "ticket_id,at,status,D", 1)
    assert proposed(other, known=[mine, small]).mapping.name == "export.csv"


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_fits_a_file_with_its_own_columns(name, tmp_path):
    preset = load_preset(name)
    header = list(dict.fromkeys(column for columns in preset.columns.values() for column in columns))
    path = tmp_path / "own.csv"
    path.write_text(",".join(header) + "\n" + ",".join("x" for _ in header) + "\n")
    fitted = fitted_preset(name, open_source(path))
    assert {n: fitted.columns[n] for n in preset.columns} == dict(preset.columns)
    assert set(fitted.columns) >= set(REQUIRED[preset.shape])
    assert preset.title
    assert preset.about


def test_personal_columns_are_offered_and_nothing_is_done_unasked(proposed):
    told = proposed(headers.export(headers.ZENDESK_TICKETS))
    kinds = {personal.column: personal.kind for personal in told.personal}
    assert kinds["Requester email"] == "email address"
    assert kinds["Assignee"] == "agent"
    assert kinds["Subject"] == "free text"
    assert "Group" not in kinds
    assert (told.mapping.drop, told.mapping.hash) == ((), ())


# ── The tables of words ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_word_is_written_as_it_is_compared():
    assert [w for words in COLUMN_WORDS.values() for w in words if folded(w) != w] == []
    assert [w for w in STATUS_KINDS if folded(w) != w] == []
    assert set(STATUS_KINDS.values()) <= set(KINDS)
    assert {tier for _, tier in TEAM_RULES} == {"L0", "L1", "L2", "L3"}


def test_there_are_words_for_every_canonical_column():
    assert {name for names in CANONICAL.values() for name in names} <= set(COLUMN_WORDS)


def test_no_status_word_means_two_kinds():
    from analytics.ingest.words import _STATUSES

    seen: dict[str, str] = {}
    for kind, words in _STATUSES.items():
        for word in words.split():
            assert seen.setdefault(word, kind) == kind, f"{word}: {seen[word]} or {kind}"


NAMES = [word for words in COLUMN_WORDS.values() for word in words[:6]] + ["x", "é", "?"]
CELLS = ["", "1", "T2", "2024-03-05", "13/04/2024", "New", "L2", "?", "a b", "0"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=8),
    st.lists(st.lists(st.sampled_from(CELLS), min_size=8, max_size=8),
             min_size=1, max_size=12),
)  # fmt: skip
def test_any_table_is_proposed_or_refused(tmp_path, header, cells):
    """Whatever the columns: a mapping whose columns are there and which survives its own TOML, or a refusal in words."""
    path = tmp_path / "any.csv"
    lines = [",".join(header), *(",".join(row[: len(header)]) for row in cells)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        source = open_source(path)
        told = detect(source)
    except ImportRefused:
        return
    assert set(told.mapping.source_columns()) <= set(source.columns)
    assert set(REQUIRED[told.shape]) <= set(told.mapping.columns)
    assert Mapping.from_toml(told.mapping.to_toml(), told.mapping.name) == told.mapping
    assert all(0 < choice.confidence <= 1 and choice.reason for choice in told.choices)

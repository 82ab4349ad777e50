"""Events into a dataset: every row accounted for, the same file twice, mended rows, settings that are derivations."""

from __future__ import annotations

import pytest

from analytics.errors import DatasetError, ImportRefused, MappingError
from analytics.ingest.importer import ImportCancelled, import_files
from analytics.ingest.maintain import import_history, rederive, rejected_rows
from analytics.ingest.mapping import Mapping, TierRules
from analytics.ingest.safe_export import csv_bytes
from tests.unit.ingest_core.conftest import EVENTS

LOG = """ticket,at,status,tier,team,agent,priority,region
A,2024-03-01 10:00,New,L1,Desk,,P3,EMEA
A,2024-03-01 10:10,Working,L1,Desk,ann,P3,EMEA
A,2024-03-01 11:00,Queued,Tier 2,Apps,,P2,EMEA
A,2024-03-01 12:30,Working,2,Apps,bo,P2,
A,2024-03-02 09:00,Solved,L2,Apps,bo,P2,APAC
B,2024-03-01 10:05,New,,,,P4,AMER
"""


def counted(report):
    assert report.rows == report.taken + report.repeated + report.rejected
    assert sum(reason.rows for reason in report.reasons) == report.rejected
    return report.taken, report.repeated, report.rejected


def test_a_log_is_taken_row_by_row(bench):
    report = bench.take(LOG)
    assert counted(report) == (6, 0, 0)
    assert (report.tickets, report.events, report.first_at, report.last_at) == (
        2, 6, "2024-03-01T10:00:00Z", "2024-03-02T09:00:00Z",
    )  # fmt: skip
    assert bench.events("ticket, event_no, utc, kind, tier_name, team, agent") == [
        ("A", 1, "2024-03-01 10:00:00", "created", "L1", "Desk", None),
        ("A", 2, "2024-03-01 10:10:00", "acknowledged", "L1", "Desk", "ann"),
        ("A", 3, "2024-03-01 11:00:00", "queued", "L2", "Apps", None),
        ("A", 4, "2024-03-01 12:30:00", "acknowledged", "L2", "Apps", "bo"),
        ("A", 5, "2024-03-02 09:00:00", "resolved", "L2", "Apps", "bo"),
        ("B", 1, "2024-03-01 10:05:00", "created", None, None, None),
    ]
    assert bench.rows("SELECT ticket_id, priority FROM tickets ORDER BY 1") == [("A", "P2"), ("B", "P4")]
    assert bench.rows('SELECT "region" FROM ticket_extras ORDER BY ticket_no') == [("APAC",), ("AMER",)]


def test_the_report_is_the_documented_json(bench):
    told = bench.take(LOG + "C,soon,New,L1,Desk,,P1,\n").to_json()
    assert told == {
        "dataset": "d", "rows": 7, "taken": 6, "repeated": 0, "rejected": 1,
        "reasons": [{"reason": "unreadable time in 'at'", "rows": 1, "first_line": 8}],
        "tickets": 2, "events": 6, "first_at": "2024-03-01T10:00:00Z", "last_at": "2024-03-02T09:00:00Z", "mapping": "test",
    }  # fmt: skip


def test_the_same_file_twice_changes_nothing(bench):
    bench.take(LOG)
    before, version = bench.ask("SELECT * FROM events"), bench.home.get("d").version
    again = bench.take(LOG)
    assert counted(again) == (0, 6, 0)
    assert (again.changed, again.tickets, again.events) == (False, 2, 6)
    assert bench.home.get("d").version == version
    assert bench.ask("SELECT * FROM events").equals(before)


def test_the_same_file_twice_in_one_import_counts_once(bench):
    files = [bench.file(LOG, "one.csv"), bench.file(LOG, "two.csv")]
    report = import_files(files, "d", home=bench.home, mapping=Mapping.from_toml(EVENTS, "m"))
    assert counted(report) == (6, 6, 0)
    assert [account.file for account in report.accounts] == ["one.csv", "two.csv"]


def test_two_equal_rows_in_one_file_are_two_events_and_both_are_repeats_next_time(bench):
    twin = LOG + "B,2024-03-01 10:06,Working,L1,Desk,ann,P4,\n" * 3
    assert counted(bench.take(twin)) == (9, 0, 0)
    assert counted(bench.take(twin)) == (0, 9, 0)
    assert counted(bench.take(twin + "B,2024-03-01 10:06,Working,L1,Desk,ann,P4,\n")) == (1, 9, 0)


def test_a_later_export_that_overlaps_adds_only_what_is_new(bench):
    lines = LOG.splitlines(keepends=True)
    bench.take("".join(lines[:4]))
    assert counted(bench.take(lines[0] + "".join(lines[2:]))) == (3, 2, 0)
    in_parts = bench.ask("SELECT * EXCLUDE (row_no) FROM events")
    bench.take(LOG, dataset="whole")
    assert in_parts.equals(bench.ask("SELECT * EXCLUDE (row_no) FROM events", "whole"))


def test_other_columns_take_the_latest_imports_value_and_add_no_event(bench):
    bench.take(LOG)
    report = bench.take(LOG.replace("P2", "P1").replace("AMER", "LATAM"))
    assert counted(report) == (0, 6, 0)
    assert report.changed
    assert report.accounts[0].updated == 4
    assert bench.rows("SELECT priority FROM tickets ORDER BY ticket_id") == [("P1",), ("P4",)]
    assert bench.rows("SELECT region FROM ticket_extras ORDER BY ticket_no") == [("APAC",), ("LATAM",)]


def test_one_ticket_with_two_events_at_one_second_keeps_the_files_order(bench):
    bench.take(
        "ticket,at,status,tier,team,agent,priority\nA,2024-01-01 10:00,Working,L1,,,\nA,2024-01-01 10:00,New,L1,,,\n"
    )
    assert bench.events("kind") == [("acknowledged",), ("created",)]


def test_rows_out_of_order_and_an_event_before_its_tickets_creation(bench):
    toml = EVENTS.replace('at = "at"', 'at = "at"\ncreated_at = "made"')
    bench.take(
        "ticket,at,status,tier,team,agent,priority,made\nA,2024-01-02,Solved,L1,,,,2024-01-01 08:00\n"
        "A,2023-12-31,New,L1,,,,2024-01-01 08:00\n",
        toml,
    )
    assert bench.events("utc, kind") == [("2023-12-31 00:00:00", "created"), ("2024-01-02 00:00:00", "resolved")]
    assert bench.rows("SELECT created_us, created_day::VARCHAR FROM tickets") == [(1704096000000000, "2024-01-01")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A,not yet,New,L1,Desk,,P1", "unreadable time in 'at'"),
        ("A,,New,L1,Desk,,P1", "missing time in 'at'"),
        (",2024-01-01,New,L1,Desk,,P1", "missing ticket id in 'ticket'"),
        ("  ,2024-01-01,New,L1,Desk,,P1", "missing ticket id in 'ticket'"),
        ("A,2024-01-01,New,L9,Desk,,P1", "unknown tier 'L9' in 'tier'"),
        ("A,2024-02-30,New,L1,Desk,,P1", "unreadable time in 'at'"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_reason_and_line(bench, row, reason):
    report = bench.take(f"ticket,at,status,tier,team,agent,priority\nA,2024-01-01,New,L1,Desk,,P1\n{row}\n")
    assert counted(report) == (1, 0, 1)
    assert [(r.reason, r.rows, r.first_line) for r in report.reasons] == [(reason, 1, 3)]
    rejected = rejected_rows(bench.open())
    assert rejected["_rejected_because"].tolist() == [reason]
    assert ",".join(rejected.iloc[0][["ticket", "at", "status", "tier", "team", "agent", "priority"]]) == row


def test_a_missing_tier_is_no_reason_to_reject(bench):
    assert counted(bench.take("ticket,at,status,tier,team,agent,priority\nA,2024-01-01,New,,Desk,,P1\n")) == (1, 0, 0)


BY_TEAM = EVENTS.replace('tier = "tier"\n', "").replace(
    "[kinds]", '[tiers]\nrules = [{pattern="2nd", tier="L2"}]\n[kinds]'
)


def test_a_team_without_a_tier_is_named_in_the_reason_and_a_missing_team_is_fine(bench):
    report = bench.take(
        "ticket,at,status,team,agent,priority\nA,2024-01-01,New,X 2nd,,\nA,2024-01-02,New,Y,,\nA,2024-01-03,New,,,\n",
        BY_TEAM,
    )
    assert counted(report) == (2, 0, 1)
    assert report.reasons[0].reason == "no tier for team 'Y'"


def test_without_any_tier_rules_teams_are_taken_without_tiers(bench):
    toml = EVENTS.replace('tier = "tier"\n', "")
    assert counted(bench.take("ticket,at,status,team,agent,priority\nA,2024-01-01,New,Desk,,\n", toml)) == (1, 0, 0)
    assert bench.events("tier_name, team") == [(None, "Desk")]


def test_a_rejected_row_stands_in_the_dataset_once_and_leaves_when_it_is_taken(bench):
    text = "ticket,at,status,team,agent,priority\nA,2024-01-01,New,X 2nd,,\nA,2024-01-02,New,Y,,\nA,never,New,X 2nd,,\n"
    bench.take(text, BY_TEAM)
    assert counted(bench.take(text, BY_TEAM)) == (0, 1, 2)
    assert bench.rows("SELECT count(*) FROM rejects") == [(2,)]
    with_y = BY_TEAM.replace("[tiers]", '[tiers]\nteams = {Y = "L1"}')
    assert counted(bench.take(text, with_y)) == (1, 1, 1)
    assert bench.rows("SELECT reason FROM rejects") == [("unreadable time in 'at'",)]


def test_mended_rows_of_a_download_keep_texts_that_look_like_formulas(bench):
    """
    subject "=HYPERLINK(1)", team "-Desk", column "+note": the download guards them with apostrophes, the import takes these off
    again, and the row has the identity that it would have had in the export itself.
    """
    head, wrong = (
        "ticket,at,status,tier,team,agent,priority,subject,+note",
        "A,32/1/2024,New,L1,-Desk,'ann,P1,=HYPERLINK(1),a;=b",
    )
    toml = EVENTS.replace("[kinds]", 'subject = "subject"\n[kinds]')
    bench.take(f"{head}\n{wrong}\nB,2024-01-02,New,L1,Desk,x,P1,'quoted',c\n", toml)
    sent = csv_bytes(rejected_rows(bench.open())).decode("utf-8-sig")
    assert all(text in sent for text in ("'=HYPERLINK(1)", "'-Desk", "a;'=b", "'+note"))
    report = bench.take(sent.replace("32/1/2024", "2024-01-01"), toml, name="mended.csv")
    assert (report.rows, report.taken, report.rejected) == (1, 1, 0)
    assert bench.events("ticket, team, agent")[0] == ("A", "-Desk", "'ann")
    assert bench.rows("SELECT subject FROM ticket_attributes ORDER BY ticket_no") == [("=HYPERLINK(1)",), ("'quoted'",)]
    assert bench.ask("SELECT * FROM ticket_extras ORDER BY ticket_no")["+note"].tolist() == ["a;=b", "c"]
    again = bench.take(f"{head}\n{wrong.replace('32/1/2024', '2024-01-01')}\n", toml, name="export.csv")
    assert (again.taken, again.repeated, again.changed) == (0, 1, False)


def test_a_rejected_row_can_be_downloaded_mended_and_sent_again(bench):
    bench.take(LOG + "C,32/1/2024,New,L1,Desk,,P1,EMEA\nC,2024-01-02,New,L8,Desk,,P1,EMEA\n")
    rejected = rejected_rows(bench.open())
    mended = rejected.replace({"at": {"32/1/2024": "2024-01-01"}, "tier": {"L8": "L3"}})
    report = bench.take(mended.to_csv(index=False), name="mended.csv")
    assert counted(report) == (2, 0, 0)
    assert len(rejected_rows(bench.open())) == 0
    assert "_rejected_because" not in bench.ask("SELECT * FROM ticket_extras")


def test_mending_only_one_of_two_leaves_the_other(bench):
    bench.take(LOG + "C,32/1/2024,New,L1,Desk,,P1,EMEA\nC,2024-01-02,New,L8,Desk,,P1,EMEA\n")
    mended = rejected_rows(bench.open()).replace({"at": {"32/1/2024": "2024-01-01"}})
    assert counted(bench.take(mended.to_csv(index=False), name="mended.csv")) == (1, 0, 1)
    assert rejected_rows(bench.open())["_rejected_because"].tolist() == ["unknown tier 'L8' in 'tier'"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ticket,at,status,tier,team,agent,priority\n", ["rows"]),
        (
            "ticket,at,status,tier,team,agent,priority\nA,soon,New,L1,,,\nB,later,New,L1,,,\n",
            ["unreadable time in 'at'", "line 2"],
        ),
        ("ticket,at,status,tier,team,agent\nA,2024-01-01,New,L1,,\n", ["'priority'", "line 1"]),
    ],
)
def test_a_file_that_is_refused_whole_leaves_nothing_behind(bench, text, words):
    with pytest.raises(ImportRefused) as refused:
        bench.take(text)
    assert all(word in str(refused.value) for word in words)
    assert bench.home.names() == []
    assert not (bench.folder / "home" / "datasets" / "d").exists()


def test_a_refused_second_file_takes_the_first_ones_rows_back(bench):
    bench.take(LOG)
    files = [bench.file(LOG.replace("A,", "Z,"), "good.csv"), bench.file("x,y\n1,2\n", "bad.csv")]
    with pytest.raises(MappingError, match=r"bad\.csv"):
        import_files(files, "d", home=bench.home, mapping=Mapping.from_toml(EVENTS, "m"))
    assert bench.home.get("d").version == 1
    assert bench.rows("SELECT count(*) FROM events") == [(6,)]


def test_a_cancelled_import_leaves_the_dataset_as_it_was(bench):
    bench.take(LOG)
    answers = iter([False, True, True, True])
    with pytest.raises(ImportCancelled):
        bench.take(LOG.replace("A,", "Z,"), cancelled=lambda: next(answers))
    assert (bench.home.get("d").version, bench.rows("SELECT count(*) FROM events")) == (1, [(6,)])


def test_progress_grows_to_one(bench):
    told = []
    bench.take(LOG, progress=told.append)
    shares = [step.share for step in told if step.share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert {step.stage for step in told} >= {"reading", "deriving"}


def test_an_unmapped_status_becomes_changed_and_is_listed(bench):
    report = bench.take(LOG.replace("Working", "Odd"))
    assert report.unmapped == (("Odd", 2),)
    assert any("'Odd' (2)" in note for note in report.notes)
    assert [row[0] for row in bench.events("kind")].count("changed") == 2


def test_a_status_is_found_whatever_the_case_but_an_exact_name_goes_first(bench):
    toml = EVENTS + 'new = "queued"\n'
    bench.take(
        "ticket,at,status,tier,team,agent,priority\nA,2024-01-01,New,L1,,,\nA,2024-01-02,new,L1,,,\nA,2024-01-03,NEW,L1,,,\n",
        toml,
    )
    assert bench.events("kind") == [("created",), ("queued",), ("created",)]


def test_a_kind_column_is_taken_as_it_is_and_an_unknown_kind_is_read_like_a_status(bench):
    toml = EVENTS.replace('status = "status"', 'kind = "status"')
    rows = "A,2024-01-01,Created,L1,,,\nA,2024-01-02,solved,L1,,,\nA,2024-01-03,odd,L1,,,\n"
    text = "ticket,at,status,tier,team,agent,priority\n" + rows
    report = bench.take(text, toml)
    assert bench.events("kind") == [("created",), ("resolved",), ("changed",)]
    assert report.unmapped == (("odd", 1),)


def test_changing_kinds_tiers_or_zone_in_the_mapping_derives_anew_and_adds_no_event(bench):
    text = "ticket,at,status,team,agent,priority\nA,2024-07-01 10:00,New,X 2nd,,\nA,2024-07-02 10:00,Odd,X 2nd,,\n"
    bench.take(text, BY_TEAM)
    other = BY_TEAM.replace('tier="L2"', 'tier="L3"') + 'Odd = "pending"\n'
    assert counted(bench.take(text, other, timezone="Europe/Stockholm")) == (0, 2, 0)
    assert bench.events("utc, kind, tier_name") == [
        ("2024-07-01 08:00:00", "created", "L3"),
        ("2024-07-02 08:00:00", "pending", "L3"),
    ]


def test_settings_can_be_changed_without_the_file(bench):
    text = "ticket,at,status,team,agent,priority\nA,2024-07-01 00:30,New,X 2nd,,\nA,2024-07-02T10:00Z,Odd,Y 2nd,,\n"
    bench.take(text, BY_TEAM)
    rederive(
        "d", bench.home, kinds={"New": "queued", "odd": "resolved"}, tiers=TierRules(teams={"Y 2nd": "L3"}, default="L1"),
        timezone="America/New_York",
    )  # fmt: skip
    assert bench.events("utc, day::VARCHAR, hour_of_week, kind, tier_name") == [
        ("2024-07-01 04:30:00", "2024-07-01", 0, "queued", "L1"), ("2024-07-02 10:00:00", "2024-07-02", 30, "resolved", "L3"),
    ]  # fmt: skip
    assert bench.rows("SELECT value FROM meta WHERE key = 'timezone'") == [("America/New_York",)]
    rederive("d", bench.home, tiers=TierRules())
    assert bench.events("tier_name") == [(None,), (None,)]


def test_deriving_anew_with_the_same_settings_gives_the_same_dataset(bench):
    bench.take(LOG)
    before = bench.ask("SELECT * FROM tickets")
    rederive("d", bench.home)
    assert bench.ask("SELECT * FROM tickets").equals(before)


def test_settings_of_a_dataset_that_no_import_made_or_words_that_do_not_exist_are_refused(bench):
    with bench.home.new_version("hand") as con:
        con.execute("CREATE TABLE meta (key VARCHAR, value VARCHAR)")
    with pytest.raises(DatasetError, match="not made by an import"):
        rederive("hand", bench.home, timezone="UTC")
    bench.take(LOG)
    with pytest.raises(MappingError, match="no kind 'done'"):
        rederive("d", bench.home, kinds={"New": "done"})


def test_the_zone_is_the_options_else_the_mappings_else_utc_with_a_note(bench):
    zoned = EVENTS.replace("[columns]", '[source]\ntimezone = "Europe/Stockholm"\n[columns]')
    utc = bench.take(LOG)
    mapped = bench.take(LOG, zoned, dataset="mapped")
    option = bench.take(LOG, zoned, dataset="option", timezone="Asia/Kolkata")
    assert [report.first_at[11:16] for report in (utc, mapped, option)] == ["10:00", "09:00", "04:30"]
    assert any("UTC" in note for note in utc.notes)
    assert not any("UTC" in note for note in mapped.notes)


def test_an_hour_that_is_skipped_moves_forward_a_repeated_one_is_the_first_and_both_are_noted(bench):
    text = "ticket,at,status,tier,team,agent,priority\nA,2024-03-31 02:30,New,L1,,,\nA,2024-10-27 02:30,Solved,L1,,,\n"
    report = bench.take(text, timezone="Europe/Stockholm")
    assert bench.events("utc, hour_of_week") == [
        ("2024-03-31 01:30:00", 6 * 24 + 3),
        ("2024-10-27 00:30:00", 6 * 24 + 2),
    ]
    assert [note for note in report.notes if "clock change" in note] == [
        "Times in an hour that the clock change skipped, moved forward: 1.",
        "Times in an hour that the clock change repeated, taken for the first: 1.",
    ]


def test_days_and_hours_are_local_also_for_times_with_an_offset(bench):
    bench.take(
        "ticket,at,status,tier,team,agent,priority\nA,2024-06-30T23:30:00Z,New,L1,,,\n", timezone="Europe/Stockholm"
    )
    assert bench.events("day::VARCHAR, hour_of_week") == [("2024-07-01", 1)]


DATES = "ticket,at,status,tier,team,agent,priority\nA,{},New,L1,,,\nA,{},Solved,L1,,,\n"


@pytest.mark.parametrize(
    ("first", "second", "order", "utc", "note"),
    [
        ("03/04/2024", "13/04/2024", None, ["04-03", "04-13"], ""),
        ("03/04/2024", "04/13/2024", None, ["03-04", "04-13"], ""),
        ("03/04/2024", "05/06/2024", None, ["04-03", "06-05"], "no row proves"),
        ("03/04/2024", "05/06/2024", "mdy", ["03-04", "05-06"], ""),
        ("03/04/2024", "04/13/2024", "dmy", ["03-04", "04-13"], "as line 3 proves"),
        ("2024-04-03", "2024-06-05", None, ["04-03", "06-05"], ""),
    ],
)
def test_the_order_of_day_and_month_is_proven_by_the_whole_file(bench, first, second, order, utc, note):
    toml = EVENTS.replace("[columns]", f'[source]\ndate_order = "{order}"\n[columns]') if order else EVENTS
    report = bench.take(DATES.format(first, second), toml)
    assert [row[0][5:10] for row in bench.events("utc")] == utc
    about = [text for text in report.notes if "read day first" in text or "read month first" in text]
    assert (note in about[0]) if note else not about


def test_dates_that_contradict_each_other_go_by_the_majority_and_the_others_are_rejected(bench):
    text = DATES.format("13/04/2024", "14/04/2024") + "A,04/15/2024,New,L1,,,\nA,02/03/2024,New,L1,,,\n"
    report = bench.take(text)
    assert counted(report) == (3, 0, 1)
    assert any("1 rows are written the other way round" in note for note in report.notes)
    assert [row[0][5:10] for row in bench.events("utc")] == ["03-02", "04-13", "04-14"]


def test_missing_words_are_the_mappings_and_final_values_on_every_row_are_no_events(bench):
    toml = EVENTS.replace("[columns]", '[source]\nmissing = ["?", "NA"]\n[columns]')
    rows = "A,2024-01-01,New,?,?,NA,?,2024-01-05,?\nA,2024-01-02,New,L1,NA,,,2024-01-05,x\n"
    text = "ticket,at,status,tier,team,agent,priority,resolved_at,NA\n" + rows
    bench.take(text, toml)
    assert bench.events("tier_name, team, agent, priority") == [(None, None, None, None), ("L1", None, None, None)]
    assert bench.rows('SELECT resolved_at, "NA" FROM ticket_extras') == [("2024-01-05", "x")]


def test_extra_columns_keep_their_headers_even_where_sql_would_confuse_them(bench):
    text = 'ticket,at,status,tier,team,agent,priority,STATUS,Ticket_No,"say ""hi""",,line\nA,2024-01-01,New,L1,,,,s,n,q,e,l\n'
    bench.take(text)
    assert bench.ask("SELECT * FROM ticket_extras").to_dict("records") == [
        {"ticket_no": 1, "STATUS": "s", "Ticket_No (2)": "n", 'say "hi"': "q", "column 11": "e", "line": "l"}
    ]


def test_text_that_would_break_out_of_sql_or_formulas_is_only_text(bench):
    nasty = "x'); DROP TABLE events; --"
    text = (
        f'ticket,at,status,tier,team,agent,priority\n"{nasty}",2024-01-01,"{nasty}",L1,"{nasty}","=HYPERLINK(1)",P1\n'
    )
    bench.take(text, name="it's.csv")
    assert bench.events("ticket, status, team, agent") == [(nasty, nasty, nasty, "=HYPERLINK(1)")]


def test_personal_columns_are_dropped_or_hashed_before_they_are_stored(bench):
    plain = LOG.replace("region", "mail")
    personal = EVENTS + '[personal]\ndrop = ["mail"]\nhash = ["agent"]\n'
    report = bench.take(plain + "C,never,New,L1,Desk,cy,P1,EMEA\n", personal)
    assert counted(report) == (6, 0, 1)
    agents = {row[0] for row in bench.events("agent")}
    assert None in agents
    assert all(len(agent) == 16 for agent in agents - {None})
    assert bench.ask("SELECT * FROM ticket_extras").columns.tolist() == ["ticket_no"]
    kept = rejected_rows(bench.open())
    assert "mail" not in kept.columns
    assert kept["agent"].str.len().tolist() == [16]
    content = b"".join(path.read_bytes() for path in (bench.folder / "home").rglob("*.duckdb"))
    assert b"EMEA" not in content


def test_hashing_later_updates_the_rows_instead_of_adding_them(bench):
    bench.take(LOG)
    assert counted(bench.take(LOG, EVENTS + '[personal]\nhash = ["agent"]\n')) == (0, 6, 0)
    assert "ann" not in {row[0] for row in bench.events("agent")}


def test_a_needed_column_cannot_be_dropped(bench):
    with pytest.raises(MappingError, match="dropped as personal"):
        bench.take(LOG, EVENTS + '[personal]\ndrop = ["ticket"]\n')


def test_a_dataset_keeps_to_one_shape(bench):
    bench.take(LOG)
    with pytest.raises(ImportRefused, match="counted twice"):
        bench.take("id,made\n1,2024-01-01\n", 'shape = "tickets"\n[columns]\nticket_id = "id"\ncreated_at = "made"\n')


def test_reading_the_team_from_another_column_does_not_double_the_events(bench):
    text = "ticket,at,team,group\nA,2024-01-01,Desk,G1\nA,2024-01-02,Desk,G2\n"
    toml = 'shape = "events"\n[columns]\nticket_id = "ticket"\nat = "at"\nteam = "{}"\n'
    bench.take(text, toml.format("team"))
    with pytest.raises(ImportRefused, match="another column for 'team'"):
        bench.take(text, toml.format("group"))
    assert bench.rows("SELECT count(*) FROM events") == [(2,)]


def test_the_history_lists_the_imports_that_changed_something(bench):
    bench.take(LOG)
    bench.take(LOG)
    bench.take(LOG + "C,2024-03-01,New,L1,Desk,,P1,\n", name="more.csv")
    history = import_history(bench.open())
    assert history[["files", "taken", "repeated", "rejected"]].values.tolist() == [
        [["more.csv"], 1, 6, 0], [["log.csv"], 6, 0, 0],
    ]  # fmt: skip


def test_an_import_can_be_undone(bench):
    bench.take(LOG)
    bench.take(LOG + "C,2024-03-01,New,L1,Desk,,P1,\n")
    bench.home.undo("d")
    assert bench.rows("SELECT count(*) FROM events") == [(6,)]
    assert counted(bench.take(LOG + "C,2024-03-01,New,L1,Desk,,P1,\n")) == (1, 6, 0)


def test_what_the_dataset_cannot_answer_is_noted_with_the_reason(bench):
    toml = EVENTS.replace('tier = "tier"\n', "").replace('Working = "acknowledged"\n', "")
    bench.take("ticket,at,status,team,agent,priority\nA,2024-01-01,New,Desk,,\n", toml)
    missing = bench.rows("SELECT value FROM meta WHERE key = 'missing_capabilities'")[0][0]
    assert all(
        f'"{name}"' in missing for name in ("tiers", "acknowledgement", "replies", "resolution", "agents", "effort")
    )
    assert '"teams"' not in missing
    assert '"paths"' not in missing


def test_a_file_that_was_mended_and_sent_again_whole_leaves_no_rejects(bench):
    bad = LOG + "C,32/1/2024,New,L1,Desk,,P1,EMEA\nC,2024-01-02,New,L8,Desk,,P1,EMEA\n"
    bench.take(bad)
    assert counted(bench.take(bad.replace("32/1/2024", "2024-01-01").replace("L8", "L2"))) == (2, 6, 0)
    assert len(rejected_rows(bench.open())) == 0


def test_another_file_of_the_same_name_does_not_make_rejected_rows_vanish(bench):
    bench.take(LOG + "C,32/1/2024,New,L1,Desk,,P1,EMEA\n")
    bench.take(LOG + "D,2024-01-09,New,L1,Desk,,P1,EMEA\n")
    assert len(rejected_rows(bench.open())) == 1


ORDERS = "ticket,at,status,tier,team,agent,priority\n"


def test_a_later_file_that_proves_the_order_of_dates_mends_the_earlier_ones(bench):
    guessed = bench.take(ORDERS + "A,03/04/2024,New,L1,,,\nA,05/04/2024,Solved,L1,,,\n")
    assert any("no row proves" in note for note in guessed.notes)
    assert bench.events("utc[6:10]") == [("04-03",), ("04-05",)]
    proven = bench.take(ORDERS + "B,03/14/2024,New,L1,,,\n", name="later.csv")
    assert any("2 earlier dates are read anew" in note for note in proven.notes)
    assert bench.events("ticket, utc[6:10]") == [("A", "03-04"), ("A", "05-04"), ("B", "03-14")]
    again = bench.take(ORDERS + "C,06/07/2024,New,L1,,,\n", name="third.csv")
    assert not any("read day first" in note or "read month first" in note for note in again.notes)
    assert bench.events("ticket, utc[6:10]")[-1] == ("C", "06-07")


def test_files_of_two_shapes_in_one_import_are_refused(bench):
    tickets = bench.file("Ticket ID,Created time,Status\n1,2024-01-01 10:00,Open\n", "tickets.csv")
    counts = bench.file("Date,Tickets\n2024-01-01,5\n2024-01-02,6\n", "counts.csv")
    with pytest.raises(ImportRefused):
        import_files([tickets, counts], "d", home=bench.home)
    assert bench.home.names() == []


def test_deriving_can_be_cancelled_too(bench):
    bench.take(LOG)
    told = []
    with pytest.raises(ImportCancelled):
        bench.take(
            LOG.replace("A,", "Z,"), progress=told.append, cancelled=lambda: bool(told) and (told[-1].share or 0) > 0.8
        )
    assert bench.home.get("d").version == 1

"""The watch list on a log drawn by hand: each reason, its limits, the order, and what cannot be watched."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from analytics.__main__ import main
from analytics.calendars import ALWAYS, Calendar
from analytics.errors import InputError
from analytics.model import Filters
from analytics.watch_list import COLUMNS, KINDS, WatchSettings, absent, left_out, watch_list
from analytics.watch_list.reasons import reasons_of
from analytics.watch_list.watch import open_tickets
from tests.logs import drawn, warehouse_of
from tests.pages import small

ROUND_THE_CLOCK = dict.fromkeys(("L0", "L1", "L2", "L3"), Calendar("UTC", week=ALWAYS))
TARGETS = {"high": (1.0, 10.0), "low": (8.0, 40.0)}
NONE = Filters()

LOG = """
# Open round the clock; the data ends on 5 March at 12:00. Twelve high tickets took 20 h each, over their 10.
ticket_id at               kind         tier team   priority
{past}
LIKELY    2026-03-05T04:00 created      L1   desk   high
LIKELY    2026-03-05T04:10 acknowledged L1   desk   high
# handed over 45 minutes ago, and nobody looks; the other one 15 minutes ago
UNSEEN    2026-03-05T11:00 created      L1   desk   low
UNSEEN    2026-03-05T11:15 queued       L2   tech   low
FRESH     2026-03-05T11:00 created      L1   desk   low
FRESH     2026-03-05T11:45 queued       L2   tech   low
# waiting for the customer for two days since it was 38 h old: 2 h are left then
CUSTOMER  2026-03-01T22:00 created      L1   desk   low
CUSTOMER  2026-03-03T12:00 pending      L1   desk   low
# desk > tech > desk > tech > desk: came back three times; seen by everybody
BOUNCER   2026-03-05T10:00 created      L1   desk   low
BOUNCER   2026-03-05T10:10 acknowledged L2   tech   low
BOUNCER   2026-03-05T10:20 acknowledged L1   desk   low
BOUNCER   2026-03-05T10:30 acknowledged L2   tech   low
BOUNCER   2026-03-05T10:40 acknowledged L1   desk   low
LATE      2026-03-04T20:00 created      L1   desk   high
FINE      2026-03-05T11:59 created      L1   desk   low
DONE      2026-03-05T11:59 created      L1   desk   low
DONE      2026-03-05T12:00 resolved     L1   desk   low
"""


def log() -> pd.DataFrame:
    rows = [
        f"P{n:02d} 2026-02-{n + 1:02d}T00:00 created L1 desk high\nP{n:02d} 2026-02-{n + 1:02d}T20:00 resolved L1 desk high"
        for n in range(12)
    ]
    return drawn(LOG.replace("{past}", "\n".join(rows)))


@pytest.fixture
def warehouse(tmp_path):
    opened = warehouse_of(log(), tmp_path / "log.duckdb", ROUND_THE_CLOCK)
    yield opened
    opened.close()


def test_each_reason_and_the_order(warehouse):
    told = watch_list(warehouse, NONE, TARGETS).set_index("ticket_id")
    assert list(told.columns) == list(COLUMNS[1:])
    assert told["kind"].to_dict() == {
        "LIKELY": "likely_breach", "UNSEEN": "unacknowledged", "CUSTOMER": "customer_near_target", "BOUNCER": "bounces",
        "LATE": "late",
    }  # fmt: skip
    assert list(told.index) == ["LIKELY", "UNSEEN", "CUSTOMER", "BOUNCER", "LATE"]
    assert told.loc["LIKELY", "p_breach"] > 0.5
    assert "2.0 working hours are left" in told.loc["LIKELY", "reason"]
    assert told.loc["UNSEEN", "reason"] == (
        "Handed over by desk 45 working minutes ago, and nobody looks at it yet; the rule is 30 working minutes."
    )
    assert "waited for the customer for 2 d" in told.loc["CUSTOMER", "reason"]
    assert "2.0 working hours are left" in told.loc["CUSTOMER", "reason"]
    assert "3 times" in told.loc["BOUNCER", "reason"]
    assert "over its target of 10" in told.loc["LATE", "reason"]


def test_the_rules_are_settings(warehouse):
    def kinds(**settings) -> dict[str, str]:
        return watch_list(warehouse, NONE, TARGETS, WatchSettings(**settings)).set_index("ticket_id")["kind"].to_dict()

    assert "UNSEEN" not in kinds(acknowledge_minutes=45)  # past the rule means longer than it
    assert kinds(acknowledge_minutes=10)["FRESH"] == "unacknowledged"
    assert "LIKELY" not in kinds(breach_probability=1.0)
    assert "BOUNCER" not in kinds(bounces=4)
    assert "CUSTOMER" not in kinds(near_target_hours=1.9)


def test_forgotten_tickets_are_counted_not_listed(warehouse):
    tickets = open_tickets(warehouse, NONE, TARGETS)
    assert left_out(tickets) == 0
    assert left_out(tickets, WatchSettings(stale_days=1)) == 1
    assert "CUSTOMER" not in set(watch_list(warehouse, NONE, TARGETS, WatchSettings(stale_days=1))["ticket_id"])


def test_more_reasons_are_told_too():
    row = {
        "already_breached": True, "p_breach": 1.0, "hours_left": -3.0, "risk_reason": "It is late.", "unacknowledged_hours": 2.0,
        "handed_by": None, "pending_days": float("nan"), "bounces": 5,
    }  # fmt: skip
    told = reasons_of(row, WatchSettings())
    assert list(told) == ["unacknowledged", "bounces", "late"]
    nothing = row | {"already_breached": False, "p_breach": math.nan, "hours_left": math.nan, "risk_reason": "",
                     "unacknowledged_hours": math.nan, "bounces": 0}  # fmt: skip
    assert reasons_of(nothing, WatchSettings()) == {}


def test_without_targets_the_rest_is_watched_and_the_gap_told(warehouse):
    told = watch_list(warehouse, NONE, {})
    assert set(told["ticket_id"]) == {"UNSEEN", "BOUNCER"}
    assert any("Targets are not watched" in sentence for sentence in absent(warehouse, {}))
    assert absent(warehouse, TARGETS) == []


def test_filters(warehouse):
    assert set(watch_list(warehouse, Filters(priorities=("high",)), TARGETS)["ticket_id"]) == {"LIKELY", "LATE"}
    none = watch_list(warehouse, Filters(priorities=("no such",)), TARGETS)
    assert none.empty
    assert list(none.columns) == list(COLUMNS)


@pytest.mark.parametrize("wrong", [{"breach_probability": 1.5}, {"acknowledge_minutes": -1}, {"bounces": 0}])
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError):
        WatchSettings(**wrong)


def test_the_command_prints_json_and_csv_and_sends_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("analytics.webhook.send", lambda *_, **__: pytest.fail("nobody asked for it"))
    small.put(tmp_path, "one", log())
    assert main(["watch", "--dataset", "one", "--home", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["dataset"] == "one"
    assert told["data_until"].startswith("2026-03-05T12:00")
    assert {row["kind"] for row in told["tickets"]} <= set(KINDS)
    assert told["tickets"]
    assert main(["watch", "--dataset", "one", "--home", str(tmp_path), "--format", "csv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(",")[:3] == ["ticket_id", "kind", "reason"]
    assert len(lines) == len(told["tickets"]) + 1

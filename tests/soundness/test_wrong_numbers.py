"""Wrong numbers without an error: see README.md beside this file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.metrics import metrics
from analytics.model import Filters
from analytics.warehouse import questions
from tests.logs import drawn, warehouse_of

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def opened(tmp_path):
    """A warehouse over a drawn log."""
    return lambda log: warehouse_of(drawn(log), tmp_path / "log.duckdb")


def test_a_ticket_with_many_handoffs_is_one_ticket(opened):
    told = metrics(opened("""
    ticket_id at               kind     tier team product
    T1        2026-03-02T09:00 created  L1   desk Atlas
    T1        2026-03-02T10:00 queued   L2   net  Atlas
    T1        2026-03-02T11:00 queued   L1   desk Atlas
    T1        2026-03-02T12:00 queued   L2   net  Atlas
    T1        2026-03-02T13:00 resolved L2   net  Atlas
    """))  # fmt: skip
    assert told["dataset"]["tickets"] == 1
    assert told["handoffs"]["tier"] == {"count": 3, "tickets": 1, "escalations": 2, "returns": 1}
    assert told["tiers"][0]["escalated"] == 1
    assert sum(tier["resolved"] for tier in told["tiers"]) == 1


def test_a_reopened_ticket_is_not_open_in_between(opened):
    warehouse = opened("""
    ticket_id at               kind     tier team
    T1        2026-03-02T09:00 created  L1   desk
    T1        2026-03-02T10:00 resolved L1   desk
    T1        2026-03-06T09:00 reopened L1   desk
    T1        2026-03-09T09:00 resolved L1   desk
    """)
    told = questions.backlog_by_day(warehouse).set_index("day")["open_tickets"]
    assert told.loc["2026-03-02":"2026-03-05"].tolist() == [0, 0, 0, 0]
    assert told.loc["2026-03-06":"2026-03-09"].tolist() == [1, 1, 1, 0]


def test_ignored_handoffs_do_not_make_a_team_quick(opened):
    rows = "\n".join(f"T{n} 2026-03-0{n}T10:00 queued L2 net" for n in range(1, 6))
    first = "\n".join(f"T{n} 2026-03-0{n}T09:00 created L1 desk" for n in range(1, 6))
    log = f"ticket_id at kind tier team\n{first}\n{rows}\nT1 2026-03-01T10:05 acknowledged L2 net\n"
    told = metrics(opened(log))["latency"]
    assert told["p50_hours"] == pytest.approx(5 / 60)  # of the one that was acknowledged
    assert told["km_p50_hours"] is None  # four of five never were: half of them cannot be said to be quick
    assert told["share_within_target"] == pytest.approx(1 / 4)  # the open one of the last minute is not due yet


def test_closing_days_later_does_not_lengthen_the_resolution(opened):
    told = questions.resolution_times(
        opened("""
    ticket_id at               kind     tier team
    T1        2026-03-02T09:00 created  L1   desk
    T1        2026-03-02T11:00 resolved L1   desk
    T1        2026-03-07T11:00 closed   L1   desk
    """)
    )
    assert told["p50_hours"].tolist() == [2.0]


def test_an_edit_after_the_resolution_moves_nothing(opened):
    told = questions.resolution_times(
        opened("""
    ticket_id at               kind      tier team
    T1        2026-03-02T09:00 created   L1   desk
    T1        2026-03-02T11:00 resolved  L1   desk
    T1        2026-03-03T11:00 commented L1   desk
    T1        2026-03-04T11:00 resolved  L1   desk
    """)
    )
    assert told["p50_hours"].tolist() == [2.0]


def imported(tmp_path: Path, text: str, *options: str) -> subprocess.CompletedProcess:
    (tmp_path / "log.csv").write_text(text)
    command = [
        sys.executable,
        "-m",
        "analytics",
        "import",
        str(tmp_path / "log.csv"),
        "--dataset",
        "d",
        "--home",
        str(tmp_path),
    ]
    return subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True, check=True)


def test_days_are_those_of_the_dataset(tmp_path):
    from analytics.warehouse.store import open_dataset

    log = "ticket_id,at,kind\nT1,2026-03-02T23:30:00Z,created\nT2,2026-03-03T09:00:00Z,created\n"
    imported(tmp_path, log, "--timezone", "Europe/Berlin")
    told = questions.volume_by_day(open_dataset("d", tmp_path))
    assert [(str(row.day.date()), row.tickets) for row in told.itertuples()] == [("2026-03-03", 2)]


def test_an_import_prints_json_and_nothing_else(tmp_path):
    rows = "\n".join(f"T{n // 4},2026-01-{1 + n % 28:02d} 10:00,created,L1" for n in range(120_000))
    told = imported(tmp_path, f"ticket_id,at,kind,tier\n{rows}\n")
    assert json.loads(told.stdout)["rows"] == 120_000


def test_people_are_rounded_once():
    from analytics.staffing.erlang import headcount

    assert headcount(14, 0.3) == 20
    assert headcount(15, 0.3) == 22


def test_ten_percent_is_ten():
    from analytics.staffing.erlang import headcount

    assert headcount(9, 0.1) == 10  # 9 / (1 - 0.1) is 10.000000000000002 or 10 by the way it is written
    assert headcount(90, 0.1) == 100


def test_a_filter_selects_by_its_own_column(opened):
    warehouse = opened("""
    ticket_id at               kind     tier team product channel
    T1        2026-03-02T09:00 created  L1   desk chat    mail
    T2        2026-03-02T09:00 created  L1   desk Atlas   chat
    """)
    assert questions.ticket_list(warehouse, Filters(products=("chat",)))["ticket_id"].tolist() == ["T1"]
    assert questions.ticket_list(warehouse, Filters(channels=("chat",)))["ticket_id"].tolist() == ["T2"]

"""The command line end to end: what it prints, where it prints it, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

LOG = """ticket_id,at,kind,tier,team,priority,region
T1,2026-01-05 09:00,created,L1,desk,high,EU
T1,2026-01-05 09:10,acknowledged,L1,desk,high,EU
T1,2026-01-05 10:00,queued,L2,net,high,EU
T1,2026-01-05 10:20,acknowledged,L2,net,high,EU
T1,2026-01-05 12:00,resolved,L2,net,high,EU
T2,2026-01-06 09:00,created,L1,desk,low,US
T2,2026-01-06 10:00,resolved,L1,desk,low,US
T3,2026-01-06 11:00,created,L9,desk,low,US
T4,not a time,created,L1,desk,low,US
"""

MAPPING = """
shape = "events"

[source]
delimiter = ";"
timezone = "Europe/Stockholm"
date_order = "dmy"
missing = ["?", "NA", ""]

[columns]
ticket_id = "SR Number"
at        = "Change Date+Time"
status    = ["Status", "Sub Status"]
team      = "Involved ST"
agent     = "Owner First Name"
priority  = "SR Latest Impact"
product   = "Product"

[tiers]
rules   = [{ pattern = "2nd", tier = "L2" }, { pattern = "3rd", tier = "L3" }]
default = "L1"

[kinds]
"Accepted/In Progress"       = "acknowledged"
"Queued/Awaiting Assignment" = "queued"
"Accepted/Wait - User"       = "pending"
"Completed/Resolved"         = "resolved"
"Completed/Closed"           = "closed"
"""

EXAMPLE = """SR Number;Change Date+Time;Status;Sub Status;Involved ST;SR Latest Impact;Product;Owner First Name
1-364285768;31/03/2026 09:00;Accepted;In Progress;V30;Medium;PROD582;Frida
1-364285768;31/03/2026 10:00;Queued;Awaiting Assignment;V13 2nd 3rd;Medium;PROD582;?
1-364285768;31/03/2026 10:30;Accepted;In Progress;V13 2nd 3rd;Medium;PROD582;Olof
1-364285768;31/03/2026 11:30;Completed;Resolved;V13 2nd 3rd;Medium;PROD582;Olof
"""


@pytest.fixture
def run(tmp_path):
    """Runs `python -m analytics …` with a home folder of its own."""

    def ran(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "analytics", *arguments, "--home", str(tmp_path / "home")]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    return ran


@pytest.fixture
def log(tmp_path) -> Path:
    file = tmp_path / "log.csv"
    file.write_text(LOG)
    return file


def test_import_accounts_for_every_row(run, log):
    told = run("import", str(log), "--dataset", "d")
    report = json.loads(told.stdout)
    assert told.returncode == 0
    assert list(report) == [
        "dataset", "rows", "taken", "repeated", "rejected", "reasons", "tickets", "events", "first_at", "last_at", "mapping",
    ]  # fmt: skip
    assert (report["rows"], report["taken"], report["repeated"], report["rejected"]) == (9, 7, 0, 2)
    assert sorted(reason["first_line"] for reason in report["reasons"]) == [9, 10]
    assert (report["tickets"], report["events"]) == (2, 7)
    assert report["first_at"] == "2026-01-05T09:00:00Z"


def test_the_same_file_twice_changes_nothing(run, log):
    run("import", str(log), "--dataset", "d")
    before = run("metrics", "--dataset", "d").stdout
    again = json.loads(run("import", str(log), "--dataset", "d").stdout)
    assert (again["taken"], again["repeated"], again["rejected"]) == (0, 7, 2)
    assert run("metrics", "--dataset", "d").stdout == before


def test_metrics_and_filters(run, log):
    run("import", str(log), "--dataset", "d")
    whole = json.loads(run("metrics", "--dataset", "d").stdout)
    assert list(whole) == [
        "dataset", "tiers", "handoffs", "latency", "bounces", "paths", "pending", "quality", "routing",
    ]  # fmt: skip
    assert whole["dataset"]["rejected_rows"] == 2
    assert whole["latency"]["p50_hours"] == pytest.approx(1 / 3)
    assert json.loads(run("metrics", "--dataset", "d", "--tier", "L2").stdout)["dataset"]["tickets"] == 1
    assert json.loads(run("metrics", "--dataset", "d", "--where", "region=US").stdout)["dataset"]["tickets"] == 1
    assert json.loads(run("metrics", "--dataset", "d", "--from", "2026-01-06").stdout)["dataset"]["tickets"] == 1
    assert json.loads(run("datasets").stdout)[0]["name"] == "d"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("metrics", "--dataset", "nope"), "no dataset 'nope'"),
        (("metrics", "--dataset", "d", "--priority", "hihg"), "Did you mean 'high'?"),
        (("metrics", "--dataset", "d", "--where", "regoin=US"), "Did you mean 'region'?"),
        (("metrics", "--dataset", "d", "--from", "2026-02-01", "--to", "2026-01-01"), "ends before it starts"),
        (("import", "nothing.csv", "--dataset", "d"), "nothing.csv"),
        (("staff", "--dataset", "d", "--plan", "nothing.toml"), "nothing.toml"),
    ],
)
def test_refusals_say_what_was_seen_and_what_to_do(run, log, arguments, word):
    run("import", str(log), "--dataset", "d")
    told = run(*arguments)
    assert told.returncode == 2
    assert word in told.stderr
    assert told.stdout == ""
    assert "Traceback" not in told.stderr


def test_the_mapping_example_imports_unchanged(run, tmp_path):
    (tmp_path / "m.toml").write_text(MAPPING)
    (tmp_path / "log.csv").write_text(EXAMPLE)
    told = run("import", str(tmp_path / "log.csv"), "--dataset", "v", "--mapping", str(tmp_path / "m.toml"))
    report = json.loads(told.stdout)
    assert (report["taken"], report["tickets"]) == (4, 1)
    assert report["first_at"] == "2026-03-31T07:00:00Z"
    whole = json.loads(run("metrics", "--dataset", "v").stdout)
    assert whole["paths"] == [{"path": "L1>L2", "tickets": 1}]  # `V13 2nd 3rd`: the first rule that matches
    assert whole["latency"]["p50_hours"] == 0.5


def test_a_missing_column_is_refused_whole(run, tmp_path):
    (tmp_path / "m.toml").write_text(MAPPING.replace("Involved ST", "Involved Team"))
    (tmp_path / "log.csv").write_text(EXAMPLE)
    told = run("import", str(tmp_path / "log.csv"), "--dataset", "v", "--mapping", str(tmp_path / "m.toml"))
    assert told.returncode == 2
    assert "Involved Team" in told.stderr
    assert run("metrics", "--dataset", "v").returncode == 2  # nothing was made


@pytest.mark.parametrize("content", ["", "ticket_id,at,tier\n", "ticket_id,at,tier\nT1,never,L1\n"])
def test_nothing_to_take_is_refused(run, tmp_path, content):
    (tmp_path / "log.csv").write_text(content)
    told = run("import", str(tmp_path / "log.csv"), "--dataset", "v")
    assert told.returncode == 2
    assert "log.csv" in told.stderr


def test_forecast_of_a_series_file(run, tmp_path):
    rows = "\n".join(f"2026-{1 + day // 28:02d}-{1 + day % 28:02d},{20 + day % 7}" for day in range(28))
    (tmp_path / "series.csv").write_text(f"date,count\n{rows}\n")
    told = json.loads(
        subprocess.run(
            [sys.executable, "-m", "analytics", "forecast", "--series", str(tmp_path / "series.csv"), "--horizon", "7"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    assert list(told) == ["unit", "horizon", "model", "points", "backtest", "noise_floor_wape", "notes"]
    assert len(told["points"]) == told["horizon"] == 7
    assert all(point["low95"] <= point["low80"] <= point["high80"] <= point["high95"] for point in told["points"])

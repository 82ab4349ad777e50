"""An import that is killed at any moment leaves the dataset as it was, and nothing that the next import would trip over."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.ingest_core.conftest import EVENTS

ROOT = Path(__file__).parents[3]
CHILD = """
import sys
from pathlib import Path
from analytics.ingest.importer import import_files
from analytics.ingest.mapping import Mapping
from analytics.warehouse.store import Home
def tell(step):
    print(step.stage, flush=True)
import_files([Path(sys.argv[1])], "d", home=Home(sys.argv[2]), mapping=Mapping.from_toml(sys.argv[3], "m"), progress=tell)
print("done", flush=True)
"""


def log(tickets: range) -> str:
    rows = (
        f"T{t},2024-01-{1 + t % 28:02d} {t % 24:02d}:00,{s},L{1 + t % 3},Desk,,P1"
        for t in tickets
        for s in ("New", "Solved")
    )
    return "ticket,at,status,tier,team,agent,priority\n" + "\n".join(rows) + "\n"


def killed_after(bench, told: int) -> list[str]:
    """Starts an import in a process of its own and kills it as soon as it has told of its progress so often."""
    path = bench.file(log(range(500, 3000)), "more.csv")
    command = [sys.executable, "-c", CHILD, str(path), str(bench.home.folder), EVENTS]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        lines = [child.stdout.readline().strip() for _ in range(told)]
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    return lines


@pytest.mark.parametrize(
    ("told", "stage"), [(1, "reading"), (2, "sorting"), (3, "deriving"), (4, "deriving"), (5, "deriving")]
)
def test_kill_9_leaves_the_dataset_as_it_was(bench, told, stage):
    bench.take(log(range(600)))
    before, version = bench.rows("SELECT * FROM tickets ORDER BY 1"), bench.home.get("d").version
    assert killed_after(bench, told)[-1] == stage
    assert bench.home.get("d").version == version
    assert bench.rows("SELECT * FROM tickets ORDER BY 1") == before
    report = bench.take(log(range(500, 3000)), name="more.csv")
    assert (report.taken, report.repeated, report.tickets) == (4800, 200, 3000)
    assert sorted(path.name for path in bench.home.get("d").folder.glob("*.duckdb*")) == [
        "v000001.duckdb",
        "v000002.duckdb",
    ]


def test_kill_9_of_a_first_import_leaves_no_dataset(bench):
    killed_after(bench, 3)
    assert bench.home.names() == []
    assert bench.take(log(range(10))).taken == 20

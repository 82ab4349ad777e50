"""How fast a CSV becomes a dataset, against the same work in pandas, in the same run.

`python bench/import_speed.py [ROWS]` (default 1,000,000 rows of ten columns). Ours is the whole way: reading with line numbers,
accounting, events, visits, handoffs, tickets, on disk. The pandas version reads, parses the times, sorts and derives visits
and handoffs in memory; it keeps no account of rows and stores nothing.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))


def write_log(file: Path, rows: int, seed: int = 1) -> None:
    """A seeded event log: about five events a ticket, ISO times, a quarter of the tickets climb, six teams."""
    rng = np.random.default_rng(seed)
    ticket = np.sort(rng.integers(0, rows // 5, rows))
    at = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 730 * 86_400, rows)), unit="s")
    place = np.arange(rows) - np.searchsorted(ticket, ticket)  # the event's number inside its ticket
    climbs = rng.choice([99, 2, 3], rows // 5, p=[0.75, 0.2, 0.05])[ticket]  # from which event on, at most one tier up
    tier = np.where(place >= climbs, "L2", "L1")
    team = (ticket * 7 + (tier == "L2")) % 3 + 1
    pd.DataFrame({
        "ticket_id": np.char.add("T-", ticket.astype(str)),
        "at": at.strftime("%Y-%m-%d %H:%M:%S"),
        "kind": rng.choice(["created", "queued", "acknowledged", "pending", "replied", "resolved"], rows),
        "tier": tier,
        "team": np.char.add(np.char.add(tier.astype(str), " team "), team.astype(str)),
        "agent": np.char.add("agent ", rng.integers(1, 80, rows).astype(str)),
        "priority": rng.choice(["high", "normal", "low"], rows),
        "product": rng.choice(["Atlas", "Beacon", "Cobalt", "Delta"], rows),
        "channel": rng.choice(["mail", "chat", "phone"], rows),
        "subject": "Something does not work as it did",
    }).to_csv(file, index=False)  # fmt: skip


def with_pandas(file: str) -> None:
    """The same derivation in memory: visits by (ticket, tier, team), handoffs with their acknowledgement."""
    log = pd.read_csv(file, dtype=str)
    log["at"] = pd.to_datetime(log["at"], utc=True)
    log = log.sort_values(["ticket_id", "at"], kind="stable")
    place = log["tier"] + "|" + log["team"]
    log["visit"] = ((log["ticket_id"] != log["ticket_id"].shift()) | (place != place.shift())).cumsum()
    visits = log.groupby("visit").agg(ticket_id=("ticket_id", "first"), tier=("tier", "first"), start=("at", "first"))
    visits["acknowledged"] = log[log["kind"] == "acknowledged"].groupby("visit")["at"].min()
    visits["from_tier"] = visits.groupby("ticket_id")["tier"].shift()
    tickets = log.groupby("ticket_id").agg(first=("at", "min"), last=("at", "max"), events=("at", "size"))
    print(len(visits), len(tickets), file=sys.stderr)


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a command in a process of its own."""
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
    return time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def main(rows: int) -> None:
    """Prints rows per second of both, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "log.csv"
        write_log(file, rows)
        ours = timed([sys.executable, "-m", "analytics", "import", str(file), "--dataset", "bench", "--home", folder])
        theirs = timed([sys.executable, __file__, "--pandas", str(file)])
        size = file.stat().st_size / 1e6
    print(f"{rows:,} rows, {size:.0f} MB of CSV")
    print(f"import, all tables, on disk   {ours[0]:6.1f} s  {rows / ours[0]:10,.0f} rows/s  peak {ours[1]:,.0f} MB")
    print(f"pandas, in memory, no account {theirs[0]:6.1f} s  {rows / theirs[0]:10,.0f} rows/s")
    print(f"ours / pandas                 {ours[0] / theirs[0]:6.2f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--pandas"]:
        with_pandas(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""What a question costs: from cubes and from facts, at one million and at ten million tickets, beside other tools.

`python -m bench questions [--tickets 10000000] [--runs 7] [--keep FOLDER] [--shuffled]` builds a seeded log of that many tickets
and one of a tenth, and prints for every question and typical filters the median and worst milliseconds from cubes and from facts
at both sizes and the ratio of the two sizes; then how long building took, its peak memory, and what a day's increment costs.
Peers answer the same from the raw events in memory: pandas and polars at a tenth of the size, pm4py on 100,000 events. A peer
that is not installed is left out with a word. `--shuffled` has tickets numbered in no order of time, where nothing can be skipped
by it; usually they are numbered as they come. Wall time is of this machine as it is: the load is printed beside it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from analytics.model import Filters  # noqa: E402
from analytics.warehouse import questions  # noqa: E402
from analytics.warehouse.build import build_derived, create_base  # noqa: E402
from analytics.warehouse.refresh import refresh_derived  # noqa: E402
from analytics.warehouse.store import Dataset, Warehouse  # noqa: E402
from data.sample_scaled import TEAMS, scaled_log  # noqa: E402

SEED = 1
TARGETS = {"urgent": (1, 8), "high": (4, 24), "normal": (8, 40), "low": (8, 80)}
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("tiers", {}), ("funnel", {}), ("paths", {}), ("hops", {}), ("routing", {}), ("bounces", {}), ("quality", {}),
    ("pending", {}), ("satisfaction", {}), ("volume_by_day", {}), ("tier_mix_over_time", {}), ("tier_mix_by", {}),
    ("backlog_by_day", {}), ("handoff_counts", {}), ("handoff_latency", {"by": "all"}), ("handoff_latency", {"by": "tier_pair"}),
    ("handoff_latency", {"by": "tier_pair", "clock": "business"}), ("handoff_latency", {"by": "receiving_team"}),
    ("latency_curve", {"by": "tier_pair"}), ("latency_heatmap", {}), ("resolution_times", {}),
    ("resolution_times", {"clock": "business", "pending": False}), ("matured_escalation", {}),
    ("team_profile", {}), ("sla", {"targets": TARGETS}), ("bounce_delay", {}), ("bounce_loops", {}), ("backlog_now", {}),
)  # fmt: skip
FILTERS = {
    "no filter": Filters(),
    "a year": Filters(start=date(2025, 3, 10), end=date(2026, 3, 9)),
    "a month": Filters(start=date(2026, 5, 1), end=date(2026, 5, 31)),
    "a product": Filters(products=("Billing Cloud",)),
    "priority and channel": Filters(priorities=("high", "normal"), channels=("email",)),
    "a tier": Filters(tiers=("L2",)),
    "a team": Filters(teams=(TEAMS[0],)),
}
EVENTS = """INSERT INTO events BY NAME SELECT c.ticket_no + 1 AS ticket_no,
  row_number() OVER (PARTITION BY c.ticket_no ORDER BY c.at_us) AS event_no, c.at_us,
  DATE '1970-01-01' + CAST((c.at_us + 3600000000) // 86400000000 AS INTEGER) AS day,
  CAST(((c.at_us + 3600000000) // 3600000000 + 72) % 168 AS SMALLINT) AS hour_of_week,
  c.kind, c.tier, m.team_no, c.priority::VARCHAR AS priority
  FROM chunk c JOIN teams m ON m.team = c.team::VARCHAR ORDER BY ticket_no, event_no"""
TICKETS = """INSERT INTO ticket_attributes BY NAME SELECT ticket_no + 1 AS ticket_no, 'T-' || (ticket_no + 1) AS ticket_id,
  any_value(priority)::VARCHAR AS priority, any_value(product)::VARCHAR AS product, any_value(channel)::VARCHAR AS channel
  FROM chunk GROUP BY ticket_no ORDER BY 1"""


def log_into(con: duckdb.DuckDBPyConnection, tickets: int, *, shuffled: bool) -> None:
    """The base tables of a seeded log, as an import would fill them."""
    create_base(con)
    con.executemany("INSERT INTO teams VALUES (?, ?, ?)", [[n, t, int(t[1])] for n, t in enumerate(TEAMS, start=1)])
    con.execute("INSERT INTO meta VALUES ('timezone', 'Europe/Berlin')")
    for table in scaled_log(tickets, SEED, shuffled=shuffled):
        con.register("chunk", table)
        con.execute(EVENTS)
        con.execute(TICKETS)
        con.unregister("chunk")
    con.execute("INSERT INTO ticket_extras SELECT ticket_no FROM ticket_attributes")


def connect(file: Path, **settings: Any) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(str(file), **settings)
    con.execute("SET enable_progress_bar = false")
    con.execute("SET memory_limit = '3GB'")
    con.execute(f"SET temp_directory = '{file}.tmp'")
    return con


def make(file: Path, tickets: int, *, shuffled: bool = False) -> None:
    """Run in a process of its own, so that its peak memory is its own: the log, then the facts and cubes, timed."""
    con = connect(file)
    log_into(con, tickets, shuffled=shuffled)
    con.execute("CHECKPOINT")
    events = con.execute("SELECT count(*) FROM events").fetchall()[0][0]
    started, processor = time.monotonic(), time.process_time()
    build_derived(con)
    con.execute("CHECKPOINT")
    wall, processor = time.monotonic() - started, time.process_time() - processor
    con.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{tickets:>12,} tickets {events:>12,} events: built in {wall:6.1f} s, {events / wall / 1e6:5.2f} M events/s "
          f"({processor:.1f} s of processor: {2 * events / processor / 1e6:.2f} M events/s on two quiet cores); "
          f"peak {peak:,.0f} MB; file {file.stat().st_size / 1e6:,.0f} MB; {load()}", flush=True)  # fmt: skip


def load() -> str:
    return f"load {os.getloadavg()[0]:.1f}"


def opened(file: Path) -> Warehouse:
    found = type("FileDataset", (Dataset,), {"file": property(lambda self: file)})("bench", file.parent, 1, None)
    return Warehouse(found)


def timed(work: Callable[[], Any], runs: int) -> tuple[float, float]:
    """Median and worst milliseconds, after one run to warm up."""
    work()
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), max(taken)


def asking(warehouse: Any, name: str, filters: Filters, options: dict[str, Any]) -> Callable[[], Any]:
    """A question, ready to be asked."""
    return lambda: getattr(questions, name)(warehouse, filters, **options)


def ask_all(warehouses: list[Warehouse], runs: int) -> None:
    """One line per question and filter: from cubes at both sizes with their ratio, and from facts at the larger size."""
    print(f"\n{'question':44}{'filter':22}{'cubes 1/10':>11}{'cubes':>8}{'worst':>8}{'ratio':>7}{'facts':>8}  read")
    found = [ask_one(warehouses, name, options, label, runs) for name, options in ASKED for label in FILTERS]
    read = [one for one in found if one is not None]
    middle, worst, ratio = (
        statistics.median(one[0] for one in read), max(one[1] for one in read), statistics.median(one[2] for one in read),
    )  # fmt: skip
    print(f"\nfrom cubes: median of medians {middle:.1f} ms (to reach 20), worst run {worst:.1f} ms (to reach 50), "
          f"median ratio of sizes {ratio:.2f} (to reach 1.5); {load()}")  # fmt: skip


def ask_one(
    warehouses: list[Warehouse], name: str, options: dict[str, Any], label: str, runs: int
) -> tuple[float, float, float] | None:
    """Prints the line of one question and filter; median, worst and ratio of sizes where it was read from cubes."""
    filters = FILTERS[label]
    small, large = (timed(asking(one, name, filters, options), runs) for one in warehouses)
    facts = timed(asking(questions.facts_only(warehouses[1]), name, filters, options), max(runs // 3, 1))[0]
    how = questions.method(asking(warehouses[1], name, filters, options)())
    title = name + "".join(f" {value}" for value in options.values() if value is not TARGETS)
    ratio = large[0] / small[0]
    print(f"{title:44}{label:22}{small[0]:11.1f}{large[0]:8.1f}{large[1]:8.1f}{ratio:7.2f}{facts:8.1f}  {how.split(':')[0]}",
          flush=True)  # fmt: skip
    return None if "from every record" in how else (large[0], large[1], ratio)


def increment(file: Path, tickets: int) -> None:
    """A day's events of 1/730 of the tickets, all new: copying the file, taking them in, deriving, closing."""
    started = time.monotonic()
    copy = file.with_suffix(".next")
    shutil.copyfile(file, copy)
    copied = time.monotonic() - started
    con = connect(copy)
    con.execute("BEGIN")
    first = con.execute("SELECT max(ticket_no) + 1 FROM ticket_attributes").fetchall()[0][0]
    day = f"ticket_no BETWEEN 1 AND {tickets // 730}"
    con.execute(
        f"CREATE TEMP TABLE touched AS SELECT ticket_no + {first} AS ticket_no FROM ticket_attributes WHERE {day}"
    )
    for name in ("ticket_attributes", "events"):
        con.execute(f"INSERT INTO {name} SELECT * REPLACE (ticket_no + {first} AS ticket_no) FROM {name} WHERE {day}")
    base = time.monotonic() - started
    by_tickets = refresh_derived(con)
    con.execute("COMMIT")
    con.execute("CHECKPOINT")
    con.close()
    copy.unlink()
    print(f"\na day's increment at {tickets:,} tickets ({tickets // 730:,} new ones): {time.monotonic() - started:.1f} s in all, "
          f"of which copying the file {copied:.1f} s, events {base - copied:.1f} s; "
          f"{'touched and open tickets only' if by_tickets else 'everything anew'}; {load()}")  # fmt: skip


# ── Peers ────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def missing(name: str) -> bool:
    if importlib.util.find_spec(name):
        return False
    print(f"{name:8} left out: not installed")
    return True


def with_pandas(log: Any) -> None:
    """Tickets by tier path, and the median wait of handoffs between tiers, from raw events."""
    log = log.sort_values(["ticket_no", "at_us"], kind="stable")
    log["visit"] = ((log["ticket_no"] != log["ticket_no"].shift()) | (log["tier"] != log["tier"].shift())).cumsum()
    visits = log.groupby("visit").agg(
        ticket_no=("ticket_no", "first"), tier=("tier", "first"), start=("at_us", "first")
    )
    visits["met"] = log[log["kind"] == "acknowledged"].groupby("visit")["at_us"].min()
    visits["before"] = visits.groupby("ticket_no")["tier"].shift()
    met = visits.dropna(subset=["before", "met"])
    (met["met"] - met["start"]).groupby([met["before"], met["tier"]]).quantile([0.5, 0.9])


def with_polars(log: Any) -> None:
    """The same in polars."""
    import polars as pl

    new = (pl.col("ticket_no") != pl.col("ticket_no").shift()) | (pl.col("tier") != pl.col("tier").shift())
    visits = (
        log.sort("ticket_no", "at_us").with_columns(new.fill_null(True).cum_sum().alias("visit")).group_by("visit").agg(
            pl.col("ticket_no").first(), pl.col("tier").first(), pl.col("at_us").first().alias("start"),
            pl.col("at_us").filter(pl.col("kind") == "acknowledged").min().alias("met"),
        ).sort("visit").with_columns(pl.col("tier").shift().over("ticket_no").alias("before"))
    )  # fmt: skip
    met = visits.drop_nulls(["before", "met"]).with_columns((pl.col("met") - pl.col("start")).alias("wait"))
    met.group_by("before", "tier").agg(
        pl.col("wait").quantile(0.5).alias("p50"), pl.col("wait").quantile(0.9).alias("p90")
    )


def with_pm4py(log: Any) -> None:
    """The ways tickets take, by its own means."""
    pm4py = importlib.import_module("pm4py")
    pm4py.get_variants(log, activity_key="tier", case_id_key="ticket_no", timestamp_key="at")


def peers(file: Path, runs: int) -> None:
    """The peers' milliseconds for `handoff_latency` by pair of tiers (pm4py: `paths`), from raw events in memory."""
    con = duckdb.connect(str(file), read_only=True)
    sql = "SELECT ticket_no, at_us, kind::VARCHAR AS kind, tier FROM events"
    print(f"\npeers, from raw events in memory; {load()}")
    if not missing("pandas"):
        log = con.sql(sql).df()
        print(
            f"pandas   handoff_latency tier_pair on {len(log):,} events: {timed(lambda: with_pandas(log), runs)[0]:,.0f} ms"
        )
    if not missing("polars"):
        import polars as pl

        table = pl.from_arrow(con.sql(sql).to_arrow_table())
        print(
            f"polars   handoff_latency tier_pair on {len(table):,} events: {timed(lambda: with_polars(table), runs)[0]:,.0f} ms"
        )
    if not missing("pm4py"):
        log = con.sql(f"{sql} LIMIT 100000").df()
        log = log.assign(tier="L" + log["tier"].astype(str), ticket_no=log["ticket_no"].astype(str))
        log["at"] = log["at_us"].astype("datetime64[us, UTC]")
        print(f"pm4py    paths on {len(log):,} events: {timed(lambda: with_pm4py(log), 1)[0]:,.0f} ms")
    con.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench questions")
    parser.add_argument("--tickets", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="a folder for the files, which are used again when they are there")
    parser.add_argument("--make", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--shuffled", action="store_true", help="tickets numbered in no order of time")
    told = parser.parse_args()
    if told.make:
        make(Path(told.make[0]), int(told.make[1]), shuffled=told.shuffled)
        return
    with tempfile.TemporaryDirectory() as passing:
        folder = told.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        sizes = (told.tickets // 10, told.tickets)
        order = ["--shuffled"] if told.shuffled else []
        files = [folder / f"{size}{''.join(order)}.duckdb" for size in sizes]
        for file, size in zip(files, sizes, strict=True):
            if not file.exists():
                subprocess.run([sys.executable, __file__, "--make", str(file), str(size), *order], check=True)
        warehouses = [opened(file) for file in files]
        ask_all(warehouses, told.runs)
        for warehouse in warehouses:
            warehouse.close()
        increment(files[1], sizes[1])
        peers(files[0], 1)


if __name__ == "__main__":
    main()

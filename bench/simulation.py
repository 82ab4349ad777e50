"""How fast the staffing simulation is, against SimPy and Ciw on the same model in the same run.

The model: a thousand tickets a day into three tiers that escalate and return, Poisson arrivals, exponential work, always
open: what all three can express. The full size: a small team's plan with calendars, priorities, lognormal effort, sample
paths and an opening backlog, 100 replications of 13 weeks, in two threads. Times vary with the machine, so ratios first.

    python bench/simulation.py
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ciw
import numpy as np
import simpy

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from analytics.staffing import simulate as staffing  # noqa: E402
from analytics.staffing.inputs import StaffingInputs  # noqa: E402
from analytics.staffing.network import mean_waits  # noqa: E402
from analytics.staffing.plan import Plan  # noqa: E402
from analytics.staffing.recommend import recommend  # noqa: E402
from analytics.staffing.risk import arrival_paths  # noqa: E402

PER_DAY = 1000.0
ROUTING = [[0.0, 0.2, 0.0], [0.05, 0.0, 0.1], [0.0, 0.15, 0.0]]
MINUTES = [15.0, 30.0, 60.0]
AGENTS = [13, 6, 2]
DAYS = 20


@dataclass(frozen=True)
class Timing:
    """One simulator's run."""

    name: str
    tickets: int
    seconds: float
    wait_minutes: float
    """Mean wait in the first tier, to see that all ran the same model."""

    @property
    def per_second(self) -> float:
        """Tickets a second."""
        return self.tickets / self.seconds


def timed(name: str, run: Callable[[], tuple[int, float]]) -> Timing:
    """Processor seconds of this thread's process, so that neighbours on the machine do not count."""
    start = time.process_time()
    tickets, wait = run()
    return Timing(name, tickets, time.process_time() - start, wait)


def run_ours() -> tuple[int, float]:
    """Four hundred replications, one thread."""
    setup = staffing.markov_setup([PER_DAY / 24, 0, 0], ROUTING, MINUTES, AGENTS, days=DAYS, seed=1, paths=50)
    result = staffing.run(setup, seed=1, replications=400, threads=1)
    wait = result.column("WAIT")[:, 0].sum() / result.column("STARTED")[:, 0].sum()
    return int(result.column("ENTERED").sum()), float(wait)


def run_simpy() -> tuple[int, float]:
    """The usual way: one process per ticket, one resource per tier, one record per visit."""
    dice, env = random.Random(1), simpy.Environment()
    tiers = [simpy.Resource(env, capacity=agents) for agents in AGENTS]
    visits: list[tuple[int, float, float, float]] = []

    def ticket() -> Iterator[simpy.Event]:
        tier: int | None = 0
        while tier is not None:
            came = env.now
            with tiers[tier].request() as turn:
                yield turn
                began = env.now
                yield env.timeout(dice.expovariate(1 / MINUTES[tier]))
            visits.append((tier, came, began, env.now))
            tier = next_tier(dice.random(), ROUTING[tier])

    entered = 0

    def source() -> Iterator[simpy.Event]:
        nonlocal entered
        while True:
            yield env.timeout(dice.expovariate(PER_DAY / 1440))
            entered += 1
            env.process(ticket())

    env.process(source())
    env.run(until=DAYS * 1440)
    table = np.array(visits)
    first = table[table[:, 0] == 0]
    return entered, float((first[:, 2] - first[:, 1]).mean())


def next_tier(u: float, row: list[float]) -> int | None:
    """Where a visit goes, or None where the ticket ends."""
    for tier, share in enumerate(row):
        if u < share:
            return tier
        u -= share
    return None


def run_ciw() -> tuple[int, float]:
    """Ciw's network; its warm-up of records included, since they are what it returns."""
    ciw.seed(1)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(PER_DAY / 1440), None, None],
        service_distributions=[ciw.dists.Exponential(1 / minutes) for minutes in MINUTES],
        number_of_servers=AGENTS,
        routing=ROUTING,
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(DAYS * 1440)
    records = simulation.get_all_records()
    tickets = len({record.id_number for record in records})
    return tickets, float(np.mean([record.waiting_time for record in records if record.node == 1]))


def quarter() -> StaffingInputs:
    """Thirteen weeks at a thousand tickets a day, three priorities."""
    mean = np.tile(np.array([1.25, 1.2, 1.15, 1.1, 1.1, 0.6, 0.6]) * PER_DAY, 13)
    paths = np.zeros((100, mean.size, 3))
    paths[:, :, 0] = arrival_paths(mean, mean * 0.85, mean * 1.15, paths=100, seed=1)
    counts = np.array([[0, 1800, 200, 8000], [100, 0, 150, 1650], [0, 30, 0, 320]])
    shares = np.array([[0.1, 0.7, 0.2]] * 3)
    return StaffingInputs(
        ("L1", "L2", "L3"), date(2025, 11, 3), paths, counts, priorities=("p1", "p2", "p3"), priority_shares=shares
    )


def wall(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock on the wall, and of processors (all threads): they part on a busy machine."""
    start, busy = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - busy


def fresh_process_seconds() -> float:
    """How long a new process waits for its first simulated replication, beyond starting Python with numpy and pandas."""
    program = (
        "import time, numpy, pandas; t = time.perf_counter();"
        "from analytics.staffing import simulate as s; s.warm_up(); print(time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the comparison, the full size, the first use of a fresh process, and the analytic answer."""
    staffing.warm_up()
    ours, others = timed("ours", run_ours), [timed("SimPy", run_simpy), timed("Ciw", run_ciw)]
    closed = mean_waits([PER_DAY / 24, 0, 0], ROUTING, np.array(MINUTES) / 60, AGENTS).wait_hours[0] * 60
    print(f"Mean wait in L1: closed form {closed:.2f} min")
    for one in (ours, *others):
        ratio = f"ours is {ours.per_second / one.per_second:.0f} x" if one is not ours else "one core"
        print(f"{one.name:6} {one.per_second:12,.0f} tickets/s  wait {one.wait_minutes:.2f} min  ({ratio})")
    inputs, plan = quarter(), Plan()
    answer = recommend(inputs, plan)
    people = {tier.tier: float(tier.headcount) for tier in answer.tiers}
    hundred = wall(lambda: staffing.simulate(plan, inputs, headcount=people, replications=100))
    twenty = wall(lambda: staffing.simulate(plan, inputs, headcount=people, replications=20))
    print("100 replications x 13 weeks x 1,000 a day, two threads; allowed 2 s, the first 20 0.5 s:")
    for name, (seconds, busy) in (("all", hundred), ("first 20", twenty)):
        print(
            f"  {name}: {seconds:.2f} s by the clock, {busy:.2f} s of processors ({busy / 2:.2f} s on two idle cores)"
        )
    print(f"Fresh process until its first replication: {fresh_process_seconds():.2f} s (allowed 1)")
    seconds, busy = sorted(wall(lambda: recommend(inputs, plan)) for _ in range(15))[7]
    print(f"Analytic answer for 13 weeks: {1000 * seconds:.0f} ms, {1000 * busy:.0f} ms of processor (allowed 50)")


if __name__ == "__main__":
    main()

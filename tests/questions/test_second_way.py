"""Every figure of the metrics against plain Python, on logs drawn at random with everything that real ones contain."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics.metrics import metrics
from analytics.model import KINDS
from tests.logs import warehouse_of
from tests.questions.oracle import expected

TEAMS = {"L1": ["desk", "phone"], "L2": ["net", "app"], "L3": ["eng"]}
WEIGHTS = [0.04, 0.2, 0.08, 0.2, 0.1, 0.08, 0.04, 0.1, 0.05, 0.02, 0.03, 0.04, 0.019, 0.001]


def random_log(seed: int, tickets: int = 60) -> pd.DataFrame:
    """Tickets of 1-14 events: equal times, missing tiers and teams, repeated states, reopenings, exclusions."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(tickets):
        time = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(minutes=int(rng.integers(0, 40_000)))
        tier = str(rng.choice(list(TEAMS), p=[0.8, 0.15, 0.05]))
        for step in range(int(rng.integers(1, 15))):
            if step and rng.random() < 0.3:
                tier = str(rng.choice(list(TEAMS)))
            kind = "created" if step == 0 else str(rng.choice(KINDS, p=WEIGHTS))
            known = rng.random() > 0.1
            team = str(rng.choice(TEAMS[tier]))
            rows.append((f"T{number:03d}", time, kind, tier if known else None, team if known else None))
            time += pd.Timedelta(minutes=int(rng.choice([0, 1, 7, 30, 90, 600, 3000])))
    return pd.DataFrame(rows, columns=["ticket_id", "at", "kind", "tier", "team"])


def same(told, wanted, where: str = "") -> None:
    """Equal down to the last leaf: counts exactly, shares and durations to 1e-9."""
    if isinstance(wanted, dict):
        assert set(told) == set(wanted), where
        for key in wanted:
            same(told[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, list):
        assert len(told) == len(wanted), where
        for number, (one, other) in enumerate(zip(told, wanted, strict=True)):
            same(one, other, f"{where}[{number}]")
    elif isinstance(wanted, float) and told is not None:
        assert math.isclose(told, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {told} is not {wanted}"
    else:
        assert told == wanted, f"{where}: {told} is not {wanted}"


@pytest.mark.parametrize("seed", range(25))
def test_all_metrics_agree_with_plain_python(seed, tmp_path):
    log = random_log(seed)
    same(metrics(warehouse_of(log, tmp_path / "log.duckdb")), expected(log))

"""P(still open at the target | open at this age): by hand, by brute force, in the limit, and against a closed form."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from analytics.breach.survival import PRIOR_TICKETS, group_of, model_of


def rows(*stretches: tuple) -> pd.DataFrame:
    """(tier, priority, from, until, end, has ended)."""
    return pd.DataFrame(stretches, columns=["tier", "priority", "from_hours", "until_hours", "end_hours", "has_ended"])


def test_kaplan_meier_by_hand():
    """Held at age 2: ends 3, 4 (only seen so far), 5, 8. At the target 6: 3/4 x 1/2 = 3/8. The last one came to the tier at 2.5
    only."""
    group = group_of(
        rows((3, "p", 0, 3, 3, True), (3, "p", 0, 4, 4, False), (3, "p", 1, 2.5, 5, True), (3, "p", 2, 8, 8, True),
             (3, "p", 2.5, 3, 3, True))
    )  # fmt: skip
    told, n = group.at(2, 6)
    assert (told, n) == (pytest.approx(3 / 8), 4)
    assert group.at(2, 3)[0] == pytest.approx(3 / 4)  # an end exactly at the target is in time
    assert group.at(2, 8)[0] == 0
    assert group.at(2, 2.9)[0] == 1
    assert math.isnan(group.at(9, 12)[0])


def brute(frame: pd.DataFrame, age: float, target: float) -> float:
    there = frame[(frame["from_hours"] <= age) & (age < frame["until_hours"])]
    alive = 1.0
    for end in sorted(set(there.loc[there["has_ended"], "end_hours"])):
        if end <= target:
            at_risk = (there["end_hours"] >= end).sum()
            alive *= 1 - (there["has_ended"] & (there["end_hours"] == end)).sum() / at_risk
    return alive


@pytest.mark.parametrize("seed", range(5))
def test_against_brute_force_with_ties(seed):
    rng = np.random.default_rng(seed)
    begin = rng.integers(0, 5, 60).astype(float)
    until = begin + rng.integers(1, 6, 60)
    frame = rows(
        *zip([1] * 60, ["p"] * 60, begin, until, until + rng.integers(0, 4, 60), rng.random(60) < 0.7, strict=True)
    )
    group = group_of(frame)
    for age, target in ((1.0, 4.0), (2.0, 5.0), (3.5, 9.0), (0.0, 20.0)):
        told, n = group.at(age, target)
        assert n > 5
        assert told == pytest.approx(brute(frame, age, target), abs=1e-12)
        assert 0 <= told <= 1


def test_few_tickets_lean_on_the_wider_group():
    """One urgent ticket in L2 that took long among 99 quick ones of another priority: not certain, by the stated weights."""
    frame = rows(*[(2, "low", 0, 2, 2, True)] * 99, (2, "urgent", 0, 9, 9, True))
    told, n = model_of(frame).breach(2, "urgent", 1.0, 5.0)
    every = (1 + 0.5) / 101
    pooled = (1 + PRIOR_TICKETS * every) / (100 + PRIOR_TICKETS)
    assert n == 1
    assert told == pytest.approx((1 * 1.0 + PRIOR_TICKETS * pooled) / (1 + PRIOR_TICKETS))
    assert model_of(frame).breach(3, "urgent", 1.0, 5.0) == (pytest.approx(every), 0)
    assert math.isnan(model_of(frame).breach(2, "low", 10.0, 12.0)[0])
    assert model_of(frame).breach(2, "low", 6.0, 5.0) == (1.0, 0)


def test_memoryless_work_has_the_closed_form():
    """Exponential times: P(breach) = exp(-(target - age) / mean), whatever the age."""
    rng = np.random.default_rng(5)
    ends = rng.exponential(10.0, 40_000)
    seen = np.minimum(ends, rng.exponential(30.0, 40_000))  # a third is seen only in part
    frame = rows(*zip([1] * 40_000, ["p"] * 40_000, [0.0] * 40_000, seen, seen, ends <= seen, strict=True))
    model = model_of(frame)
    for age in (0.0, 3.0, 12.0):
        assert model.breach(1, "p", age, age + 7.0)[0] == pytest.approx(math.exp(-0.7), abs=0.015)

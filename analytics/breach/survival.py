"""P(still open at the target | open at this age), from tickets that were once as old in the same place. Pure: frames in,
numbers out.

Landmark Kaplan-Meier: of all stretches in which the tier held a ticket of that priority at exactly this age, how many tickets
were still not done when they reached the target? Tickets that are still open count as long as they were seen. Rejected: one
curve S(target)/S(age) from the creation, which mixes in the many tickets that L1 solves at once and whose age says nothing
about what has come to L3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

PRIOR_TICKETS = 20.0
"""The next wider group weighs as much as so many tickets of the narrow one: 5 comparable tickets count a fifth, 180 nine
tenths."""


@dataclass(frozen=True)
class Group:
    """Stretches in the order of their tickets' ends: ages in hours at their beginning and end, and the tickets' ends."""

    from_hours: np.ndarray
    until_hours: np.ndarray
    end_hours: np.ndarray
    has_ended: np.ndarray

    def at(self, age_hours: float, target_hours: float) -> tuple[float, int]:
        """Kaplan-Meier's P(not done at the target | held at this age), and how many tickets it rests on (0: NaN)."""
        there = (self.from_hours <= age_hours) & (age_hours < self.until_hours)
        ends, ended = self.end_hours[there], self.has_ended[there]
        left = np.arange(len(ends), 0, -1)
        done = ended & (ends <= target_hours)
        return (float(np.prod(1.0 - 1.0 / left[done])) if len(ends) else float("nan")), len(ends)


def group_of(rows: pd.DataFrame) -> Group:
    """A group of `history.learnt`'s rows. Where an ending and a last sight fall together the ending comes first."""
    ordered = rows.sort_values(["end_hours", "has_ended"], ascending=[True, False])
    return Group(*(ordered[name].to_numpy() for name in ("from_hours", "until_hours", "end_hours", "has_ended")))


@dataclass(frozen=True)
class Model:
    """Groups by (tier, priority), by tier, and all together."""

    by_both: dict[tuple[int, str], Group]
    by_tier: dict[int, Group]
    whole: Group

    def breach(self, tier: int, priority: str, age_hours: float, target_hours: float) -> tuple[float, int]:
        """P(breach) and how many comparable tickets of the same tier and priority it rests on.

        Each group is shrunk to the next wider one: p = (n p_group + 20 p_wider) / (n + 20); all together to half a ticket
        either way, so that a dozen tickets that all were late make no certainty. NaN where no ticket ever was that
        old.
        """
        if age_hours > target_hours:
            return 1.0, 0
        raw, n = self.whole.at(age_hours, target_hours)
        told, comparable = ((n * raw + 0.5) / (n + 1) if n else float("nan")), 0
        for group in (self.by_tier.get(tier), self.by_both.get((tier, priority))):
            raw, comparable = group.at(age_hours, target_hours) if group else (float("nan"), 0)
            told = _shrunk(raw, comparable, told)
        return told, comparable


def _shrunk(raw: float, n: int, wider: float) -> float:
    if n == 0:
        return wider
    return raw if np.isnan(wider) else (n * raw + PRIOR_TICKETS * wider) / (n + PRIOR_TICKETS)


def model_of(learnt: pd.DataFrame) -> Model:
    """The model learnt from `history.learnt`'s rows."""
    return Model(
        {(int(t), str(p)): group_of(rows) for (t, p), rows in learnt.groupby(["tier", "priority"])},  # pyright: ignore
        {int(t): group_of(rows) for t, rows in learnt.groupby("tier")},  # pyright: ignore
        group_of(learnt),
    )


def predicted(model: Model, tickets: pd.DataFrame) -> pd.DataFrame:
    """`p_breach` and `comparable` for tickets with tier, priority, age_hours, target_hours, late_already; NaN without a
    target."""
    told = [
        (1.0, 0) if row.late_already
        else (float("nan"), 0) if np.isnan(row.target_hours)
        else model.breach(-1 if pd.isna(row.tier) else int(row.tier), str(row.priority), row.age_hours, row.target_hours)
        for row in tickets.itertuples()
    ]  # fmt: skip
    return pd.DataFrame(told, columns=["p_breach", "comparable"], index=tickets.index)

"""The implied mix of tiers beside the rules of thumb, and when those can hold on this data.

Rules of thumb are outputs: 60-70 / 25-30 / < 10 of staff and 80 / 18 / 2 of tickets resolved follow from escalation and
effort, they are not targets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.staffing import network

STAFF_RULE = ((0.60, 0.70), (0.25, 0.30), (0.0, 0.10))


@dataclass(frozen=True)
class Mix:
    """Shares by tier, in the order of `tiers`."""

    tiers: tuple[str, ...]
    headcount: tuple[float, ...]
    work: tuple[float, ...]
    resolved: tuple[float, ...]
    third_tier_minutes: tuple[float, float] | None
    """Effort of an L3 visit for which work splits 60-70/25-30/<10; None where no effort does."""
    sentence: str

    def to_json(self) -> dict[str, Any]:
        """Plain values by tier."""
        rows = zip(self.tiers, self.headcount, self.work, self.resolved, strict=True)
        return {
            "tiers": [{"tier": t, "headcount": h, "work": w, "resolved": r} for t, h, w, r in rows],
            "third_tier_minutes": list(self.third_tier_minutes) if self.third_tier_minutes else None,
            "sentence": self.sentence,
        }


def mix_of(
    tiers: tuple[str, ...], external: np.ndarray, routing: np.ndarray, minutes: np.ndarray, headcount: np.ndarray
) -> Mix:
    """The mix from tickets by tier entered (tiers,), the routing matrix, effort per visit and people per tier."""
    visits = network.visit_rates(external, routing)
    work = visits * minutes / 60.0
    if not np.any(external):
        none = (0.0,) * len(tiers)
        return Mix(tiers, _shares(headcount), none, none, None, "No tickets arrive, so nothing is mixed.")
    resolved = network.resolved_per_ticket(external, routing)
    human = [k for k, name in enumerate(tiers) if name != "L0"][:3]
    allowed = third_tier_minutes(work[human], visits[human]) if len(human) == 3 else None
    return Mix(
        tiers,
        _shares(headcount),
        _shares(work),
        tuple(round(float(r), 6) for r in resolved),
        allowed,
        _sentence(human, tiers, work, minutes, resolved, allowed),
    )


def _shares(values: np.ndarray) -> tuple[float, ...]:
    total = float(np.sum(values))
    return tuple(round(float(v) / total, 6) if total > 0 else 0.0 for v in values)


def third_tier_minutes(work: np.ndarray, visits: np.ndarray) -> tuple[float, float] | None:
    """Minutes of an L3 visit for which the work of three tiers splits 60-70 / 25-30 / < 10 %; None where none does.

    With s = w1 + w2 hours in the lower tiers and x in L3: each bound low <= w / (s + x) <= high is one on x.
    """
    lower = float(work[0] + work[1])
    floors, ceilings = [0.0], [lower * STAFF_RULE[2][1] / (1.0 - STAFF_RULE[2][1])]
    for hours, (low, high) in zip(work[:2], STAFF_RULE, strict=False):
        floors.append(float(hours) / high - lower)
        ceilings.append(float(hours) / low - lower)
    low, high = max(floors), min(ceilings)
    if low > high or visits[2] <= 0:
        return None
    return low * 60.0 / float(visits[2]), high * 60.0 / float(visits[2])


def _sentence(
    human: list[int],
    tiers: tuple[str, ...],
    work: np.ndarray,
    minutes: np.ndarray,
    resolved: np.ndarray,
    allowed: tuple[float, float] | None,
) -> str:
    if len(human) < 3:
        return "The rules of thumb are about three tiers; this data has fewer."
    split = "/".join(f"{s:.0%}"[:-1] for s in _shares(work[human]))
    solved = "/".join(f"{100 * resolved[k] / resolved[human].sum():.0f}" for k in human)
    third = tiers[human[2]]
    if allowed is None:
        ratio = float(work[human[0]] / work[human[1]]) if work[human[1]] > 0 else float("inf")
        holds = (
            f"no effort in {third} makes 60–70/25–30/<10 hold here: {tiers[human[0]]} has {ratio:.2g} times the work of "
            f"{tiers[human[1]]}, and the rule needs 2 to 2.8 times"
        )
    else:
        now = minutes[human[2]]
        inside = "as it does now" if allowed[0] <= now <= allowed[1] else f"but it takes {now:.0f}"
        holds = f"60–70/25–30/<10 holds only while a {third} visit takes {allowed[0]:.0f}–{allowed[1]:.0f} minutes, {inside}"
    return f"Work splits {split} and tickets are resolved {solved} (rule of thumb: 80/18/2); {holds}."

"""D1: are 80 / 18 / 2 % of the tickets resolved at L1 / L2 / L3?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Finding, listed
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import share, z_for
from analytics.findings.settings import GUIDE, MATURE_DAYS, MIN_TICKETS, Threshold, share_of
from analytics.warehouse.intervals import wilson

SHARE = Threshold(
    "resolved_share", "Share of tickets resolved in a tier", 0.80, "share", GUIDE, high=1.0,
    by_tier=(("L1", 0.80), ("L2", 0.18), ("L3", 0.02)), scopes=("tier",),
)  # fmt: skip
MARGIN = share_of("resolved_margin", "How far from those shares a tier may lie on the wrong side", 0.05, GUIDE)
CLAIM = Claim(
    "d01_resolved_shares",
    "Resolved at L1, L2 and L3 against 80 / 18 / 2 %",
    "The guide expects 80 % of tickets to be resolved at L1, 18 % at L2 and 2 % at L3.",
    "What L1 cannot solve costs more people further up, and the customer a second wait.",
    "Look at the categories that L2 and L3 resolve most, and give L1 the article, the access or the authority for them.",
    "Share of resolved tickets whose last resolution was in L1, of those old enough. The alarm looks at all three "
    "tiers: L1 too low, or L2 or L3 too high, each with its interval widened for three. An L1 that solves more than "
    "expected is no alarm.",
    (SHARE, MARGIN, MATURE_DAYS, MIN_TICKETS),
    rising=False,
)
_TIERS = (1, 2, 3)


def find(asked: Asked) -> list[Finding]:
    """The share resolved in L1, with the tiers that lie off and the categories that make the gap."""
    told = cases(asked, "d01_resolved", mature_days=asked.of(MATURE_DAYS))
    least = asked.of(MIN_TICKETS)
    if told.n < least:
        return [CLAIM.unknown(f"Only {told.n:,} matured resolved tickets with a tier; {least:.0f} are needed.", told.n)]
    counts = told.by("tier").set_index("name")["n"].reindex(_TIERS, fill_value=0)
    measured, threshold = share(counts[1], told.n), asked.of(SHARE, "L1")
    off = [tier for tier in _TIERS if _is_off(asked, tier, counts[tier], told.n)]
    missing = max(0.0, threshold - measured.value) * told.n
    return [CLAIM.found(asked, "watch" if off else "good", measured, threshold, _sentence(asked, told, counts, off, missing),
                        work={"L2": missing * _more_minutes(asked) / 60}, weeks=asked.weeks_of(asked.of(MATURE_DAYS)),
                        evidence=told.behind())]  # fmt: skip


def _is_off(asked: Asked, tier: int, count: int, n: int) -> bool:
    """Whether a tier's interval lies wholly beyond the margin on the wrong side: L1 below, the others above."""
    low, high = wilson(count, n, z_for(3))
    wanted, margin = asked.of(SHARE, f"L{tier}"), asked.of(MARGIN)
    return bool(high < wanted - margin if tier == 1 else low > wanted + margin)


def _more_minutes(asked: Asked) -> float:
    row = asked.one("d01_minutes", mature_days=asked.of(MATURE_DAYS))
    return max(0.0, row.more_minutes) if row.more_minutes == row.more_minutes else 0.0


def _sentence(asked: Asked, told: Cases, counts, off: list[int], missing: float) -> str:
    mix = " / ".join(f"{100 * counts[tier] / told.n:.0f}" for tier in _TIERS)
    if not off:
        return f"L1 / L2 / L3 resolve {mix} % of {told.n:,} tickets: no worse than expected."
    gap = f" L1 is {missing / asked.weeks_of(asked.of(MATURE_DAYS)):,.0f} tickets a week short" if missing > 0 else ""
    makers = listed([str(name) for name in told.by("category")["name"]], 2)
    most = f"; most resolved above L1 are {makers}." if gap and makers else "." if gap else ""
    names = " and ".join(f"L{tier}" for tier in off)
    return f"L1 / L2 / L3 resolve {mix} % of {told.n:,} tickets; {names} {'lies' if len(off) == 1 else 'lie'} off.{gap}{most}"

"""D3: is more than 20 % escalated from L1 on a regular basis, and which product or category drives it?"""

from __future__ import annotations

import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import Measured, difference, share
from analytics.findings.settings import GUIDE, MATURE_DAYS, MIN_GROUP, MIN_WEEK, Threshold, share_of
from analytics.warehouse.intervals import wilson

SHARE = share_of("escalation_share", "Escalation from L1 that is too much when it is regular", 0.20, GUIDE)
WEEKS = Threshold("alarm_weeks", "Weeks surely above that share before it is regular", 4, "weeks", GUIDE, low=1)
LOOKED_AT = Threshold("weeks_looked_at", "Weeks that are looked at for it", 12, "weeks", low=1)
MARGIN = share_of("product_margin", "How much more than the rest a product may escalate", 0.05)
CLAIM = Claim(
    "d03_escalation_rate",
    "Escalated from L1, week by week",
    "The guide takes more than 20 % escalated from L1, on a regular basis, as a warning.",
    "More than one in five, week after week, points to gaps in training, unclear boundaries, or a product too complex for L1.",
    "Take the products and teams with the highest rates, read twenty escalations of each, and write down what L1 lacked.",
    "Share of the tickets reaching L1 that were escalated from it, by week of first reaching L1, among whole and "
    "matured weeks with enough tickets. Regular: in at least so many weeks the 95 % interval lies above the share, and "
    "so does that of all these weeks together.",
    (SHARE, WEEKS, LOOKED_AT, MATURE_DAYS, MIN_WEEK),
)
PRODUCT = Claim(
    "d03_product",
    "A product that escalates more than the others",
    "The guide looks for the products that drive escalation.",
    "One product that L1 cannot handle fills L2 with tickets which are solved at once for the other products.",
    "Train L1 on this product and give it L2's macros; route what it can never solve to L2 at once.",
    "Share of matured tickets escalated from L1 for each product, less that of all others together (Newcombe's "
    "interval, widened for the number of products). Act needs the product's own rate above the usual alarm as well. "
    "Work: what L2 does on the tickets above the others' rate.",
    (MARGIN, SHARE, MATURE_DAYS, MIN_GROUP),
    unit="points",
)


def find(asked: Asked) -> list[Finding]:
    """Two findings: the weekly rate, and the product that stands out."""
    groups = asked.ask("d03_groups", mature_days=asked.of(MATURE_DAYS))
    return [_weekly(asked, groups[groups["kind"] == "category"]), _product(asked, groups[groups["kind"] == "product"])]


def _weekly(asked: Asked, categories: pd.DataFrame) -> Finding:
    weeks = asked.ask("d03_weeks", mature_days=asked.of(MATURE_DAYS))
    weeks = weeks[weeks["tickets"] >= asked.of(MIN_WEEK)].head(int(asked.of(LOOKED_AT)))
    if len(weeks) < asked.of(WEEKS):
        reason = f"Only {len(weeks)} matured weeks with at least {asked.of(MIN_WEEK):.0f} tickets in L1."
        return CLAIM.unknown(reason, int(weeks["tickets"].sum()))
    limit, (low, _) = asked.of(SHARE), wilson(weeks["escalated"], weeks["tickets"])
    over, measured = int((low > limit).sum()), share(weeks["escalated"].sum(), weeks["tickets"].sum())
    severity = "watch" if over >= asked.of(WEEKS) and measured.low > limit else "good"
    said = (f"{measured.percent()} of {measured.n:,} tickets in the last {len(weeks)} matured weeks{_ended(asked, weeks)} were "
            "escalated from L1; "
            f"{over} of these weeks were surely over {numbers.share(limit)}.{_driver(asked, categories)}")  # fmt: skip
    extra = max(0.0, measured.value - limit) * measured.n
    return CLAIM.found(asked, severity, measured, limit, said, weeks=len(weeks), evidence=Evidence("t.escalated_mask & 2 <> 0"),
                       work={"L2": extra * float(weeks["l2_minutes"].mean()) / 60})  # fmt: skip


def _ended(asked: Asked, weeks: pd.DataFrame) -> str:
    """When the weeks ended, where that is long ago: those after them have too few tickets."""
    ended = weeks["week"].max() + pd.Timedelta(days=6)
    is_recent = (asked.span[1] - ended).days <= asked.of(MATURE_DAYS) + 28
    return "" if is_recent else f" with enough tickets, which ended on {ended:%-d %b %Y},"


def _driver(asked: Asked, categories: pd.DataFrame) -> str:
    found = _highest(asked, categories)
    if found is None or found[1].low <= 0:
        return ""
    row, gap = found
    return f" The category most surely above the rest: {row['name']}, by {gap.value * 100:.0f} points."


def _highest(asked: Asked, groups: pd.DataFrame) -> tuple[pd.Series, Measured] | None:
    """The group whose surplus over the rest is surest, the interval widened for the number of groups; None below two."""
    large = groups[groups["tickets"] >= asked.of(MIN_GROUP)]
    if len(large) < 2:
        return None
    return max(((row, _surplus(row, large)) for _, row in large.iterrows()), key=lambda pair: pair[1].low)


def _surplus(row: pd.Series, groups: pd.DataFrame) -> Measured:
    rest = groups[groups["name"] != row["name"]]
    return difference(row.escalated, row.tickets, rest["escalated"].sum(), rest["tickets"].sum(), len(groups))


def _product(asked: Asked, groups: pd.DataFrame) -> Finding:
    found = _highest(asked, groups)
    if found is None:
        reason = f"Fewer than two products with {asked.of(MIN_GROUP):.0f} matured tickets in L1."
        return PRODUCT.unknown(reason, int(groups["tickets"].sum()))
    row, surplus = found
    own, margin = share(row.escalated, row.tickets, len(groups)), asked.of(MARGIN)
    stands_out = surplus.low > margin
    is_act = surplus.sure_low > margin and own.sure_low > asked.of(SHARE)
    severity = "act" if is_act else "watch" if stands_out else "good"
    said = (f"{row['name']} is escalated in {own.percent()} of its tickets, {surplus.value * 100:.0f} points "
            f"({surplus.low * 100:.0f} to {surplus.high * 100:.0f}) more than the other products.")  # fmt: skip
    if severity == "good":
        said = f"No product is surely {margin * 100:.0f} points above the others. The nearest: {said}"
    evidence = Evidence("t.escalated_mask & 2 <> 0 AND t.product = $found_product", (("found_product", row["name"]),))
    return PRODUCT.found(asked, severity, surplus, margin, said, evidence=evidence, weeks=asked.weeks_of(asked.of(MATURE_DAYS)),
                         work={"L2": surplus.value * row.tickets * row.l2_minutes / 60})  # fmt: skip

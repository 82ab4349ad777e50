"""D26: did a product's tickets surge, suddenly as in an outage or fading slowly as after a launch?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding, listed
from analytics.findings.ground import LEVEL, Measured, raised, same, student
from analytics.findings.settings import Threshold, share_of
from analytics.findings.surges import BASE_DAYS, Run, runs, tested

TIMES = Threshold("surge_times", "Tickets against the usual number that make a surge", 1.3, "times", low=1.0)
LEAST = Threshold("surge_least", "Extra tickets from which a surge is worth a leader's time", 20, "tickets", low=1)
CHANCE = share_of("surge_chance", "Chance, over all days and products, of calling a usual day a surge", LEVEL)
SUDDEN_DAYS = Threshold(
    "sudden_days", "Days within which half of a sudden surge comes (an outage; else a launch)", 3, "days"
)
SUDDEN = Claim(
    "d26_sudden_surge",
    "A sudden surge, as in an outage",
    "The guide plans for surges: outages and launches break any staffing by averages.",
    "Within hours every queue is full of the same question, and the other tickets wait behind it.",
    "Keep a status page and one macro ready for the product named, and mark the days as an outage in the volume forecast.",
    "A product's tickets in runs of 1 to 28 days against the same weekdays of the eight weeks before, times what the "
    "other products did: a holiday that all have is no surge. A run counts where chance gives one such, over all days, "
    "lengths and products, in one log of twenty (negative binomial). The value is its tickets over the usual number, "
    "for the surge with the most extra tickets. Sudden: half of the excess of six weeks has come within the days. Work: "
    "tracked work on the extra tickets.",
    (TIMES, LEAST, CHANCE, SUDDEN_DAYS),
    unit="times",
)
SLOW = Claim(
    "d26_slow_surge",
    "A surge that fades slowly, as after a launch",
    SUDDEN.guide,
    "A launch brings weeks of harder tickets; without a plan they pile up in L2 and L3.",
    "Mark the days as a launch in the volume forecast, so that the next one is planned for, and brief L1 before it.",
    "As for a sudden surge, where half of the excess takes longer to come.",
    (TIMES, LEAST, CHANCE, SUDDEN_DAYS),
    unit="times",
)
_LEAST_DAYS = BASE_DAYS + 28


@dataclass(frozen=True)
class Surge:
    """A run of days with far more tickets of a product than usual. `times`: over the usual number; half-life in days."""

    product: str
    first: date
    last: date
    times: Measured
    extra: float
    half_life_days: float
    peak: int


def find(asked: Asked) -> list[Finding]:
    """Two findings: the largest sudden surge, and the largest slow one."""
    history = asked.with_history()
    daily = history.ask("d26_daily")
    products = daily["product"].nunique()
    days = (history.span[1] - history.span[0]).days + 1
    if days < _LEAST_DAYS or not products:
        reason = f"The history in view has {max(days, 0)} days; {_LEAST_DAYS} are needed to know what is usual."
        return [claim.unknown(reason, int(daily["tickets"].sum())) for claim in (SUDDEN, SLOW)]
    counts = daily.pivot_table(index="day", columns="product", values="tickets", aggfunc="sum").sort_index()
    counts = counts.reindex(pd.date_range(*history.span), fill_value=0).fillna(0)
    chance = asked.of(CHANCE) / max(1, tested(len(counts))) / products
    surges = [one for product in counts.columns for one in _of_product(asked, counts, product, chance)]
    is_sudden = {id(one): one.half_life_days <= asked.of(SUDDEN_DAYS) for one in surges}
    return [
        _finding(asked, SUDDEN, [one for one in surges if is_sudden[id(one)]], counts),
        _finding(asked, SLOW, [one for one in surges if not is_sudden[id(one)]], counts),
    ]


def _of_product(asked: Asked, counts: pd.DataFrame, product: str, chance: float) -> list[Surge]:
    """The surges of one product: runs of days that neither its weeks before nor the other products explain."""
    own, others = counts[product].to_numpy(float), counts.drop(columns=product).sum(axis=1).to_numpy(float)
    spread = dispersion(own)
    found = [
        _surge(product, counts.index, run)
        for run in runs(own, others if len(counts.columns) > 1 else None, spread, chance)
    ]
    begins = asked.span[0].date()
    is_large = [one for one in found if one.times.low > asked.of(TIMES) and one.extra >= asked.of(LEAST)]
    return [one for one in is_large if one.last >= begins]


def dispersion(counts: np.ndarray) -> float:
    """Dispersion a in variance m + a·m² of daily counts; days far out left out."""
    from analytics.forecasting.scores import dispersion_of

    return dispersion_of(counts, np.ones(len(counts), dtype=bool))


def _surge(product: str, days: pd.DatetimeIndex, run: Run) -> Surge:
    """The surge with the interval of its ratio: variance as expected, grown with the count."""
    error = float(np.sqrt(run.variance / run.expected / run.count))
    times = raised(student(float(np.log(run.count / run.expected)), error, 1e6, round(run.count)))
    last = days[run.first + run.days - 1].date()
    return Surge(product, days[run.first].date(), last, times, run.count - run.expected, run.half, run.peak)


def _finding(asked: Asked, claim: Claim, surges: list[Surge], counts: pd.DataFrame) -> Finding:
    if not surges:
        none = same(1.0, int(counts.to_numpy().sum()))
        return claim.found(
            asked, "good", none, asked.of(TIMES), "No product's tickets surged in this way in the period in view."
        )
    largest, others = max(surges, key=lambda one: one.extra), sorted(surges, key=lambda one: -one.extra)[1:]
    said = (f"{largest.product}: {_how_many(largest)} from {largest.first:%-d %b %Y} to {largest.last:%-d %b %Y}, "
            f"{largest.peak} on the worst day.")  # fmt: skip
    if others:
        said += f" Others: {listed([f'{one.product} ({one.first:%-d %b %Y})' for one in others])}."
    row = asked.with_history().one("d26_minutes", product=largest.product, first=largest.first, last=largest.last)
    behind = ("found_product", largest.product), ("found_first", largest.first), ("found_last", largest.last)
    sql = "coalesce(t.product, 'All tickets') = $found_product AND t.created_day BETWEEN $found_first AND $found_last"
    evidence = Evidence(sql, behind)
    work = {f"L{tier}": largest.extra * row[f"l{tier}"] / 60 for tier in (1, 2, 3)}
    return claim.found(asked, "watch", largest.times, asked.of(TIMES), said, work=work, evidence=evidence)


def _how_many(surge: Surge) -> str:
    """How many tickets against what is usual; a ratio to next to nothing would say nothing."""
    usual = surge.times.n - surge.extra
    if usual < 1:
        return f"{numbers.count(surge.times.n)} tickets where next to none were usual,"
    return f"{numbers.decimal(surge.times.value)} times the usual tickets, {numbers.count(surge.extra)} more,"

"""What a finding is, and what it is asked of.

A finding compares a number of the user's own tickets with a claim of a staffing guide. The claims are settings, not truths
(`settings.py`); no alarm without statistical ground (`ground.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.charts import numbers
from analytics.findings.ground import Measured
from analytics.findings.settings import GUIDE, Settings, Text, Threshold
from analytics.model import Filters
from analytics.warehouse.questions import filled, sql_of
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "sql"
_SCOPED = re.compile(r"\{(\w+)\(([\w.]+), ([\w.]+)\)\}")
_PART = re.compile(r"\{include (\w+)\}")

SEVERITIES = ("act", "watch", "good", "unknown")
"""The most pressing first; `unknown` is grey: too little data, or a column that is not there."""


@dataclass(frozen=True)
class Evidence:
    """The tickets behind a finding: a condition on `tickets t` from this package's closed texts, and its bound parameters."""

    reason: str = "FALSE"
    params: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One claim, held against the data.

    `value`, `low`, `high` (95 %) and `threshold` are in `unit`; None where they cannot be told. `n` is how many tickets,
    handoffs or weeks the value rests on. What an alarm costs a week: `work_hours` of people, `waiting_hours` of tickets,
    `cost` in `currency` for the work; each None where it cannot be told.
    """

    id: str
    title: str
    severity: str
    value: float | None
    low: float | None
    high: float | None
    threshold: float | None
    n: int
    sentence: str
    why: str
    advice: str
    unit: str = "share"
    claim: str = ""
    source: str = GUIDE
    n_of: str = "tickets"
    work_hours: float | None = None
    waiting_hours: float | None = None
    cost: float | None = None
    currency: str = "USD"
    evidence: Evidence = Evidence()

    @property
    def is_alarm(self) -> bool:
        """Whether somebody should look."""
        return self.severity in ("act", "watch")

    def number(self, value: float | None) -> str:
        """One of the finding's numbers as people read it, with its unit."""
        if value is None:
            return "not known"
        if self.unit == "money":
            return f"{value:,.2f} {self.currency}"
        told = {"share": numbers.share, "points": numbers.points, "change": numbers.change}.get(self.unit)
        return told(value) if told else f"{numbers.decimal(value)} {self.unit}"

    def measure(self) -> str:
        """Value with interval, threshold, and what it rests on, in one line."""
        if self.value is None:
            return f"n = {self.n:,} {self.n_of}" if self.n else ""
        known_exactly = self.low == self.high
        spread = "" if known_exactly else f" (95 %: {self.number(self.low)} to {self.number(self.high)})"
        threshold = "" if self.threshold is None else f" · threshold {self.number(self.threshold)}"
        return f"{self.number(self.value)}{spread}{threshold} · n = {self.n:,} {self.n_of}"

    def stake(self) -> str:
        """What an alarm costs a week; empty where that cannot be told."""
        parts = [
            f"{numbers.decimal(hours)} hours of {kind}"
            for hours, kind in ((self.work_hours, "work"), (self.waiting_hours, "waiting"))
            if hours is not None and hours >= 0.05
        ]
        money = f" ({numbers.count(self.cost)} {self.currency})" if self.cost is not None and parts else ""
        if parts:
            parts[0] += money
        return f"At stake a week: {' and '.join(parts)}" if parts else ""

    def to_json(self) -> dict[str, Any]:
        """As JSON takes it; numbers that cannot be told are null."""
        return asdict(self) | {"evidence": {"reason": self.evidence.reason, "params": dict(self.evidence.params)}}


@dataclass(frozen=True)
class Claim:
    """What stays the same in a finding whatever the data says.

    `guide`: what the guide claims; `counts`: how the value is computed and what is left out, for the definitions page;
    `rising` is False where a falling value is worse. The first of `thresholds` is the one that the value is held against.
    """

    id: str
    title: str
    guide: str
    why: str
    advice: str
    counts: str
    thresholds: tuple[Threshold, ...] = ()
    texts: tuple[Text, ...] = ()
    unit: str = "share"
    n_of: str = "tickets"
    rising: bool = True

    @property
    def source(self) -> str:
        """Where the figure comes from that the value is held against: the first of the thresholds."""
        return self.thresholds[0].source if self.thresholds else GUIDE

    def unknown(self, reason: str, n: int = 0, advice: str = "") -> Finding:
        """The grey finding, with the reason in a sentence."""
        return Finding(self.id, self.title, "unknown", None, None, None, None, int(n), reason, self.why,
                       advice or self.advice, unit=self.unit, claim=self.guide, source=self.source, n_of=self.n_of)  # fmt: skip

    def found(
        self, asked: Asked, severity: str, measured: Measured, threshold: float | None, sentence: str, *,
        work: Mapping[str, float] | None = None, waiting: float | None = None, weeks: float | None = None,
        evidence: Evidence = Evidence(), advice: str = "",
    ) -> Finding:  # fmt: skip
        """The finding itself. `work` (hours by tier) and `waiting` (hours) are over `weeks`, the period in view by default."""
        per = weeks or asked.weeks
        hours = {tier: told / per for tier, value in (work or {}).items() if (told := _positive(value)) is not None}
        is_alarm = severity in ("act", "watch")
        waits = _positive(waiting) if is_alarm else None
        return Finding(
            self.id, self.title, severity, _number(measured.value), _number(measured.low), _number(measured.high),
            _number(threshold), measured.n, sentence, self.why, advice or self.advice, self.unit, self.guide, self.source,
            work_hours=sum(hours.values()) if hours and is_alarm else None,
            waiting_hours=None if waits is None else waits / per,
            cost=asked.settings.money(hours) if is_alarm else None,
            currency=asked.settings.currency, evidence=evidence, n_of=self.n_of,
        )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a finding asks of: an open warehouse under filters, with the settings."""

    warehouse: Warehouse
    filters: Filters
    settings: Settings = field(default_factory=Settings)

    def ask(self, name: str, *scoped: Threshold, **params: Any) -> Any:
        """The answer of `sql/<name>.sql` as a frame (`Any`: no type tells which columns it has). `scoped` are thresholds that
        differ by tier or priority in it."""
        return self.warehouse.frame(*self.sql(name, *scoped, **params))

    def one(self, name: str, *scoped: Threshold, **params: Any) -> Any:
        """As `ask`, the one row there is."""
        return self.ask(name, *scoped, **params).iloc[0]

    def sql(self, name: str, *scoped: Threshold, **params: Any) -> tuple[str, dict[str, Any]]:
        """A finding's SQL as it is run, with its bound parameters."""
        bound = {"view_end": self.filters.end, **params}
        there = {threshold.name: threshold for threshold in scoped}

        def limit(found: re.Match[str]) -> str:
            text, more = self.settings.sql_of(there[found[1]], found[2], found[3])
            bound.update(more)
            return text

        return filled(_SCOPED.sub(limit, finding_sql(name)), self.filters, bound)

    def of(self, threshold: Threshold, tier: str = "", priority: str = "") -> float:
        """The figure that holds."""
        return self.settings.of(threshold, tier, priority)

    @cached_property
    def columns(self) -> dict[str, int]:
        """How much the data holds of what findings need."""
        return {str(name): int(count) for name, count in self.one("columns").items()}

    @cached_property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day in view, within the data."""
        row = self.warehouse.frame("SELECT first_day, last_day FROM data_end").iloc[0]
        first, last = pd.Timestamp(row["first_day"]), pd.Timestamp(row["last_day"])
        if self.filters.start:
            first = max(first, pd.Timestamp(self.filters.start))
        return first, min(last, pd.Timestamp(self.filters.end)) if self.filters.end else last

    def with_history(self) -> Asked:
        """The same without the period's beginning, for what is compared with the weeks before it."""
        return Asked(self.warehouse, self.filters.with_period(None, self.filters.end), self.settings)

    @cached_property
    def busy(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last day of what sums are spread over: the span, or, where 95 % of the tickets came within less than half of
        it, the part they came in. A log that runs on for months until the last ticket is closed says little of a week's work."""
        first, last = self.span
        period = Asked(self.warehouse, Filters(start=self.filters.start, end=self.filters.end), self.settings)
        row = period.one("busy_days")
        if pd.isna(row.first_day):
            return first, last
        begins, ends = pd.Timestamp(row.first_day), pd.Timestamp(row.last_day)
        edge = ((ends - begins).days + 1) / 0.95 * 0.025
        begins, ends = begins - pd.Timedelta(days=edge), ends + pd.Timedelta(days=edge)
        return (begins, ends) if 2 * (ends - begins) < last - first else (first, last)

    @property
    def weeks(self) -> float:
        """Length of the period in view, in weeks: what sums are divided by."""
        return self.weeks_of()

    def weeks_of(self, mature_days: float = 0, skipped_days: float = 0) -> float:
        """As `weeks`, without the days before the data's last one whose tickets are too young for a sum, and without the data's
        first days where they are skipped."""
        row, (first, last) = self.warehouse.frame("SELECT first_day, last_us FROM data_end").iloc[0], self.busy
        begin = max(first, pd.Timestamp(row["first_day"]) + pd.Timedelta(days=skipped_days))
        end = last + pd.Timedelta(days=1)
        if mature_days:
            end = min(end, pd.Timestamp(row["last_us"], unit="us") - pd.Timedelta(days=mature_days))
        return max(1.0, (end - begin) / pd.Timedelta(days=1)) / 7


@cache
def finding_sql(name: str) -> str:
    """The text of a finding's SQL as it stands in the repository, with the parts that it includes."""
    text = (_FOLDER / f"{name}.sql").read_text("utf-8")
    return _PART.sub(lambda part: part_sql(part[1]), text)


def part_sql(name: str) -> str:
    """A finding's SQL without its header, to stand inside another one."""
    return "\n".join(line for line in finding_sql(name).splitlines() if not line.startswith("--"))


def tickets_behind(warehouse: Warehouse, finding: Finding, filters: Filters, most: int = 500) -> pd.DataFrame:
    """The latest `most` tickets behind a finding, as `questions.ticket_list` gives them."""
    return warehouse.frame(*sql_behind(finding, filters, most))


def sql_behind(finding: Finding, filters: Filters, most: int = 500) -> tuple[str, dict[str, Any]]:
    """The SQL of the tickets behind a finding, with its bound parameters."""
    params = dict(finding.evidence.params) | {"most": most}
    return sql_of("ticket_list", filters, params, reason=f"({finding.evidence.reason})")


def listed(names: list[str], most: int = 3) -> str:
    """A few names: "A, B and C"."""
    told = [str(name) for name in names[:most]]
    return " and ".join(filter(None, (", ".join(told[:-1]), told[-1]))) if told else ""


def _positive(hours: Any) -> float | None:
    return float(hours) if hours is not None and np.isfinite(float(hours)) and float(hours) > 0 else None


def _number(value: Any) -> float | None:
    return float(value) if value is not None and np.isfinite(float(value)) else None

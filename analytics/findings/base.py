"""What a finding is, the figures it is measured against, and the arithmetic that all findings share.

A finding compares a number of the user's own tickets with a claim of a staffing guide. The claims are settings, not truths.
No alarm without statistical ground: an interval must lie wholly beyond the threshold, and where the worst of several groups is
picked, the intervals are as wide as Bonferroni asks, so that looking at more groups raises no more false alarms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics.model import Filters
from analytics.warehouse.intervals import wilson
from analytics.warehouse.questions import sql_of
from analytics.warehouse.store import Warehouse

_FOLDER = Path(__file__).parent / "sql"

Severity = Literal["act", "watch", "good", "unknown"]
SEVERITIES: tuple[Severity, ...] = ("act", "watch", "good", "unknown")
"""The most pressing first; `unknown` is grey: too little data, or a column that is not there."""


@dataclass(frozen=True)
class Settings:
    """The guide's figures and our own, all to be changed. Shares 0-1; minutes and hours as named.

    From the guide: `resolved_*`, `escalation_share`, `team_escalation_share`, `acknowledge_minutes`, `bounce_share`,
    `undocumented_share`, `l1_minutes`, `l2_minutes`, `alarm_weeks`. The others are ours, since the guide gives no figure.
    """

    resolved_l1: float = 0.80
    resolved_l2: float = 0.18
    resolved_l3: float = 0.02
    resolved_margin: float = 0.05
    escalation_share: float = 0.20
    alarm_weeks: int = 4
    weeks_looked_at: int = 12
    team_escalation_share: float = 0.50
    product_margin: float = 0.05
    """How much more than the rest a product must escalate to be called so: points as a share."""
    l1_minutes: float = 15.0
    l2_minutes: float = 30.0
    over_limit_share: float = 0.25
    acknowledge_minutes: float = 30.0
    acknowledged_share: float = 0.90
    acknowledged_act: float = 0.50
    high_priorities: tuple[str, ...] = (
        "urgent", "high", "highest", "critical", "emergency", "blocker", "p1", "p2", "1", "2", "1 - critical", "2 - high",
    )  # fmt: skip
    bounce_share: float = 0.10
    pair_share: float = 0.20
    premature_share: float = 0.20
    undocumented_share: float = 0.20
    hierarchical_share: float = 0.20
    bad_note_sections: int = 1
    good_note_sections: int = 4
    bad_note_share: float = 0.20
    note_wait_ratio: float = 1.25
    l3_wait_ratio: float = 1.5
    l3_wait_hours: float = 8.0
    shrinkage: float = 0.30
    l3_utilisation: float = 0.85
    recent_weeks: int = 8
    earlier_weeks: int = 26
    mature_days: int = 14
    """Tickets younger than this (at the data's last event) are left out where their fate counts."""
    min_tickets: int = 200
    min_group: int = 50
    min_week: int = 20


@dataclass(frozen=True)
class Evidence:
    """The tickets behind a finding: a condition on `tickets t` from this package's closed texts, and its bound parameters."""

    reason: str = "FALSE"
    params: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Finding:
    """One claim, held against the data.

    `value`, `low`, `high` and `threshold` are in `unit` ("share" 0-1, "ratio", "weeks"); None where they cannot be told. `n` is
    how many tickets, handoffs or weeks the value rests on. `hours_at_stake` are hours over the period in view, of work or of
    waiting (`hours_kind`); 0 where no such cost can be told.
    """

    id: str
    title: str
    severity: Severity
    value: float | None
    low: float | None
    high: float | None
    threshold: float | None
    n: int
    sentence: str
    why: str
    advice: str
    hours_at_stake: float = 0.0
    hours_kind: str = "work"
    unit: str = "share"
    evidence: Evidence = Evidence()

    @property
    def is_alarm(self) -> bool:
        """Whether somebody should look."""
        return self.severity in ("act", "watch")

    def number(self, value: float | None) -> str:
        """One of the finding's numbers as people read it, with its unit."""
        if value is None:
            return "not known"
        return f"{value * 100:.0f} %" if self.unit == "share" else f"{value:.1f} times"

    def measure(self) -> str:
        """Value with interval, threshold, and what it rests on, in one line."""
        if self.value is None:
            return f"n = {self.n:,}"
        spread = f"{self.number(self.value)} (95 %: {self.number(self.low)} to {self.number(self.high)})"
        return f"{spread} · threshold {self.number(self.threshold)} · n = {self.n:,}"

    def stake(self) -> str:
        """What an alarm costs over the period in view; empty where that cannot be told."""
        kind = "work" if self.hours_kind == "work" else "waiting"
        return (
            f"{self.hours_at_stake:,.0f} hours of {kind} at stake"
            if self.is_alarm and self.hours_at_stake >= 0.5
            else ""
        )

    def to_json(self) -> dict[str, Any]:
        """As JSON takes it; numbers that cannot be told are null."""
        return asdict(self) | {"evidence": {"reason": self.evidence.reason, "params": dict(self.evidence.params)}}


@dataclass(frozen=True)
class Claim:
    """What stays the same in a finding whatever the data says."""

    id: str
    title: str
    why: str
    advice: str
    unit: str = "share"
    hours_kind: str = "work"

    def unknown(self, reason: str, n: int = 0) -> Finding:
        """The grey finding, with the reason in a sentence."""
        return Finding(self.id, self.title, "unknown", None, None, None, None, int(n), reason, self.why, self.advice,
                       unit=self.unit, hours_kind=self.hours_kind)  # fmt: skip

    def found(self, severity: Severity, measured: Measured, threshold: float, sentence: str, **more: Any) -> Finding:
        """The finding itself. `more`: hours_at_stake, evidence, advice."""
        told = {"advice": self.advice, "unit": self.unit, "hours_kind": self.hours_kind} | more
        told["hours_at_stake"] = _finite(told.get("hours_at_stake", 0.0))
        return Finding(self.id, self.title, severity, measured.value, measured.low, measured.high, threshold, measured.n,
                       sentence, self.why, **told)  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """A value with its interval and what it rests on."""

    value: float
    low: float
    high: float
    n: int

    def percent(self) -> str:
        """The value with its interval, as people read it: 31 % (28-34 %)."""
        return f"{self.value * 100:.0f} % ({self.low * 100:.0f}–{self.high * 100:.0f} %)"


@dataclass(frozen=True)
class Asked:
    """What a finding asks of: an open warehouse under filters, with the settings; `columns` counts what the data holds."""

    warehouse: Warehouse
    filters: Filters
    settings: Settings
    columns: dict[str, int] = field(default_factory=dict)

    def ask(self, name: str, **params: Any) -> pd.DataFrame:
        """The answer of `sql/<name>.sql` as a frame."""
        return self.warehouse.frame(*sql_of_finding(name, self.filters, params))

    def one(self, name: str, **params: Any) -> Any:
        """As `ask`, the one row there is."""
        return self.ask(name, **params).iloc[0]


@cache
def finding_sql(name: str) -> str:
    """The text of a finding's SQL as it stands in the repository."""
    return (_FOLDER / f"{name}.sql").read_text("utf-8")


def sql_of_finding(name: str, filters: Filters, params: dict[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """A finding's SQL as it is run, with its bound parameters."""
    on_tickets, on_handoffs = filters.on_tickets(), filters.on_handoffs()
    sql = finding_sql(name).replace("{ticket_filter}", on_tickets.sql).replace("{handoff_filter}", on_handoffs.sql)
    bound = {**on_tickets.params, **on_handoffs.params, **(params or {})}
    named = set(re.findall(r"\$(\w+)", sql))
    return sql, {key: value for key, value in bound.items() if key in named}


def tickets_behind(warehouse: Warehouse, finding: Finding, filters: Filters, most: int = 500) -> pd.DataFrame:
    """The latest `most` tickets behind a finding, as `questions.ticket_list` gives them."""
    return warehouse.frame(*sql_behind(finding, filters, most))


def sql_behind(finding: Finding, filters: Filters, most: int = 500) -> tuple[str, dict[str, Any]]:
    """The SQL of the tickets behind a finding, with its bound parameters."""
    params = dict(finding.evidence.params) | {"most": most}
    return sql_of("ticket_list", filters, params, reason=f"({finding.evidence.reason})")


def z_for(groups: int) -> float:
    """The normal quantile of a two-sided 95 % interval that holds for all of `groups` at once (Bonferroni)."""
    return NormalDist().inv_cdf(1 - 0.025 / max(1, groups))


def share(part: float, whole: float, groups: int = 1) -> Measured:
    """A share with its Wilson interval, widened where it is one of several groups."""
    low, high = wilson(part, whole, z_for(groups))
    return Measured(float(part) / float(whole), float(low), float(high), int(whole))


def difference(part: float, whole: float, other_part: float, other_whole: float, groups: int = 1) -> Measured:
    """The difference of two shares with Newcombe's hybrid score interval (1998, Stat. Med. 17, method 10)."""
    one, two = share(part, whole, groups), share(other_part, other_whole, groups)
    gap = one.value - two.value
    low = gap - float(np.hypot(one.value - one.low, two.high - two.value))
    high = gap + float(np.hypot(one.high - one.value, two.value - two.low))
    return Measured(gap, low, high, one.n)


def ratio_of_means(logs: Sequence[float], base_logs: Sequence[float], groups: int = 1) -> Measured:
    """exp of the difference of two means of logarithms, with Welch's t interval: how many times as long. Each needs >= 2."""
    from scipy.stats import t

    one, two = np.asarray(logs, dtype=float), np.asarray(base_logs, dtype=float)
    a, b = one.var(ddof=1) / len(one), two.var(ddof=1) / len(two)
    gap = float(one.mean() - two.mean())
    if a + b == 0:
        return Measured(float(np.exp(gap)), float(np.exp(gap)), float(np.exp(gap)), len(one))
    freedom = (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(two) - 1))
    half = float(t.ppf(1 - 0.025 / max(1, groups), freedom)) * float(np.sqrt(a + b))
    return Measured(*(float(np.exp(gap + side)) for side in (0.0, -half, half)), n=len(one))


def above(measured: Measured, watch: float, act: float | None = None) -> Severity:
    """How bad a number is that should be low: its interval must clear the threshold."""
    if act is not None and measured.low > act:
        return "act"
    return "watch" if measured.low > watch else "good"


def below(measured: Measured, watch: float, act: float | None = None) -> Severity:
    """How bad a number is that should be high."""
    if act is not None and measured.high < act:
        return "act"
    return "watch" if measured.high < watch else "good"


def worst(groups: pd.DataFrame, part: str, whole: str, least: int) -> tuple[Any, Measured] | None:
    """The group whose share is surest to be high: its row and its share with Bonferroni's interval; None where none is large
    enough. Rejected: the highest share itself, which is nearly always that of a small group."""
    large = groups[groups[whole] >= least]
    if large.empty:
        return None
    low, _ = wilson(large[part], large[whole], z_for(len(large)))
    row = large.iloc[int(np.argmax(low))]
    return row, share(row[part], row[whole], len(large))


def _finite(hours: Any) -> float:
    return float(hours) if hours is not None and np.isfinite(float(hours)) and float(hours) > 0 else 0.0

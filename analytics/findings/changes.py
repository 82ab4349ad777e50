"""What changed since the period before: new, worse, better, gone, or the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from analytics.errors import NotEnoughData
from analytics.findings.base import SEVERITIES, Asked, Claim, Finding
from analytics.findings.ground import FAMILY, z_for
from analytics.findings.registry import DEFAULTS, claims, find_all
from analytics.findings.settings import Settings
from analytics.model import Filters
from analytics.warehouse.store import Warehouse

USUAL_DAYS = 91
"""Where the filters name no period, the last quarter is held against the one before."""

STATUSES = ("new", "worse", "better", "gone", "same", "unknown")


@dataclass(frozen=True)
class Change:
    """One finding now and in the period before. Values in the finding's unit; None where they cannot be told."""

    id: str
    status: str
    sentence: str
    severity_now: str
    severity_before: str
    value_now: float | None
    value_before: float | None

    @property
    def is_news(self) -> bool:
        """Whether a leader should read it: an alarm that is new, worse, better or gone."""
        alarms = {self.severity_now, self.severity_before} & {"act", "watch"}
        return bool(alarms) and self.status in ("new", "worse", "better", "gone")

    def to_json(self) -> dict[str, Any]:
        """As JSON takes it."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """The changes by the finding's id, most telling first, and the two periods in words; `why_not` where there is none."""

    changes: tuple[Change, ...] = ()
    periods: str = ""
    why_not: str = ""

    def of(self, id_: str) -> Change | None:
        """What changed in one finding."""
        return next((one for one in self.changes if one.id == id_), None)

    @property
    def news(self) -> list[Change]:
        """What a leader should read, new alarms first."""
        return [one for one in self.changes if one.is_news]


def compared(warehouse: Warehouse, filters: Filters, settings: Settings = DEFAULTS) -> Comparison:
    """The findings of the period in view, or of the last quarter, against those of the one before; why not where it cannot be."""
    try:
        now, before = periods(warehouse, filters)
    except NotEnoughData as lacking:
        return Comparison(why_not=" ".join(filter(None, (lacking.title, lacking.found))))
    made = changes(find_all(warehouse, now, settings), find_all(warehouse, before, settings))
    return Comparison(tuple(made), f"{_days(now)} against {_days(before)}")


def periods(warehouse: Warehouse, filters: Filters) -> tuple[Filters, Filters]:
    """The period now and the equally long one before it. NotEnoughData where the data does not reach back that far."""
    row = warehouse.frame("SELECT first_day, last_day FROM data_end").iloc[0]
    if row["last_day"] != row["last_day"] or row["last_day"] is None:
        raise NotEnoughData("The dataset holds no tickets.")
    first, last = Asked(warehouse, filters.with_period(None, None)).span
    end = min(filters.end or last.date(), last.date())
    start = filters.start or end - timedelta(days=USUAL_DAYS - 1)
    before = start - (end - start) - timedelta(days=1)
    if before < first.date():
        raise NotEnoughData(
            "There is no whole period before this one to compare with.",
            found=f"The data begins on {_day(first.date())}.",
        )
    return filters.with_period(start, end), filters.with_period(before, start - timedelta(days=1))


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def _days(filters: Filters) -> str:
    return f"{_day(filters.start)} – {_day(filters.end)}" if filters.start and filters.end else ""


def changes(now: Sequence[Finding], before: Sequence[Finding]) -> list[Change]:
    """What changed in each finding, the most telling status first, the findings' own order within."""
    earlier = {finding.id: finding for finding in before}
    made = [_change(finding, earlier[finding.id]) for finding in now if finding.id in earlier]
    return sorted(made, key=lambda change: STATUSES.index(change.status))


def _change(now: Finding, before: Finding) -> Change:
    status = _status(now, before)
    return Change(
        now.id, status, _sentence(status, now, before), now.severity, before.severity, now.value, before.value
    )


def _status(now: Finding, before: Finding) -> str:
    """By the alarm first, then by the value where it moved by more than its noise, then by the alarm's severity."""
    if "unknown" in (now.severity, before.severity):
        return "unknown"
    if now.is_alarm != before.is_alarm:
        return "new" if now.is_alarm else "gone"
    worse = _moved(now, before) * (1 if _rising(now.id) else -1)
    if not worse and now.is_alarm:
        worse = SEVERITIES.index(before.severity) - SEVERITIES.index(now.severity)
    return "worse" if worse > 0 else "better" if worse < 0 else "same"


def _rising(id_: str) -> bool:
    claim: Claim | None = claims().get(id_)
    return claim is None or claim.rising


def _moved(now: Finding, before: Finding) -> int:
    """+1 where the value rose for sure, -1 where it fell, 0 where the interval of the difference holds zero.

    That interval comes from the two intervals as for two shares (Newcombe), each widened to hold for all findings at once.
    """
    ends = (now.value, now.low, now.high, before.value, before.low, before.high)
    if any(end is None for end in ends):
        return 0
    v1, l1, u1, v0, l0, u0 = (float(end) for end in ends if end is not None)
    wider = z_for(1, FAMILY) / z_for()
    if v1 - v0 > wider * math.hypot(v1 - l1, u0 - v0):
        return 1
    return -1 if v0 - v1 > wider * math.hypot(u1 - v1, v0 - l0) else 0


def _sentence(status: str, now: Finding, before: Finding) -> str:
    """What changed in words that claim no more than the numbers do."""
    if status == "unknown":
        which = "now" if now.severity == "unknown" else "in the period before"
        return f"Cannot be compared: it cannot be told {which}."
    other_alarm = now.is_alarm and before.is_alarm and now.severity != before.severity
    was = f"it was {before.severity} and is {now.severity} now; " if other_alarm else ""
    values = f"{was}{now.number(now.value)} now, {before.number(before.value)} before"
    still = "" if _moved(now, before) or status == "same" else "; the value itself has not surely moved"
    return {
        "new": f"New: {values}{still}.", "gone": f"No alarm any more: {values}{still}.", "worse": f"Worse: {values}{still}.",
        "better": f"Better: {values}{still}.", "same": f"Not surely different: {values}.",
    }[status]  # fmt: skip

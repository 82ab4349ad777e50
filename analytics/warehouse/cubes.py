"""Reading cubes: when a summary gives the very same number as the facts, and percentiles from histograms.

Counts are read from a cube wherever the filter is additive in it: then they are exact. Percentiles and curves are read from
the facts while the filter leaves at most `MOST_EXACT` rows, and from histograms beyond, of a cube or of the facts; then the
answer says so (`method`). Extra columns and categories are not in the cubes (high cardinality makes a cube as large as the
facts): such filters read the facts. So do teams beside another attribute; teams alone are in some cubes, as the set that a ticket
was with (a ticket with visits to two teams would count twice if it were in a cell of each).

Assumption: a duration is at least 0; a negative one (a clock set back) counts as the shortest.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.model import TEAM_SETS, Filters

MOST_EXACT = 100_000
"""Up to so many rows percentiles are exact: sorting them and following Kaplan-Meier through them costs about 0.1 s."""

FROM_FACTS = "exact, from every record"
FROM_COUNTS = "exact, counts kept with the import"
FROM_HISTOGRAMS = "read from a summary: percentiles within 2 % (or one second)"
FROM_FACTS_IN_STEPS = "from every record, in steps: percentiles and times within 2 % (or one second)"

ATTRIBUTES = ("priority", "product", "channel")
"""The attributes that cubes have, in the order of their grains 1 to 3."""

EVERY_TICKET = """(
  SELECT *, 1 AS n, resolved_us IS NOT NULL AS is_resolved, least(visits - 1, 4) AS handoffs,
    (resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0)::INTEGER AS first_level,
    (resolved_us IS NOT NULL AND tier_mask = 2 AND reopens = 0 AND replies <= 1)::INTEGER AS first_contact,
    (resolved_us IS NOT NULL AND reopens > 0)::INTEGER AS reopened,
    (team_returns > 0)::INTEGER AS team_tickets, (team_immediate > 0)::INTEGER AS team_immediate_tickets,
    (tier_returns > 0)::INTEGER AS tier_tickets, (pending_events > 0)::INTEGER AS pending_tickets,
    coalesce(resolved_us - created_us, 0) AS resolve_us, (csat IS NOT NULL)::INTEGER AS rated,
    (CASE lower(csat) WHEN 'good' THEN 1 WHEN 'good_with_comment' THEN 1 WHEN 'satisfied' THEN 1 WHEN 'positive' THEN 1
      WHEN 'true' THEN 1 WHEN '4' THEN 1 WHEN '5' THEN 1 ELSE 0 END) AS good
  FROM tickets)"""
"""The facts with the columns of `cube_tickets`: one SQL asks either, so the two cannot drift apart."""


class FactsOnly:
    """A warehouse whose questions read every record, never a cube: for figures that must be exact to the last digit."""

    exact = True

    def __init__(self, warehouse: Any) -> None:
        self._warehouse = warehouse
        self.dataset = warehouse.dataset

    def frame(self, sql: str, params: dict[str, Any] | None = None) -> pd.DataFrame:
        return self._warehouse.frame(sql, params)

    def rows(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple]:
        return self._warehouse.rows(sql, params)


def facts_only(warehouse: Any) -> Any:
    """The same warehouse, asked for facts only."""
    return FactsOnly(warehouse)


def is_exact(warehouse: Any) -> bool:
    """Whether this warehouse is to be asked for facts only."""
    return getattr(warehouse, "exact", False)


def method(frame: pd.DataFrame) -> str:
    """How an answer was read, as a page shows it: one of the `FROM_*` sentences."""
    return frame.attrs.get("method", FROM_FACTS)


def told(frame: pd.DataFrame, how: str) -> pd.DataFrame:
    """The frame, noting how it was read."""
    frame.attrs["method"] = how
    return frame


def attributes_of(filters: Filters) -> tuple[str, ...]:
    """The cubes' attributes that a filter names."""
    named = (filters.priorities, filters.products, filters.channels)
    return tuple(name for name, values in zip(ATTRIBUTES, named, strict=True) if values)


def adds_up(filters: Filters) -> bool:
    """Whether cells of a cube of tickets add up to the answer under these filters."""
    return not (filters.teams or filters.categories or filters.custom)


def tells_teams(warehouse: Any, filters: Filters) -> bool:
    """Whether cubes with the sets of teams add up to the answer under these filters: teams are named, and nothing else but a
    period and tiers."""
    others = (filters.categories, filters.custom, attributes_of(filters))
    return bool(filters.teams) and not any(others) and getattr(warehouse, "has_team_sets", False)


def grain_of(names: tuple[str, ...]) -> int:
    """The smallest grain of a cube that has these attributes: 0 none, 1-3 one of them, 4 all."""
    if not names:
        return 0
    return ATTRIBUTES.index(names[0]) + 1 if len(set(names)) == 1 else 4


def tickets_from(warehouse: Any, filters: Filters, dimension: str = "") -> tuple[str, str]:
    """What stands for `{tickets}` in a question (cube or facts), and how that is told."""
    if tells_teams(warehouse, filters) and not dimension:
        return f"(SELECT * FROM cube_tickets WHERE grain = {TEAM_SETS})", FROM_COUNTS
    if is_exact(warehouse) or not adds_up(filters) or (dimension and dimension not in ATTRIBUTES):
        return EVERY_TICKET, FROM_FACTS
    names = (*attributes_of(filters), *((dimension,) if dimension else ()))
    return f"(SELECT * FROM cube_tickets WHERE grain = {grain_of(names)})", FROM_COUNTS


def moves_from(warehouse: Any, filters: Filters) -> tuple[str, str]:
    """What stands for `{moves}`, the changes of the backlog with their tickets' attributes, and how that is told."""
    of_teams = tells_teams(warehouse, filters)
    if is_exact(warehouse) or not (of_teams or adds_up(filters)):
        return "(SELECT t.*, b.day, b.tier, b.delta FROM backlog_moves b JOIN tickets t USING (ticket_no))", FROM_FACTS
    return f"(SELECT * FROM cube_backlog WHERE grain = {TEAM_SETS if of_teams else 4})", FROM_COUNTS


EVERY_VISIT = """(
  SELECT t.*, s.team_no, s.tier, s.n, s.ended, s.solved, s.passed_up, s.again
  FROM (
    SELECT ticket_no, team_no, tier, 1 AS n, (ended_by IS NOT NULL)::INTEGER AS ended,
      coalesce(ended_by IN ('resolved', 'closed'), FALSE)::INTEGER AS solved, 0 AS passed_up, 0 AS again
    FROM visits WHERE team_no IS NOT NULL
    UNION ALL
    SELECT ticket_no, from_team_no, from_tier, 0, 0, 0, 1, 0
    FROM handoffs WHERE from_team_no IS NOT NULL AND direction = 'escalation'
    UNION ALL
    SELECT ticket_no, to_team_no, to_tier, 0, 0, 0, 0, 1
    FROM handoffs WHERE to_team_no IS NOT NULL AND (is_return OR from_team_no = to_team_no)
  ) s JOIN tickets t USING (ticket_no))"""
"""The facts with the columns of `cube_teams` and the attributes of their tickets."""


def visits_from(warehouse: Any, filters: Filters) -> tuple[str, str, str]:
    """What stands for `{visits}` of teams (cube or facts), the condition on them, and how that is told."""
    named = attributes_of(filters)
    of_teams = tells_teams(warehouse, filters)
    if is_exact(warehouse) or not (of_teams or adds_up(filters)) or len(named) > 1:
        return EVERY_VISIT, "{ticket_filter}", FROM_FACTS
    cells = f"(SELECT * FROM cube_teams WHERE grain = {TEAM_SETS if of_teams else grain_of(named)})"
    return cells, value_clause(filters.on_tickets(own_bits=True).sql), FROM_COUNTS


def value_clause(sql: str, names: tuple[str, ...] = ATTRIBUTES) -> str:
    """A condition on a ticket's attribute as one on the `value` of a cube that has one of these attributes in a cell."""
    return re.sub(rf"\bt\.({'|'.join(names)})\b", "t.value", sql)


# ── Periods ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def month_no(day: date) -> int:
    """A month's number as the cubes have it: year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def whole_months(start: date | None, end: date | None) -> tuple[int, int]:
    """The first and last month that lie wholly in a period (both inclusive); none where the first is after the last.

    An open end reaches 1 or 9998 years: further than any data.
    """
    first = month_no(start) + (start.day > 1) if start else 12
    ends = end is not None and first_day(month_no(end) + 1).toordinal() - 1 == end.toordinal()
    last = month_no(end) - (not ends) if end else 9998 * 12
    return first, last


TARGET_HOURS = (
    0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64, 72, 80, 96, 120, 160, 200, 240, 320, 400,
)  # fmt: skip
"""Working hours that targets usually have: for each of them `cube_targets` tells how many tickets took longer."""


# ── Histograms ───────────────────────────────────────────────────────────────────────────────────────────────────────────

SMALLEST_US = 878_906.25  # 900 s / 1024
STEPS = 48
OCTAVES = 30


def upper_edges_us() -> np.ndarray:
    """The upper edge of every bucket, which belongs to it, in microseconds; bucket 0 reaches from 0 to 0.88 s."""
    octave, step = np.divmod(np.arange(OCTAVES * STEPS), STEPS)
    return np.concatenate([[SMALLEST_US], SMALLEST_US * 2.0**octave * (STEPS + step + 1) / STEPS])


EDGES_US = upper_edges_us()
MIDDLES_US = np.concatenate([[SMALLEST_US / 2], np.sqrt(EDGES_US[:-1] * EDGES_US[1:])])
"""What stands for every duration of a bucket: the geometric middle, within sqrt(1 + 1/48) - 1 = 1.04 % of each."""


def bucket_of(duration_us: float) -> int:
    """The bucket that holds a duration."""
    return int(np.searchsorted(EDGES_US, duration_us, side="left"))


def is_edge(duration_us: float) -> bool:
    """Whether counting buckets up to a duration counts exactly the durations up to it."""
    return bool(EDGES_US[bucket_of(duration_us)] == duration_us)


def quantiles_us(bucket: np.ndarray, n: np.ndarray, shares: np.ndarray | list[float]) -> np.ndarray:
    """Quantiles with linear interpolation (as `quantile_cont`) of durations known by their buckets; NaN without any.

    `bucket` in rising order. Each of the two values interpolated between is within 1.04 % of the true one, so the result is.
    """
    total = int(n.sum())
    if not total:
        return np.full(len(shares), np.nan)
    place = np.asarray(shares, dtype=float) * (total - 1)
    below = np.floor(place).astype(np.int64)
    until, middles = np.cumsum(n), MIDDLES_US[bucket]
    low = middles[np.searchsorted(until, below, side="right")]
    high = middles[np.searchsorted(until, np.minimum(below + 1, total - 1), side="right")]
    return low + (high - low) * (place - below)


def kaplan_meier_us(bucket: np.ndarray, arrived: np.ndarray, leaving: np.ndarray, shares: list[float]) -> list[float]:
    """When the share still waiting falls to 1 - share, censored ones counted as long as they were seen; NaN where it never does.

    `bucket` in rising order; `arrived` of the `leaving` were acknowledged. All of a bucket count as leaving at one moment.
    """
    at_risk = np.cumsum(leaving[::-1])[::-1]
    left = np.cumprod(1 - arrived / np.maximum(at_risk, 1))
    reached = [np.flatnonzero((left <= 1 - share + 1e-9) & (arrived > 0)) for share in shares]
    return [float(MIDDLES_US[bucket[found[0]]]) if len(found) else np.nan for found in reached]

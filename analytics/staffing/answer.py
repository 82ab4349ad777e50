"""One tier's part of the recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class TierAnswer:
    """One tier's answer. Figures are of the recommended headcount unless they say "now"; of the weeks without the opening
    backlog unless they say "with backlog"."""

    tier: str
    visits_per_week: float
    work_hours_per_week: float
    required_agents: int
    """People working (before shrinkage); for live tiers, on seats in the busiest hour."""
    headcount: int
    """People to ask for: nine of ten weeks (or as the rule says) keep their deadlines, the opening backlog left out, and
    that is cleared by the horizon's end."""
    headcount_low: int
    headcount_high: int
    """Interval from effort and routing; the forecast's spread is in the rule."""
    headcount_typical: int
    """People for a typical week: the median of what each week alone asks for."""
    headcount_peak: int
    """People that the hardest week would need, the deadlines of the opening backlog included."""
    peak_window: str
    """The days that ask for the peak, in words."""
    cleared_on: date | None
    """Monday of the week from which on the opening backlog no longer shows with the recommended people; absent where it
    shows until the end."""
    why: str
    """Why to ask for this headcount, in one sentence."""
    headcount_now: float | None
    gap: float | None
    """Headcount less what is there now; above 0 means too few."""
    occupancy: float
    """Mean share of their time on tickets that people are busy, over the horizon."""
    p_sla: float
    """P(SLA met): share of weeks, over all futures, that keep every deadline."""
    p_sla_now: float | None
    p_sla_with_backlog: float
    """The same while the opening backlog is worked off."""
    wait_p90_hours: float
    """Business hours that nine of ten visits wait at most, in a typical week once the opening backlog no longer shows."""
    wait_mean_hours: float
    """Business hours that a visit waits in the mean, in the same weeks; infinite where live contacts find too few seats."""
    cost_per_week: float | None
    cost_per_week_now: float | None
    """Of the people there now at the horizon's start, hires and attrition left out; absent without a rate."""
    binding_window: str
    binding_start: date | None
    binding_end: date | None
    """Dates of the window; absent where an hour of a live week or the minimum seats bind."""
    regime: str
    """What asks for people beyond the mean load: `calendar` (peaks and deadlines), `first_answer`, `backlog`, `forecast`,
    `noise` (chance) or `both` of these, `min_seats`, or `load` where nothing does."""
    regime_sentence: str
    offered_load: float
    """Mean erlangs in open hours."""
    load_hours_per_day: float
    """Mean hours of work that arrive on a business day."""
    required_hours_per_day: float
    """Hours of deferred work per day that the rule asks for."""
    capacity_hours_per_day: float
    """Hours of work per day that the recommended people do under the occupancy cap."""
    first_answer_hours_per_day: float
    """Hours of work per day that first answers in time ask for alone, under the rule; 0 where no ticket enters here."""
    slack: float
    """Spare share of that capacity against what the rule asks for; 0 is tight."""
    headcount_by_rule: Mapping[str, int]
    effort_minutes: float
    effort_source: str
    live: bool

"""The answer in words: the window that binds, the risk that binds, and what was assumed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from analytics.charts.numbers import decimal, share as percent
from analytics.staffing import risk
from analytics.staffing._check import round_up
from analytics.staffing.answer import TierAnswer
from analytics.staffing.calendars import WEEKDAYS
from analytics.staffing.deferred import Capacity
from analytics.staffing.demand import TierDemand
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.need import Need
from analytics.staffing.plan import Plan

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AFTER_LAUNCH_DAYS = 14
_MOST_OF_THE_HORIZON = 0.6
_SMALL = 0.03
"""A part of the capacity below this share of the mean load is not worth naming."""


def span(start: date, end: date) -> str:
    """Two dates in words: "Mon 3 – Tue 4 Nov", "Mon 3 Nov"."""
    last = f"{_day(end)} {_MONTHS[end.month - 1]}"
    if start == end:
        return last
    return (
        f"{_day(start)} – {last}" if start.month == end.month else f"{_day(start)} {_MONTHS[start.month - 1]} – {last}"
    )


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day}"


def binding_dates(need: Need, window: Capacity) -> tuple[date, date]:
    """First and last date of a window of the mean path."""
    dates = need.work.dates
    start = min(window.binding_start, len(dates) - 1)
    return dates[start], dates[max(start, min(window.binding_end, len(dates) - 1))]


def binding_window(need: Need, plan: Plan, window: Capacity) -> str:
    """The window in words, with what it follows: a launch, the opening backlog, or nothing but the load."""
    start, end = binding_dates(need, window)
    length = window.binding_end - window.binding_start + 1
    if length > _MOST_OF_THE_HORIZON * len(need.work.dates):
        return f"{span(start, end)}: no single peak, the load of the whole horizon"
    launches = [x.date for x in plan.launches if x.date <= end and start - x.date <= timedelta(_AFTER_LAUNCH_DAYS)]
    if launches:
        return f"{span(start, end)}, after the launch on {span(launches[-1], launches[-1])}"
    if window is need.mean_path and window.binding_start == 0 and need.work.backlog.sum() > 0:
        return f"{span(start, end)}, with the opening backlog"
    return span(start, end)


def clock_span(begins: datetime, ends: datetime) -> str:
    """Two moments in words: "Mon 3 Nov, 9:00–11:00"."""
    same = begins.date() == ends.date()
    return f"{_clocked(begins)}–{f'{ends.hour}:{ends.minute:02d}' if same else _clocked(ends)}"


def _clocked(at: datetime) -> str:
    return f"{_dated(at.date())}, {at.hour}:{at.minute:02d}"


def first_answers(need: Need, alone: float, required: float) -> str:
    """Why first answers ask for more than resolutions do."""
    new = need.work.new
    shortest = min(hours for hours, share in zip(new.target_hours, new.shares, strict=True) if share > 0)
    return (
        f"Of {required:.1f} hours a day, {need.mean_path_without_backlog.mean_hours_per_day:.1f} are the mean load and "
        f"{alone:.1f} keep the resolutions in time; the rest is for first answers ({new.minutes:g} minutes each, within "
        f"{shortest:g} working hours for the most urgent): "
        "what came while the tier was closed lies there when it opens. A longer target for first answers, an earlier start or "
        "fewer minutes until a first answer would need fewer people."
    )


def live_window(need: Need, week: int) -> str:
    """The busiest hour of a live week in words."""
    hour = need.live[week].peak_hour
    days = [day for day, w in zip(need.work.dates, need.week, strict=True) if w == week and day.weekday() == hour // 24]
    when = span(days[0], days[0]) if days else WEEKDAYS[hour // 24]
    return f"{when}, {hour % 24}:00–{hour % 24 + 1}:00 (live)"


def regime(need: Need, hours_per_day: float) -> tuple[str, str]:
    """Which part of the capacity beyond the mean load is largest, by name and in a sentence with all parts."""
    bare = need.mean_path_without_backlog
    mean = bare.mean_hours_per_day
    known = max(bare.hours_per_day, mean)
    parts = {
        "calendar": known - mean,
        "backlog": max(0.0, need.clearing - known),
        "forecast": max(0.0, hours_per_day - max(need.clearing, known)),
    }
    largest = max(parts, key=lambda name: parts[name])
    name = largest if parts[largest] > _SMALL * max(mean, 1e-9) else "load"
    words = {
        "calendar": "peaks and deadlines",
        "backlog": "clearing the opening backlog",
        "forecast": "what may come otherwise",
    }
    against = _against_chance(need)
    if name == "forecast" and against is not None:
        name = against.name
    listed = ", ".join(f"{hours:.1f} for {words[part]}" for part, hours in parts.items())
    sentence = f"Of {hours_per_day:.1f} hours a day, {mean:.1f} are the mean load, {listed}."
    return name, sentence if against is None else f"{sentence} {against.sentence}"


def peak_week(need: Need, plan: Plan, monday: date, week: int) -> str:
    """The hardest week in words, with why it is: what lies open at the start, a launch, closed days before it, or chance."""
    bare = need.mean_path_without_backlog.hours_per_day
    if week == 0 and need.mean_path.hours_per_day > bare * (1.0 + _SMALL):
        return f"the week of {_dated(monday)}, with what lies open now"
    launches = [x for x in plan.launches if timedelta(-7) < monday - x.date <= timedelta(_AFTER_LAUNCH_DAYS)]
    if launches:
        return f"the week of {_dated(monday)}, with the launch on {_dated(launches[-1].date)}"
    before = [monday - timedelta(monday.weekday()) - timedelta(d) for d in range(-6, 5)]
    closed = [day for day in before if day in need.work.calendar.closed]
    return f"the week of {_dated(monday)}" + (f", around the closed {_dated(min(closed))}" if closed else "")


def _dated(day: date) -> str:
    return f"{_day(day)} {_MONTHS[day.month - 1]}"


def ask(heads: int, peak: int, window: str, kept: float, cleared: date | None) -> str:
    """Why to ask for this many, in one sentence, and what the peak beside it is for where it is higher."""
    because = f"Ask for {heads}: with them {percent(kept)} of weeks keep every deadline"
    if cleared is None:
        because += ", but what lies open now still shows at the end of the horizon"
    if peak <= heads:
        return f"{because}, what lies open now included."
    return f"{because}. The hardest week would need {peak} ({window}): a matter of overtime or borrowed people, not of hires."


def _against_chance(need: Need) -> risk.Regime | None:
    """Forecast error of the whole horizon against chance in the visits that share a deadline.

    Tickets pool over their deadline, so the load that chance is measured against is what arrives within it (not erlangs
    at an instant, as for live work), in visits of equal effort.
    """
    work, totals = need.work, need.work.visits.sum(axis=1)
    hours = np.array([c.mean() for c in work.classes])
    if hours.sum() <= 0:
        return None
    days = float(hours @ np.array(work.due_days) / hours.sum())
    pooled = hours.sum() * days * 60.0 / work.effort.minutes / (1.0 + work.effort.scv)
    return risk.regime(float(totals.std() / totals.mean()), pooled)


def live_regime(need: Need, week: int) -> tuple[str, str]:
    """Forecast error against chance at the busiest hour of a live tier."""
    load, scale = float(need.live[week].load.max()), need.live_scale[:, week]
    if load <= 0 or scale.mean() <= 0:
        return "load", ""
    found = risk.regime(float(scale.std() / scale.mean()), load)
    return found.name, found.sentence


def notes(inputs: StaffingInputs, plan: Plan, tiers: Sequence[TierDemand]) -> list[str]:
    """What was assumed and what is thin, each a sentence; nothing where all is known."""
    found = [f"The tickets to come are forecast by: {inputs.forecast}."] if inputs.forecast != "not stated" else []
    if not plan.sla:
        target = plan.target("default")
        found.append(
            f"No SLA is set: tickets are taken to be due within {target.resolution_hours:g} business hours of creation, and to "
            f"need a first answer within {target.first_response_hours:g}."
        )
    if inputs.priority_shares is None and len(inputs.priorities) > 1:
        found.append("Shares of the priorities are not known and are taken to be even.")
    if inputs.replay_score is None:
        why = f": {inputs.replay_reason}" if inputs.replay_reason else "."
        found.append(f"The model has not been scored against this team's history{why}")
    else:
        found.append(str(inputs.replay_score["sentence"]))
    if inputs.pending_visits:
        found.append(
            f"{inputs.pending_visits:,} open tickets wait for a customer or a vendor; they are not counted as work that lies."
        )
    for k, tier in enumerate(tiers):
        found += _tier_notes(inputs, plan, tier, int(np.sum(inputs.routing_counts[k])))
    return found


def _tier_notes(inputs: StaffingInputs, plan: Plan, tier: TierDemand, ended: int) -> list[str]:
    found = []
    if tier.effort.source == "prior":
        found.append(f"{tier.name}: effort is {tier.effort.label}; the answer moves in proportion to it.")
    if tier.effort.source == "throughput":
        found.append(f"{tier.name}: effort from throughput is too high where agents idle.")
    if ended < 30:
        found.append(f"{tier.name}: only {ended} visits have ended, so where they go is uncertain.")
    if tier.overdue_hours > 0:
        days = plan.rules.overdue_within_days
        found.append(
            f"{tier.name}: {tier.overdue_hours:.1f} hours of the opening backlog are overdue; "
            f"the peak clears them within {days} business days."
        )
    if plan.tier(tier.name).headcount is None and tier.name in inputs.headcount:
        found.append(f"{tier.name}: people now are from the {inputs.headcount_source}.")
    return found


def live_notes(needs: Sequence[Need]) -> list[str]:
    """Live tiers that close: who calls then is not counted."""
    closing = [n.work.name for n in needs if n.live and n.work.calendar.hours_per_week < 168]
    if not closing:
        return []
    return [f"{', '.join(closing)}: live contacts outside opening hours are taken to come on the open hours instead."]


def shortages(answers: Sequence[TierAnswer]) -> list[str]:
    """Sentences about planned teams that cannot do their work, each with what would have to change."""
    return [words for tier in answers if (words := _shortage(tier))]


def _shortage(tier: TierAnswer) -> str:
    if tier.headcount_now is None or tier.work_hours_per_week <= 0 or tier.headcount == 0:
        return ""
    if tier.headcount_now <= 0:
        hours = decimal(tier.work_hours_per_week)
        return f"{tier.tier} has work and nobody to do it: {hours} hours a week. Plan {tier.headcount}."
    load = tier.load_hours_per_day / (tier.capacity_hours_per_day / tier.headcount)
    if load < tier.headcount_now or (load == tier.headcount_now and not tier.live):
        return ""
    return (
        f"{tier.tier}: {tier.headcount_now:g} planned people would have to be {percent(load / tier.headcount_now)} as busy as "
        f"they can be, so what is left over grows every week. It takes {_keeping_up(tier, load)} to keep up and "
        f"{tier.headcount} to keep the deadlines; or less work: fewer escalations, less effort per visit, more time for tickets."
    )


def _keeping_up(tier: TierAnswer, heads: float) -> int:
    """The fewest people whose queue does not grow: for live work one more than the load, where that is whole."""
    return int(heads + 1e-9) + 1 if tier.live else round_up(heads)

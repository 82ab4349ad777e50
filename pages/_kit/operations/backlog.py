"""The cards of the backlog page: open by day and at any moment, kept targets, what will be late and how far to trust that."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics import breach
from analytics.charts import operations, risks
from analytics.errors import NotEnoughData
from analytics.model import TIERS, Filters
from analytics.targets import Targets
from analytics.warehouse.store import Dataset
from pages._kit import cached, cards
from pages._kit.cached import Answer
from pages._kit.cards import Card, Picked, Point
from pages._kit.operations import shared
from pages._kit.view import View

TICKETS = "ticket_list"
LIST = "backlog_list"
LEARNING = "How long earlier tickets took is being looked at; this comes when it is there."


def by_day(seen: View) -> Card:
    """Open tickets at the end of each day."""
    asked, now = seen.ask("backlog_by_day"), shared.whole_period(seen)
    return Card(
        operations.backlog_title(asked.frame),
        operations.backlog(asked.frame),
        asked,
        unit=f"Open tickets at the end of each day ({seen.zone}) by the tier that holds them: days faint, the 7-day mean bold",
        alt=f"A line per tier over {asked.frame['day'].nunique()} days.",
        note="A period cuts the days that are shown; it does not leave out tickets that came in before it.",
        metrics=("backlog.open",),
        tickets=cards.drill(now, TICKETS, {"Open now": {"reason": "open"}}),
        key="backlog",
    )


def at_moment(seen: View, moment: datetime | None) -> Card:
    """What was open at a moment, by tier and age."""
    now = shared.whole_period(seen)
    asked = now.ask("backlog_at", moment=moment)
    when = "at the data's end" if moment is None else f"on {moment:%-d %b %Y at %H:%M}"
    if asked.frame.empty:
        title = operations.moment_title(asked.frame, when) if moment else f"No ticket is open {when}"
        raise NotEnoughData(f"{title}.", todo="Look at another day and hour, or take a filter off.")
    aged = operations.ages(asked.frame)
    tiers = [str(tier) for tier in dict.fromkeys(asked.frame["tier"])]
    lists: dict[str, dict[str, Any]] = {f"Open {when}": {"moment": moment}}
    lists |= {f"Open {when} in {tier}": {"moment": moment, "tier": tier} for tier in tiers}
    return Card(
        operations.ages_title(asked.frame) if moment is None else operations.moment_title(asked.frame, when),
        operations.backlog_ages(aged),
        asked,
        frame=aged,
        unit=f"Open tickets {when} ({seen.zone}) by working days of 8 hours in the tier that held them",
        alt="Bars by age, side by side for the tiers.",
        metrics=("backlog.at", "backlog.age"),
        tickets=cards.drill(now, LIST, lists),
        pick=cards.picker(now, LIST, lambda point: _tier(point, tiers, when, moment)),
        key="ages",
    )


def _tier(point: Point, tiers: list[str], when: str, moment: datetime | None) -> tuple[str, dict[str, Any]] | None:
    number = point.get("curve_number")
    if not isinstance(number, int) or number >= len(tiers):
        return None
    return f"Open {when} in {tiers[number]}", {"moment": moment, "tier": tiers[number]}


def kept(seen: View, targets: Targets) -> Card:
    """Targets kept, by priority."""
    asked = seen.ask("sla", targets=dict(targets))
    return Card(
        operations.sla_title(asked.frame),
        operations.sla(asked.frame, list(targets)),
        asked,
        unit="Share of due tickets in time, by latest priority; hollow where fewer than 30 were due",
        alt="Two marks per priority: answered in time, resolved in time.",
        metrics=("sla.answered", "sla.resolved"),
        tickets=cards.drill(seen, TICKETS, shared.by_priority(targets)),
        pick=cards.picker(seen, TICKETS, _priority),
        key="sla",
    )


def _priority(point: Point) -> tuple[str, dict[str, Any]]:
    return f"Priority {point['y']}", {"reason": "value", "dimension": "priority", "value": str(point["y"])}


@st.cache_data(max_entries=100, show_spinner=False)
def _breach(
    dataset_key: str, name: str, filters: Filters, wanted: tuple, _dataset: Dataset
) -> tuple[pd.DataFrame, str, dict[str, Any]]:
    made = breach.open_risks if name == "risks" else breach.calibration
    return cached.listened(_dataset, lambda warehouse: made(warehouse, filters, dict(wanted)))


def _told(seen: View, name: str, wanted: Targets) -> Answer:
    key = tuple((priority, tuple(hours)) for priority, hours in wanted.items())
    return Answer(*_breach(seen.dataset.key, name, seen.filters, key, seen.dataset), seen.sentence, seen.zone)


def risk(seen: View, wanted: Targets) -> Card:
    """Open tickets by their chance of missing the target of resolution."""
    now = shared.whole_period(seen)
    told = _told(now, "risks", wanted)
    if told.frame.empty:
        raise NotEnoughData("No ticket is open in this selection.", todo="Take a filter off.")
    banded = risks.banded(told.frame)
    lists = {"Likeliest to be late": partial(_list, banded)}
    there = set(banded["band"])
    lists |= {words: partial(_list, banded, band=words) for words in risks.ORDER if words in there}
    return Card(
        risks.bands_title(banded),
        risks.bands(banded),
        told,
        frame=_for_people(banded),
        unit="Open tickets at the data's end, by the chance that they miss the target of resolution above",
        alt="Bars by chance, side by side for the tiers.",
        metrics=("breach.p_breach",),
        tickets=cards.Drill(lists, seen.zone),
        pick=lambda point: _band(banded, point),
        key="risk",
    )


def _list(banded: pd.DataFrame, band: str | None = None, tier: str | None = None) -> pd.DataFrame:
    """Open tickets of a band and tier, for people: the chance as a share, and no columns of ours."""
    rows = banded if band is None else banded[banded["band"] == band]
    rows = rows if tier is None else rows[rows["tier"].fillna("no tier") == tier]
    return _for_people(rows)


def _for_people(rows: pd.DataFrame) -> pd.DataFrame:
    told = rows.drop(columns=["band", "already_breached"]).rename(columns={
        "p_breach": "share_likely_late", "age_hours": "working_hours_so_far", "target_hours": "target_working_hours",
        "hours_left": "working_hours_left", "comparable": "earlier_tickets_like_it",
    })  # fmt: skip
    return told.assign(**{name: told[name].fillna("") for name in ("tier", "team", "priority")})


def _band(banded: pd.DataFrame, point: Point) -> Picked | None:
    band, tier = str(point.get("x")), point.get("customdata")
    tier = tier[0] if isinstance(tier, list | tuple) and tier else tier
    if band not in risks.ORDER or not (isinstance(tier, str) and tier in (*TIERS, "no tier")):
        return None
    return Picked(f"{tier}, {band}", partial(_list, banded, band, tier))


def _left_out(calibrated: pd.DataFrame) -> str:
    """Which tickets and predictions the check leaves out."""
    unknown, every = (int(calibrated[name].iloc[0]) if len(calibrated) else 0 for name in ("unknown", "every"))
    looked = f"One ticket in {every:,} is looked at. " if every > 1 else ""
    left = f"{unknown:,} predictions are left out: those tickets are still open and not late yet." if unknown else ""
    return (looked + left).strip()


def trust(seen: View, wanted: Targets) -> Card:
    """How far such predictions could be trusted so far."""
    told = _told(shared.whole_period(seen), "calibration", wanted)
    return Card(
        risks.calibration_title(told.frame),
        risks.calibration(told.frame),
        told,
        frame=told.frame.rename(
            columns={name: f"share_{name}" for name in told.frame if name.startswith(("pred", "obs"))}
        ),
        unit="Predictions as they would have been made at past moments, against what came; a dot per tenth of them",
        alt="Dots with intervals beside a dashed diagonal: on it predictions mean what they say.",
        note=_left_out(told.frame),
        metrics=("breach.calibration", "breach.p_breach"),
        key="calibration",
    )

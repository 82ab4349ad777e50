"""The planted truths, with the parameters they were planted with and the figures that came out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.sample_clock import ZONE
from data.sample_frame import Made
from data.sample_measures import (
    bounced,
    escalation_rates,
    handoffs,
    resolved_by,
    section_count,
    visits,
    without_excluded,
)
from data.sample_model import NEW_AGENT_DAYS, NEW_AGENT_EFFORT, NEW_AGENT_PREMATURE
from data.sample_staff import LEAVERS, roster
from data.sample_text import KNOWN_ISSUES, SECTION_LABELS, SECTIONS
from data.sample_world import BOUNCING_PAIR, PRODUCTS, Launch, NoteEffect, Scenario

OVER_ESCALATING = "Connect API"
BOTTLENECK_TEAM = "Platform Engineering"


def truth(made: Made) -> dict[str, Any]:
    """Everything that a test may want to find again; shares 0-1, times in hours, efforts in minutes."""
    counted = without_excluded(made.events)
    stays = visits(counted)
    moved = handoffs(stays)
    return {
        "seed": made.scenario.seed,
        "period": period(made),
        "rows": rows(made, counted),
        "tiers": tiers(counted, stays),
        "over_escalating_product": over_escalating(made.scenario, stays),
        "bouncing_pair": bouncing_pair(made.scenario, moved),
        "bounces": {"visits": int(bounced(stays).sum()), "tickets": tickets_of(stays[bounced(stays)])},
        "l3_bottleneck": bottleneck(made, stays, moved),
        "launches": [event(made, launch) for launch in made.scenario.launches],
        "outage": event(made, made.scenario.outage) if made.scenario.outage else None,
        "handoff_notes": notes(made.scenario, moved),
        "premature_escalations": premature(made, moved),
        "known_issues": known_issues(made, counted, stays),
        "new_agents": new_agents(made, counted, moved),
        "hierarchical_share": hierarchical(moved),
        "knowledge_link_missing": links_missing(counted),
        "effort_minutes_mean": efforts(stays),
        "csat": csat(counted),
    }


def share(part: float, whole: float) -> float:
    """A share with four digits."""
    return round(float(part) / float(whole), 4)


def tickets_of(frame: pd.DataFrame) -> int:
    """Different tickets in a frame."""
    return int(frame["ticket_id"].nunique())


def by_name(series: pd.Series, digits: int = 4) -> dict[str, float]:
    """A series as a dictionary of rounded numbers."""
    return {str(name): round(float(value), digits) for name, value in series.items()}


def period(made: Made) -> dict[str, str]:
    """First and last local day, and the zone."""
    last = made.scenario.start + timedelta(days=made.scenario.days - 1)
    return {"first_day": made.scenario.start.isoformat(), "last_day": last.isoformat(), "timezone": ZONE}


def rows(made: Made, counted: pd.DataFrame) -> dict[str, int]:
    """Counts of the event file."""
    return {
        "events": len(made.events),
        "tickets": tickets_of(made.events),
        "excluded_tickets": tickets_of(made.events) - tickets_of(counted),
    }


def tiers(counted: pd.DataFrame, stays: pd.DataFrame) -> dict[str, Any]:
    """Who resolves what; excluded tickets are out."""
    by = resolved_by(counted)
    return {
        "resolved": {str(tier): int(count) for tier, count in by.value_counts().sort_index().items()},
        "share_resolved": by_name(by.value_counts(normalize=True).sort_index()),
        "escalation_rate_l1": by_name(escalation_rates(stays.assign(all="all"), "all"))["all"],
    }


def over_escalating(scenario: Scenario, stays: pd.DataFrame) -> dict[str, Any]:
    """The product whose tickets L1 sends up although it could solve them."""
    premature = {one.name: chance for one, chance in zip(PRODUCTS, scenario.premature, strict=True)}
    return {
        "product": OVER_ESCALATING,
        "premature_chance": premature,
        "realised_escalation_rate": by_name(escalation_rates(stays, "product")),
    }


def premature(made: Made, moved: pd.DataFrame) -> dict[str, float]:
    """Share of the tickets which L1 escalated that L1 could have solved, without approvals, by product and in all."""
    up = set(moved.loc[(moved["from_tier"] == "L1") & (moved["direction"] == "escalation"), "ticket_id"])
    cases = pd.DataFrame(
        {
            "ticket_id": made.ids,
            "product": np.array([one.name for one in PRODUCTS])[made.arrivals.product],
            "could": (made.arrivals.need == 1) & ~made.arrivals.approval,
        }
    )
    climbed = cases[cases["ticket_id"].isin(up)]
    shares = pd.Series(climbed.groupby("product")["could"].mean())
    return by_name(shares) | {"all": share(climbed["could"].sum(), len(climbed))}


def bouncing_pair(scenario: Scenario, moved: pd.DataFrame) -> dict[str, Any]:
    """Two L2 teams that hand the tickets of two categories to each other."""
    inside = moved[moved["from_team"].isin(BOUNCING_PAIR) & moved["team"].isin(BOUNCING_PAIR)]
    again = inside[inside.duplicated("ticket_id")]
    return {
        "teams": list(BOUNCING_PAIR),
        "categories": [item.name for one in PRODUCTS for item in one.categories if item.boundary],
        "chance_of_moving_on": list(scenario.pair_moves),
        "handoffs_between": len(inside),
        "tickets": tickets_of(inside),
        "tickets_that_came_back": tickets_of(again),
        "share_of_l2_lateral_handoffs": share(len(inside), ((moved["direction"] == "lateral") & (moved["tier"] == "L2")).sum()),
    }  # fmt: skip


def bottleneck(made: Made, stays: pd.DataFrame, moved: pd.DataFrame) -> dict[str, Any]:
    """Too few engineers, and too much work that L2 could do: before, and from the start of the bottleneck."""
    scenario, start = made.scenario, made.scenario.bottleneck_start
    if start is None:
        return {}
    at = pd.Timestamp(start, tz=ZONE)
    received = moved[moved["team"] == BOTTLENECK_TEAM]
    late = received["start"] >= at
    return {
        "team": BOTTLENECK_TEAM,
        "start": start.isoformat(),
        "end": period(made)["last_day"],
        "engineers": engineers(made, start),
        "leavers": {f"seat {seat}": day.isoformat() for team, seat, day in LEAVERS if team == BOTTLENECK_TEAM},
        "pass_up_chance": {
            "before": scenario.pass_up,
            "bottleneck": scenario.pass_up_bottleneck,
            "until_waiting": scenario.pass_up_until,
        },
        "l2_type_categories": [item.name for one in PRODUCTS for item in one.categories if item.l2_type],
        "utilisation": before_and_in(utilisation(made, start)),
        "share_of_l3_minutes_that_l2_could_do": before_and_in(l2_work_share(made, at.timestamp())),
        "share_of_l3_minutes_in_l2_type_categories": before_and_in(l2_type_share(stays, at)),
        "handoff_latency_p50_hours": before_and_in(received.groupby(late)["hours"].median(), 2),
        "handoffs": {"before": int((~late).sum()), "bottleneck": int(late.sum())},
    }


def before_and_in(series: pd.Series, digits: int = 4) -> dict[str, float]:
    """False and True as words."""
    return {"before": round(float(series[False]), digits), "bottleneck": round(float(series[True]), digits)}


def engineers(made: Made, start: date) -> dict[str, int]:
    """Heads of the bottleneck's team on the first day and in the bottleneck."""
    team = [agent for agent in made.agents if made.scenario.teams[agent.team].name == BOTTLENECK_TEAM]
    stayed = [agent for agent in team if agent.end_date is None or agent.end_date > start]
    return {"before": len(team), "bottleneck": len(stayed)}


def utilisation(made: Made, start: date) -> pd.Series:
    """Minutes of work over rostered productive minutes of the team, before and in the bottleneck."""
    hours = roster(made.scenario, made.agents)
    hours = hours[hours["team"] == BOTTLENECK_TEAM]
    offered = pd.Series(hours.groupby(hours["date"] >= start.isoformat())["hours"].sum())
    mine = [made.scenario.teams[agent.team].name == BOTTLENECK_TEAM for agent in made.agents]
    work = made.work[np.array(mine)[made.work["agent"]]]
    done = pd.Series(work.groupby(work["at"] >= pd.Timestamp(start, tz=ZONE).timestamp())["minutes"].sum())
    return done / 60 / offered


def l2_work_share(made: Made, at: float) -> pd.Series:
    """Share of all L3 minutes that went into tickets which truly needed no L3."""
    work = made.work[made.work["tier"] == 3]
    late = work["at"] >= at
    easy = pd.Series(work[work["l2_type"]].groupby(late)["minutes"].sum())
    return easy / pd.Series(work.groupby(late)["minutes"].sum())


def l2_type_share(stays: pd.DataFrame, at: pd.Timestamp) -> pd.Series:
    """Share of tracked L3 minutes in categories that are L2's kind of work: what the log itself can show."""
    kinds = [item.name for one in PRODUCTS for item in one.categories if item.l2_type]
    in_l3 = stays[stays["tier"] == "L3"]
    late = in_l3["start"] >= at
    easy = pd.Series(in_l3["effort_minutes"].where(in_l3["category"].isin(kinds), 0.0).groupby(late).sum())
    return easy / pd.Series(in_l3["effort_minutes"].groupby(late).sum())


def event(made: Made, launch: Launch) -> dict[str, Any]:
    """A launch or the outage: parameters, and its product's tickets and escalations around it."""
    created = made.events[made.events["kind"] == "created"]
    day = created["at"].dt.tz_convert(ZONE).dt.date
    mine = (created["product"] == launch.product).to_numpy()
    since = np.array([(one - launch.day).days for one in day])
    return {
        "name": launch.name,
        "product": launch.product,
        "day": launch.day.isoformat(),
        "volume_factor_on_first_day": 1 + launch.volume_lift,
        "harder_factor_on_first_day": 1 + launch.harder_lift,
        "decay_days": launch.decay_days,
        "tickets_on_first_day": int((mine & (since == 0)).sum()),
        "tickets_on_same_weekday_before": round(float((mine & np.isin(since, (-7, -14, -21, -28))).sum() / 4), 2),
        "tickets_in_14_days": int((mine & (since >= 0) & (since < 14)).sum()),
        "tickets_in_14_days_before": int((mine & (since < 0) & (since >= -14)).sum()),
    }


def notes(scenario: Scenario, moved: pd.DataFrame) -> dict[str, Any]:
    """Handoff notes of escalations by class, and what came after them."""
    up = moved.assign(next=moved.groupby("ticket_id")["direction"].shift(-1))
    up = up[up["direction"] == "escalation"]
    up = up.assign(sections=up["note"].map(section_count))
    return {
        "sections": list(SECTIONS),
        "labels": {name: list(labels) for name, labels in SECTION_LABELS.items()},
        "classes": [note_class(effect, up) for effect in scenario.note_effects],
    }


def note_class(effect: NoteEffect, up: pd.DataFrame) -> dict[str, Any]:
    """One class of notes: planted effect, realised latency in L2 and share sent back next."""
    mine = up[up["sections"].between(*effect.sections)]
    in_l2 = mine[mine["tier"] == "L2"]
    return {
        "name": effect.name,
        "section_count": list(effect.sections),
        "wait_factor": effect.wait_factor,
        "return_chance": effect.return_chance,
        "escalations": len(mine),
        "share": share(len(mine), len(up)),
        "l2_latency_p50_hours": round(float(in_l2["hours"].median()), 3),
        "sent_back_share": share((in_l2["next"] == "return").sum(), len(in_l2)),
    }


def known_issues(made: Made, counted: pd.DataFrame, stays: pd.DataFrame) -> list[dict[str, Any]]:
    """Issues that come again after a first L3 resolution; undocumented ones go to L3 every time."""
    reached = set(stays.loc[stays["tier"] == "L3", "ticket_id"])
    fixed = counted[counted["kind"] == "resolved"].groupby("ticket_id")["at"].last()
    found = []
    for number, (product, category, subject, _, documented) in enumerate(KNOWN_ISSUES):
        ids = [name for name in made.ids[made.arrivals.known_issue == number] if name is not None]
        found.append(
            {
                "subject": subject,
                "product": product,
                "category": category,
                "documented": documented,
                "first_ticket": ids[0],
                "first_resolved_at": fixed[ids[0]].isoformat() if ids[0] in fixed else None,
                "tickets": len(ids),
                "tickets_that_reached_l3": len(reached.intersection(ids)),
            }
        )
    return found


def new_agents(made: Made, counted: pd.DataFrame, moved: pd.DataFrame) -> dict[str, Any]:
    """Escalation by the tenure of the L1 agent who first acknowledged the ticket."""
    start = pd.Series({agent.name: pd.Timestamp(agent.start_date, tz=ZONE) for agent in made.agents})
    first = counted[(counted["kind"] == "acknowledged") & (counted["tier"] == "L1")].drop_duplicates("ticket_id")
    tenure = first["at"].dt.tz_convert(ZONE) - first["agent"].map(start)
    up = moved.loc[(moved["from_tier"] == "L1") & (moved["direction"] == "escalation"), "ticket_id"]
    new = (tenure < pd.Timedelta(days=NEW_AGENT_DAYS)).rename("new")
    rate = pd.Series(first["ticket_id"].isin(up).groupby(new).mean())
    return {
        "days": NEW_AGENT_DAYS,
        "premature_factor": NEW_AGENT_PREMATURE[0],
        "premature_floor": NEW_AGENT_PREMATURE[1],
        "effort_factor": NEW_AGENT_EFFORT,
        "realised_escalation_rate": {"new": round(float(rate[True]), 4), "others": round(float(rate[False]), 4)},
        "tickets_of_new_agents": int(new.sum()),
    }


def hierarchical(moved: pd.DataFrame) -> dict[str, float]:
    """Share of escalations that are approvals, by product and in all."""
    up = moved[moved["direction"] == "escalation"]
    is_approval = up["escalation_type"] == "hierarchical"
    return by_name(is_approval.groupby(up["product"]).mean()) | {"all": share(is_approval.sum(), len(up))}


def links_missing(counted: pd.DataFrame) -> dict[str, float]:
    """Share of last resolutions without a knowledge link, by tier."""
    last = counted[counted["kind"] == "resolved"].groupby("ticket_id").tail(1)
    return by_name(last["knowledge_link"].isna().groupby(last["tier"]).mean())


def efforts(stays: pd.DataFrame) -> dict[str, float]:
    """Mean tracked minutes per visit with any, by tier."""
    worked = stays[stays["effort_minutes"] > 0]
    return by_name(worked.groupby("tier")["effort_minutes"].mean(), 2)


def csat(counted: pd.DataFrame) -> dict[str, float]:
    """Good share and answers per resolved ticket."""
    answers = counted["csat"].dropna()
    return {"good": share((answers == "good").sum(), len(answers)), "responses": len(answers)}

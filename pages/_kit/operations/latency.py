"""The cards of the latency page: what waits now, curves, groups, hours, pairs of teams, and the lists behind them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from analytics.charts import latency, numbers, titles
from analytics.errors import NotEnoughData
from pages._kit import cards, controls, kpis, tables
from pages._kit.cached import Answer
from pages._kit.cards import Card, Kpi, Point
from pages._kit.operations import shared
from pages._kit.text import plain
from pages._kit.view import View

HANDOFFS = "worst_handoffs"

FATE_COLUMNS = {
    "at_risk": "waiting_longer", "still_waiting": "share_still_waiting", "still_waiting_low": "share_still_waiting_low",
    "still_waiting_high": "share_still_waiting_high", "acknowledged_share": "share_picked_up", "left_share": "share_gone",
}  # fmt: skip
"""What the columns of a curve are called for people."""


@dataclass(frozen=True)
class Choice:
    """What the page's controls say: the target in minutes, the clock, and how handoffs are grouped."""

    target: float
    clock: str
    group: str = "tier_pair"

    @property
    def asked(self) -> dict[str, Any]:
        return {"target_minutes": self.target, "clock": self.clock}

    @property
    def words(self) -> str:
        return controls.CLOCK_WORDS[self.clock]


def numbers_on_top(seen: View, choice: Choice) -> list[Kpi]:
    """The row of numbers; empty where nothing was handed over."""
    frame = seen.frame("handoff_latency", by="all", **choice.asked)
    return kpis.waiting(frame.iloc[0], choice.asked) if len(frame) else []


def lists(seen: View, choice: Choice, frame: Any) -> cards.Drill:
    """Lists of handoffs: the longest, those late, those that left, and one per group of the frame."""
    late = f"Not picked up within {numbers.duration(choice.target / 60)}"
    found: dict[str, dict[str, Any]] = {
        "Longest waits": {"reason": "all"}, "Waiting now": {"reason": "waiting"},
        "Waiting now, past the rule": {"reason": "overdue"}, late: {"reason": "late"},
        "Left before anybody picked it up": {"reason": "left"},
    }  # fmt: skip
    for row in frame.head(40).to_dict("records"):
        name, options = of_group(row["from_key"], row["to_key"])
        found[name] = options
    return cards.drill(
        seen, HANDOFFS, {name: told | choice.asked | {"by": choice.group} for name, told in found.items()}
    )


def of_group(from_key: str, to_key: str) -> tuple[str, dict[str, Any]]:
    """The words and the options of the list of a group's handoffs."""
    words = latency.pair_name(from_key, to_key)
    return words[:1].upper() + words[1:], {"reason": "pair", "from": from_key, "to": to_key}


def _picked(seen: View, choice: Choice, **more: Any) -> cards.Pick:
    """A click whose `customdata` begins with both keys of a group."""

    def reason_of(point: Point) -> tuple[str, dict[str, Any]] | None:
        told = point.get("customdata")
        if not isinstance(told, list | tuple) or len(told) < 2:
            return None
        words, options = of_group(str(told[0]), str(told[1]))
        return words, options | choice.asked | {"by": choice.group} | more

    return cards.picker(seen, HANDOFFS, reason_of)


def open_now(seen: View, choice: Choice) -> Card:
    """Handoffs that wait now against the rule, whatever the period."""
    now = shared.whole_period(seen)
    asked = now.ask("open_handoffs", by=choice.group, **choice.asked)
    if asked.frame.empty:
        raise NotEnoughData("No handoff is waiting to be picked up now.", found=f"{now.sentence}.")
    target = numbers.duration(choice.target / 60)
    return Card(
        latency.open_title(asked.frame, choice.target),
        latency.open_now(asked.frame, choice.target),
        asked,
        unit=f"Handed over, and nobody there works on it yet, at the data's last event; {choice.words}",
        alt=f"Bars per group: longer than {target}, and still in time.",
        note="A period does not matter here: what waits now waits, whenever it was handed over.",
        metrics=("latency.open_now", "latency.target_minutes"),
        tickets=lists(now, choice, asked.frame),
        pick=_picked(now, choice, reason="waiting_pair"),
        key="open_now",
    )


def curve(seen: View, choice: Choice) -> Card:
    """Share acknowledged by time, a line per pair of tiers."""
    asked = seen.ask("latency_curve", by="tier_pair", clock=choice.clock)
    everything = seen.frame("handoff_latency", by="all", **choice.asked)
    return Card(
        titles.latency_curve(everything, choice.target),
        latency.latency_curve(asked.frame, choice.target),
        asked,
        unit=f"Share of all handoffs acknowledged by the time since the handoff; {choice.words}",
        alt="One rising line per pair of tiers; the dashed line is the target.",
        note="A line that ends below 100 % stands for handoffs that nobody of that tier ever acknowledged.",
        metrics=("latency.curve", "latency.share_within_target"),
        tickets=lists(
            seen, Choice(choice.target, choice.clock), seen.frame("handoff_latency", by="tier_pair", **choice.asked)
        ),
        key="latency_curve",
    )


def fate(seen: View, choice: Choice, pair: str) -> Card:
    """What became of one group's handoffs with time: Kaplan-Meier beside the cumulative incidence."""
    asked = seen.ask("latency_survival", by="all" if pair == "all" else "tier_pair", clock=choice.clock)
    names = [latency.pair_name(a, b) for a, b in zip(asked.frame["from_key"], asked.frame["to_key"], strict=True)]
    rows = asked.frame if pair == "all" else asked.frame[[name == pair for name in names]]
    which = "All handoffs between tiers" if pair == "all" else f"Handoffs {pair}"
    few = len(rows) and int(rows["handoffs"].iloc[0]) < 30
    return Card(
        f"{which}: {latency.survival_title(rows, choice.target)}",
        latency.survival(rows, choice.target),
        asked,
        frame=rows.rename(columns=FATE_COLUMNS),
        unit=f"Share of handoffs by the time since the handoff; {choice.words}",
        alt="A rising line for those picked up, one for those gone before, and a dashed one had nobody left.",
        note="Under 30 handoffs: these shares say little." if few else
        "The dashed line takes those that left as if they would have been picked up like the others; the solid one does not.",
        metrics=("latency.survival", "latency.km_p50_hours"),
        tickets=lists(seen, Choice(choice.target, choice.clock), rows.head(0)),
        key="fate",
    )  # fmt: skip


def groups(seen: View, choice: Choice) -> Card:
    """Percentiles by pair or team."""
    asked = seen.ask("handoff_latency", by=choice.group, **choice.asked)
    return Card(
        titles.latency_by_group(asked.frame),
        latency.latency_by_group(asked.frame, choice.target),
        asked,
        unit=f"{controls.GROUP_WORDS[choice.group]}: median and 90th percentile of the wait, {choice.words}",
        note="A filled mark is missing where too few were ever acknowledged to tell it.",
        alt="Per group four marks on a logarithmic time axis; the dashed line is the target.",
        metrics=("latency.p50_hours", "latency.p90_hours", "latency.km_p50_hours"),
        tickets=lists(seen, choice, asked.frame),
        pick=_picked(seen, choice),
        key="latency_by_group",
    )


def outcomes(seen: View, choice: Choice) -> Card:
    """What became of handoffs by group."""
    asked = seen.ask("handoff_latency", by=choice.group, **choice.asked)
    return Card(
        titles.outcomes(asked.frame),
        latency.latency_outcomes(asked.frame, choice.target),
        asked,
        unit=f"{controls.GROUP_WORDS[choice.group]}, by what became of them; the white diamond is the share in time",
        alt="Stacked bars per group: acknowledged, left unacknowledged, waiting now.",
        metrics=("latency.acknowledged", "latency.unacknowledged", "latency.waiting", "latency.share_within_target"),
        tickets=lists(seen, choice, asked.frame),
        pick=_picked(seen, choice),
        key="outcomes",
    )


def teams(seen: View, choice: Choice) -> Card:
    """Median wait from team to team."""
    pairs = Choice(choice.target, choice.clock, "team_pair")
    asked = seen.ask("handoff_latency", by="team_pair", **choice.asked)
    return Card(
        latency.team_matrix_title(asked.frame),
        latency.team_matrix(asked.frame),
        asked,
        unit=f"Median wait over all handoffs from team (rows) to team (columns); {choice.words}",
        alt="A square of the busiest teams; the darker, the longer the wait.",
        note="The busiest 12 teams in alphabetical order. Blank: under five handoffs, or under half ever acknowledged.",
        metrics=("latency.team_pairs", "latency.km_p50_hours"),
        tickets=lists(seen, pairs, asked.frame.sort_values("handoffs", ascending=False)),
        pick=_picked(seen, pairs),
        key="team_pairs",
    )


def hours(seen: View, choice: Choice) -> Card:
    """Waits by hour of the week."""
    asked = seen.ask("latency_heatmap", **choice.asked)
    return Card(
        titles.heatmap(asked.frame),
        latency.latency_heatmap(asked.frame),
        asked,
        unit=f"Median wait ({controls.CLOCKS[choice.clock].lower()}) by the hour of the handoff ({seen.zone}); "
        "blank: under five handoffs",
        alt="Seven rows of 24 hours; the darker, the longer the wait.",
        metrics=("latency.by_hour",),
        tickets=lists(seen, Choice(choice.target, choice.clock), asked.frame.head(0)),
        pick=cards.picker(seen, HANDOFFS, partial(_hour, choice)),
        key="latency_heatmap",
    )


def asked_longest(seen: View, choice: Choice) -> Answer:
    """The longest waits."""
    return seen.ask(HANDOFFS, by="tier_pair", most=50, **choice.asked)


def longest(seen: View, side: str, asked: Answer) -> None:
    """The table of the longest waits."""
    st.caption(plain(asked.sentence))
    rows = tables.in_zone(asked.frame, seen.zone).dropna(axis=1, how="all")
    tables.show(rows, key=f"worst{side}", file="tierscope_longest_waits.csv", sentence=asked.sentence)


def _hour(choice: Choice, point: Point) -> tuple[str, dict[str, Any]] | None:
    if point.get("x") is None or str(point.get("y")) not in latency.WEEKDAYS:
        return None
    hour = 24 * latency.WEEKDAYS.index(str(point["y"])) + int(point["x"])
    words = f"Handed over on {point['y']} from {int(point['x']):02d}:00 to {int(point['x']):02d}:59"
    return words, {"reason": "hour_of_week", "hour": hour, "by": "tier_pair"} | choice.asked

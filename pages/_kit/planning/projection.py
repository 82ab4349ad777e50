"""What the sliders lead to: the number to ask for per tier, the horizon week by week, and the simulation behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.charts import numbers, staffing as charts
from analytics.staffing.answer import TierAnswer
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan, read_plan, write_plan
from analytics.staffing.recommend import Recommendation, recommend
from analytics.staffing.replay import far_waits, working_hours
from pages._kit import cards, controls
from pages._kit.planning import scenarios, shared, team as planning_team
from pages._kit.planning.sliders import RULE_WORDS, SHORT_RULES, Panel
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

GUIDE = {"Guide: people": (0.65, 0.275, 0.075), "Guide: resolved": (0.80, 0.18, 0.02)}
"""Rules of thumb beside the implied mix: the middles of 60-70/25-30/<10, and 80/18/2."""

_ROWS = {
    "Planned people": lambda t: numbers.decimal(t.headcount_now),
    "People in a typical week": lambda t: str(t.headcount_typical),
    "People to ask for": lambda t: f"{t.headcount} ({_between(t)})",
    "People in the hardest week": lambda t: f"{t.headcount_peak}: {t.peak_window}",
    "Gap": lambda t: numbers.ABSENT if t.gap is None else f"{t.gap:+.1f}",
    "Visits a week": lambda t: numbers.decimal(t.visits_per_week),
    "Work, hours a week": lambda t: numbers.decimal(t.work_hours_per_week),
    "Load in erlangs (people busy at once)": lambda t: numbers.decimal(t.offered_load),
    "Occupancy of the people to ask for": lambda t: numbers.share(t.occupancy),
    "Nine of ten visits wait at most (working hours)": lambda t: working_hours(t.wait_p90_hours),
    "A visit waits in the mean (working hours)": lambda t: (
        working_hours(t.wait_mean_hours) if np.isfinite(t.wait_mean_hours) else "without end: too few seats in an hour"
    ),
    "Weeks that keep every deadline": lambda t: numbers.share(t.p_sla),
    "The same with the planned people": lambda t: (
        numbers.share(t.p_sla_now) if t.p_sla_now is not None else numbers.ABSENT
    ),
    "Cost a week": lambda t: (
        numbers.count(t.cost_per_week) if t.cost_per_week is not None else "the cost of an hour is not known"
    ),
    "Cost a week of the planned people": lambda t: (
        numbers.count(t.cost_per_week_now) if t.cost_per_week_now is not None else numbers.ABSENT
    ),
    "First answers in time alone ask for, hours of work a day": lambda t: numbers.decimal(t.first_answer_hours_per_day),
    "What binds": lambda t: t.binding_window,
    "Most of it because of": lambda t: REGIMES[t.regime],
    "Effort per visit from": lambda t: t.effort_source,
}
"""Every figure of a tier, by what it is called."""

REGIMES = {
    "calendar": "peaks and deadlines", "first_answer": "first answers in time", "backlog": "what lies open now",
    "forecast": "what may come otherwise",
    "noise": "chance", "both": "forecast and chance alike", "min_seats": "minimum seats", "load": "the load itself",
}  # fmt: skip


def answer_cards(told_: Recommendation) -> None:
    """A number per tier: what to ask for, against the people planned."""
    cards.kpi_row([_card(tier) for tier in told_.tiers], key="staffing")
    for tier in told_.tiers:
        st.markdown(f"**{tier.tier}** {plain(tier.why)}")


def _card(tier: TierAnswer) -> cards.Kpi:
    between = _between(tier)
    now = f" · planned {numbers.decimal(tier.headcount_now)}" if tier.headcount_now is not None else ""
    cost = f" · {numbers.count(tier.cost_per_week)} a week" if tier.cost_per_week is not None else ""
    return cards.Kpi(
        f"{tier.tier}: people to ask for", f"{tier.headcount}", "staffing.headcount",
        f"{between}{now} · typical week {tier.headcount_typical}, hardest {tier.headcount_peak} · "
        f"{numbers.share(tier.p_sla)} of weeks keep every deadline{cost}",
        change=shared.gap_words(tier.gap), better="down",
    )  # fmt: skip


def _between(tier: TierAnswer) -> str:
    """The interval of the headcount in words, at the level of the plan's rules."""
    low, high = tier.headcount_low, tier.headcount_high
    return f"range {low}–{high}"


def tiers_frame(told_: Recommendation) -> pd.DataFrame:
    """The answer as a table: a row per figure, a column per tier."""
    columns = {tier.tier: [words(tier) for words in _ROWS.values()] for tier in told_.tiers}
    return pd.DataFrame({"figure": list(_ROWS), **columns})


def numbers_table(told_: Recommendation, plan: Plan, seen: View) -> None:
    """Every figure of every tier, with its effort's source and interval."""
    with st.container(border=True, key="card_numbers"):
        st.markdown("#### Every tier in numbers")
        st.table(
            tiers_frame(told_).set_index("figure").rename_axis(None).map(plain)
        )  # wraps, where a grid would cut off
        for tier in told_.tiers:
            st.caption(plain(f"{tier.tier}: {tier.regime_sentence}"))


def weeks_of(told_: Recommendation, tier: str) -> pd.DataFrame:
    """A tier's weeks, with the headcount to ask for."""
    own = np.flatnonzero(told_.weeks["tier"].to_numpy() == tier)  # in one piece: a slice is not copied
    return told_.weeks.iloc[own[0] : own[-1] + 1].assign(headcount_asked=told_.tier(tier).headcount)


def projection(told_: Recommendation, seen: View, measure: str, by_tier: dict[str, pd.DataFrame], stage: str) -> None:
    """A card per tier: the chosen measure over the horizon, with the simulation's where it is there."""
    for place, tier in zip(st.columns(len(told_.tiers)), told_.tiers, strict=True):
        weeks = weeks_of(told_, tier.tier)
        with place:
            if measure == "cost" and tier.cost_per_week is None:
                st.info(f"{plain(tier.tier)}: open “Cost” among the sliders and say what a paid hour costs.")
                continue
            cards.chart_card(
                _title(tier, weeks, measure), charts.projection(weeks, tier.tier, measure, by_tier.get(tier.tier)),
                shared.answer(seen, weeks, "visits_by_day"), unit=f"{_UNITS[measure]}. {charts.LINES[measure]}",
                alt=f"{charts.MEASURES[measure]} over {len(weeks)} weeks.",
                note=_doubt(told_, tier.tier) if measure == "wait" else "",
                metrics=_DEFINED.get(measure, _LOAD), key=f"{measure}_{tier.tier}{stage}", place=f"horizon_{tier.tier}",
            )  # fmt: skip


def _doubt(told_: Recommendation, tier: str) -> str:
    """What last quarter's replay says against the waits of a tier."""
    far = far_waits((told_.replay_score or {}).get("tiers", ()), ("wait_p90_hours",)).get(tier)
    return f"Not to be planned with: replayed over last quarter, {far}." if far else ""


_UNITS = {
    "work": "Hours of work a week, under the occupancy cap",
    "people": "People that each week asks for",
    "backlog": "Hours of work left at the end of each week",
    "wait": "Working hours that nine of ten visits wait at most",
    "sla": "Share of futures in which every deadline of the week is kept",
    "cost": "Of paid hours a week, in the currency of the rate",
}
_LOAD = ("staffing.load", "staffing.effort")
_DEFINED = {"wait": ("staffing.wait", "staffing.effort"), "cost": ("staffing.cost", "staffing.headcount")}
"""By measure: what stands behind it, where that is not the load."""


def _title(tier: TierAnswer, weeks: pd.DataFrame, measure: str) -> str:
    team = "_now" if tier.headcount_now is not None else ""
    last = weeks.iloc[-1]
    return (
        f"{tier.tier}: "
        + {
            "work": f"{numbers.decimal(tier.work_hours_per_week)} hours of work a week",
            "people": f"{weeks['headcount'].min()} to {weeks['headcount_with_backlog'].max()} people by week",
            "backlog": f"{numbers.decimal(last[f'backlog_hours{team}'])} hours left at the end",
            "wait": f"a wait of {working_hours(float(np.median(weeks[f'wait_p90_hours{team}'])))} in a typical week",
            "sla": f"{numbers.share(float(weeks[f'p_sla{team}'].mean()))} of weeks kept",
            "cost": _cost_words(tier, weeks),
        }[measure]
    )


def _cost_words(tier: TierAnswer, weeks: pd.DataFrame) -> str:
    """The cost of the people to ask for beside that of the planned ones, from the first week to the last."""
    asked, now = numbers.count(tier.cost_per_week), weeks["cost_now"].to_numpy(float)
    if tier.headcount_now is None:
        return f"{asked} a week"
    ends = [numbers.count(now[0]), numbers.count(now[-1])]
    return f"{asked} a week, planned {ends[0] if ends[0] == ends[1] else ' to '.join(ends)}"


def sure(told_: Recommendation, plan: Plan, seen: View) -> None:
    """People beside each other, and how the rule moves them."""
    frame = pd.DataFrame([vars(tier) for tier in told_.tiers])
    left, right = st.columns(2)
    with left:
        cards.chart_card(
            shared.headcount_words(told_), charts.heads(frame), shared.answer(seen, tiers_frame(told_), "routing"),
            unit=f"People; the thin line is the {numbers.share(plan.rules.interval)} interval from effort and routing",
            alt="Bars of people by tier.",
            metrics=("staffing.headcount", "staffing.effort"), key="heads",
        )  # fmt: skip
    with right:
        rules(told_, plan, seen)


def mixes(told_: Recommendation, plan: Plan, seen: View) -> None:
    """The mix that follows, beside the rules of thumb."""
    mix = pd.DataFrame(told_.mix.to_json()["tiers"])
    cards.chart_card(
        "What the flow implies, beside the rules of thumb", charts.mixes(mix, GUIDE if len(mix) == 3 else {}),
        shared.answer(seen, mix, "routing"), unit="Share by tier; the guide says 60–70/25–30/<10 people, 80/18/2 resolved",
        alt="Stacked bars of shares by tier.", note=told_.mix.sentence, metrics=("staffing.mix",), key="mixes",
    )  # fmt: skip


def rules(told_: Recommendation, plan: Plan, seen: View) -> None:
    """How the answer moves between the decision rules."""
    rows = [
        {"rule": SHORT_RULES[rule], "tier": tier.tier, "headcount": heads}
        for tier in told_.tiers
        for rule, heads in sorted(tier.headcount_by_rule.items(), key=lambda item: list(SHORT_RULES).index(item[0]))
    ]
    frame = pd.DataFrame(rows)
    totals = frame.groupby("rule", sort=False)["headcount"].sum()
    cards.chart_card(
        "The rule decides: " + ", ".join(f"{heads} by {rule}" for rule, heads in totals.items()),
        charts.rules(frame, SHORT_RULES[plan.rules.rule]), shared.answer(seen, frame, "routing"),
        unit=f"People by decision rule, share wanted {numbers.share(plan.rules.p_sla)}; in use: {RULE_WORDS[plan.rules.rule]}",
        alt="Bars of people by rule and tier.",
        note=f"Least cost: an hour that is short is taken to cost as much as {plan.rules.shortage_cost_ratio:g} hours of staff.",
        metrics=("staffing.headcount",), key="rules",
    )  # fmt: skip


def planned(told_: Recommendation) -> dict[str, float]:
    """The team that is simulated: the planned people, those to ask for where none are known."""
    return {t.tier: t.headcount_now if t.headcount_now is not None else float(t.headcount) for t in told_.tiers}


def simulated_weeks(result: Any, known: StaffingInputs, plan: Plan) -> dict[str, pd.DataFrame]:
    """The simulation by tier and week in the projection's units: visits left over as hours of work."""
    found = {}
    for tier, rows in result.weekly().groupby("tier", sort=False):
        minutes = plan.tier(str(tier)).effort_minutes or known.effort_of(str(tier)).minutes
        hours = {f"backlog_hours{end}": rows[f"backlog{end}"] * minutes / 60 for end in ("", "_low", "_high")}
        found[str(tier)] = rows.assign(**hours)
    return found


def noise_words(result: Any, base: Any | None, tiers: tuple[str, ...]) -> str:
    """What the simulation says, against the plan as it is where that was simulated with the same draws."""
    share = _on_time(result)
    words = [f"{tier} {numbers.share(float(s.mean()))}" for tier, s in zip(tiers, share.T, strict=True)]
    sentence = f"Simulated {result.replications} times: visits in time {', '.join(words)}."
    if base is None or base.replications != result.replications:
        return sentence
    moved = share - _on_time(base)
    changes = [_moved(tier, m) for tier, m in zip(tiers, moved.T, strict=True) if np.abs(m).max() > 1e-9]
    return f"{sentence} Against the plan as it is, with the same tickets: {', '.join(changes) or 'no change'}."


def _moved(tier: str, by_replication: np.ndarray) -> str:
    half = 1.96 * by_replication.std(ddof=1) / np.sqrt(by_replication.size)
    return f"{tier} {100 * by_replication.mean():+.1f} points (± {100 * half:.1f})"


def _on_time(result: Any) -> np.ndarray:
    """Share of visits in time by replication and tier."""
    done, on_time = (result.column(name).sum(axis=2) for name in ("DONE", "ON_TIME"))
    return np.divide(on_time, done, out=np.zeros_like(on_time), where=done > 0)


BEHIND = {
    "numbers": ("Every tier in numbers", numbers_table),
    "sure": ("How sure, by which rule", sure),
    "mix": ("Beside rules of thumb", mixes),
}
"""What stands behind the answer, one at a time: a chart that is not in view need not follow a slider."""


@st.fragment
def page(seen: View, panel: Panel, known: StaffingInputs, raced: bool) -> None:
    """Sliders and what follows from them; only this part runs again while they move.

    The answer is made first: forty sliders take as long as it does, and the one that moved is in the browser already.
    """
    left, right = st.columns([1, 2.6], gap="medium")
    drawn = None
    with right, told("plan"):
        plan = panel.current()
        answer = recommend(known, plan)
        drawn = plan, answer, *_answered(answer, seen, panel)
    with left:
        st.markdown("#### What if")
        panel.draw()
        st.button("Back to the plan", on_click=panel.reset, icon=":material/undo:", disabled=not panel.changes())
        scenarios.save_here(seen.dataset, panel)
    if drawn is not None:
        plan, answer, measure, slot = drawn
        with right, told("behind"):
            with st.container(key="simulated"):
                noise = st.empty()
            behind = controls.choice("Behind it", {name: words for name, (words, _) in BEHIND.items()}, key="behind")
            BEHIND[behind][1](answer, plan, seen)
            for note in answer.notes:
                st.caption(plain(note))
            _simulation(seen, panel, known, raced, plan, answer, measure, slot, noise)


def _answered(answer: Recommendation, seen: View, panel: Panel) -> tuple[str, Any]:
    """People by tier and the horizon under them; the measure that is shown and its place. What is not always there has a place
    that is: where one line more moves the others on, the browser takes all of them for new ones, and the page jumps."""
    words = panel.words()
    st.caption(plain(f"Changed: {words}") if words else "Nothing is changed yet: this is the plan as it is.")
    answer_cards(answer)
    with st.container():
        for warning in answer.warnings:
            st.warning(plain(warning), icon=":material/warning:")
    measure = controls.choice("Over the horizon", charts.MEASURES, key="measure")
    slot = st.empty()
    with slot.container():
        projection(answer, seen, measure, {}, "")
    return measure, slot


@st.cache_data(max_entries=64, show_spinner=False)
def _as_it_is(inputs_key: str, plan_text: str, _known: StaffingInputs) -> dict[str, float]:
    """The team of the plan before the sliders."""
    return planned(recommend(_known, read_plan(plan_text)))


def _simulation(
    seen: View, panel: Panel, known: StaffingInputs, raced: bool, plan: Plan, answer: Recommendation, measure: str,
    slot: Any, noise: Any,
) -> None:  # fmt: skip
    """Behind the answer: the same plan simulated, drawn into the projection as it comes in. Until then the last one's words stand
    there, about as long as those to come."""
    said = panel.state("simulated")
    before = f" Before this step: {st.session_state[said]}" if said in st.session_state else ""
    noise.caption(f":material/hourglass_top: Simulating the same plan…{plain(before)}")
    base_text, changed = write_plan(panel.plan), bool(panel.changes())
    text = write_plan(plan) if changed else base_text
    if changed:
        planning_team.rest()
    key = planning_team.inputs_key(seen.dataset, raced, base_text)
    bases = planning_team.simulated(key, known, panel.plan, base_text, dict(_as_it_is(key, base_text, known)))
    runs = planning_team.simulated(key, known, plan, text, planned(answer))
    with told("simulation"):
        for stage, result in enumerate(runs):
            base = next(bases) if changed else None
            st.session_state[said] = noise_words(result, base, known.tiers)
            noise.caption(plain(st.session_state[said]))
            if measure in ("backlog", "wait", "sla"):
                with slot.container():
                    projection(answer, seen, measure, simulated_weeks(result, known, plan), f"_{stage}")
        return
    noise.empty()

"""The rule tester on a page: the history kept, the knobs as sliders, before and after with the tickets touched."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analytics.charts import rules as charts
from analytics.daily import by_urgency
from analytics.model import Filters
from analytics.rules import wording
from analytics.rules.base import COMMON_LIMITS, MOST_TICKETS, History, Knob, Rule, history_of, sql_of_history
from analytics.rules.registry import rules
from analytics.rules.replay import Replay, Spread, changed, replayed
from analytics.warehouse.store import Dataset
from pages._kit import cached, cards, numbers, tables
from pages._kit.cached import Answer
from pages._kit.cards import Kpi
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

MOST_VALUES = 60
"""More values than this are not offered: the commonest are."""


@st.cache_resource(max_entries=16, show_spinner="Reading the history")
def _history(dataset_key: str, filters: Filters, _dataset: Dataset) -> History:
    """As a resource: a History is frozen, and nobody changes its frame."""
    return history_of(cached.warehouse(_dataset), filters)


def history(seen: View) -> History:
    """The history that rules are replayed on."""
    return _history(seen.dataset.key, seen.filters, seen.dataset)


def choose() -> Rule:
    """Which rule is tried; in the address."""
    names = {name: rule.title for name, rule in rules().items()}
    return rules()[
        st.selectbox("Rule", list(names), format_func=lambda name: names[name], key="rule", bind="query-params")
    ]


@st.fragment
def bench(rule: Rule, seen: View) -> None:
    """The knobs, and what the rule would have done; only this part runs again while they move."""
    with told("bench"):
        known = history(seen)
        with st.container(border=True, key="knobs"):
            settings = {knob.name: _knob(rule, knob, known) for knob in rule.knobs}
            rates = _rates()
        _outcome(rule, settings, rates, known, seen)


def _knob(rule: Rule, knob: Knob, known: History) -> Any:
    key = f"{rule.id}_{knob.name}"
    if not knob.choices and not knob.values_of:
        whole = [int(number) for number in (knob.low, knob.high, knob.default, knob.step)]
        return st.slider(knob.label, *whole, key=key)
    values = dict(knob.choices)
    if knob.values_of:
        values |= _values(known, knob.values_of)
    return st.selectbox(knob.label, list(values), format_func=lambda value: values[value], key=key)


def _values(known: History, column: str) -> dict[str, str]:
    """The values of a column with their tickets: priorities by urgency, everything else the commonest first."""
    counts = known.first_visits()[column].dropna().astype(str).value_counts().head(MOST_VALUES).to_dict()
    names = by_urgency(list(counts)) if column.endswith("priority") else list(counts)
    return {name: f"{name} ({numbers.count(counts[name])} tickets)" for name in names}


def _rates() -> dict[str, float]:
    """What an hour costs by tier, where somebody knows: without it there is no money in the answer."""
    with st.expander("What an hour of work costs (optional)"):
        st.caption("In your own currency. Leave at 0 what you do not know: then no cost is told for it.")
        names = {"L1": "L1", "L2": "L2", "L3": "L3", "manager": "a manager"}
        return {
            name: column.number_input(f"An hour of {words}", 0.0, 10_000.0, 0.0, 1.0, key=f"rate_{name}")
            for column, (name, words) in zip(st.columns(4), names.items(), strict=True)
        }


def _outcome(rule: Rule, settings: dict[str, Any], rates: dict[str, float], known: History, seen: View) -> None:
    effects = rule.replay(known, settings)
    result = replayed(rule, known, effects, rates)
    answer = _answer(seen, rule, settings)
    st.markdown(f"**{plain(wording.reach(rule, result))}**")
    cards.kpi_row(_kpis(rule, result), key="replay")
    by_tier = wording.by_tier(result)
    cards.chart_card(
        wording.work_title(result), charts.work(by_tier), answer, frame=by_tier, key="rule_work",
        unit="Hours of work per week in each tier, as it was and with the rule; whiskers are the 95 % interval",
        alt=f"Two bars for each of {len(by_tier)} tiers.", metrics=("rules.work", "rules.interval"),
    )  # fmt: skip
    spread = wording.times(effects)
    cards.chart_card(
        wording.time_title(rule, result), charts.times(spread, rule.measure), answer, frame=spread, key="rule_times",
        unit=f"{rule.measure} of the {rule.unit} that the rule is about, in working hours, waiting for customers left out",
        alt="Two rising lines, before and after; further left is quicker.", metrics=("rules.times", "rules.interval"),
    )  # fmt: skip
    _limits(rule)
    _touched(known, effects, answer)


def _answer(seen: View, rule: Rule, settings: dict[str, Any]) -> Answer:
    sql, params = sql_of_history(seen.filters)
    set_to = ", ".join(f"{knob.label}: {settings[knob.name]}" for knob in rule.knobs)
    sentence = f"{seen.sentence} · the latest {MOST_TICKETS:,} resolved tickets · {rule.title} · {set_to}"
    return Answer(pd.DataFrame(), sql, params, sentence, seen.zone)


def _kpis(rule: Rule, result: Replay) -> list[Kpi]:
    rows = [
        Kpi(f"{one.tier}: work per week", _more(one.added_hours.value), "rules.work",
            note=f"{wording.interval(one.added_hours, 'h')}; {one.added_visits.value:+,.1f} visits")
        for one in result.tiers
    ]  # fmt: skip
    if result.manager_hours.value:
        rows.append(Kpi("Managers: work per week", f"{result.manager_hours.value:+,.1f} h", "rules.work",
                        note=wording.interval(result.manager_hours, "h")))  # fmt: skip
    rows.append(_time(result))
    cost = result.cost_per_week
    if cost:
        rows.append(Kpi("Cost per week", f"{cost.value:+,.0f}", "rules.cost", note=wording.interval(cost, "a week")))
    return rows


def _more(hours: float) -> str:
    return f"{hours:+,.1f} h" if abs(hours) >= 0.05 else "no change"


def _time(result: Replay) -> Kpi:
    """What a case saves or loses on average; a loss has its interval as a loss."""
    saved = result.saved_mean
    lost = saved.value < 0
    spread = Spread(-saved.value, -saved.high, -saved.low) if lost else saved
    note = f"of {numbers.duration(result.mean_before)}; {wording.interval(spread, 'h')}"
    return Kpi(
        f"Mean time {'lost' if lost else 'saved'} each", numbers.duration(spread.value), "rules.times", note=note
    )


def _limits(rule: Rule) -> None:
    st.markdown("#### What this cannot know")
    st.markdown("\n".join(f"- {plain(text)}" for text in (*rule.limits, *COMMON_LIMITS)))


def _touched(known: History, effects: Any, answer: Answer) -> None:
    st.markdown("#### The tickets it touches")
    frame = changed(known, effects)
    st.caption("Those first whose time changes most; at most 500. Hours are working hours.")
    tables.show(frame, key="touched", file="tierscope_rule_tickets.csv", sentence=answer.sentence)

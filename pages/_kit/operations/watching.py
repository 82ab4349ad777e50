"""The watch list on a page: its rules as controls, how many of which kind, the list, and how far the probabilities can be
trusted."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analytics.breach import calibration
from analytics.charts import rules as charts
from analytics.model import Filters
from analytics.targets import Targets
from analytics.warehouse.store import Dataset
from analytics.watch_list import KINDS, WatchSettings, absent, left_out
from analytics.watch_list.watch import listed, open_tickets, sql_of_watch
from pages._kit import cached, cards, numbers, tables
from pages._kit.cached import Answer
from pages._kit.cards import Card, Kpi
from pages._kit.operations import shared
from pages._kit.text import plain
from pages._kit.view import View

_SHOWN = [
    "ticket_id", "kind", "reason", "priority", "tier", "team", "hours_left", "p_breach", "product", "subject", "bounces",
    "unacknowledged_hours", "pending_days", "more_reasons",
]  # fmt: skip
_HEADINGS = {"hours_left": "left_working_hours", "p_breach": "probability_to_be_late", "bounces": "times_it_came_back"}

_Frozen = tuple[tuple[str, tuple[float, float]], ...]


@st.cache_data(max_entries=64, show_spinner=False)
def _open(dataset_key: str, filters: Filters, targets: _Frozen, _dataset: Dataset) -> pd.DataFrame:
    return open_tickets(cached.warehouse(_dataset), filters, dict(targets))


@st.cache_data(max_entries=32, show_spinner=False)
def _calibration(dataset_key: str, filters: Filters, targets: _Frozen, _dataset: Dataset) -> pd.DataFrame:
    return calibration(cached.warehouse(_dataset), filters, dict(targets))


LOOKING = "What is open is being looked at; the list comes when it is there."
ASKING = "What was open in the past, and what became of it, is being looked at; this comes when it is there."


def tickets(seen: View, targets: Targets) -> pd.DataFrame:
    """Every open ticket in view with what the reasons are made of. The period of the view does not matter."""
    now = shared.whole_period(seen)
    return _open(now.dataset.key, now.filters, tuple(targets.items()), now.dataset)


def settings() -> WatchSettings:
    """The list's rules, as they are set on the page."""
    usual = WatchSettings()
    with st.expander("Rules of the list"):
        left, right = st.columns(2)
        minutes = left.slider(
            "Handoffs are looked at within (working minutes)", 5, 480, int(usual.acknowledge_minutes), 5
        )
        likely = right.slider("Likely to miss its target from (%)", 5, 95, round(100 * usual.breach_probability), 5)
        bounces = left.slider("Came back so many times", 1, 6, usual.bounces)
        near = right.slider(
            "Waiting for the customer: so little is left (working hours)", 1, 40, int(usual.near_target_hours)
        )
        st.caption("The 30 minutes are a guide's; the others are ours. Targets are those of Backlog and SLA.")
    return WatchSettings(float(minutes), likely / 100, bounces, float(near))


def show(seen: View, side: str, told: pd.DataFrame, rules: WatchSettings) -> None:
    """How many of which kind, then the list of the kinds chosen; `told` are the open tickets."""
    now = shared.whole_period(seen)
    rows = listed(told, rules)
    st.caption(plain(now.sentence))
    cards.kpi_row(_kpis(rows, told), key=f"watch{side}")
    for sentence in absent(cached.warehouse(now.dataset), shared.targets_of(now)):
        st.caption(plain(sentence))
    forgotten = left_out(told, rules)
    if forgotten:
        st.caption(
            f"{numbers.count(forgotten)} open tickets that nobody touched for {rules.stale_days:g} days are not listed."
        )
    if rows.empty:
        st.success("No open ticket in view needs anybody now, by these rules.", icon=":material/check_circle:")
        return
    _list(now, rows, side)


def _kpis(rows: pd.DataFrame, told: pd.DataFrame) -> list[Kpi]:
    counts = rows["kind"].value_counts()
    made = [
        Kpi(
            "Need somebody now",
            numbers.count(len(rows)),
            "watch.list",
            note=f"of {numbers.count(len(told))} open tickets",
        )
    ]
    return made + [Kpi(words, numbers.count(counts.get(kind, 0)), f"watch.{kind}") for kind, words in KINDS.items()]


def _list(now: View, rows: pd.DataFrame, side: str) -> None:
    held = set(rows["kind"].tolist())
    there = [kind for kind in KINDS if kind in held]
    chosen = st.pills(
        "Show", there, selection_mode="multi", default=there, format_func=lambda kind: KINDS[kind], key=f"kinds{side}"
    )
    shown = rows[rows["kind"].isin(chosen)].assign(kind=rows["kind"].map(KINDS))[_SHOWN].rename(columns=_HEADINGS)
    st.caption(
        "The most urgent first: what can still be saved, by priority and by the time that is left. A ticket has one row."
    )
    tables.show(
        shown.dropna(axis=1, how="all"), key=f"watch{side}", file="tierscope_watch_list.csv", sentence=now.sentence
    )


def trusted(now: View, targets: Mapping[str, tuple[float, float]]) -> Card:
    """How often such predictions came true so far."""
    frame = _calibration(now.dataset.key, now.filters, tuple(targets.items()), now.dataset)
    sql, params = sql_of_watch(now.filters)
    return Card(
        charts.calibration_title(frame), charts.calibration(frame), Answer(frame, sql, params, now.sentence, now.zone),
        unit="Open tickets at 40 past moments, in tenths by what would have been said then; bars are 95 % intervals",
        alt=f"{len(frame)} points near a diagonal: what was said across, what came true upwards.",
        note=charts.calibration_note(frame), metrics=("watch.p_breach", "watch.calibration"), key="calibration",
    )  # fmt: skip

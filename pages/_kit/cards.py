"""Cards: a row of numbers, and a chart with everything that belongs to it.

A chart's card has its finding as title, unit, alt text, the filter sentence, and behind three buttons the table with its CSV,
how it is computed (definition and the SQL that ran) and the tickets. What is behind a button is computed only when it is
opened, in a fragment, so that opening one does not run the page again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.charts.base import CONFIG
from pages._kit import definitions, tables
from pages._kit.cached import Answer
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

TABLE, HOW, TICKETS = "Table", "How is this computed?", "Tickets"


@dataclass(frozen=True)
class Kpi:
    """A number on top of a page. `metric` names its definition; `why` says why there is none where `value` is a dash."""

    label: str
    value: str
    metric: str
    note: str = ""
    change: str | None = None
    better: str = "up"
    history: tuple[float, ...] = ()
    why: str | None = None


@dataclass(frozen=True)
class Drill:
    """The way down from a chart: lists by what they hold, each asked only when it is opened."""

    lists: Mapping[str, Callable[[], pd.DataFrame]] = field(default_factory=dict)
    zone: str = "UTC"


def drill(view: View, question: str, choices: Mapping[str, Mapping[str, Any]]) -> Drill:
    """Lists of tickets or handoffs (`question`) for the reasons in `choices`: {"Resolved in L1": {"reason": …, "tier": 1}}."""
    return Drill({name: partial(view.frame, question, **options) for name, options in choices.items()}, view.zone)


def kpi_row(kpis: list[Kpi], key: str, words: str = "") -> None:
    """A row of numbers that wraps on narrow screens, with what the changes compare in the line under it."""
    with st.container(key=f"kpis_{key}"):
        for kpi in kpis:
            _kpi(kpi)
    if words and any(kpi.change for kpi in kpis):
        st.caption(f"Changes: {words}.")


def _kpi(kpi: Kpi) -> None:
    colour = {"up": "normal", "down": "inverse"}.get(kpi.better, "off")
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(
            kpi.label, kpi.value, delta=kpi.change, delta_color=colour, help=definitions.text(kpi.metric),
            chart_data=list(kpi.history) or None, chart_type="line",
        )  # fmt: skip
        if kpi.why or kpi.note:
            st.caption(plain(kpi.why or kpi.note))


def chart_card(
    title: str,
    figure: go.Figure,
    answer: Answer,
    *,
    alt: str,
    unit: str,
    metrics: tuple[str, ...],
    key: str,
    frame: pd.DataFrame | None = None,
    note: str = "",
    tickets: Drill | None = None,
) -> None:
    """A chart with all that belongs to it. `answer` is where its numbers come from, `frame` what the table shows where that is
    not the answer itself; `metrics` are names of definitions."""
    with st.container(border=True, height="stretch", key=f"card_{key}"):
        st.markdown(f"#### {plain(title)}")
        st.caption(plain(unit))
        st.plotly_chart(figure, alt=f"{title}. {alt}", config=CONFIG, key=f"chart_{key}")
        if note:
            st.caption(plain(note))
        _behind(answer.frame if frame is None else frame, metrics, answer, tickets, key)


@st.fragment
def _behind(frame: pd.DataFrame, metrics: tuple[str, ...], answer: Answer, tickets: Drill | None, key: str) -> None:
    """The filter sentence, the three buttons of a card, and what the pressed one shows."""
    st.caption(plain(answer.sentence))
    options = [TABLE, HOW] + ([TICKETS] if tickets else [])
    opened = st.pills("More about this chart", options, key=f"more_{key}", label_visibility="collapsed")
    with told():
        if opened == TABLE:
            tables.show(frame, key=f"table_{key}", file=f"tierscope_{key}.csv", sentence=answer.sentence)
        elif opened == HOW:
            how(metrics, answer)
        elif opened == TICKETS and tickets:
            _lists(tickets, key, answer.sentence)


def how(metrics: tuple[str, ...], answer: Answer) -> None:
    """Definitions in words, then the SQL as it ran, with its parameters."""
    for name in metrics:
        told_by = definitions.ALL[name]
        st.markdown(f"**{plain(told_by.title)}** ({plain(told_by.unit)}): {plain(told_by.text)}")
    if answer.sql:
        st.code(answer.sql, language="sql", wrap_lines=True, height=320)
    if answer.params:
        st.caption("Bound parameters: " + plain(", ".join(f"${k} = {v}" for k, v in sorted(answer.params.items()))))


def _lists(tickets: Drill, key: str, sentence: str) -> None:
    names = list(tickets.lists)
    chosen = st.selectbox("Which ones", names, key=f"which_{key}") if len(names) > 1 else names[0]
    frame = tables.in_zone(tickets.lists[chosen](), tickets.zone)
    tables.show(frame, key=f"list_{key}", file=f"tierscope_{key}_tickets.csv", sentence=f"{sentence} · {chosen}")
    if len(frame) >= 500:
        st.caption("The first 500 are shown. Narrow the filters to see the others.")

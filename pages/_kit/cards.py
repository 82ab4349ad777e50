"""Cards: a row of numbers, and a chart with everything that belongs to it.

A page writes a chart as a function `View -> Card` and shows it with `show(seen, build)`. What the reader compares with
(chosen in the sidebar) draws the same card twice, side by side; what they click on (`Card.pick`) lists the tickets behind
that mark; and what was drawn is noted for the page's report. A card has its finding as title, unit, alt text, the filter
sentence, and behind three buttons the table with its downloads, how it is computed (definition and the SQL that ran) and the
tickets. What is behind a button is computed only when it is opened, in a fragment, so that opening one does not run the
page again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.charts.base import CONFIG, SMALL_GROUP
from analytics.report import Section
from pages._kit import cached, compare, definitions, later, report, tables, view
from pages._kit.cached import Answer
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

TABLE, HOW, TICKETS = "Table", "How is this computed?", "Tickets"
MOST_LISTED = 500
FEW = f"grey: under {SMALL_GROUP}, it says little"
MOST_VALUES = 12
"""Longer lists of bound values are told by their length."""


@dataclass(frozen=True)
class Listed:
    """The rows behind a number: the reason in words, and the question that lists them."""

    words: str
    question: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kpi:
    """A number on top of a page. `metric` names its definition; `why` says why there is none where `value` is a dash.
    `history` are its values over the last periods, the oldest first, drawn as a small line. `asked` is the question that it
    comes from with its options, `listed` its tickets or handoffs; `few` that it rests on under `SMALL_GROUP` of them."""

    label: str
    value: str
    metric: str
    note: str = ""
    change: str | None = None
    better: str = "up"
    history: tuple[float, ...] = ()
    why: str | None = None
    asked: tuple[str, Mapping[str, Any]] | None = None
    listed: Listed | None = None
    few: bool = False


@dataclass(frozen=True)
class Drill:
    """The way down from a chart: lists by what they hold, each asked only when it is opened."""

    lists: Mapping[str, Callable[[], pd.DataFrame]] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True)
class Picked:
    """What a click on a mark leads to: the reason in words, and the list of tickets or handoffs."""

    words: str
    rows: Callable[[], pd.DataFrame]


Point = Mapping[str, Any]
"""A clicked mark as Plotly tells it: x, y, label, customdata, curve_number, …"""

Pick = Callable[[Point], Picked | None]


@dataclass(frozen=True)
class Card:
    """A chart with all that belongs to it. `answer` is where its numbers come from, `frame` what the table shows where that is
    not the answer itself; `metrics` are names of definitions; `pick` makes a clicked mark a list of tickets."""

    title: str
    figure: go.Figure
    answer: Answer
    alt: str
    unit: str
    metrics: tuple[str, ...]
    key: str
    frame: pd.DataFrame | None = None
    note: str = ""
    tickets: Drill | None = None
    pick: Pick | None = None
    place: str = ""
    """The part of the report that this card is, where cards with several keys take turns in one place; else the key."""

    @property
    def table(self) -> pd.DataFrame:
        """What the table shows."""
        return self.answer.frame if self.frame is None else self.frame


def drill(view: View, question: str, choices: Mapping[str, Mapping[str, Any]]) -> Drill:
    """Lists of tickets or handoffs (`question`) for the reasons in `choices`: {"Resolved in L1": {"reason": …, "tier": 1}}."""
    return Drill({name: partial(view.frame, question, **options) for name, options in choices.items()}, view.zone)


def picker(seen: View, question: str, reason_of: Callable[[Point], tuple[str, dict[str, Any]] | None]) -> Pick:
    """For `Card.pick`: `reason_of` tells for a clicked mark the words and the options of `question` ("ticket_list",
    "handoff_list"), or None where nothing is behind it."""

    def pick(point: Point) -> Picked | None:
        found = reason_of(point)
        return Picked(found[0], partial(seen.frame, question, **found[1])) if found else None

    return pick


def show(seen: View, *builders: Callable[[View], Card]) -> None:
    """Draws cards: side by side where there are several, or, where something is compared, each beside its other side."""
    _on_sides(seen, [partial(_built, build, "") for build in builders])


def behind(seen: View, words: str, *builders: partial[Card]) -> None:
    """As `show`, for cards that no page waits for: on a large dataset `words` stand in their place until they are there."""
    _on_sides(seen, [partial(_built, build, words) for build in builders])


def alone(seen: View, build: partial[Card], words: str) -> None:
    """As `behind`, one card that has no other side."""
    _built(build, words, seen, "")


def sides(seen: View, ask: partial[Any], drawn: Callable[[View, str, Any], None], words: str = "") -> None:
    """Draws a part that is no card, once, or beside its other side where something is compared. `ask` gives what it is drawn
    from; `drawn` is given the view, what keeps the keys of the sides apart, and that. `words` as for `behind`."""
    _on_sides(seen, [partial(_asked_side, ask, drawn, words)])


def _on_sides(seen: View, drawings: Sequence[Callable[[View, str], None]]) -> None:
    other = compare.current()
    if other is None:
        _beside([partial(drawing, seen, "") for drawing in drawings])
        return
    there = View(seen.dataset, other)
    for drawing in drawings:
        _beside([partial(drawing, seen, ""), partial(drawing, there, "_other")])


def _beside(drawings: Sequence[Callable[[], None]]) -> None:
    if len(drawings) == 1:
        return drawings[0]()
    for column, draw in zip(st.columns(len(drawings)), drawings, strict=True):
        with column:
            draw()
    return None


def _built(build: Callable[[View], Card], words: str, seen: View, side: str) -> None:
    """One card; a problem with it is told in its place, and the other cards stay."""
    _hand_over(build, seen, side, partial(_drawn, side), words)


def _drawn(side: str, made: Callable[[], Card]) -> None:
    with told(side):
        draw(made(), side)


def _asked_side(
    ask: Callable[[View], Any], drawn: Callable[[View, str, Any], None], words: str, seen: View, side: str
) -> None:
    def draw_it(made: Callable[[], Any]) -> None:
        with told(side):
            drawn(seen, side, made())

    _hand_over(ask, seen, side, draw_it, words)


def _hand_over(
    make: Callable[[View], Any], seen: View, side: str, draw_it: Callable[[Callable[[], Any]], None], words: str
) -> None:
    made = partial(_checked, make, seen, side)
    if words and isinstance(make, partial):
        key = (seen.dataset.key, seen, make.func.__qualname__, cached.frozen(make.keywords))
        later.behind(seen.dataset, key, made, draw_it, words)
    else:
        later.part(seen.dataset, made, draw_it)


def _checked(make: Callable[[View], Any], seen: View, side: str) -> Any:
    """What `make` gives for a view; NothingMatches where the other side is empty."""
    if side:
        view.check(seen)
    return make(seen)


def kpis(seen: View, build: Callable[[View], list[Kpi]], key: str, words: Callable[[View], str] | None = None) -> None:
    """A row of numbers, and the same of the other side under it where something is compared. `words` tells what the changes
    compare."""
    later.part(seen.dataset, partial(build, seen), partial(_row_of, seen, key, words))
    if (other := compare.current()) is None:
        return
    there = View(seen.dataset, other)
    later.part(seen.dataset, partial(_checked, build, there, "_other"), partial(_other_row, there, f"{key}_other"))


def _other_row(there: View, key: str, made: Callable[[], list[Kpi]]) -> None:
    with told("_other"):
        numbers = made()
        st.caption(plain(f"Compared with {there.sentence}:"))
        _row_of(there, key, None, lambda: numbers)


def _row_of(seen: View, key: str, words: Callable[[View], str] | None, made: Callable[[], list[Kpi]]) -> None:
    with told(key):
        numbers = made()
        kpi_row(numbers, key, words(seen) if words else "")
        if any(kpi.asked for kpi in numbers):
            _behind_numbers(seen, numbers, key)


@st.fragment
def _behind_numbers(seen: View, kpis: list[Kpi], key: str) -> None:
    """One number's definition, query and tickets, computed only when it is chosen."""
    there = {kpi.label: kpi for kpi in kpis if kpi.asked}
    chosen = st.selectbox(
        "What is behind a number", list(there), index=None, key=f"behind_{key}", label_visibility="collapsed", width=340,
        placeholder="What is behind a number?",
    )  # fmt: skip
    if chosen is None or (asked := there[chosen].asked) is None:
        return
    with told(f"behind_{key}"), st.container(border=True):
        answer, kpi = seen.ask(asked[0], **asked[1]), there[chosen]
        how((kpi.metric,), answer)
        if kpi.listed:
            rows = partial(seen.frame, kpi.listed.question, **kpi.listed.options)
            _list_rows(Picked(kpi.listed.words, rows), answer, f"number_{key}", seen.zone)


def kpi_row(kpis: list[Kpi], key: str, words: str = "") -> None:
    """A row of numbers that wraps on narrow screens, with what the changes compare in the line under it."""
    report.note_numbers(f"kpis_{key}", "In numbers", [(kpi.label, kpi.value, _said(kpi)) for kpi in kpis])
    with st.container(key=f"kpis_{key}"):
        for number, kpi in enumerate(kpis):
            _kpi(kpi, f"{'few' if kpi.few else 'number'}_{key}_{number}")
    if words and any(kpi.change for kpi in kpis):
        st.caption(f"Changes: {words}.")


def _kpi(kpi: Kpi, key: str) -> None:
    """A number in its box; grey, and saying so, where it rests on too little."""
    colour = {"up": "normal", "down": "inverse"}.get(kpi.better, "off")
    with st.container(border=True, height="stretch", gap="xsmall", key=key):
        st.metric(
            kpi.label, kpi.value, delta=kpi.change, delta_color=colour, help=definitions.text(kpi.metric),
            chart_data=list(kpi.history) or None, chart_type="line",
        )  # fmt: skip
        if note := _said(kpi):
            st.caption(plain(note))


def _said(kpi: Kpi) -> str:
    """The small print under a number."""
    return kpi.why or " · ".join(filter(None, (kpi.note, FEW if kpi.few else "")))


def chart_card(title: str, figure: go.Figure, answer: Answer, **rest: Any) -> None:
    """Draws one card at once, for charts that have no other side to compare with; `rest` as in `Card`."""
    draw(Card(title, figure, answer, **rest))


@st.fragment
def draw(card: Card, side: str = "") -> None:
    """The card itself. `side` keeps its keys apart where it is drawn twice."""
    key = card.key + side
    report.note((card.place or card.key) + side, _section(card))
    with st.container(border=True, height="stretch", key=f"card_{key}"):
        st.markdown(f"#### {plain(card.title)}")
        st.caption(plain(card.unit))
        picked = _chart(card, key)
        if card.note:
            st.caption(plain(card.note))
        st.caption(plain(card.answer.sentence))
        with told(key):
            if picked:
                _listed(picked, card, f"picked_{key}")
            _behind(card, key)


def _chart(card: Card, key: str) -> Picked | None:
    """The chart, and what its clicked mark leads to."""
    picture = CONFIG["toImageButtonOptions"] | {"filename": f"tierscope_{key}"}
    config = CONFIG | {"toImageButtonOptions": picture}
    named: dict[str, Any] = {"alt": f"{card.title}. {card.alt}", "config": config, "key": f"chart_{key}"}
    named["theme"] = None  # its style is written out: Streamlit's would have it drawn twice
    if card.pick is None:
        st.plotly_chart(card.figure, **named)
        return None
    state = st.plotly_chart(card.figure, on_select="rerun", selection_mode="points", **named)
    points = state["selection"]["points"] if state else []
    return card.pick(points[0]) if points else None


def _behind(card: Card, key: str) -> None:
    """The three buttons of a card, and what the pressed one shows."""
    options = [TABLE, HOW] + ([TICKETS] if card.tickets else [])
    opened = st.pills(f"More about: {plain(card.title)}", options, key=f"more_{key}", label_visibility="collapsed")
    if opened == TABLE:
        tables.show(card.table, key=f"table_{key}", file=f"tierscope_{key}.csv", sentence=card.answer.sentence)
    elif opened == HOW:
        how(card.metrics, card.answer)
    elif opened == TICKETS and card.tickets:
        _lists(card, card.tickets, key)
    elif card.pick:
        also = ", or choose it under Tickets" if card.tickets else ""
        st.caption(f"Click a mark of the chart to see what is behind it{also}.")


def how(metrics: tuple[str, ...], answer: Answer) -> None:
    """Definitions in words, then the SQL as it ran, with its parameters."""
    for name in metrics:
        told_by = definitions.ALL[name]
        st.markdown(f"**{plain(told_by.title)}** ({plain(told_by.unit)}): {plain(told_by.text)}")
    if answer.sql:
        st.code(answer.sql, language="sql", wrap_lines=True, height=320)
    if answer.params:
        told_values = {name: _short(value) for name, value in sorted(answer.params.items())}
        st.caption("Bound parameters: " + plain(", ".join(f"${name} = {value}" for name, value in told_values.items())))


def _short(value: Any) -> Any:
    """A bound value as it can be read: a long list by its length."""
    return f"{len(value)} values, such as {value[0]}" if isinstance(value, list) and len(value) > MOST_VALUES else value


def _lists(card: Card, tickets: Drill, key: str) -> None:
    names = list(tickets.lists)
    chosen = st.selectbox("Which ones", names, key=f"which_{key}") if len(names) > 1 else names[0]
    _listed(Picked(chosen, tickets.lists[chosen]), card, f"list_{key}")


def _listed(picked: Picked, card: Card, key: str) -> None:
    _list_rows(picked, card.answer, key, card.tickets.zone if card.tickets else card.answer.zone)


def _list_rows(picked: Picked, answer: Answer, key: str, zone: str) -> None:
    """The rows behind a mark, a reason or a number, each with that reason."""
    frame = tables.in_zone(picked.rows(), zone).dropna(axis=1, how="all")  # what no row has is no column
    st.markdown(f"**{plain(picked.words)}**")
    sentence = f"{answer.sentence} · {picked.words}"
    tables.show(frame.assign(reason=picked.words), key=key, file=f"tierscope_{key}.csv", sentence=sentence)
    if len(frame) >= MOST_LISTED:
        st.caption(f"The first {MOST_LISTED} are shown. Narrow the filters to see the others.")


def _section(card: Card) -> Section:
    """The card as a part of a report."""
    meanings = [(entry.title, entry.unit, entry.text) for entry in map(definitions.ALL.__getitem__, card.metrics)]
    headings = {str(name): tables.heading(str(name)) for name in card.table.columns}
    return Section(
        card.title,
        card.unit,
        card.figure,
        card.table,
        (),
        card.answer.sentence,
        card.note,
        card.alt,
        meanings,
        headings,
    )

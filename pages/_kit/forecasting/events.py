"""The calendar events page: a table to edit, a file up and down, past spikes to label, and what past events taught."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from analytics.ahead import events
from analytics.ahead.events import Learned, OfferedSpike
from analytics.charts import forecast as charts
from analytics.errors import InputError
from analytics.forecasting.calendar_events import EVENT_KINDS, CalendarEvent, last_day
from analytics.forecasting.event_file import COLUMNS, in_order, mix_of, mix_words, read_events, write_events
from analytics.warehouse.store import Dataset
from pages._kit import cached, cards, numbers
from pages._kit.cached import Answer
from pages._kit.forecasting import shared
from pages._kit.text import plain
from pages._kit.view import View

EVERY_PRODUCT = "all products"
MOST_BYTES = 1_000_000
_SAID = "_events_said"


def say(sentence: str) -> None:
    """Draws the page anew and says what was done."""
    st.session_state[_SAID] = sentence
    st.session_state["_events_round"] = _round() + 1
    st.rerun()


def told_last() -> None:
    """Says once what the last action did."""
    if done := st.session_state.pop(_SAID, None):
        st.success(plain(done), icon=":material/check:")


def _round() -> int:
    """Counts the edits: a new number gives the table's widget a new key, so that it starts from what is kept."""
    return int(st.session_state.get("_events_round", 0))


def frame_of(known: Sequence[CalendarEvent]) -> pd.DataFrame:
    """Events as the table to edit. `uplift` in percent, missing where it is to be learnt."""
    rows = [
        {
            "kind": one.kind, "name": one.label, "start": one.start, "days": one.days, "half_life_days": one.half_life_days,
            "product": one.product or EVERY_PRODUCT, "uplift": None if one.uplift is None else round(100 * one.uplift, 2),
            "tier_mix": mix_words(one.tier_mix),
        }
        for one in known
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"uplift": "Float64"})


def events_of(frame: pd.DataFrame) -> tuple[CalendarEvent, ...]:
    """The events of an edited table. InputError with the row that is not one; a wholly empty row is no event."""
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return in_order(_event(row, number) for number, row in enumerate(rows, 1) if any(_said(v) for v in row.values()))


def _said(value: Any) -> bool:
    return value not in (None, "", EVERY_PRODUCT)


def _event(row: dict[str, Any], number: int) -> CalendarEvent:
    if not row["kind"] or row["start"] is None:
        raise InputError(f"Row {number} is not complete.", todo="Give every event a kind and a first day.")
    product = row["product"] if _said(row["product"]) else ""
    try:
        return CalendarEvent(
            str(row["kind"]), _day(row["start"]), int(row["days"] or 1), float(row["half_life_days"] or 0),
            None if row["uplift"] is None else float(row["uplift"]) / 100, mix_of(str(row["tier_mix"] or "")),
            str(row["name"] or "").strip(), str(product),
        )  # fmt: skip
    except InputError as problem:
        raise InputError(f"Row {number}: {problem.title}", found=problem.found, todo=problem.todo) from problem
    except ValueError as problem:
        raise InputError(f"Row {number} is not an event.", found=f"{problem}.") from problem


def _day(value: Any) -> date:
    return value if type(value) is date else pd.Timestamp(value).date()


def products_of(dataset: Dataset) -> list[str]:
    """The dataset's products."""
    return [name for name in cached.about(dataset)["values"].get("product", []) if name != "(not given)"]


def editor(dataset: Dataset, known: Sequence[CalendarEvent]) -> None:
    """The table: rows can be added, changed and deleted; nothing is kept until it is saved."""
    st.markdown("#### Events")
    st.caption(
        "Add a row at the end, change a cell, or tick rows to delete them. Full strength for so many days, then the effect "
        "halves every half-life. Leave the effect empty to have it learnt from past events of the kind. The tier mix (like "
        "L1 60 %, L2 40 %) says where the extra visits are, where that is not as usual."
    )
    edited = st.data_editor(
        frame_of(known), hide_index=True, width="stretch", num_rows="dynamic", key=f"events_{_round()}",
        column_config=_columns(dataset, known),
    )  # fmt: skip
    changed = not edited.equals(frame_of(known))
    with st.container(horizontal=True):
        if st.button("Save", type="primary", disabled=not changed, key="save_events", icon=":material/save:"):
            shared.save_events(dataset, events_of(edited))
            say("The events are saved. Forecasts are made anew with them.")
        st.download_button(
            "Download as CSV", write_events(known).encode("utf-8-sig"), "calendar_events.csv", "text/csv",
            key="events_csv", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _columns(dataset: Dataset, known: Sequence[CalendarEvent]) -> dict[str, Any]:
    products = list(
        dict.fromkeys([EVERY_PRODUCT, *products_of(dataset), *(one.product for one in known if one.product)])
    )
    made = st.column_config
    return {
        "kind": made.SelectboxColumn("Kind", options=list(EVENT_KINDS), required=True),
        "name": made.TextColumn("Name", max_chars=80),
        "start": made.DateColumn("First day", required=True, format="YYYY-MM-DD"),
        "days": made.NumberColumn("Days", min_value=1, max_value=366, step=1, default=1),
        "half_life_days": made.NumberColumn(
            "Half-life, days", min_value=0.0, max_value=366.0, default=0.0, format="%.1f"
        ),
        "product": made.SelectboxColumn("Product", options=products, default=EVERY_PRODUCT),
        "uplift": made.NumberColumn("Effect, % on top", min_value=-100.0, max_value=10000.0, format="%.0f"),
        "tier_mix": made.TextColumn("Tier mix", max_chars=60),
    }


def upload(dataset: Dataset, known: Sequence[CalendarEvent]) -> None:
    """A CSV whose events are added to those that are there."""
    file = st.file_uploader(
        "Add events from a CSV file", type=["csv", "txt"], key=f"events_file_{_round()}",
        help=f"With a first line naming {', '.join(COLUMNS)}; kind and start are enough.",
    )  # fmt: skip
    if file is None:
        return
    read, left_out = read_events(_text(file.getvalue()))
    new = [one for one in read if one not in known]
    note = f" Columns that are not known are left out: {', '.join(left_out)}." if left_out else ""
    st.caption(plain(f"{len(read)} events in the file, {len(new)} of them new.{note}"))
    if new and st.button(f"Add {len(new)} event{'s' if len(new) > 1 else ''}", type="primary", key="add_events"):
        shared.save_events(dataset, [*known, *new])
        say("1 event was added." if len(new) == 1 else f"{len(new)} events were added.")


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise InputError("The file is too large for a list of events.", found=f"{len(data):,} bytes.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError("The file is not UTF-8 text.", found=str(problem), todo="Save it as CSV UTF-8.") from problem


# ---------------------------------------------------------------------------------------------------- past spikes


def offer(dataset: Dataset, known: Sequence[CalendarEvent], offered: Sequence[OfferedSpike]) -> None:
    """Past spikes that no event explains, each with a kind and a name to give it."""
    with st.container(border=True, key="card_offered"):
        st.markdown("#### Past spikes that no event explains")
        if not offered:
            st.caption("None: every spike of the past is explained, or there was none.")
            return
        st.caption(
            "A spike that is labelled is not learnt as usual volume, and teaches what the next such event will do."
        )
        for number, one in enumerate(offered):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                st.markdown(plain(spike_words(one)), width="stretch")
                kind = st.selectbox("It was", EVENT_KINDS, index=1, key=f"kind_{number}_{one.spike.start}", width=150)
                name = st.text_input("Name", key=f"name_{number}_{one.spike.start}", width=180, max_chars=80)
                if st.button("Add as event", key=f"label_{number}_{one.spike.start}"):
                    made = replace(one.spike.labelled(str(kind), name.strip()), product=one.product)
                    shared.save_events(dataset, [*known, made])
                    say(f"The {made.name} is added.")


def spike_words(one: OfferedSpike) -> str:
    """A spike in words: where, when, how large."""
    spike, where = one.spike, one.product or "All tickets"
    long = "" if spike.days == 1 else f" and the {spike.days - 1} day{'s' if spike.days > 2 else ''} after"
    return (
        f"{where}: {spike.start:%a %-d %b %Y}{long}, {spike.extra_count:,.0f} more than usual, "
        f"{spike.peak_ratio:.1f} times the usual at its height"
    )


# --------------------------------------------------------------------------------------------------------- learnt


def learnt(seen: View, told: Learned) -> None:
    """What past events did, with intervals, and what to expect of the next of each kind."""
    if told.measured:
        frame = measured_frame(told)
        largest = frame.loc[frame["extra_tickets"].idxmax()]
        cards.chart_card(
            f"{largest['event']} brought {largest['extra_tickets']:,.0f} extra tickets",
            charts.effects(frame),
            Answer(
                frame, *_sql(seen), f"{seen.dataset.name} · all tickets, each event on its own product's", seen.zone
            ),
            unit="Tickets on top of the usual at the event's height, on its own product's tickets",
            alt=f"Points with intervals for {len(frame)} events.",
            note="One event's luck is not the next one's: what is measured is drawn towards the mean of its kind.",
            metrics=("forecast.events",),
            key="events",
        )
    if told.kinds:
        _kinds(told)


def _sql(seen: View) -> tuple[str, dict[str, Any]]:
    asked = seen.ask("volume_by_day")
    return asked.sql, asked.params


def measured_frame(told: Learned) -> pd.DataFrame:
    """One row per past event: event, kind, product, start, until, observed_uplift with its 95 % interval, believed_uplift,
    extra_tickets."""
    return pd.DataFrame([
        {
            "event": one.event.label or one.event.name, "kind": one.event.kind, "product": one.event.product or EVERY_PRODUCT,
            "start": pd.Timestamp(one.event.start), "until": pd.Timestamp(last_day(one.event)),
            "observed_uplift": one.observed_uplift,
            "observed_low": max(one.observed_uplift - 1.96 * one.standard_error, -1.0),
            "observed_high": one.observed_uplift + 1.96 * one.standard_error,
            "believed_uplift": one.shrunk_uplift, "extra_tickets": one.extra_count,
        }
        for one in told.measured
    ])  # fmt: skip


def _kinds(told: Learned) -> None:
    with st.container(border=True, key="card_kinds"):
        st.markdown("#### What to expect of the next one")
        for kind in told.kinds:
            st.markdown(plain(kind_words(kind)))


def kind_words(kind: Any) -> str:
    """What the next event of a kind is expected to bring, with its 80 % interval."""
    name = kind.kind.capitalize()
    if not kind.events:
        return f"{name}: no past one to learn from. A planned one changes nothing until it is given an effect."
    low, high = max(kind.mean_uplift - 1.2816 * kind.sd_uplift, -1.0), kind.mean_uplift + 1.2816 * kind.sd_uplift
    learnt_from = f"{kind.events} past one{'s' if kind.events > 1 else ''}"
    span = f"({numbers.change(low)} to {numbers.change(high)} in 80 of 100)"
    return f"{name}: {numbers.change(kind.mean_uplift)} at its height {span}, from {learnt_from}."


def stored(dataset: Dataset) -> tuple[CalendarEvent, ...]:
    """The dataset's events."""
    return events.stored(dataset)

"""What needs attention now: handoffs past the rule, spikes, the gravest findings; each with the page that shows more."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.ahead import spikes
from analytics.charts import numbers
from analytics.errors import TierscopeError
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES
from pages._kit import cached, findings, forecasting, highlights, menu, operating
from pages._kit.highlights import Highlight
from pages._kit.text import plain
from pages._kit.view import View

MOST_FINDINGS, MOST_SPIKES = 3, 2


def draw(slot: DeltaGenerator, seen: View) -> None:
    """What needs attention and what stands out, into a place that was left for it further up: looking takes seconds the first
    time, and the numbers and charts of the page need not wait for it."""
    with slot, st.spinner("Looking for what needs attention."):
        alarms = found(seen)
        _section("attention", "What needs attention now", alarms)
        _section("highlights", "What stands out", highlights.found(seen, alarms=bool(alarms)))
        _look(seen)


def _section(key: str, heading: str, items: list[Highlight]) -> None:
    if not items:
        return
    with st.container(border=True, key=key):
        st.markdown(f"#### {heading}")
        for item in items:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(item.sentence), width="stretch")
                if item.page:
                    menu.link(item.page, "Look closer")


def found(view: View) -> list[Highlight]:
    """What somebody should look at now, the most pressing first; empty where nothing is."""
    return [item for item in (_open_handoffs(view), *_findings(view), *_spikes(view)) if item]


def _open_handoffs(view: View) -> Highlight | None:
    """Handoffs that wait now for longer than the rule allows, whatever the period."""
    if cached.capabilities(view.dataset).keys() & {"tiers", "paths", "acknowledgement"}:
        return None
    frame = operating.whole_period(view).frame("open_handoffs", target_minutes=ACKNOWLEDGE_TARGET_MINUTES)
    overdue = int(frame["overdue"].sum()) if len(frame) else 0
    if not overdue:
        return None
    longest = numbers.duration(frame["longest_hours"].max())
    waits = (
        f"{numbers.count(overdue)} handed-over tickets have waited for more than 30 min and nobody has picked them up"
    )
    return Highlight(f"{waits}; the longest for {longest}.", "operations/handoff_latency.py")


def _spikes(view: View) -> list[Highlight]:
    """What came in out of the ordinary in the last two weeks, as far as somebody has looked (`_look`)."""
    found = spikes.known(cached.warehouse(view.dataset), view.filters)
    return (
        [Highlight(one.sentence, "planning/volume_forecast.py") for one in found.stories[:MOST_SPIKES]] if found else []
    )


def _look(view: View) -> None:
    """Looks for unusual volumes behind the page, once per version of the data and selection, and draws it anew when done. A
    selection with too little history ends the job without an answer, and nothing is said."""
    warehouse = cached.warehouse(view.dataset)
    if spikes.known(warehouse, view.filters) is not None:
        return
    key = ("watch", view.dataset.key, view.filters)

    def look(job: forecasting.Job) -> None:
        job.tell(0.1, "comparing the last two weeks with what is usual.")
        spikes.under_way(warehouse, view.filters)

    job = forecasting.start(key, look)
    if not job.future.done():
        forecasting.wait_for(key, "Looking for unusual volumes:")


def _findings(view: View) -> list[Highlight]:
    """The gravest findings that call for acting. What cannot be judged here is told on their own page."""
    try:
        alarms = [one for one in findings.found(view) if one.severity == "act"]
    except TierscopeError:
        return []
    return [Highlight(one.sentence, "improvement/findings.py") for one in alarms[:MOST_FINDINGS]]

"""What needs attention now: handoffs past the rule, spikes, the gravest findings; each with the page that shows more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.ahead import spikes
from analytics.charts import numbers
from analytics.errors import TierscopeError
from analytics.findings.base import Finding
from analytics.model import ACKNOWLEDGE_TARGET_MINUTES
from pages._kit import cached, later, menu
from pages._kit.forecasting import shared as forecasting
from pages._kit.improvement import findings, highlights, judging
from pages._kit.improvement.highlights import Highlight
from pages._kit.operations import shared as operations
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

MOST_FINDINGS, MOST_SPIKES = 3, 2
_STAYED = "_attention_stayed"


def draw(slot: DeltaGenerator, seen: View) -> None:
    """What needs attention and what stands out, into a place that was left for it further up. The findings are judged behind
    the page; it is drawn anew when they are there."""
    judging.moved_on(seen)
    with slot:
        judged = _judged(seen)
        later.part(seen.dataset, partial(_noticed, seen, judged), partial(_sections, seen, judged is not None))


def _noticed(seen: View, judged: list[Finding] | None) -> tuple[list[Highlight], list[Highlight]]:
    """What needs attention, and what stands out."""
    alarms = found(seen, judged or [])
    return alarms, highlights.found(seen, alarms=judged is None or bool(alarms))


def _sections(seen: View, judged: bool, made: Callable[[], tuple[list[Highlight], list[Highlight]]]) -> None:
    with told("attention"):
        alarms, standing_out = made()
        _section("attention", "What needs attention now", alarms)
        _section("highlights", "What stands out", standing_out)
    if not judged or not _watched(seen):
        _look(seen, judged)


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


def found(view: View, judged: Sequence[Finding]) -> list[Highlight]:
    """What somebody should look at now, the most pressing first; empty where nothing is. `judged` are the findings."""
    return [item for item in (_open_handoffs(view), *_findings(judged), *_spikes(view)) if item]


def _open_handoffs(view: View) -> Highlight | None:
    """Handoffs that wait now for longer than the rule allows, whatever the period."""
    if cached.capabilities(view.dataset).keys() & {"tiers", "paths", "acknowledgement"}:
        return None
    frame = operations.whole_period(view).frame("open_handoffs", target_minutes=ACKNOWLEDGE_TARGET_MINUTES)
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


@st.fragment(run_every=1.0)
def _look(view: View, judged: bool) -> None:
    """Judges the findings and looks for unusual volumes behind the page, once per version of the data and selection, and draws
    the page anew with each that is done. Begins with the second time that it is drawn: who moves a filter on at once
    is not kept waiting by what nobody will read."""
    stayed = st.session_state.get(_STAYED) == view
    st.session_state[_STAYED] = view
    if not stayed:
        st.caption("What needs attention is looked for in a moment.")
        return
    findings_job = None if judged else judging.begun(view)
    spikes_job = None if _watched(view) else _watch(view)
    if any(job and job.future.done() for job in (findings_job, spikes_job)):
        st.rerun()
    st.caption(findings_job.words if findings_job else "Comparing the last two weeks with what is usual.")


def _watched(view: View) -> bool:
    """Whether somebody has looked for unusual volumes. A selection with too little history ends the job without an answer, and
    nothing is said."""
    if spikes.known(cached.warehouse(view.dataset), view.filters) is not None:
        return True
    job = forecasting.running(_watch_key(view))
    return job is not None and job.future.done()


def _watch(view: View) -> forecasting.Job:
    warehouse = cached.warehouse(view.dataset)
    return forecasting.start(_watch_key(view), lambda _: spikes.under_way(warehouse, view.filters))


def _watch_key(view: View) -> tuple:
    return "watch", view.dataset.key, view.filters


def _judged(view: View) -> list[Finding] | None:
    """The findings on what is in view; None while they are judged. What cannot be judged here is told on their own page."""
    try:
        return findings.known(view)
    except TierscopeError:
        return []


def _findings(judged: Sequence[Finding]) -> list[Highlight]:
    """The gravest findings that call for acting."""
    alarms = [one for one in judged if one.severity == "act"]
    return [Highlight(one.sentence, "improvement/findings.py") for one in alarms[:MOST_FINDINGS]]

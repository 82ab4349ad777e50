"""Findings on a page: cached as plain values, drawn as cards with a word and an icon for their severity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from analytics.findings.base import Evidence, Finding, sql_behind, tickets_behind
from analytics.findings.changes import Change, Comparison, compared
from analytics.findings.digest import NOTHING_NEW, digest
from analytics.findings.registry import find_all, sql_of_family
from analytics.findings.settings import Settings
from analytics.findings.settings_file import settings_of
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached, compare, report, tables, view
from pages._kit.cached import Answer
from pages._kit.cards import HOW, TICKETS, how
from pages._kit.improvement import judging
from pages._kit.problems import told
from pages._kit.text import plain
from pages._kit.view import View

SEVERITY = {
    "act": ("Act", "error", "red"),
    "watch": ("Watch", "visibility", "orange"),
    "good": ("Good", "check_circle", "green"),
    "unknown": ("Cannot be told", "help", "gray"),
}
"""Word, icon and colour: never the colour alone."""

STATUS = {
    "new": ("New", "fiber_new", "red"),
    "worse": ("Worse", "trending_up", "orange"),
    "better": ("Better", "trending_down", "green"),
    "gone": ("Gone", "check_circle", "green"),
}
MIME = {"md": "text/markdown", "html": "text/html", "json": "application/json"}
ACTS_OPEN = 5
"""So many findings to act on stand open; all others are a line that opens."""


@st.cache_data(max_entries=200, show_spinner=False)
def _plain_changes(dataset_key: str, filters: Filters, settings: Settings, _dataset: Dataset) -> dict[str, Any]:
    return asdict(compared(cached.warehouse(_dataset), filters, settings))


def found(seen: View) -> list[Finding]:
    """All findings on what is in view, under the dataset's own thresholds, the most pressing first; noted for the report."""
    place = st.empty()
    findings = _as_findings(judging.waited_for(seen, lambda words: place.caption(words)))
    place.empty()
    _note(findings)
    return findings


def known(seen: View) -> list[Finding] | None:
    """As `found` where they are there already, else None."""
    rows = judging.known(seen)
    if rows is None:
        return None
    findings = _as_findings(rows)
    _note(findings)
    return findings


def _note(findings: Sequence[Finding]) -> None:
    numbers = [(one.title, SEVERITY[one.severity][0], one.sentence) for one in findings]
    report.note_numbers("findings", "Findings", numbers)


def _as_findings(rows: Sequence[dict[str, Any]]) -> list[Finding]:
    return [Finding(**row | {"evidence": Evidence(**row["evidence"])}) for row in rows]


def changed(seen: View) -> Comparison:
    """What changed since the period before."""
    told = _plain_changes(seen.dataset.key, seen.filters, settings_of(seen.dataset), seen.dataset)
    return Comparison(**told | {"changes": tuple(Change(**change) for change in told["changes"])})


def beside(findings: Sequence[Finding], seen: View) -> None:
    """Where something is compared: every finding on both sides, those first whose severity is not the same."""
    other = compare.current()
    if other is None:
        return
    there = View(seen.dataset, other)
    with st.container(border=True), told("_other"):
        view.check(there)
        with st.spinner("Holding the rules against the other side"):
            rows = both_sides(findings, _other_side(there))
        st.markdown("#### Side by side")
        st.caption(plain(f"Here: {seen.sentence}. There: {there.sentence}."))
        sentence = f"{seen.sentence}, beside {there.sentence}"
        tables.show(rows, key="findings_beside", file="tierscope_findings_beside.csv", sentence=sentence)


def _other_side(there: View) -> list[Finding]:
    rows = _plain_findings(there.dataset.key, there.filters, settings_of(there.dataset), there.dataset)
    return _as_findings(rows)


@st.cache_data(max_entries=50, show_spinner=False)
def _plain_findings(dataset_key: str, filters: Filters, settings: Settings, _dataset: Dataset) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in find_all(cached.warehouse(_dataset), filters, settings)]


def both_sides(here: Sequence[Finding], there: Sequence[Finding]) -> pd.DataFrame:
    """One row per finding: finding, here, there (severity in words), measured_here, measured_there; what differs first."""
    others = {one.id: one for one in there}
    rows = [
        (one.title, *(SEVERITY[side.severity][0] for side in (one, other)), *(side.measure() for side in (one, other)))
        for one in here
        if (other := others.get(one.id)) is not None
    ]
    found = pd.DataFrame(rows, columns=["finding", "here", "there", "measured_here", "measured_there"])
    return found.sort_values("finding", key=lambda _: found["here"] == found["there"], kind="stable", ignore_index=True)


def of_severity(findings: Sequence[Finding], *severities: str) -> list[Finding]:
    """Those findings, in their order."""
    return [finding for finding in findings if finding.severity in severities]


def badge(severity: str, more: str = "") -> str:
    """A severity as a word with its icon, in Markdown; `more` stands before the word."""
    word, icon, colour = SEVERITY[severity]
    return f":{colour}-badge[:material/{icon}: {more}{word}]"


def summary(findings: Sequence[Finding]) -> None:
    """How many of each severity, in one line."""
    counts = {name: len(of_severity(findings, name)) for name in SEVERITY}
    st.markdown("  ".join(badge(name, f"{count} ") for name, count in counts.items()))


def news(findings: Sequence[Finding], comparison: Comparison) -> None:
    """What changed, a line each, or why that cannot be told."""
    if not comparison.periods:
        st.caption(plain(comparison.why_not))
        return
    titles = {finding.id: finding.title for finding in findings}
    for change in comparison.news:
        word, icon, colour = STATUS[change.status]
        said = change.sentence.removeprefix(f"{word}: ")
        st.markdown(f":{colour}-badge[:material/{icon}: {word}] **{plain(titles[change.id])}** · {plain(said)}")
    if not comparison.news:
        st.markdown(NOTHING_NEW)
    st.caption(plain(comparison.periods))


def act(findings: Sequence[Finding], seen: View) -> None:
    """The findings to act on: the first few open, the others folded."""
    for number, finding in enumerate(findings):
        if number < ACTS_OPEN:
            with st.container(border=True, key=f"finding_{finding.id}"):
                st.markdown(f"#### {badge(finding.severity)} {plain(finding.title)}")
                _body(finding, seen)
        else:
            folded(finding, seen)


def folded(finding: Finding, seen: View) -> None:
    """A finding as a line that opens."""
    word, icon, _ = SEVERITY[finding.severity]
    with st.expander(f"{word}: **{plain(finding.title)}** · {plain(finding.measure())}", icon=f":material/{icon}:"):
        _body(finding, seen)


def _body(finding: Finding, seen: View) -> None:
    """Sentence, value, what it costs, why it matters, what to do, and behind buttons the tickets and the computation."""
    st.markdown(plain(finding.sentence))
    st.caption(plain(" · ".join(filter(None, (finding.measure(), finding.stake())))))
    if finding.is_alarm:
        st.markdown(f"**Why it matters:** {plain(finding.why)}  \n**What to do:** {plain(finding.advice)}")
    st.caption(plain(f"{finding.claim} The threshold: {finding.source}."))
    _behind(finding, seen)


def good(findings: Sequence[Finding], seen: View) -> None:
    """The good ones, folded away together; each opens by itself."""
    with st.expander(f"Good ({len(findings)})", icon=":material/check_circle:"):
        for finding in findings:
            st.markdown(f"**{plain(finding.title)}** · {plain(finding.sentence)}")
            st.caption(plain(finding.measure()))
            _behind(finding, seen)


def unknown(findings: Sequence[Finding]) -> None:
    """The grey ones, folded away: what is missing, and what to do about it."""
    with st.expander(f"Cannot be told ({len(findings)})", icon=":material/help:"):
        for finding in findings:
            st.markdown(f"**{plain(finding.title)}** · {plain(finding.sentence)}")


@st.fragment
def _behind(finding: Finding, seen: View) -> None:
    """The tickets and how they were found, computed only when asked for."""
    key = f"more_{finding.id}"
    opened = st.pills(f"More about: {plain(finding.title)}", [TICKETS, HOW], key=key, label_visibility="collapsed")
    with told(key):
        if opened == TICKETS:
            frame = tables.in_zone(tickets_behind(cached.warehouse(seen.dataset), finding, seen.filters), seen.zone)
            file = f"tierscope_{finding.id}.csv"
            tables.show(frame, key=f"tickets_{finding.id}", file=file, sentence=f"{seen.sentence} · {finding.title}")
        elif opened == HOW:
            sql, params = sql_behind(finding, seen.filters)
            names = ("findings.severity", f"findings.{finding.id}")
            how(names, Answer(pd.DataFrame(), sql, params, seen.sentence))
            _sources(finding)


def _sources(finding: Finding) -> None:
    """The SQL of the value itself, as it stands in the repository; above it stood that of the tickets."""
    st.caption("Above: the tickets behind it. What its value is computed from:")
    for name, sql in sql_of_family(finding.id):
        st.caption(plain(name))
        st.code(sql, language="sql", wrap_lines=True, height=240)


def downloads(findings: list[Finding], comparison: Comparison, seen: View) -> None:
    """The digest as a file in each of its formats."""
    with st.container(horizontal=True):
        for name, mime in MIME.items():
            st.download_button(
                f"Digest ({name})", digest(findings, name, seen.sentence, comparison), mime=mime, key=f"digest_{name}",
                file_name=f"tierscope_findings.{name}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip

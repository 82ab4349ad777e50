"""Findings on a page: cached as plain values, drawn as cards with a word and an icon for their severity."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from analytics.findings.base import Evidence, Finding, sql_behind, tickets_behind
from analytics.findings.digest import digest
from analytics.findings.registry import find_all
from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached, tables
from pages._kit.cached import Answer
from pages._kit.cards import HOW, TICKETS, how
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

MIME = {"md": "text/markdown", "html": "text/html", "json": "application/json"}


@st.cache_data(max_entries=200, show_spinner=False)
def _plain_findings(dataset_key: str, filters: Filters, _dataset: Dataset) -> list[dict[str, Any]]:
    """The findings as built-ins: own classes in a cache break on every reload of the code."""
    return [asdict(finding) for finding in find_all(cached.warehouse(_dataset), filters)]


def found(seen: View) -> list[Finding]:
    """All findings on what is in view, the most pressing first."""
    rows = _plain_findings(seen.dataset.key, seen.filters, seen.dataset)
    return [Finding(**row | {"evidence": Evidence(**row["evidence"])}) for row in rows]


def counted(findings: list[Finding]) -> dict[str, int]:
    """How many findings of each severity."""
    return {name: sum(one.severity == name for one in findings) for name in SEVERITY}


def badge(severity: str, more: str = "") -> str:
    """A severity as a word with its icon, in Markdown; `more` stands before the word."""
    word, icon, colour = SEVERITY[severity]
    return f":{colour}-badge[:material/{icon}: {more}{word}]"


def card(finding: Finding, seen: View) -> None:
    """One finding: severity, title, sentence, value, why, what to do, and behind buttons the tickets and the computation."""
    with st.container(border=True, key=f"finding_{finding.id}"):
        st.markdown(f"{badge(finding.severity)} **{plain(finding.title)}**")
        st.markdown(plain(finding.sentence))
        st.caption(plain(" · ".join(filter(None, (finding.measure(), finding.stake())))))
        if finding.is_alarm:
            st.markdown(f"**Why it matters:** {plain(finding.why)}  \n**What to do:** {plain(finding.advice)}")
        if finding.severity != "unknown":
            _behind(finding, seen)


@st.fragment
def _behind(finding: Finding, seen: View) -> None:
    """The tickets and how they were found, computed only when asked for."""
    key = f"more_{finding.id}"
    opened = st.pills("More about this finding", [TICKETS, HOW], key=key, label_visibility="collapsed")
    with told():
        if opened == TICKETS:
            frame = tables.in_zone(tickets_behind(cached.warehouse(seen.dataset), finding, seen.filters), seen.zone)
            file = f"tierscope_{finding.id}.csv"
            tables.show(frame, key=f"tickets_{finding.id}", file=file, sentence=f"{seen.sentence} · {finding.title}")
        elif opened == HOW:
            sql, params = sql_behind(finding, seen.filters)
            names = ("findings.severity", f"findings.{finding.id}")
            how(names, Answer(pd.DataFrame(), sql, params, seen.sentence))


def downloads(findings: list[Finding], seen: View) -> None:
    """The digest as a file in each of its formats."""
    with st.container(horizontal=True):
        for name, mime in MIME.items():
            st.download_button(
                f"Digest ({name})", digest(findings, name, seen.sentence), file_name=f"tierscope_findings.{name}",
                mime=mime, key=f"digest_{name}", on_click="ignore", icon=":material/download:",
            )  # fmt: skip

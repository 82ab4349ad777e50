"""The frame around every page: dataset and filters in the sidebar, the look."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analytics.errors import TierscopeError
from pages._kit import compare, filters, gate, menu, report, workspace
from pages._kit.problems import told

ICON = str(Path(__file__).parent / "icon.svg")
"""Our own file: an icon by name would be fetched from another host."""

_LOGO = str(Path(__file__).parent / "logo.svg")

_STYLE = """<style>
.stMainBlockContainer { max-width: 1640px; padding: 2.75rem 2.5rem 4rem; }
[data-testid="stSidebarUserContent"] { padding-top: 0.25rem; }
[class*="st-key-kpis_"] { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.8rem; }
[class*="st-key-kpis_"] > * { width: 100%; height: 100%; min-width: 0; }
[class*="st-key-few_"] [data-testid="stMetricValue"] { opacity: 0.5; }
[class*="st-key-card_"] h4 { padding: 0.15rem 0 0.1rem; }
[data-testid="stMain"] [data-testid="stMarkdownContainer"] p { max-width: 105ch; }
@media (min-width: 1500px) {
  [class*="st-key-kpis_"] { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .st-key-kpis_staffing[class] { grid-template-columns: repeat(3, minmax(0, 1fr)); } /* one card a tier, beside the sliders */
}
@media (max-width: 640px) {
  .stMainBlockContainer { padding: 3rem 0.9rem 3rem; }
  [class*="st-key-kpis_"] { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.6rem; }
  [class*="st-key-kpis_"] [data-testid="stMetricLabel"] :is(div, p) { white-space: normal; } /* else cut off with an ellipsis */
}
</style>"""


def show(who: str, title: str) -> None:
    """Draws the sidebar of the page with that title.

    A problem with the dataset is told by the page that needs it, so that the others still work.
    """
    st.html(_STYLE)
    st.logo(_LOGO, size="large", icon_image=ICON)
    with st.sidebar, told():
        workspace.choose()
        if (dataset := _dataset()) is not None:
            filters.choose(dataset)
            compare.choose(dataset, menu.has_two_sides(title))
            report.offer(dataset, title)
        st.caption("Open to everybody: no sign-in is set up." if who == gate.EVERYBODY else f"Signed in as {who}.")


def _dataset():
    try:
        return workspace.current()
    except TierscopeError:
        return None

"""The frame around every page: dataset and filters in the sidebar, the look."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analytics.errors import TierscopeError
from pages._kit import filters, workspace
from pages._kit.problems import told

ICON = str(Path(__file__).parent / "icon.svg")
"""Our own file: an icon by name would be fetched from another host."""

_STYLE = """<style>
.stMainBlockContainer { max-width: 1560px; padding-top: 2.75rem; padding-bottom: 4rem; }
[data-testid="stSidebarUserContent"] { padding-top: 0.25rem; }
[data-testid="stMetric"] label p { font-size: 0.86rem; }
[class*="st-key-kpi_"] { min-width: 165px; flex: 1 1 165px; }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 0.9rem; padding-right: 0.9rem; }
  [class*="st-key-kpi_"] { min-width: 140px; flex: 1 1 140px; }
}
</style>"""


def show(who: str) -> None:
    """Draws the sidebar. A problem with the dataset is told by the page that needs it, so that the others still work."""
    st.html(_STYLE)
    with st.sidebar, told():
        workspace.choose()
        if (dataset := _dataset()) is not None:
            filters.choose(dataset)
        st.caption(f"Signed in as {who}.")


def _dataset():
    try:
        return workspace.current()
    except TierscopeError:
        return None

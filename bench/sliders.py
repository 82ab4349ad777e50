"""How soon the staffing page shows the answer after a slider moved, in a real browser.

`python -m bench sliders` opens the shipped sample, moves "L1 escalates to L2" with the arrow key, and prints medians over the
moves: milliseconds from the key until the numbers on top are the new ones, and until the last chart of the analytic answer is
redrawn; the simulation, which follows, is left out. The peer in the same run is a bare Streamlit fragment with one slider, three
numbers and as many charts, computing nothing: what Streamlit (it waits 200 ms after a slider's last move) and the browser take.

Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from bench.pages import opened  # noqa: E402

BARE = """import streamlit as st
import plotly.graph_objects as go
st.title("bare")

@st.fragment
def page():
    moved = st.slider("One", 0, 100, 20)
    with st.container(key="kpis_staffing"):
        for column, name in zip(st.columns(3), ("L1", "L2", "L3")):
            column.metric(name, moved)
    for number in range(6):
        st.plotly_chart(go.Figure(go.Bar(y=[1, moved + number])), key=str(number))

page()
"""
WATCH = """() => {
  const numbers = () => document.querySelector('.st-key-kpis_staffing').innerText;
  let begun = null, before = numbers();
  window.moved = {};
  document.addEventListener('keydown', () => { begun = performance.now(); window.moved = {}; }, {capture: true});
  new MutationObserver(changes => {
    if (begun === null) return;
    const now = numbers();
    if (now !== before) { before = now; window.moved.numbers = performance.now() - begun; }
    const drawn = changes.some(({target}) => target.closest?.('.js-plotly-plot'));
    if (drawn) window.moved.charts = performance.now() - begun;
  }).observe(document.querySelector('[data-testid=stApp]'), {subtree: true, childList: true, characterData: true});
}"""


def moves(context: Any, url: str, rounds: int) -> dict[str, float]:
    """Medians over the moves of a page's first slider, in milliseconds."""
    tab = context.new_page()
    tab.goto(url)
    tab.wait_for_selector(".js-plotly-plot .main-svg", timeout=180_000)
    tab.wait_for_selector("[data-test-script-state=notRunning]", timeout=180_000)
    tab.get_by_text("are being tried on your history").wait_for(state="hidden", timeout=300_000)  # the race of models
    tab.wait_for_timeout(8_000)  # the first simulation and the replay
    tab.evaluate(WATCH)
    tab.get_by_role("slider").first.focus()
    found: list[dict[str, float]] = []
    for _ in range(rounds + 2):
        tab.keyboard.press("ArrowRight")
        tab.wait_for_timeout(3_000)
        found.append(tab.evaluate("() => window.moved"))
    tab.close()
    return {name: statistics.median(move[name] for move in found[2:] if name in move) for name in ("numbers", "charts")}


def main() -> None:
    from analytics.sample import ensure_sample
    from analytics.warehouse.store import Home

    parser = argparse.ArgumentParser(prog="python -m bench sliders")
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        ensure_sample(Home(home))
        with opened(home, [sys.executable, "-m", "pages._kit.serve"], BARE) as (context, app, bare):
            print(f"{'(ms, medians)':20}{'numbers':>9}{'charts':>9}   load {os.getloadavg()[0]:.1f}")
            floor = moves(context, bare, rounds)
            print(f"{'bare fragment':20}{floor['numbers']:9.0f}{floor['charts']:9.0f}", flush=True)
            own = moves(context, f"{app}/staffing?dataset=sample", rounds)
            print(f"{'staffing':20}{own['numbers']:9.0f}{own['charts']:9.0f}   "
                  f"{own['numbers'] / floor['numbers']:.1f} and {own['charts'] / floor['charts']:.1f} x bare")  # fmt: skip


if __name__ == "__main__":
    main()

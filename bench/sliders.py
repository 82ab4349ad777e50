"""How soon the staffing page shows the answer after a slider moved, in a real browser.

`python -m bench sliders` opens the shipped sample, moves "L1 escalates to L2" with the arrow key, and prints medians over the
moves, milliseconds from the key until

- numbers: the people to ask for, on top, are the new ones;
- charts: the last chart of the answer is drawn anew;
- page: nothing of the answer changes any more: numbers, sentences, charts, the table under them. This is what a reader waits for.

The simulation checks the answer when the slider rests: its line, and what it draws into three of the six measures, are left out.
Measured as the page opens (three charts and every tier in numbers), and with "How sure, by which rule" chosen (five charts).

The peer in the same run is a bare Streamlit fragment with one slider, three numbers and three or five charts, computing nothing:
what Streamlit (it runs the fragment and sends it all again) and the browser take.

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
    for number in range(int(st.query_params["charts"])):
        st.plotly_chart(go.Figure(go.Bar(y=[1, moved + number])), key=str(number))

page()
"""
STEPS = ("numbers", "charts", "page")
WATCH = """() => {
  const numbers = () => document.querySelector('.st-key-kpis_staffing').innerText;
  let begun = null, before = numbers();
  window.moved = {};
  document.addEventListener('keydown', () => { begun = performance.now(); window.moved = {}; }, {capture: true});
  const there = ({target}) => target.nodeType === 1 ? target : target.parentElement;
  // old charts are taken out, unseen, when the run has ended: what is no longer in the page, or only goes, is no answer
  const shown = change => there(change)?.isConnected && (change.type === 'characterData' || change.addedNodes.length);
  new MutationObserver(changes => {
    if (begun === null) return;
    const now = numbers(), passed = performance.now() - begun, answer = changes.filter(shown).map(there);
    if (now !== before) { before = now; window.moved.numbers = passed; }
    if (answer.some(element => element.closest('.js-plotly-plot'))) window.moved.charts = passed;
    if (answer.some(element => !element.closest('.st-key-simulated'))) window.moved.page = passed;
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
    return {name: statistics.median(move[name] for move in found[2:] if name in move) for name in STEPS}


def row(name: str, taken: dict[str, float], floor: dict[str, float] | None = None) -> str:
    """A line of the table; beside the bare fragment where that is given."""
    line = f"{name:34}" + "".join(f"{taken[step]:9.0f}" for step in STEPS)
    return line + (f"   {', '.join(f'{taken[step] / floor[step]:.1f}' for step in STEPS)} x bare" if floor else "")


VIEWS = {3: ("as it opens", ""), 5: ("how sure, by which rule", "&behind=How+sure%2C+by+which+rule")}
"""By number of charts: a view of the staffing page, and its address."""


def main() -> None:
    from analytics.sample import ensure_sample
    from analytics.warehouse.store import Home

    parser = argparse.ArgumentParser(prog="python -m bench sliders")
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        ensure_sample(Home(home))
        with opened(home, [sys.executable, "-m", "pages._kit.serve"], BARE) as (context, app, bare):
            print(
                f"{'(ms, medians)':34}" + "".join(f"{step:>9}" for step in STEPS) + f"   load {os.getloadavg()[0]:.1f}"
            )
            for charts, (words, address) in VIEWS.items():
                floor = moves(context, f"{bare}/?charts={charts}", rounds)
                print(row(f"bare fragment, {charts} charts", floor), flush=True)
                own = moves(context, f"{app}/staffing?dataset=sample{address}", rounds)
                print(row(f"staffing, {words}", own, floor), flush=True)


if __name__ == "__main__":
    main()

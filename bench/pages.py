"""How soon a page shows what a click on a filter asked for, in a real browser; and how soon a warm page shows its first chart.

`python -m bench pages` opens the shipped sample, and prints for each page the seconds from the request to the first drawn chart
(medians of five visits). `python -m bench pages --tickets 10000000 [--keep FOLDER] [--rounds 3]` opens a made log of that many
tickets (the file of `python -m bench questions --keep FOLDER` is used where it is there) and takes pages from one filter to
another: a further product by a click (what cubes answer), another period by typing its days,
and a further team by a click (what the facts answer). It prints the milliseconds from that click or key until the first number or
chart has changed and until nothing on the page changes any more (medians, and the worst of the latter), and what the server's
run of the page took: wall time, queries and drawing summed over its threads, processor time of all threads. No selection is
asked for twice.

The peer in the same run is a bare Streamlit page with the same filters and one Plotly chart: what Streamlit and the browser take
by themselves. Needs Chromium.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from analytics.warehouse.store import SCHEMA_VERSION, version_file  # noqa: E402

BARE = """import streamlit as st
import plotly.graph_objects as go
st.title("bare")
with st.sidebar:
    st.date_input("Period", value=(), format="YYYY-MM-DD")
    chosen = [st.multiselect(name, ["one", "two", "three", "four", "five"]) for name in ("Product", "Team")]
st.plotly_chart(go.Figure(go.Bar(y=[1, len(chosen[0]), len(chosen[1])])))
"""
FIRST_CHART = ("", "tier_distribution", "escalation_funnel", "handoff_latency")
PAGES = (
    "", "tier_distribution", "escalation_funnel", "handoff_latency", "bounces", "backlog_and_sla", "satisfaction", "teams",
)  # fmt: skip
MADE = "made"
PERIODS = tuple((f"2025{month:02d}{day:02d}", f"2026{month:02d}{day - 1:02d}") for month, day in (
    (1, 10), (2, 3), (1, 5), (2, 17), (1, 24), (2, 9), (1, 15), (2, 26), (1, 19),
))  # fmt: skip
SETTLED = """([event, quiet]) => { window.settled = new Promise(done => {
  const app = document.querySelector('[data-testid=stApp]');
  const number = '[data-testid=stMetricValue], .js-plotly-plot';
  let begun = null, first = null, last = null, ran = false;
  const begin = () => { begun = last = begun ?? performance.now(); };
  document.addEventListener(event, begin, {capture: true});
  const shows = change => {
    const there = change.target.nodeType === 1 ? change.target : change.target.parentElement;
    return change.type !== 'attributes' && there && there.closest(number);
  };
  const watch = new MutationObserver(changes => {
    if (begun === null) return;
    last = performance.now();
    if (first === null && changes.some(shows)) first = last;
    ran = ran || first !== null || app.dataset.testScriptState !== 'notRunning';  // a fast run is over before it is seen
  });
  watch.observe(document.documentElement, {subtree: true, childList: true, attributes: true, characterData: true});
  const look = setInterval(() => {
    ran = ran || (begun !== null && performance.now() - begun > 5000);  // and one that changes nothing is never seen
    const still = ran && app.dataset.testScriptState === 'notRunning' && performance.now() - last > quiet;
    if (!still) return;
    clearInterval(look);
    watch.disconnect();
    document.removeEventListener(event, begin, {capture: true});
    done([(first ?? last) - begun, last - begun]);
  }, 25);
}); }"""
"""In the page: milliseconds from the event until the first change of a number or chart, and until the last change after which the
page is quiet and no run is under way."""
QUIET_MS = 400


def serve(command: list[str], home: str, **more: str) -> tuple[subprocess.Popen, str]:
    """A server on a free port, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=os.environ | {"TIERSCOPE_HOME": home} | more, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return server, address
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the server did not start")


@contextmanager
def opened(home: str, command: list[str], page: str = BARE, **more: str) -> Iterator[tuple[Any, str, str]]:
    """A browser and the addresses of the app and of the bare page, all closed at the end."""
    from playwright.sync_api import sync_playwright

    bare = Path(home) / "bare.py"
    bare.write_text(page)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        streamlit = str(Path(sys.executable).with_name("streamlit"))
        servers = [serve(command, home, **more), serve([streamlit, "run", str(bare)], home)]
        try:
            yield chromium.new_context(viewport={"width": 1280, "height": 1000}), servers[0][1], servers[1][1]
        finally:
            for server, _ in servers:
                os.killpg(server.pid, signal.SIGTERM)
            chromium.close()


# ── The first chart ──────────────────────────────────────────────────────────────────────────────────────────────────────


def seconds_to_chart(context: Any, url: str) -> float:
    """From the request to the first drawn chart."""
    tab = context.new_page()
    started = time.monotonic()
    tab.goto(url)
    tab.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    taken = time.monotonic() - started
    tab.close()
    return taken


def first_charts() -> None:
    """Prints a row per page of the sample."""
    from analytics.sample import ensure_sample
    from analytics.warehouse.store import Home

    with tempfile.TemporaryDirectory() as home:
        ensure_sample(Home(home))
        with opened(home, [sys.executable, "-m", "pages._kit.serve"]) as (context, app, bare):
            floor = statistics.median(seconds_to_chart(context, bare) for _ in range(6))
            print(f"{'bare Streamlit page':22} {floor:5.2f} s")
            for page in FIRST_CHART:
                url = f"{app}/{page}?dataset=sample"
                seconds_to_chart(context, url)
                warm = statistics.median(seconds_to_chart(context, url) for _ in range(5))
                print(f"{page or 'overview':22} {warm:5.2f} s  {warm / floor:4.1f} x bare")


# ── After a filter ───────────────────────────────────────────────────────────────────────────────────────────────────────


def made_home(folder: Path, tickets: int, kept: Path) -> None:
    """A home folder with the made log as its one dataset; the file is made where it is not kept."""
    file = kept / f"{tickets}.duckdb"
    if not file.exists():
        kept.mkdir(parents=True, exist_ok=True)
        making = [sys.executable, str(ROOT / "bench" / "questions.py"), "--make", str(file), str(tickets)]
        subprocess.run(making, check=True)
    dataset = folder / "datasets" / MADE
    dataset.mkdir(parents=True)
    version_file(dataset, 1).symlink_to(file.resolve())
    (dataset / "dataset.json").write_text(json.dumps({"version": 1, "previous": None, "schema": SCHEMA_VERSION}))


def another(label: str, tab: Any, number: int) -> Callable[[], None]:
    """Opens the list of products or teams, so that one click adds one. They come in their order."""
    tab.get_by_role("combobox", name=label).click()
    tab.wait_for_timeout(250)
    option = tab.get_by_role("option").filter(has_not_text="Select all").first
    option.wait_for()
    return lambda: option.click()


def another_period(tab: Any, number: int) -> Callable[[], None]:
    """Types a year's days into the period; leaving the field asks for it."""
    start, end = PERIODS[number % len(PERIODS)]
    for edge, digits in (("start", start), ("end", end)):
        tab.locator(f"[data-range-field={edge}] [data-type=year]").first.click()
        tab.keyboard.type(digits)
    tab.wait_for_timeout(400)
    tab.wait_for_selector("[data-test-script-state=notRunning]", timeout=180_000)
    return lambda: tab.locator("h1").first.click()


CHANGES = {
    "product": (partial(another, "Product"), "click"), "period": (another_period, "click"),
    "team": (partial(another, "Team"), "click"),
}  # fmt: skip


def changed_ms(tab: Any, change: str, number: int) -> tuple[float, float]:
    """Makes one change of a filter; milliseconds until the first number has changed, and until the page is settled again."""
    prepare, event = CHANGES[change]
    act = prepare(tab, number)
    tab.evaluate(SETTLED, [event, QUIET_MS])
    act()
    first, settled = tab.evaluate("() => window.settled")
    tab.keyboard.press("Escape")
    return first, settled


def runs_of(file: Path, seen: int) -> list[dict[str, Any]]:
    """The runs of whole pages that were noted after the first `seen` lines."""
    lines = file.read_text().splitlines()[seen:] if file.exists() else []
    return [run for run in map(json.loads, lines) if not run["fragment"]]


def measured(
    context: Any, url: str, change: str, rounds: int, runs: Path | None = None
) -> tuple[list[tuple[float, float]], list[dict]]:
    """Milliseconds until first change and settled, and the server's run, for each change of a filter on an opened page."""
    tab = context.new_page()
    tab.goto(url)
    tab.wait_for_selector(".js-plotly-plot .main-svg, [data-testid=stAlert]", timeout=180_000)
    tab.wait_for_selector("[data-test-script-state=notRunning]", timeout=180_000)
    tab.wait_for_timeout(600)
    taken, ran = [], []
    for number in range(rounds + 1):
        seen = len(runs.read_text().splitlines()) if runs else 0
        taken.append(changed_ms(tab, change, number))
        ran += runs_of(runs, seen)[:1] if runs else []
    tab.close()
    return taken[1:], ran[1:]  # the first one warms up


def row(name: str, change: str, taken: list[tuple[float, float]], ran: list[dict], floor: float) -> str:
    first, settled = (statistics.median(times) for times in zip(*taken, strict=True))
    worst = max(last for _, last in taken)
    line = f"{name:20}{change:10}{first:7.0f}{settled:9.0f}{worst:7.0f}{settled / floor:8.1f}"
    kinds = ("wall", "sql", "charts", "processor") if ran else ()
    return line + "".join(f"{statistics.median(run[kind] for run in ran):10.0f}" for kind in kinds)


def after_filters(tickets: int, kept: Path | None, rounds: int, pages: tuple[str, ...]) -> None:
    """Prints a row per page and kind of filter."""
    with tempfile.TemporaryDirectory() as home:
        made_home(Path(home), tickets, kept or Path(home) / "made_file")
        runs = Path(home) / "runs.jsonl"
        command = [sys.executable, str(ROOT / "bench" / "_measured_server.py")]
        with opened(home, command, TIERSCOPE_BENCH_RUNS=str(runs)) as (context, app, bare):
            print(f"{tickets:,} tickets; load {os.getloadavg()[0]:.1f}")
            print(f"{'page':20}{'filter':10}{'first':>7}{'settled':>9}{'worst':>7}{'x bare':>8}{'server':>10}{'queries':>10}"
                  f"{'drawing':>10}{'processor':>10}   (ms)")  # fmt: skip
            for change in CHANGES:
                taken, _ = measured(context, bare, change, rounds)
                floor = statistics.median(last for _, last in taken)
                print(row("bare page", change, taken, [], floor), flush=True)
                for page in pages:
                    found = measured(context, f"{app}/{page}?dataset={MADE}", change, rounds, runs)
                    print(row(page or "overview", change, *found, floor), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench pages")
    parser.add_argument("--tickets", type=int, default=0, help="a made log of that many instead of the sample")
    parser.add_argument("--keep", type=Path, help="the folder of the made file, which is used again when it is there")
    parser.add_argument(
        "--rounds", type=int, default=3, help="changes of a filter on a page; the log has four products"
    )
    parser.add_argument("--page", action="append", help="this page alone, by its address; overview is ''")
    told = parser.parse_args()
    if told.tickets:
        after_filters(told.tickets, told.keep, told.rounds, tuple(told.page or PAGES))
    else:
        first_charts()


if __name__ == "__main__":
    main()

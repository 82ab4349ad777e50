"""How soon a warm page of the sample shows its first chart in a real browser, and how soon after a filter change.

Needs Chromium. `python bench/pages.py` starts the app on a home folder of its own; figures are medians of five visits. The peer
in the same run is a bare Streamlit page with one Plotly chart: what Streamlit and the browser take by themselves.
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
BARE = """import streamlit as st
import plotly.graph_objects as go
st.title("bare")
st.plotly_chart(go.Figure(go.Bar(y=[1, 2])))
"""
PAGES = ("", "tier_distribution", "escalation_funnel", "handoff_latency")


def serve(command: list[str], home: str) -> tuple[subprocess.Popen, str]:
    """A server on a free port, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, *options], cwd=ROOT, env=os.environ | {"TIERSCOPE_HOME": home}, start_new_session=True,
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


def seconds_to_chart(context, url: str) -> float:
    """From the request to the first drawn chart."""
    tab = context.new_page()
    started = time.monotonic()
    tab.goto(url)
    tab.wait_for_selector(".js-plotly-plot .main-svg", timeout=60_000)
    taken = time.monotonic() - started
    tab.close()
    return taken


def main() -> None:
    """Prints a row per page."""
    from playwright.sync_api import sync_playwright

    from analytics.sample import ensure_sample
    from analytics.warehouse.store import Home

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ensure_sample(Home(folder))
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = chromium.new_context(viewport={"width": 1280, "height": 1000})
        servers = [
            serve([sys.executable, "-m", "pages._kit.serve"], folder),
            serve(["streamlit", "run", str(bare)], folder),
        ]
        try:
            floor = statistics.median(seconds_to_chart(context, servers[1][1]) for _ in range(6))
            print(f"{'bare Streamlit page':22} {floor:5.2f} s")
            for page in PAGES:
                url = f"{servers[0][1]}/{page}?dataset=sample"
                seconds_to_chart(context, url)
                warm = statistics.median(seconds_to_chart(context, url) for _ in range(5))
                print(f"{page or 'overview':22} {warm:5.2f} s  {warm / floor:4.1f} x bare")
        finally:
            for server, _ in servers:
                os.killpg(server.pid, signal.SIGTERM)
            chromium.close()


if __name__ == "__main__":
    main()

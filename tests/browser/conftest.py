"""A real server and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import small

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("TIERSCOPE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without one the tests are skipped and say so, or fail where TIERSCOPE_REQUIRE_BROWSER is set."""
    if CHROMIUM:
        return CHROMIUM
    reason = "No Chromium on this machine: the browser tests did not run."
    if os.environ.get("TIERSCOPE_REQUIRE_BROWSER"):
        pytest.fail(reason)
    print(reason)
    pytest.skip(reason)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"The server ended with code {server.returncode}.")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError("The server did not answer in time.")


@pytest.fixture(scope="session")
def address(chromium, tmp_path_factory) -> Iterator[str]:
    """The app, served from a home folder with the small datasets."""
    home = tmp_path_factory.mktemp("browser_home")
    small.fill(home)
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "pages._kit.serve",
        f"--server.port={port}",
        "--server.address=127.0.0.1",
    ]
    with open(home / "server.log", "w") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True, env=os.environ | {"TIERSCOPE_HOME": str(home)}
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


@pytest.fixture(scope="session")
def browser(chromium):
    """One Chromium for all tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


class Page:
    """A tab that notes console errors and which hosts are asked."""

    def __init__(self, tab, address: str) -> None:
        self.tab, self.address = tab, address
        self.errors: list[str] = []
        self.asked: list[str] = []
        tab.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        tab.on("pageerror", lambda error: self.errors.append(str(error)))
        tab.on("request", lambda request: self.asked.append(request.url))
        tab.on("response", self._missing)

    def _missing(self, response) -> None:
        """A deep link makes Streamlit look for its own endpoints below the page's address first: those are no errors."""
        if response.status >= 400 and "/_stcore/" not in response.url:
            self.errors.append(f"{response.status} {response.url}")

    def open(self, path: str, charts: int = 1) -> None:
        """Opens an address cold and waits until so many charts are drawn and the run has ended."""
        self.tab.goto(f"{self.address}/{path}")
        self.settle(charts)

    def settle(self, charts: int = 1) -> None:
        self.tab.wait_for_function(
            "n => document.querySelectorAll('.js-plotly-plot:has(.main-svg)').length >= n && "
            "!document.querySelector('[data-testid=\"stStatusWidget\"]')",
            arg=charts, timeout=60_000,
        )  # fmt: skip

    def number(self, label: str):
        """Where a number on top of a page stands, to be expected something of: a rerun replaces it late."""
        metric = self.tab.locator('[data-testid="stMetric"]', has_text=label)
        return metric.locator('[data-testid="stMetricValue"]')

    def real_errors(self) -> list[str]:
        """Console errors, without those that Streamlit's own search for its endpoints makes."""
        return [told for told in self.errors if "status of 404" not in told]


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    """A fresh tab with nothing remembered; tall, so that every chart is drawn."""
    context = browser.new_context(viewport={"width": 1280, "height": 3200}, locale="en-GB")
    yield Page(context.new_page(), address)
    context.close()

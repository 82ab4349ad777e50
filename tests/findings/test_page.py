"""The page: severities in words, sentences, and the tickets behind a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import texts

APP = str(Path(__file__).parent.parent.parent / "app.py")


@pytest.fixture
def page(sample, monkeypatch):
    monkeypatch.setenv("TIERSCOPE_HOME", str(sample.dataset.folder.parent.parent))
    app = AppTest.from_file(APP, default_timeout=90)
    app.query_params["dataset"] = "sample"
    return app.run().switch_page("pages/improvement/findings.py").run()


def test_the_page_shows_the_findings_and_their_tickets(page):
    said = texts(page)
    assert not page.exception
    assert not page.error
    for part in (
        "5 Act",
        "error: Act",
        "visibility: Watch",
        "Billing L2 and Integrations L2",
        "What to do",
        "threshold",
        "n =",
    ):
        assert part in said
    page.button_group(key="more_d08_pair").set_value("Tickets").run()
    assert not page.exception
    assert len(page.dataframe) == 1
    assert (page.dataframe[0].value["bounces"] > 0).all()

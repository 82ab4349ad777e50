"""The pages: what changed, severities in words, the tickets and the computation behind a finding, thresholds that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.findings.base import Finding
from analytics.findings.settings_file import settings_of
from analytics.warehouse import questions
from analytics.warehouse.store import Home
from pages._kit.improvement.findings import both_sides
from tests.findings.drawn import Stay
from tests.findings.logs import imported
from tests.findings.test_each import DESK, TECH, mixed
from tests.pages.conftest import texts

APP = str(Path(__file__).parent.parent.parent / "app.py")


def opened(home: Home, dataset: str, page: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=120)
    app.query_params["dataset"] = dataset
    return app.run().switch_page(page).run()


@pytest.fixture
def page(sample, monkeypatch):
    home = sample.dataset.folder.parent.parent
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    return opened(Home(home), "sample", "pages/improvement/findings.py")


def test_the_page_shows_the_findings_their_tickets_and_how(page):
    said = texts(page)
    assert not page.exception
    assert not page.error
    for part in ("5 Act", "error: Act", "What changed", "Waiting for L3", "Billing L2 and Integrations L2", "What to do",
                 "threshold", "n = 924 tickets", "hours of waiting"):  # fmt: skip
        assert part in said
    assert {"Good (13)", "Cannot be told (2)"} <= {one.label for one in page.expander}
    page.button_group(key="more_d08_pair").set_value("Tickets").run()
    assert not page.exception
    assert len(page.dataframe) == 1
    assert (page.dataframe[0].value["bounces"] > 0).all()
    page.button_group(key="more_d08_pair").set_value("How is this computed?").run()
    assert any("between_two" in code.value for code in page.code)


@pytest.fixture
def home(tmp_path, monkeypatch):
    bad, good = [DESK, Stay("L2", "Tech", work=5)], [DESK, Stay("L2", "Tech", work=60)]
    imported(mixed(bad, good, 150), tmp_path).close()
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path / "home"))
    return Home(tmp_path / "home")


def test_thresholds_are_kept_and_used(home):
    page = opened(home, "log", "pages/improvement/thresholds.py")
    assert not page.exception
    assert len(page.number_input) == 3
    for given, cost in zip(page.number_input, (30.0, 40.0, 60.0), strict=True):
        given.set_value(cost)
    page.text_input[1].set_value("2026-02-01")
    next(button for button in page.button if button.label == "Keep these thresholds").click().run()
    assert "are kept" in texts(page)
    told = settings_of(home.get("log"))
    assert (told.money({"L2": 2.0}), dict(told.texts)["marked_day"], told.changed) == (80.0, "2026-02-01", ())
    assert "hours of work (" in texts(opened(home, "log", "pages/improvement/findings.py"))


def test_a_slip_is_told_and_nothing_is_kept(home):
    page = opened(home, "log", "pages/improvement/thresholds.py")
    page.text_input[1].set_value("1 March")
    next(button for button in page.button if button.label == "Keep these thresholds").click().run()
    assert not page.exception
    assert "is not a day" in texts(page)
    assert settings_of(home.get("log")).texts == ()


def test_the_page_of_a_log_with_little_in_it(monkeypatch, tmp_path):
    imported(mixed([DESK, TECH], [DESK], 5, 20)[["ticket_id", "at", "kind", "tier", "team"]], tmp_path).close()
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path / "home"))
    page = opened(Home(tmp_path / "home"), "log", "pages/improvement/findings.py")
    said = texts(page)
    assert not page.exception
    assert "Nothing lies so surely beyond its threshold" in said
    assert "nan" not in said.lower().split()


def test_two_segments_side_by_side_by_hand():
    """What differs in severity stands first; what one side cannot tell is not dropped."""
    here = [
        Finding(name, name, said, 0.5, 0.4, 0.6, 0.3, 90, "", "", "") for name, said in (("a", "good"), ("b", "act"))
    ]
    there = [Finding(name, name, "good", 0.1, 0.0, 0.2, 0.3, 80, "", "", "") for name in ("a", "b")]
    rows = both_sides(here, there)
    assert rows["finding"].tolist() == ["b", "a"]
    assert rows.loc[0, ["here", "there"]].tolist() == ["Act", "Good"]
    assert rows.loc[0, "measured_there"].startswith("10 % (95 %: 0 % to 20 %)")


def test_the_findings_of_two_segments(sample, monkeypatch):
    monkeypatch.setenv("TIERSCOPE_HOME", str(sample.dataset.folder.parent.parent))
    app = AppTest.from_file(APP, default_timeout=120)
    values = questions.filter_values(sample)
    products = values.loc[values["attribute"] == "product", "value"].tolist()
    address = {
        "dataset": "sample",
        "product": products[0],
        "vs": "Another segment",
        "vs_by": "Product",
        "vs_value": products[1],
    }
    for key, value in address.items():
        app.query_params[key] = value
    page = app.run().switch_page("pages/improvement/findings.py").run()
    assert not page.exception
    table = page.dataframe[0].value
    assert len(table) > 15
    assert set(table["here"]) | set(table["there"]) <= {"Act", "Watch", "Good", "Cannot be told"}
    assert f"There: sample · product {products[1]}." in texts(page)

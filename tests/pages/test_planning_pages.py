"""Planning and import pages: what a reader sees, and what moves when a slider does."""

from __future__ import annotations

import re

import pytest

from analytics.sample import ensure_sample
from analytics.warehouse.store import Home
from tests.pages.conftest import charts, texts


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample_home")
    ensure_sample(Home(folder))
    return folder


@pytest.fixture
def on_sample(sample_home, monkeypatch, visit):
    """Opens a page on the shipped sample."""
    monkeypatch.setenv("TIERSCOPE_HOME", str(sample_home))
    return lambda page, **address: visit(page, dataset="sample", **address)


def test_the_forecast_shows_something_at_once(on_sample):
    app = on_sample("pages/planning/volume_forecast.py")
    assert not app.exception
    cards = {card.label: card.value for card in app.metric}
    assert int(cards["Next 4 weeks"].replace(",", "")) > 1500
    assert cards["80 % band held"].endswith("%")
    assert len(charts(app)) == 3
    assert "nan" not in texts(app)


def test_every_page_of_the_sample_is_drawn_without_an_error(on_sample):
    from pages._kit import menu

    for files in menu.there().values():
        for file in files:
            app = on_sample(f"pages/{file}")
            assert not app.exception, file
            assert not app.error, (file, [error.value for error in app.error])
            assert not re.search(r"\bnan\b|\d\.\d{6}", texts(app)), file


def test_the_import_page_says_what_it_wants(on_sample):
    app = on_sample("pages/data/import_history.py")
    assert not app.exception
    assert "Nothing leaves this machine" in texts(app)

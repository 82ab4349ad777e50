"""Targets that somebody edits are kept with the dataset, and from then on everything counts with them."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.targets import load_targets, targets_of
from analytics.warehouse.store import Home, open_dataset
from pages._kit.operations import shared
from tests.pages import small
from tests.pages.conftest import APP, texts

EDITED = {"high": (2.0, 5.0), "low": (4.0, 24.0)}


@pytest.fixture
def page(tmp_path, monkeypatch):
    small.put(tmp_path, "sample", small.events())
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    monkeypatch.setattr(shared, "edit_targets", lambda usual, key: EDITED)
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["dataset"] = "sample"
    return app.run().switch_page("pages/operations/backlog_and_sla.py").run()


def test_edited_targets_are_kept_where_somebody_says_so(page, tmp_path):
    folder = Home(tmp_path).get("sample").folder
    assert not page.exception
    assert load_targets(folder) == {}
    assert "only this page" in texts(page)
    page.button(key="keep_targets").click().run()
    assert not page.exception
    assert load_targets(folder) == EDITED
    warehouse = open_dataset("sample", tmp_path)
    assert targets_of(warehouse) == EDITED
    warehouse.close()
    assert [button for button in page.button if button.key == "keep_targets"] == []

"""The datasets page: what each holds, and what can be done with it. Dialogs cannot be driven here: what they call is."""

from __future__ import annotations

import pytest

from analytics.errors import DatasetError
from analytics.model import Filters
from analytics.warehouse.build import build_derived
from analytics.warehouse.store import Home
from pages._kit import cached
from pages._kit.data import manage
from tests.pages import small
from tests.pages.conftest import texts


def test_it_lists_all_with_what_they_hold(visit):
    app = visit("pages/data/datasets.py", dataset="sample")
    assert "300 tickets" in texts(app)
    assert "No tier is known" in texts(app)
    assert app.button(key="open_sample").disabled
    assert app.button(key="undo_flat").disabled


def test_opening_one_makes_it_the_view(visit):
    app = visit("pages/data/datasets.py", dataset="sample", product="Loud")
    app.button(key="open_flat").click().run()
    assert app.selectbox(key="dataset").value == "flat"
    assert app.button(key="open_flat").disabled


@pytest.fixture
def own(tmp_path, monkeypatch) -> Home:
    """A home folder that a test may change."""
    small.put(tmp_path, "one", small.events(20))
    small.put(tmp_path, "sample", small.events(20))
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    return Home(tmp_path)


def test_a_version_made_elsewhere_is_seen_at_once(own, visit, monkeypatch):
    """An import in another process swaps the file; the app reads the new one on the next run."""
    monkeypatch.setenv("TIERSCOPE_HOME", str(own.folder))  # after `visit`, which sets the shared home
    app = visit(dataset="one")
    assert {m.label: m for m in app.metric}["Never resolved"].value == "0 %"
    with own.new_version("one") as con:
        con.execute("DELETE FROM events WHERE kind IN ('resolved', 'closed')")
        build_derived(con)
    app.run()
    assert {m.label: m for m in app.metric}["Never resolved"].value == "100 %"


def test_a_renamed_dataset_cannot_take_a_taken_name(own):
    with pytest.raises(DatasetError, match="There is a dataset 'sample' already"):
        own.rename("one", "sample")


def test_a_name_that_comes_back_is_another_dataset(own):
    """Its versions begin again at 1, as those of the deleted one did."""

    def tickets() -> int:
        found = own.get("one")
        assert cached.about(found)["tickets"] == cached.frame(found, Filters(), "quality")["tickets"].iloc[0]
        return cached.about(found)["tickets"]

    assert tickets() == 20
    own.delete("one")
    cached.forget()
    small.put(own.folder, "one", small.events(30))
    assert tickets() == 30


def test_what_takes_a_name_away_forgets_what_was_asked(own, monkeypatch):
    """Both dialogs, which cannot be driven here, run as functions."""
    forgotten: list[str] = []
    monkeypatch.setattr(cached, "forget", lambda: forgotten.append("all"))
    monkeypatch.setattr(manage, "_done", lambda words: None)
    monkeypatch.setattr(manage.st, "button", lambda *told, **more: True)
    monkeypatch.setattr(manage.st, "text_input", lambda *told, **more: "two")
    manage.rename.__wrapped__("one")
    assert own.names() == ["sample", "two"]
    manage.delete.__wrapped__("two")
    assert own.names() == ["sample"]
    assert forgotten == ["all", "all"]

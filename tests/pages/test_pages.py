"""Every page on a small dataset: it shows charts that have names, and sentences where it cannot."""

from __future__ import annotations

import pytest

from pages._kit import menu
from tests.pages import small
from tests.pages.conftest import charts, texts

OPERATIONS = [
    f"pages/operations/{name}.py" for name in ("overview", "tier_distribution", "escalation_funnel", "handoff_latency")
]
TITLES = dict(zip(OPERATIONS, ("Overview", "Tier distribution", "Escalation funnel", "Handoff latency"), strict=True))
CHARTS = dict(zip(OPERATIONS, (3, 4, 7, 6), strict=True))
BAD_WORDS = ("nan", "None", "Traceback", "NaT", "inf ")


@pytest.mark.parametrize("page", OPERATIONS)
def test_a_page_shows_its_charts_with_names_and_without_trouble(visit, page):
    app = visit(page, dataset="sample")
    assert [title.value for title in app.title] == [TITLES[page]]
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert len(charts(app)) == CHARTS[page]
    assert all(len(chart.alt) > 20 for chart in charts(app))
    assert not [word for word in BAD_WORDS if word in texts(app)]


@pytest.mark.parametrize("page", OPERATIONS)
def test_a_filter_that_leaves_nothing_teaches_what_to_do(visit, page):
    app = visit(page, dataset="sample", product="Loud", period=["2020-01-01", "2020-02-01"])
    assert "No ticket matches these filters." in texts(app)
    assert "100 without the period" in texts(app)
    assert charts(app) == []
    app.button(key="clear_from_problem").click().run()
    assert len(charts(app)) == CHARTS[page]


@pytest.mark.parametrize("page", OPERATIONS)
def test_an_unknown_dataset_in_the_address_is_a_sentence(visit, page):
    app = visit(page, dataset="sampel")
    assert "There is no dataset 'sampel'." in texts(app)
    assert "Did you mean 'sample'?" in texts(app)
    assert charts(app) == []
    assert [title.value for title in app.title] == [TITLES[page]]


@pytest.mark.parametrize("page", OPERATIONS)
def test_an_unknown_filter_value_is_a_sentence_and_not_a_wider_view(visit, page):
    app = visit(page, dataset="sample", product="Lout")
    assert "'sample' has no product 'Lout'." in texts(app)
    assert "Did you mean 'Loud'?" in texts(app)
    assert charts(app) == []


@pytest.mark.parametrize("page", OPERATIONS[1:])
def test_a_dataset_without_tiers_is_told_what_it_needs(visit, page):
    app = visit(page, dataset="flat")
    assert "This page needs to know which tier a ticket is in." in texts(app)
    assert charts(app) == []


def test_the_overview_without_tiers_gives_reasons_and_no_zeros(visit):
    app = visit(dataset="flat")
    values = {metric.label: metric.value for metric in app.metric}
    assert values["First-level resolution"] == "–"
    assert values["Escalated from L1"] == "–"
    assert values["Never resolved"] != "–"
    assert "No tier is known" in texts(app)
    assert len(charts(app)) == 1


@pytest.mark.parametrize("page", OPERATIONS)
def test_a_dataset_without_attributes_works(visit, page):
    app = visit(page, dataset="plain")
    assert not app.exception
    assert not app.error
    assert len(charts(app)) == CHARTS[page]


def test_markup_in_the_data_stays_text(visit):
    """A product called like a link is on the page; no unescaped Markdown of it is, and no tag reaches a chart."""
    app = visit("pages/operations/tier_distribution.py", dataset="sample")
    raw = "\n".join(str(part.value) for part in [*app.markdown, *app.caption])
    assert "example" in raw
    assert "](http" not in raw
    assert "<b>" not in "".join(chart.spec for chart in charts(app)).replace("\\u003c", "<")


def test_a_link_is_a_view(visit):
    """The address sets the filters, and the numbers are those of the filtered tickets."""
    whole, part = visit(dataset="sample"), visit(dataset="sample", product="Loud", priority="high")
    rates = [{m.label: m.value for m in app.metric}["Escalated from L1"] for app in (whole, part)]
    assert part.multiselect(key="product").value == ["Loud"]
    assert rates[0] != rates[1]
    assert "priority high · product Loud" in texts(part)


def test_filters_stay_when_the_page_changes(visit):
    app = visit(dataset="sample", product="Loud")
    app.switch_page("pages/operations/escalation_funnel.py").run()
    assert app.multiselect(key="product").value == ["Loud"]
    assert "product Loud" in texts(app)


def test_clearing_takes_all_filters_off(visit):
    app = visit(dataset="sample", product="Loud", tier="L2", period=["2025-02-01", "2025-03-01"])
    app.button(key="clear").click().run()
    assert app.multiselect(key="product").value == []
    assert app.multiselect(key="tier").value == []
    assert "All tickets, whole period" in texts(app)


def test_another_dataset_takes_its_filters_off(visit):
    app = visit(dataset="sample", product="Loud")
    app.selectbox(key="dataset").select("flat").run()
    assert not app.warning
    assert "flat · All tickets, whole period" in texts(app)


def test_what_is_behind_a_card_is_there_when_asked_for(visit):
    app = visit("pages/operations/tier_distribution.py", dataset="sample")
    assert not app.dataframe
    app.button_group(key="more_tier_distribution").set_value("Table").run()
    assert list(app.dataframe[0].value["tier"]) == ["L1", "L2", "L3"]
    app.button_group(key="more_tier_distribution").set_value("How is this computed?").run()
    assert "FROM ranks" in app.code[0].value
    assert "Tickets resolved in the tier over all resolved tickets." in texts(app)
    app.button_group(key="more_tier_distribution").set_value("Tickets").run()
    assert set(app.dataframe[0].value["path"]) <= {"L1", "L1>L2>L1", "L1>L2>L3>L1"}


def test_the_definitions_page_finds_words(visit):
    app = visit("pages/data/definitions.py", dataset="sample", find="bounce wilson")
    assert "No definition holds the words" in texts(app)
    app.text_input(key="find").set_value("wilson").run()
    assert "Wilson 95 % interval" in texts(app)
    assert "Pending time" not in texts(app)


@pytest.mark.parametrize("page", ["pages/data/definitions.py", "pages/data/datasets.py"])
def test_pages_about_data_work_without_a_dataset_in_view(visit, page):
    app = visit(page, dataset="nope")
    assert not app.exception
    assert not app.error
    assert "There is no dataset" not in texts(app)


def test_an_unexpected_error_is_a_sentence_with_a_number(visit, monkeypatch, caplog):
    from pages._kit import kpis

    def broken(*args):
        raise KeyError("secret detail")

    monkeypatch.setattr(kpis, "overview", broken)
    app = visit(dataset="sample")
    assert "Something went wrong on our side." in texts(app)
    assert "secret detail" not in texts(app)
    assert "secret detail" in caplog.text


def test_every_page_of_the_menu_that_is_there_can_be_found():
    assert menu.DEFAULT in menu.there()["Operations"]
    names = [file.rsplit("/", 1)[1] for files in menu.SECTIONS.values() for file in files]
    assert len(names) == len(set(names))


def test_an_unknown_column_in_the_address_is_a_sentence(visit):
    app = visit(dataset="sample", columns="region", **{"x.region": "north"})
    assert "'sample' has no column 'region'." in texts(app)
    assert charts(app) == []


def test_a_view_of_two_days_has_no_week_and_says_so(visit):
    app = visit(dataset="sample", period=["2025-03-04", "2025-03-05"])
    assert {m.label: m.value for m in app.metric}["Tickets per week"] == "–"
    assert "No whole week in view" in texts(app)


def test_the_first_start_opens_the_sample(visit, tmp_path, monkeypatch):
    from analytics.warehouse.store import Home
    from pages._kit import workspace

    def ensured(home: Home):
        small.put(home.folder, "sample", small.events(30))
        return home.get("sample")

    monkeypatch.setattr(workspace, "ensure_sample", ensured)
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    app = visit()
    assert app.selectbox(key="dataset").value == "sample"
    assert "30 in all" in texts(app)


def test_a_first_start_without_a_sample_says_what_is_missing(visit, tmp_path, monkeypatch):
    from analytics.errors import DatasetError
    from pages._kit import workspace

    def missing(home):
        raise DatasetError("The shipped sample is missing.", todo="Install again.")

    monkeypatch.setattr(workspace, "ensure_sample", missing)
    monkeypatch.setenv("TIERSCOPE_HOME", str(tmp_path))
    app = visit()
    assert "The shipped sample is missing." in texts(app)
    assert "There is no dataset yet." in texts(app)
    assert not app.exception

"""The kit's own arithmetic and words: definitions, comparison windows, text, tables."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.charts.volume import by_week
from analytics.metrics import metrics
from analytics.model import Filters
from analytics.version import VERSION
from analytics.warehouse import cubes
from analytics.warehouse.store import Home, Warehouse
from pages._kit import cached, definitions, filters, tables, trend
from pages._kit.text import plain


def names_in(told: object, at: str = "") -> set[str]:
    """The paths of all numbers in the metrics' JSON; lists stand for their elements, the routing matrix for itself."""
    if at == "routing":
        return {at}
    if isinstance(told, dict):
        return {name for key, value in told.items() for name in names_in(value, f"{at}.{key}".lstrip("."))}
    if isinstance(told, list):
        return {name for value in told for name in names_in(value, at)}
    return {at}


def test_every_metric_of_the_contract_has_a_definition(home):
    warehouse = Warehouse(Home(home).get("sample"))
    found = names_in(metrics(warehouse))
    warehouse.close()
    assert len(found) > 50
    assert found - definitions.ALL.keys() == set()


def test_definitions_are_sentences_with_a_unit():
    for name, entry in definitions.ALL.items():
        assert entry.text.endswith("."), name
        assert entry.unit, name
        assert entry.title, name


@pytest.mark.parametrize(
    ("first", "last", "period", "expected"),
    [
        (date(2025, 1, 1), date(2026, 12, 31), (None, None), (date(2026, 9, 25), date(2026, 12, 17), 12)),
        (date(2026, 10, 1), date(2026, 12, 31), (None, None), (date(2026, 11, 13), date(2026, 12, 17), 5)),
        (
            date(2025, 1, 1),
            date(2026, 12, 31),
            (date(2025, 3, 1), date(2025, 4, 30)),
            (date(2025, 4, 3), date(2025, 4, 30), 4),
        ),
    ],
)
def test_the_windows_that_changes_compare(first, last, period, expected):
    """Worked by hand: 12 weeks are 84 days; the last 14 days of the data are left out; both windows are equally long."""
    found = trend.windows(Filters(start=period[0], end=period[1]), first, last)
    assert found is not None
    assert (found.now.start, found.now.end, found.weeks) == expected
    assert (found.now.start - found.before.end).days == 1
    assert found.now.end - found.now.start == found.before.end - found.before.start
    assert (found.now.end - found.now.start).days == 7 * found.weeks - 1


def test_too_little_history_compares_nothing():
    assert trend.windows(Filters(), date(2026, 12, 1), date(2026, 12, 31)) is None
    assert trend.windows(Filters(), None, None) is None


def test_text_from_the_data_cannot_be_markup():
    assert plain("[a](b) <i> *x* `y` $z$\n# h") == r"\[a\]\(b\) \<i\> \*x\* \`y\` \$z\$ \# h"
    assert plain("80 % in 30 min") == "80\u00a0% in 30\u00a0min"


def test_taking_filters_off_one_by_one():
    both = Filters(start=date(2025, 1, 1), products=("a",), tiers=("L2",))
    assert filters.without_each(both) == {
        "the period": Filters(products=("a",), tiers=("L2",)),
        "the tier": Filters(start=date(2025, 1, 1), products=("a",)),
        "the product": Filters(start=date(2025, 1, 1), tiers=("L2",)),
    }
    assert filters.without_each(Filters()) == {}


def test_a_workbook_says_where_its_numbers_come_from(home, monkeypatch):
    """Two sheets: the table under people's headings, with nothing that runs, and its origin."""
    import io

    from openpyxl import load_workbook

    found = Home(home).get("sample")
    monkeypatch.setattr(tables.workspace, "current", lambda: found)
    frame = pd.DataFrame({"ticket_id": ["=HYPERLINK(1)", "fine"], "wait_hours": [1.5, -2]})
    book = load_workbook(io.BytesIO(tables.workbook(frame, "sample · product Loud")))
    assert [[cell.value for cell in row] for row in book["Data"].rows] == [
        ["Ticket", "Wait (hours)"], ["'=HYPERLINK(1)", 1.5], ["fine", -2],
    ]  # fmt: skip
    told = {row[0].value: row[1].value for row in book["About"].rows}
    assert told["Dataset"] == "sample"
    assert told["Selected"] == "sample · product Loud"
    assert told["Tierscope"] == VERSION


def test_times_are_shown_in_the_datasets_zone():
    frame = pd.DataFrame({"created_at": pd.to_datetime(["2025-07-01T22:30", "2025-01-01T12:00"]), "n": [1, 2]})
    assert list(tables.in_zone(frame, "Europe/Berlin")["created_at"].astype(str)) == [
        "2025-07-02 00:30:00",
        "2025-01-01 13:00:00",
    ]


def test_columns_have_names_that_people_read():
    assert tables.heading("km_p50_hours") == "Median, all (hours)"
    assert tables.heading("share_resolved") == "Share resolved"
    assert [tables.is_share(name) for name in ("share_resolved", "escalation_rate", "generated", "tickets")] == [
        True,
        True,
        False,
        False,
    ]


def test_weeks_from_days_by_hand():
    """Wed 1 Jan 2025 to Mon 13 Jan: a cut week, a whole one with a day missing in it, a cut one."""
    days = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-01-01", "2025-01-05", "2025-01-07", "2025-01-12", "2025-01-13"]),
            "tickets": [1, 2, 4, 8, 16],
        }
    )
    weeks = by_week(days)
    assert list(weeks["tickets"]) == [3, 12, 16]
    assert list(weeks["whole"]) == [False, True, False]
    assert list(weeks["week"].dt.strftime("%Y-%m-%d")) == ["2024-12-30", "2025-01-06", "2025-01-13"]


def test_numbers_from_a_summary_say_so_under_the_chart():
    frame = cubes.told(pd.DataFrame({"p50_hours": [1.0]}), cubes.FROM_HISTOGRAMS)
    assert cached._method(frame) == f" · {cubes.FROM_HISTOGRAMS}"
    assert cached._method(cubes.told(frame.copy(), cubes.FROM_COUNTS)) == ""
    assert cached._method(pd.DataFrame({"n": [1]})) == ""


def test_a_list_is_narrowed_by_words():
    frame = pd.DataFrame(
        {"ticket_id": ["A-1", "A-2", "B-1"], "product": ["Loud", None, "loud and clear"], "n": [7, 70, 8]}
    )
    assert tables.holding(frame, "") is frame
    assert list(tables.holding(frame, "LOUD")["ticket_id"]) == ["A-1", "B-1"]
    assert list(tables.holding(frame, "loud b-1")["n"]) == [8]
    assert list(tables.holding(frame, "70")["ticket_id"]) == ["A-2"]
    assert tables.holding(frame, "none").empty


def answer(rows: int) -> cached.Answer:
    return cached.Answer(pd.DataFrame({"n": range(rows)}), "SELECT 1", {}, "all")


def test_the_shelf_forgets_what_was_not_asked_for_longest():
    """Room for two answers of 1,000 numbers of eight bytes each, not for three."""
    shelf = cached.Shelf(most_bytes=2 * 8_500)
    for name in ("a", "b"):
        shelf.put(name, answer(1000))
    assert shelf.get("a") is not None
    shelf.put("c", answer(1000))
    assert [shelf.get(name) is not None for name in ("a", "b", "c")] == [True, False, True]
    shelf.put("d", answer(100_000))
    assert shelf.get("d") is None
    assert shelf.get("c") is None


def test_who_writes_into_an_answer_writes_into_their_own(home, monkeypatch):
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    found = Home(home).get("sample")
    first = cached.frame(found, Filters(), "tiers")
    before = first["resolved"].tolist()
    first.loc[0, "resolved"] = -1
    first["more"] = 1
    again = cached.frame(found, Filters(), "tiers")
    assert again["resolved"].tolist() == before
    assert "more" not in again


def test_the_same_query_is_run_once_whatever_the_filters(home, monkeypatch):
    """Its rows are those of the warehouse, with their types, and nobody's changes reach the next reader."""
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    shelf, asked = cached.Shelf(), []
    monkeypatch.setattr(cached, "_shelf", lambda: shelf)
    warehouse, sql = cached.warehouse(Home(home).get("sample")), "SELECT $one::INTEGER, 'a', NULL, DATE '2026-01-02'"
    real = type(warehouse).rows
    monkeypatch.setattr(
        type(warehouse), "rows", lambda self, *told: asked.append(told[1].get("one")) or real(self, *told)
    )
    for one in (1, 1, 2):
        rows = cached._Listening(warehouse).rows(sql, {"one": one})
        assert rows == [(one, "a", None, date(2026, 1, 2))]
        rows.clear()
    assert cached._Listening(warehouse).rows("SELECT 1 WHERE FALSE") == []
    assert asked == [1, 2, None]


def test_the_same_question_is_asked_once(home, monkeypatch):
    """Whatever the order of its options, and where they hold targets."""
    monkeypatch.setenv("TIERSCOPE_HOME", str(home))
    found, asked, shelf = Home(home).get("sample"), [], cached.Shelf()
    monkeypatch.setattr(cached, "_shelf", lambda: shelf)
    real = cached._asked
    monkeypatch.setattr(cached, "_asked", lambda *told: asked.append(told[2]) or real(*told))
    for options in ({"by": "all", "target_minutes": 30.0}, {"target_minutes": 30.0, "by": "all"}):
        assert len(cached.frame(found, Filters(), "handoff_latency", **options)) == 1
    cached.frame(found, Filters(), "sla", targets={"high": (1.0, 8.0)})
    cached.frame(found, Filters(), "sla", targets={"high": (1.0, 9.0)})
    cached.frame(found, Filters(products=("Loud",)), "sla", targets={"high": (1.0, 9.0)})
    assert asked == ["handoff_latency", "sla", "sla", "sla"]

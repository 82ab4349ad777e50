"""`export`: every table is its question's answer, every file says where it comes from, bad input is refused."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from analytics import exports
from analytics.__main__ import main
from analytics.model import Filters
from analytics.warehouse import questions
from analytics.warehouse.store import Home, open_dataset
from tests.pages import small


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    small.fill(folder)
    return folder


def export(home, *options: str) -> int:
    return main(["export", "--home", str(home), *options])


def test_each_table_of_the_workbook_is_the_questions_answer(home, tmp_path):
    assert export(home, "--dataset", "sample", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")) == 0
    book = load_workbook(tmp_path / "a.xlsx")
    warehouse = open_dataset("sample", home)
    assert book.sheetnames == [*(name for name, _ in exports.frames(warehouse, Filters())), "About"]
    tiers = pd.DataFrame(list(book["tiers"].values)[1:], columns=[cell.value for cell in book["tiers"][1]])
    expected = questions.tiers(warehouse)
    assert list(tiers["tickets_touched"]) == list(expected["tickets_touched"])
    assert list(tiers["share_resolved"]) == pytest.approx(list(expected["share_resolved"]))
    bounds = questions.period_bounds(warehouse).iloc[0]
    assert book["tickets"].max_row - 1 == int(bounds["tickets"])
    warehouse.close()


def test_csv_files_hold_the_same_rows_under_the_filter(home, tmp_path):
    assert export(home, "--dataset", "sample", "--format", "csv", "--out", str(tmp_path), "--product", "Loud") == 0
    told = dict(pd.read_csv(tmp_path / "about.csv").itertuples(index=False))
    assert told["Selected"] == "product Loud"
    warehouse = open_dataset("sample", home)
    expected = questions.volume_by_day(warehouse, Filters(products=("Loud",)))
    warehouse.close()
    assert pd.read_csv(tmp_path / "volume_by_day.csv")["tickets"].sum() == expected["tickets"].sum()
    assert set(pd.read_csv(tmp_path / "tickets.csv")["product"]) == {"Loud"}
    assert not list(tmp_path.glob("*.part"))


def test_one_table_goes_to_standard_output(home, capsysbinary):
    assert export(home, "--dataset", "sample", "--format", "csv", "--table", "funnel") == 0
    told = pd.read_csv(io.BytesIO(capsysbinary.readouterr().out))
    warehouse = open_dataset("sample", home)
    assert list(told["tickets"]) == list(questions.funnel(warehouse)["tickets"])
    warehouse.close()


def test_the_report_holds_its_charts_and_its_origin(home, tmp_path):
    assert export(home, "--dataset", "sample", "--out", str(tmp_path / "r.html")) == 0
    told = (tmp_path / "r.html").read_text("utf-8")
    assert told.count("<section>") == 6
    assert len(re.findall(r"Plotly\.newPlot\(", told)) >= 6
    assert "All tickets, whole period" in told
    assert "<dd>sample</dd>" in told


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "csv", "--table", "tirs"), "Did you mean 'tiers'?"),
        (("--format", "csv"), "Name a folder with --out"),
        (("--table", "tiers"), "A report shows charts, not one table."),
        (("--out", "/proc/nowhere/r.html"), "could not be written"),
    ],
)
def test_what_cannot_be_is_refused_in_words(home, capsys, options, words):
    assert export(home, "--dataset", "sample", *options) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_what_the_dataset_cannot_tell_is_left_out_with_the_reason(home, tmp_path, capsys):
    """A dataset without tiers exports the rest, and says why the tables about tiers are not there."""
    names = Home(home).names()
    assert len(names) == 3
    for name in names:
        warehouse = open_dataset(name, home)
        missing = exports.missing(warehouse)
        there = {table for table, _ in exports.frames(warehouse, Filters())}
        warehouse.close()
        assert there == exports.TABLES.keys() - missing.keys()
        assert export(home, "--dataset", name, "--format", "csv", "--out", str(tmp_path / name)) == 0
        said = capsys.readouterr().err
        assert all(f"{table} is left out: {why}" in said for table, why in missing.items())
        assert {path.stem for path in (tmp_path / name).glob("*.csv")} == there | {"about"}

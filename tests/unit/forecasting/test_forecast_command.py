"""`forecast --series`: the JSON's exact shape, and what awkward files give: an answer or a sentence, never a traceback."""

import json
from datetime import date, timedelta

import pytest

from analytics.__main__ import main

ORDER = ["unit", "horizon", "model", "points", "backtest", "noise_floor_wape", "notes"]
POINT = ["at", "mean", "low80", "high80", "low95", "high95"]
SCORE = ["model", "wape", "mase", "bias", "coverage80", "weight"]


def lines(days, count=lambda day: 20 + day % 7, written="{:%Y-%m-%d}", start=date(2024, 1, 1), keep=lambda day: True):
    """`date,count` of so many days; `written`: how dates are written, `keep`: which days have a line."""
    every = [start + timedelta(days=number) for number in range(days)]
    rows = [f"{written.format(day)},{count(number)}" for number, day in enumerate(every) if keep(day)]
    return "date,count\n" + "\n".join(rows) + "\n"


@pytest.fixture
def told(tmp_path, capsys):
    """Runs the command on a file of that text: (exit code, JSON or None, standard error)."""

    def ran(text: str, horizon: int = 28):
        path = tmp_path / "series.csv"
        path.write_bytes(text.encode())
        code = main(["forecast", "--series", str(path), "--horizon", str(horizon), "--format", "json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return ran


def sound(found, horizon, last):
    """The contract of the JSON."""
    assert list(found) == ORDER
    assert found["horizon"] == horizon == len(found["points"])
    assert isinstance(found["unit"], str)
    for number, point in enumerate(found["points"]):
        assert list(point) == POINT
        assert point["at"] == str(last + timedelta(days=1 + number))
        assert 0 <= point["low95"] <= point["low80"] <= point["high80"] <= point["high95"]
    assert found["backtest"]
    for row in found["backtest"]:
        assert list(row) == SCORE
        assert 0 <= row["weight"] <= 1
    assert found["model"] in [row["model"] for row in found["backtest"]]
    assert sum(row["weight"] for row in found["backtest"]) == pytest.approx(1, abs=0.001)
    assert all(isinstance(note, str) for note in found["notes"])


TAKEN = {
    "two weeks": (lines(14), 14),
    "one day": (lines(1), 1),
    "closed weekends": (lines(70, keep=lambda day: day.weekday() < 5), 68),
    "gaps": (lines(60, keep=lambda day: not 20 <= (day - date(2024, 1, 1)).days < 26), 60),
    "newest first": ("date,count\n" + "\n".join(lines(30).splitlines()[:0:-1]), 30),
    "all zero": (lines(60, lambda day: 0), 60),
    "constant": (lines(60, lambda day: 7), 60),
    "large": (lines(30, lambda day: 10**12 + day), 30),
    "byte order mark, semicolons": ("\ufeff" + lines(30).replace(",", ";").replace("\n", "\r\n"), 30),
    "dotted dates": (lines(30, written="{:%d.%m.%Y}"), 30),
    "day first": (lines(30, written="{:%d/%m/%Y}"), 30),
    "month first": (lines(30, written="{:%m/%d/%Y}"), 30),
    "midnights": (lines(30, written="{:%Y-%m-%d %H:%M:%S}"), 30),
}


@pytest.mark.parametrize("name", TAKEN)
@pytest.mark.parametrize("horizon", [1, 28])
def test_awkward_files_give_the_json_of_the_contract(told, name, horizon):
    text, days = TAKEN[name]
    code, found, err = told(text, horizon)
    assert (code, err) == (0, "")
    sound(found, horizon, date(2024, 1, 1) + timedelta(days=days - 1))


def test_a_year_ahead(told):
    code, found, _ = told(lines(30), 365)
    assert code == 0
    sound(found, 365, date(2024, 1, 30))


def test_zero_and_constant_are_said_as_they_are(told):
    _, zero, _ = told(lines(60, lambda day: 0))
    assert {point["high95"] for point in zero["points"]} == {0}
    assert zero["noise_floor_wape"] is None
    assert {row["wape"] for row in zero["backtest"]} == {None}
    _, constant, _ = told(lines(60, lambda day: 7))
    assert {point["mean"] for point in constant["points"]} == {7}


REFUSED = {
    "nothing": ("", "no counts"),
    "a header only": ("date,count\n", "no counts"),
    "a day twice": ("date,count\n2024-01-01,1\n2024-01-01,2\n", "twice"),
    "negative": ("date,count\n2024-01-01,-1\n", "'-1'"),
    "text": ("date,count\n2024-01-01,many\n", "'many'"),
    "not a number": ("date,count\n2024-01-01,NaN\n", "'NaN'"),
    "endless": ("date,count\n2024-01-01,1e999\n", "not a number"),
    "too large": ("date,count\n2024-01-01,1e17\n", "too large"),
    "by hour": ("date,count\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n", "'2024-01-01 01:00'"),
    "by week": ("date,count\n2024-01-01,1\n2024-01-08,2\n2024-01-15,1\n2024-01-22,2\n", "not daily"),
    "a mistyped year": ("date,count\n2024-01-01,1\n2042-01-02,2\n", "more than a year"),
    "no such columns": ("a,b,c\n1,2,3\n", "Line 1"),
    "an open quote": ('date,count\n"2024-01-01,3\n' + "2024-01-02,4\n" * 12000, "quotation mark"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unusable_files_are_refused_in_a_sentence(told, name):
    text, words = REFUSED[name]
    code, found, err = told(text)
    assert (code, found) == (2, None)
    assert words in err
    assert "Traceback" not in err
    assert len(err.splitlines()) <= 3


@pytest.mark.parametrize("horizon", [0, -1, 367])
def test_horizons_out_of_range_are_refused(told, horizon):
    code, found, err = told(lines(30), horizon)
    assert (code, found) == (2, None)
    assert "Choose 1 to 366 days." in err


def test_a_file_that_is_not_there(capsys):
    assert main(["forecast", "--series", "nowhere.csv"]) == 2
    assert "There is no such file." in capsys.readouterr().err

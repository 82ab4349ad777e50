"""Reading `date,count` files: what is accepted, and what is refused by column and line."""

import pandas as pd
import pytest

from analytics.errors import ImportRefused, NotEnoughData
from analytics.forecasting.series_file import read_series


def written(tmp_path, text):
    path = tmp_path / "series.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "date,count\n2024-01-30,3\n2024-01-31,4\n",
        "ds,y\n2024-01-30,3\n2024-01-31,4\n",
        '"Date","Pageviews"\n"2024-01-30",3.0\n"2024-01-31",4.0\n',
        "\ufeffdate;count\r\n2024-01-30;3\r\n\r\n2024-01-31;4\r\n",
        "date\tcount\n2024/1/30\t3\n2024/1/31\t4\n",
        "when,how many\n2024-01-30,3\n2024-01-31,4\n",
        "tickets,day\n3,2024-01-30\n4,2024-01-31\n",
        "note,date,count\na,2024-01-30,3\nb,2024-01-31,4\n",
        "date,count\n30.01.2024,3\n31.1.2024,4\n",
        "date,count\n30/01/2024,3\n31/01/2024,4\n",
        "date,count\n01/30/2024,3\n01/31/2024,4\n",
        "date,count\n2024-01-30 00:00:00,3\n2024-01-31T00:00:00Z,4e0\n",
        "date,count\n2024-01-30T00:00:00+02:00,3\n2024-01-31T00:00:00-0500,4\n",
        "date,count\n20240130,3\n20240131,4\n",
        "sep=;\r\ndate;count\r\n2024-01-30;3\r\n2024-01-31;4\r\n",
        "date,count\n2024-01-30,3.000\n2024-01-31,4.000\n",
        "\n\ndate;count\n2024-01-30;3.0\n2024-01-31;4.00\n",
    ],
)
def test_common_forms_give_the_same_series(tmp_path, text):
    series = read_series(written(tmp_path, text))
    assert series.tolist() == [3.0, 4.0]
    assert list(series.index) == [pd.Timestamp("2024-01-30"), pd.Timestamp("2024-01-31")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("date,count\n2024-01-30,3\n2024-01-31,many\n", "Column 'count', line 3: 'many'"),
        ("date,count\n2024-01-30,\n", "Column 'count', line 2: ''"),
        ("date,count\n2024-01-30,nan\n", "Column 'count', line 2: 'nan'"),
        ("date,count\n2024-01-30,inf\n", "Column 'count', line 2"),
        ("date,count\n2024-01-30,-1\n", "Column 'count', line 2: '-1'"),
        ("date,count\n\n2024-02-30,3\n", "Column 'date', line 3: '2024-02-30'"),
        ("date,count\n2024-01-30 08:15,3\n", "Column 'date', line 2"),
        ("date,count\n01/02/2024,3\n02/03/2024,3\n", "line 2: '01/02/2024'"),
        ("date,count\n13/02/2024,3\n02/13/2024,3\n", "Day and month"),
        ("date,count\n2024-01-30,3\n2024-01-30,4\n", "on line 2 and on line 3"),
        ("date,count\n2024-01-30,1,234\n", "Line 2 has 3"),
        ("a,b,c\n1,2,3\n", "Line 1: a, b, c"),
        ("date,count,value\n2024-01-30,1,2\n", "Line 1: date, count, value"),
        ("2024-01-30,3\n2024-01-31,4\n", "Line 1"),
        ("date,count\n0024-01-30,3\n", "Column 'date', line 2: '0024-01-30'"),
        ("date,count\n9999-12-31,3\n", "Column 'date', line 2: '9999-12-31'"),
        ("date;count\n2024-01-30;950\n2024-01-31;1.234\n", "Column 'count', line 3: '1.234'"),
        ('date,count\n2024-01-30,"3\n' + "2024-01-31,4\n" * 20000, "After line"),
        ("sep=;\ndate;count\n2024-01-30;many\n", "Column 'count', line 3: 'many'"),
    ],
)
def test_refusals_name_column_and_line(tmp_path, text, found):
    with pytest.raises(ImportRefused) as refusal:
        read_series(written(tmp_path, text))
    assert found in str(refusal.value)


def test_order_of_day_and_month_is_proved_by_days_that_follow_each_other(tmp_path):
    """01/03 … 11/03 are eleven days of March in one order and days of eleven months in the other."""
    lines = "".join(f"{day:02d}/03/2024,{day}\n" for day in range(1, 12))
    assert list(read_series(written(tmp_path, "date,count\n" + lines)).index) == list(
        pd.date_range("2024-03-01", periods=11)
    )
    lines = "".join(f"03/{day:02d}/2024,{day}\n" for day in range(1, 12))
    assert list(read_series(written(tmp_path, "date,count\n" + lines)).index) == list(
        pd.date_range("2024-03-01", periods=11)
    )


@pytest.mark.parametrize("text", ["", "date,count\n", "\n\n"])
def test_a_file_without_counts(tmp_path, text):
    with pytest.raises(NotEnoughData):
        read_series(written(tmp_path, text))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ImportRefused, match="no such file"):
        read_series(tmp_path / "nowhere.csv")


def test_a_file_that_is_not_text(tmp_path):
    path = tmp_path / "series.csv"
    path.write_bytes(b"\xff\xfe\x00d\x80")
    with pytest.raises(ImportRefused, match="cannot be read"):
        read_series(path)

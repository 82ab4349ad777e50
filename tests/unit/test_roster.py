"""A roster file: read exactly, or refused with the column and the line. No day may be guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.errors import ImportRefused
from analytics.roster import read_roster


def written(tmp_path, text: str):
    file = tmp_path / "roster.csv"
    file.write_text(text, "utf-8")
    return file


def test_by_hand(tmp_path):
    told = read_roster(written(tmp_path, "Date, tier ,hours,team\n2026-03-02,l1,64,Desk\n 2026-03-03,L2,7.5,\n"))
    assert list(told["day"]) == [pd.Timestamp("2026-03-02"), pd.Timestamp("2026-03-03")]
    assert list(told["tier"]) == ["L1", "L2"]
    assert list(told["hours"]) == [64, 7.5]
    assert told["team"].tolist()[0] == "Desk"
    assert pd.isna(told["team"].tolist()[1])


def test_paid_hours_come_before_hours_on_tickets(tmp_path):
    told = read_roster(written(tmp_path, "date,tier,hours,paid_hours\n2026-03-02,L1,40,64\n"))
    assert list(told["hours"]) == [64]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("date,tier\n2026-03-02,L1\n", "no column 'hours'"),
        ("date,tier,hours\n2026-03-02,L1,8\n03/04/2026,L1,8\n", "Line 3 of roster.csv has no readable date"),
        ("date,tier,hours\n2026-13-02,L1,8\n", "Line 2 of roster.csv has no readable date"),
        ("date,tier,hours\n2026-03-02,L9,8\n", "no readable tier"),
        ("date,tier,hours\n2026-03-02,L1,-8\n", "no readable hours"),
        ("date,tier,hours\n2026-03-02,L1,8h\n", "no readable hours"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, words):
    """3/4/2026 is March in one country and April in another: it is refused, not guessed."""
    with pytest.raises(ImportRefused, match=words):
        read_roster(written(tmp_path, text))

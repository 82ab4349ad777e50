"""A roster file: read exactly, or refused with the column and the line. No day may be guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.errors import ImportRefused
from analytics.roster import import_roster, read_roster, ticket_shares
from analytics.staffing.plan import Plan
from analytics.warehouse.store import Home, open_dataset
from analytics.workforce.inputs import headcount_now, plan_for
from tests.pages import small


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
    assert list(told["on_tickets"]) == [40]
    assert read_roster(written(tmp_path, "date,tier,hours\n2026-03-02,L1,40\n"))["on_tickets"].isna().to_numpy().all()


def test_the_share_of_paid_time_on_tickets_by_hand(tmp_path):
    """L1: 40 + 20 of 64 + 36 paid hours; L2's row says no paid hours, L3 is paid for and never on tickets."""
    text = (
        "date,tier,hours,paid_hours\n2026-03-02,L1,40,64\n2026-03-03,L1,20,36\n2026-03-02,L2,5,0\n2026-03-02,L3,0,8\n"
    )
    assert ticket_shares(read_roster(written(tmp_path, text))) == {"L1": 0.6}
    assert ticket_shares(read_roster(written(tmp_path, "date,tier,hours\n2026-03-02,L1,40\n"))) == {}


def test_a_roster_s_shrinkage_stands_in_for_what_the_plan_does_not_say(tmp_path):
    """A roster of 64 paid hours with 40 on tickets: 37.5 % shrinkage in L1, unless the plan states its own; another roster
    without the two takes it back to the plan's 30 %."""
    home = Home(tmp_path)
    small.fill(home.folder)
    file = written(tmp_path, "date,tier,hours,paid_hours\n2025-03-03,L1,40,64\n")
    import_roster(home, "sample", read_roster(file))
    told = open_dataset("sample", home)
    assert plan_for(told).tier("L1").shrinkage == 0.375
    assert plan_for(told).tier("L2").shrinkage == 0.3
    assert plan_for(told, "[tiers.L1]\nshrinkage = 0.2\n").tier("L1").shrinkage == 0.2
    assert plan_for(told, "[tiers.L1]\nheadcount = 4\n").tier("L1").shrinkage == 0.375
    import_roster(home, "sample", read_roster(written(tmp_path, "date,tier,hours\n2025-03-03,L1,64\n")))
    assert plan_for(open_dataset("sample", home)).tier("L1").shrinkage == 0.3


@pytest.mark.parametrize(
    ("days", "last"),
    [(60, "2025-07-04"), (60, "2025-07-01"), (15, "2025-07-04"), (8, "2025-07-02"), (5, "2025-07-04")],
)
def test_people_of_a_roster_whichever_day_it_ends_on(tmp_path, days, last):
    """Ten people of eight hours on each working day, and three half-time ones; the last week is whole, or has only begun."""
    home = Home(tmp_path)
    small.fill(home.folder)
    lines = [f"{day:%Y-%m-%d},L1,80\n{day:%Y-%m-%d},L2,12\n" for day in pd.bdate_range(end=last, periods=days)]
    import_roster(home, "sample", read_roster(written(tmp_path, f"date,tier,hours\n{''.join(lines)}")))
    assert headcount_now(open_dataset("sample", home), Plan())[0] == {"L1": 10.0, "L2": 1.5}


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

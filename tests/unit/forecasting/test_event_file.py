"""Calendar events as CSV: what people write, what comes back, and what is refused with its line."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.ahead.events import shipped
from analytics.errors import InputError
from analytics.forecasting import event_file
from analytics.forecasting.calendar_events import CalendarEvent

TEXT = """kind,name,start,days,half_life_days,product,uplift,tier_mix,comment
Launch,Beam 2,2026-03-01,2,3.5,Beam,40 %,"L1 60 %, L2 40%",was late
outage,,2026-02-01,,,,,,
campaign,Spring,2026-02-15,7,0,,0.25,,
"""


def test_what_is_written_comes_back_in_order():
    events, left_out = event_file.read_events(TEXT)
    assert left_out == ("comment",)
    assert events == (
        CalendarEvent("outage", date(2026, 2, 1)),
        CalendarEvent("campaign", date(2026, 2, 15), 7, 0.0, 0.25, label="Spring"),
        CalendarEvent("launch", date(2026, 3, 1), 2, 3.5, 0.4, (("L1", 0.6), ("L2", 0.4)), "Beam 2", "Beam"),
    )
    assert event_file.read_events(event_file.write_events(events))[0] == events
    assert event_file.from_records(event_file.to_record(event) for event in events) == events


def test_spreadsheets_with_semicolons_and_a_mark():
    text = "\ufeffstart;kind\n2026-01-05;price change\n;\n"
    assert event_file.read_events(text)[0] == (CalendarEvent("price change", date(2026, 1, 5)),)


def test_the_shipped_events_load():
    assert [(event.kind, event.product) for event in shipped()] == [
        ("launch", "Insight Reports"),
        ("outage", "Identity Hub"),
        ("launch", "Connect API"),
        ("launch", "Billing Cloud"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no column 'kind'"),
        ("kind,name\nlaunch,x", "no column 'start'"),
        ("kind,start\nlaunch,01.02.2026", "Line 2 is not an event"),
        ("kind,start\nlanch,2026-01-01", "Line 2: There is no kind of event 'lanch'"),
        ("kind,start,days\noutage,2026-01-01,0", "lasts a day or more"),
        ("kind,start,days\noutage,2026-01-01,inf", "Line 2 is not an event"),
        ("kind,start,half_life_days\noutage,2026-01-01,nan", "half-life"),
        ("kind,start,uplift\noutage,2026-01-01,much", "Line 2 is not an event"),
        ("kind,start,uplift\noutage,2026-01-01,-3", "less than no tickets"),
        ("kind,start,tier_mix\noutage,2026-01-01,half", "tier mix"),
        ("kind,start,tier_mix\noutage,2026-01-01,L1 50 %", "sum to 1"),
    ],
)
def test_refused_with_its_line(text, words):
    with pytest.raises(InputError, match=words):
        event_file.read_events(text)

"""Reading times as people write them, proving the order of day and month, and placing wall clocks in a zone.

Checked a second way against Python's own datetime and zoneinfo.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given, settings, strategies as st

from analytics.ingest.derive import define_macros
from analytics.ingest.times import create_zone_tables, order_proof, placed, time_forms, transitions, with_clocks

EPOCH = datetime(1970, 1, 1)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as opened:
        define_macros(opened)
        yield opened


def relation(texts):
    rows = ", ".join(
        f"({i}, {'NULL' if t is None else chr(39) + t.replace(chr(39), chr(39) * 2) + chr(39)})"
        for i, t in enumerate(texts)
    )
    return f'SELECT * FROM (VALUES {rows}) v(position, "at")'


def read(con, texts, order="dmy"):
    """(wall clock, is UTC) of each text; None where it is unreadable."""
    forms = {"at": time_forms(con, relation(texts), "at")}
    clocks = with_clocks(relation(texts), ["at"], {"at": order}, forms)
    rows = con.execute(f"SELECT at_clock_us, at_is_utc FROM ({clocks}) ORDER BY position").fetchall()
    return [None if us is None else (EPOCH + timedelta(microseconds=us), utc) for us, utc in rows]


def clock(*parts):
    return datetime(*parts)


LEAP_DAY = clock(2016, 2, 29, 1, 16)


@pytest.mark.parametrize(
    ("text", "wall", "is_utc"),
    [
        ("29/2/2016 01:16", LEAP_DAY, False),
        ("29-02-2016 01:16", LEAP_DAY, False),
        ("29.02.2016 01:16", LEAP_DAY, False),
        ("29.02.2016, 01:16", LEAP_DAY, False),
        ("29/2/16 01:16", LEAP_DAY, False),
        ("2016-02-29 01:16", LEAP_DAY, False),
        ("2016-02-29T01:16:00", LEAP_DAY, False),
        ("2016/02/29 1:16:00.5", clock(2016, 2, 29, 1, 16, 0, 500_000), False),
        ("2012/10/09 14:50:17.000", clock(2012, 10, 9, 14, 50, 17), False),
        ("2016-02-29", clock(2016, 2, 29), False),
        ("2016-02-29T01:16:00Z", LEAP_DAY, True),
        ("2016-02-29T01:16:00.123456789Z", clock(2016, 2, 29, 1, 16, 0, 123_456), True),
        ("2016-02-29T01:16:00+0100", clock(2016, 2, 29, 0, 16), True),
        ("2016-02-29 01:16:00-05:30", clock(2016, 2, 29, 6, 46), True),
        ("2016-02-29T01:16:00.123+05", clock(2016, 2, 28, 20, 16, 0, 123_000), True),
        ("2016-02-29 01:16:00 UTC", LEAP_DAY, True),
        ("2016-02-29 01:16:00 PST", clock(2016, 2, 29, 9, 16), True),
        ("20160229T011600Z", LEAP_DAY, True),
        ("20160229T0116", LEAP_DAY, False),
        ("11/May/24 03:26 PM", clock(2024, 5, 11, 15, 26), False),
        ("11/May/24 12:26 AM", clock(2024, 5, 11, 0, 26), False),
        ("11/may/24 12:26 p.m.", clock(2024, 5, 11, 12, 26), False),
        ("11-May-2024 15:26:01", clock(2024, 5, 11, 15, 26, 1), False),
        ("May 11, 2024 3:26:01 PM", clock(2024, 5, 11, 15, 26, 1), False),
        ("May 11th, 2024", clock(2024, 5, 11), False),
        ("Mon, 29 Feb 2016 01:16:00 +0100", clock(2016, 2, 29, 0, 16), True),
        ("Mon Feb 29 2016 01:16:00 GMT+0100 (CET)", clock(2016, 2, 29, 0, 16), True),
        ("29.02.2016, 01:16 Uhr", LEAP_DAY, False),
        ("29. Februar 2016 um 01:16 Uhr", LEAP_DAY, False),
        ("February 29, 2016 at 1:16 AM", LEAP_DAY, False),
        ("Feb 29, 2016 @ 01:16:00.000", LEAP_DAY, False),
        ("29/2/2016, 1:16:00\u202fAM", LEAP_DAY, False),
        ("29. März 2016 14:00", clock(2016, 3, 29, 14), False),
        ("29 févr. 2016 14:00", clock(2016, 2, 29, 14), False),
        ("3 juil. 2016", clock(2016, 7, 3), False),
        ("3 juin 2016", clock(2016, 6, 3), False),
        ("11 de mayo de 2024 12:00", clock(2024, 5, 11, 12), False),
        ("42429.05277777778", LEAP_DAY, False),
        ("42429", clock(2016, 2, 29), False),
        ("1456708560", LEAP_DAY, True),
        ("1456708560.5", clock(2016, 2, 29, 1, 16, 0, 500_000), True),
        ("1456708560123", clock(2016, 2, 29, 1, 16, 0, 123_000), True),
        ("1456708560123456", clock(2016, 2, 29, 1, 16, 0, 123_456), True),
        ("1456708560123456000", clock(2016, 2, 29, 1, 16, 0, 123_456), True),
        ("20160229", clock(2016, 2, 29), False),
        ("201602290116", LEAP_DAY, False),
        ("20160229011630", clock(2016, 2, 29, 1, 16, 30), False),
    ],
)
def test_what_real_files_contain_is_read(con, text, wall, is_utc):
    assert read(con, [text]) == [(wall, is_utc)]


@pytest.mark.parametrize(
    "text",
    [
        "?", "NA", "null", "photo", "12:30", "-01:30", "31/2/2016 01:16", "30/02/2016", "2016-13-01",
        "2016-02-29 25:00", "1.5", "-5",
        "2016", "0016-02-29", "0000-00-00 00:00:00", "9999-12-31", "infinity", "epoch", "now()", "3,87,16,91,111",
        "2016-02-29 01:16:00 XYZ", "29.02.2016, 01:16 Uhren", "11/Mayonnaise/24x", "=HYPERLINK(1)", "1" * 40,
        "2016-02-29 (BC) 01:16",
        "1/2/3/4", "2016-02-29; DROP TABLE x", "١/٢/٢٠١٦", "🦆", "2016-02-29\n2016-02-28",
    ],
)  # fmt: skip
def test_what_is_no_time_is_unreadable(con, text):
    assert read(con, [text]) == [None]


def test_asking_for_every_form_at_once_reads_the_same(con):
    texts = [
        "29/2/2016 01:16",
        "2016-02-29T01:16:00Z",
        "1456708560",
        "11/May/24 03:26 PM",
        "May 11, 2024",
        "soon",
        None,
    ]
    clocks = with_clocks(relation(texts), ["at"], {"at": "dmy"})
    rows = con.execute(f"SELECT at_clock_us, at_is_utc FROM ({clocks}) ORDER BY position").fetchall()
    assert [us and (EPOCH + timedelta(microseconds=us), utc) for us, utc in rows] == read(con, texts)


def test_a_missing_time_stays_missing(con):
    assert read(con, [None, "2016-02-29"]) == [None, (clock(2016, 2, 29), False)]


def test_the_order_of_day_and_month_is_the_columns(con):
    texts = ["3/4/2024 10:00", "03-04-2024", "3/4/24 10:00:00"]
    wall = [read(con, texts, order) for order in ("dmy", "mdy")]
    assert [row and row[0].strftime("%m-%d") for row in wall[0]] == ["04-03"] * 3
    assert [row and row[0].strftime("%m-%d") for row in wall[1]] == ["03-04"] * 3
    assert read(con, ["24/03/04"], "ymd") == [(clock(2024, 3, 4), False)]


FORMATS = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S",
    "%d/%b/%Y %I:%M:%S %p",
    "%d %B %Y %H:%M:%S", "%B %d, %Y %I:%M:%S %p", "%a, %d %b %Y %H:%M:%S +0000", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S",
    "%Y%m%dT%H%M%S",
)  # fmt: skip
moments = st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(moments, st.sampled_from(FORMATS)), min_size=1, max_size=30))
def test_law_a_written_time_is_read_back(con, written):
    texts = [at.strftime(form) for at, form in written]
    assert [row and row[0] for row in read(con, texts)] == [at for at, _ in written]


@settings(deadline=None, max_examples=30)
@given(moments)
def test_law_serials_and_epochs_are_read_back(con, at):
    seconds = int((at - EPOCH).total_seconds())
    serial = (at - datetime(1899, 12, 30)) / timedelta(days=1)
    texts = [f"{serial:.10f}"] + ([str(seconds), f"{seconds}000"] if seconds >= 100_000_000 else [])
    assert {row and row[0] for row in read(con, texts)} == {at}


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-05-01T10:00:00+05:45", clock(2024, 5, 1, 4, 15)),
        ("2024-05-01T10:00:00+1245", clock(2024, 4, 30, 21, 15)),
        ("2024-05-01 10:00:00-00:59", clock(2024, 5, 1, 10, 59)),
        ("0/0/00-040", None),
    ],
)
def test_offsets_with_any_minutes(con, text, utc):
    """Nepal and the Chatham Islands: 45 minutes are more microseconds than 32 bits hold."""
    assert read(con, [text]) == [utc and (utc, True)]


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
nearly = st.from_regex(
    r"\A[0-9]{1,4}[-/. ]([0-9]{1,2}|May|mai)[-/. ][0-9]{1,4}[T ]?[0-9:.]{0,12} ?[APMZ+]{0,2}[0-9:]{0,5}\Z"
)


@settings(deadline=None, max_examples=30)
@given(st.lists(anything | nearly, min_size=20, max_size=60), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_law_no_text_breaks_the_reader(con, texts, order):
    """Whatever is written, the answer is a time of 1970-2199 or none; never an error."""
    assert all(row is None or 1969 <= row[0].year <= 2200 for row in read(con, texts, order))


@pytest.mark.parametrize(
    ("texts", "proves", "contradicts"),
    [
        (["3/4/2024", "13/4/2024 10:00"], "dmy", False),
        (["3/4/2024", "4-13-2024"], "mdy", False),
        (["13/4/2024", "4/13/2024"], None, True),
        (["3/4/2024", "5/6/2024"], None, False),
        (["2024-03-13", "11/May/24", "1456708560", None], None, False),
        (["Fri 13/4/2024"], "dmy", False),
        (["32/4/2024", "4/32/2024"], None, False),
    ],
)
def test_the_row_that_proves_the_order(con, texts, proves, contradicts):
    proof = order_proof(con, relation(texts), "at")
    assert (proof.proves, proof.contradicts) == (proves, contradicts)
    if proves:
        first = proof.day_first_position if proves == "dmy" else proof.month_first_position
        assert first == next(i for i, text in enumerate(texts) if "13" in text)


def test_ambiguous_rows_are_counted_but_a_date_that_reads_the_same_both_ways_is_not(con):
    assert order_proof(con, relation(["3/4/2024", "4/4/2024", "13/4/2024"]), "at").ambiguous == 1


ZONES = ("UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata",
"Africa/Casablanca",
         "America/St_Johns", "Europe/London")  # fmt: skip


def place(con, zone, walls):
    """UTC of wall clocks, and their local day and hour of the week read back from UTC."""
    create_zone_tables(con, zone, 1969, 2101)
    rows = ", ".join(
        f"({i}, {round((wall - EPOCH).total_seconds())}::BIGINT * 1000000)" for i, wall in enumerate(walls)
    )
    utc = f"""SELECT i, {placed("w", "FALSE", "z")} AS at_us FROM (VALUES {rows}) v(i, w)
        ASOF LEFT JOIN zone_local z ON v.w >= z.local_us"""
    found = con.execute(f"""SELECT at_us, at_us + u.offset_us FROM ({utc}) p ASOF LEFT JOIN zone_utc u ON p.at_us >= u.utc_us
        ORDER BY i""").fetchall()
    return [(EPOCH + timedelta(microseconds=us), EPOCH + timedelta(microseconds=local)) for us, local in found]


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(ZONES),
    st.lists(st.datetimes(datetime(1970, 1, 2), datetime(2100, 12, 30)), min_size=1, max_size=40),
)
def test_law_placing_agrees_with_zoneinfo(con, zone, walls):
    """A skipped hour moves forward and a repeated one is the first: what PEP 495 says of fold=0."""
    walls = [wall.replace(microsecond=0) for wall in walls]
    zoned = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in walls]
    expected = [(at.replace(tzinfo=None), at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)) for at in zoned]
    assert place(con, zone, walls) == expected


@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"])
def test_every_quarter_of_an_hour_around_every_transition_agrees_with_zoneinfo(con, zone):
    _, found = transitions(zone, 2009, 2025)
    walls = [
        EPOCH + timedelta(microseconds=step.at_us + step.before_us) + timedelta(minutes=15 * quarter)
        for step in found for quarter in range(-8, 9)
    ]  # fmt: skip
    zoned = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None) for wall in walls]
    assert found
    assert [at for at, _ in place(con, zone, walls)] == zoned


def test_a_zone_that_dropped_a_whole_day_places_it_on_the_next():
    _, found = transitions("Pacific/Apia", 2011, 2012)
    skipped = [step for step in found if step.after_us - step.before_us == 24 * 3600 * 1_000_000]
    assert len(skipped) == 1
    assert EPOCH + timedelta(microseconds=skipped[0].odd_from_us) == clock(2011, 12, 30)


@pytest.mark.parametrize(
    ("text", "number", "minutes"),
    [
        ("12", 12, 12), ("1.5", 1.5, 1.5), ("1,5", 1.5, 1.5), ("1,234", 1234, 1234), ("1.234,5", 1234.5, 1234.5),
        ("3,87,16,91,111", 387_16_91_111, 387_16_91_111), ("-2", -2, -2), ("1e3", 1000, 1000), ("01:30", None, 90),
        ("-1:30", None, -90),
        ("00:00:30", None, 0.5), ("100:00", None, 6000), ("?", None, None), ("", None, None),
        ("1:2:3:4", None, None), ("nan", None, None),
    ],
)  # fmt: skip
def test_numbers_and_durations_as_people_write_them(con, text, number, minutes):
    assert con.execute("SELECT number_of($1), minutes_of($1)", [text]).fetchall() == [(number, minutes)]

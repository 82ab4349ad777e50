"""The mapping file: read, checked, written back; tiers from words and team names; columns bound to a header."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from analytics.errors import MappingError
from analytics.ingest.mapping import (
    Mapping,
    SourceOptions,
    TierRules,
    load_mapping,
    load_preset,
    parse_tier,
    preset_names,
)
from analytics.model import KINDS, TIERS

EXAMPLE = """
shape = "events"
[source]
delimiter = ";"
timezone = "Europe/Stockholm"
date_order = "dmy"
missing = ["?", "NA", ""]
[columns]
ticket_id = "SR Number"
at = "Change Date+Time"
status = ["Status", "Sub Status"]
team = "Involved ST"
[tiers]
rules = [{ pattern = "2nd", tier = "L2" }, { pattern = "3rd", tier = "L3" }]
default = "L1"
[kinds]
"Accepted/In Progress" = "acknowledged"
"""
HEADER = ["SR Number", "Change Date+Time", "Status", "Sub Status", "Involved ST"]


def example() -> Mapping:
    return Mapping.from_toml(EXAMPLE, "example.toml")


def test_the_documented_mapping_is_read():
    mapping = example()
    assert mapping.source == SourceOptions(";", None, "Europe/Stockholm", "dmy", ("?", "NA", ""))
    assert mapping.columns["status"] == ("Status", "Sub Status")
    assert mapping.tiers.rules == (("2nd", "L2"), ("3rd", "L3"))
    assert mapping.kinds == {"Accepted/In Progress": "acknowledged"}


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
tiers = st.sampled_from(TIERS)


@given(
    st.builds(
        Mapping,
        name=st.just("m"),
        shape=st.just("events"),
        source=st.builds(SourceOptions, st.none() | texts, st.none() | texts, st.just("Europe/Paris"), st.just("mdy"),
                         st.lists(texts, max_size=3).map(tuple)),
        columns=st.fixed_dictionaries({"ticket_id": texts.map(lambda t: (t,)), "at": st.lists(texts, min_size=1).map(tuple)}),
        tiers=st.builds(TierRules, st.dictionaries(texts, tiers), st.lists(st.tuples(texts, tiers)).map(tuple),
                        st.none() | tiers, st.dictionaries(texts, tiers)),
        kinds=st.dictionaries(texts, st.sampled_from(KINDS)),
        drop=st.lists(texts, max_size=2).map(tuple),
        hash=st.lists(texts, max_size=2).map(tuple),
        fields=st.dictionaries(st.sampled_from(["status", "team"]), st.lists(texts, min_size=1, max_size=2).map(tuple)),
        title=st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    )
)  # fmt: skip
def test_law_a_mapping_written_and_read_is_the_same(mapping):
    assert Mapping.from_toml(mapping.to_toml(), "m") == mapping


@pytest.mark.parametrize(
    ("toml", "named", "hint"),
    [
        ('shape = "event"', "shape", "Did you mean 'events'?"),
        ("[columns]", "shape", ""),
        ('shape = "events"\n[column]', "column", "Did you mean 'columns'?"),
        ('shape = "events"\n[columns]\ntiket_id = "a"', "tiket_id", "Did you mean 'ticket_id'?"),
        ('shape = "events"\n[columns]\nticket_id = "a"', "'at'", ""),
        ('shape = "events"\n[columns]\nticket_id = 3\nat = "b"', "columns.ticket_id", ""),
        ('shape = "events"\n[columns]\nticket_id = []\nat = "b"', "columns.ticket_id", ""),
        ('shape = "stays"\n[columns]\nticket_id = "a"\nstart = "b"', "'team'", ""),
        ('shape = "events"\n[columns]\nticket_id = "a"\nat = "b"\n[kinds]\nX = "resolve"', "'X'", "'resolved'"),
        ('shape = "events"\n[columns]\nticket_id = "a"\nat = "b"\n[tiers]\ndefault = "L9"', "default", ""),
        ('shape = "events"\n[columns]\nticket_id = "a"\nat = "b"\n[tiers]\nrules = ["2nd"]', "tiers.rules", ""),
        ('shape = "events"\n[columns]\nticket_id = "a"\nat = "b"\n[tiers]\nteams = "x"', "tiers.teams", ""),
        ('shape = "events"\n[source]\ndate_order = "ddm"', "date_order", ""),
        ('shape = "events"\n[source]\ntimezone = "Europe/Stokholm"', "Stokholm", "Did you mean 'Europe/Stockholm'?"),
        ('shape = "events"\nkinds = 3', "kinds", ""),
        ("shape = \nx = 1", "example", "line 1"),
    ],
)
def test_a_slip_is_named_with_the_nearest_known_name(toml, named, hint):
    with pytest.raises(MappingError) as refused:
        Mapping.from_toml(toml, "example")
    assert named in str(refused.value)
    assert hint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "tier"),
    [
        ("L2", "L2"), ("l2", "L2"), ("Tier 2", "L2"), ("tier2", "L2"), ("2", "L2"), ("2.0", "L2"), ("Level 2", "L2"),
        ("T2", "L2"), ("2nd line", "L2"), ("2nd", "L2"), ("second line", "L2"), ("Level II", "L2"),
        ("2nd Level Support", "L2"), ("N3", "L3"),
        ("Support L1", "L1"), ("0", "L0"), ("  L3 ", "L3"), ("L-1", "L1"),
        ("L4", None), ("4", None), ("12", None), ("", None), ("Group 2", None), ("L2 and L3", None), ("high", None),
        ("-1", None),
    ],
)  # fmt: skip
def test_words_that_mean_a_tier(text, tier):
    assert parse_tier(text) == tier


def test_a_team_named_v13_2nd_3rd_gets_the_tier_of_the_first_rule_that_matches():
    rules = example().tiers
    assert [rules.of_team(team) for team in ("V13 2nd 3rd", "T17 3rd", "G97")] == ["L2", "L3", "L1"]


def test_the_team_table_goes_before_the_rules_and_rules_are_matched_anywhere_in_the_name():
    rules = TierRules(
        teams={"A 2nd": "L3"}, rules=(("2ND", "L2"), ("support (emea)", "L1"), ("^dev|ops$", "L3"), ("((", "L0"))
    )
    told = [
        rules.of_team(team) for team in ("A 2nd", "B 2nd", "The Support (EMEA) desk", "devs", "my ops", "x((y", "none")
    ]
    assert told == ["L3", "L2", "L1", "L3", "L3", "L0", None]


def test_values_translate_a_tier_column_before_the_usual_words():
    rules = TierRules(values={"Front office": "L1", "2": "L3"})
    assert [rules.of_value(text) for text in ("Front office", "2", "3", "Back office")] == ["L1", "L3", "L3", None]


def test_columns_are_bound_exactly_first_then_whatever_the_case_and_blanks():
    bound = example().bound(["sr  number", "Change Date+Time", "STATUS", "Sub_Status", "Involved ST"], file="f.csv")
    assert bound.columns["ticket_id"] == ("sr  number",)
    assert bound.columns["status"] == ("STATUS", "Sub_Status")


def test_a_name_with_a_slash_stands_for_its_parts_unless_it_is_a_column():
    mapping = Mapping.from_toml('shape="events"\n[columns]\nticket_id="id"\nat="at"\nstatus="S/T"', "m")
    assert mapping.bound(["id", "at", "S", "T"], file="f").columns["status"] == ("S", "T")
    assert mapping.bound(["id", "at", "S", "T", "S/T"], file="f").columns["status"] == ("S/T",)


def test_a_mapped_column_that_is_missing_is_refused_with_its_name_the_line_and_the_nearest():
    with pytest.raises(MappingError) as refused:
        example().bound([*HEADER[:4], "Involved S"], file="f.csv")
    assert "'Involved ST'" in refused.value.title
    assert "line 1 of f.csv" in refused.value.found
    assert "Did you mean 'Involved S'?" in refused.value.todo


def test_a_preset_does_without_optional_columns_but_not_without_needed_ones():
    assert "team" not in example().bound(HEADER[:4], file="f.csv", lenient=True).columns
    with pytest.raises(MappingError, match="SR Number"):
        example().bound(HEADER[1:], file="f.csv", lenient=True)


def test_changed_fields_are_known_by_their_usual_names_or_by_the_mappings_own():
    usual = Mapping.from_toml('shape="changes"\n[columns]\nticket_id="i"\nat="a"\nfield="f"\nnew="n"', "m")
    own = Mapping.from_toml(usual.to_toml() + '\n[fields]\nteam = ["Pod"]', "m")
    assert [usual.field_of(name) for name in ("Status", "group_id", "Assignment group", "assignee", "Pod")] == [
        "status", "team", "team", "agent", None,
    ]  # fmt: skip
    assert [own.field_of(name) for name in ("pod", "status")] == ["team", None]


def test_a_mapping_file_that_is_missing_or_no_text_is_refused(tmp_path):
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(MappingError, match="not UTF-8"):
        load_mapping(tmp_path / "photo.toml")


def test_an_unknown_preset_is_refused_and_every_shipped_one_loads():
    with pytest.raises(MappingError, match="no preset 'nonsense'"):
        load_preset("nonsense")
    assert [load_preset(name).name for name in preset_names()] == preset_names()

"""Thresholds as settings: the most specific wins, a file round trip, slips named, kept beside a dataset's versions."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from analytics.__main__ import main
from analytics.errors import InputError
from analytics.findings import registry
from analytics.findings.d01_resolved_shares import SHARE
from analytics.findings.d07_acknowledgement import WITHIN
from analytics.findings.settings import HANDLE_MINUTES, HIGH_PRIORITIES, MARKED_DAY, Settings
from analytics.findings.settings_file import FILE, changed, read_settings, save_settings, settings_of, write_settings
from analytics.warehouse.store import Home
from tests.findings.drawn import Stay
from tests.findings.logs import imported
from tests.findings.test_each import DESK, TECH, mixed

FILE_TEXT = """
currency = "EUR"
hourly_cost = { L1 = 32, L2 = 45.5 }
[texts]
marked_day = "2026-03-01"
[thresholds]
escalation_share = 0.25
[thresholds.acknowledge_minutes]
value = 40
tier = { L3 = 60 }
priority = { Urgent = 15 }
both = { "L3/urgent" = 20 }
"""


def test_the_most_specific_figure_wins():
    told = read_settings(FILE_TEXT)
    figures = [
        told.of(WITHIN, *scope) for scope in (("L3", "urgent"), ("L2", "URGENT"), ("L3", "low"), ("L2", "low"), ())
    ]
    assert figures == [20, 15, 60, 40, 40]
    assert told.text(MARKED_DAY) == "2026-03-01"
    assert told.money({"L1": 2, "L2": 1}) == pytest.approx(109.5)
    assert told.money({"L1": 2, "L3": 1}) is None
    assert told.money({}) is None


def test_defaults_by_tier_hold_until_they_are_changed():
    assert [Settings().of(SHARE, tier) for tier in ("L1", "L2", "L3")] == [0.80, 0.18, 0.02]
    assert Settings((changed(SHARE, 0.3, "L2"),)).of(SHARE, "L2") == 0.3
    assert Settings().of(HANDLE_MINUTES, "L2") == 30


def test_a_file_comes_back_as_it_was():
    told = read_settings(FILE_TEXT)
    assert read_settings(write_settings(told)) == told
    assert read_settings(write_settings(Settings())) == Settings()


names = st.text(min_size=1, max_size=8).filter(lambda name: name == name.casefold())


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.tuples(st.sampled_from(["", "L1", "L3"]), names), st.floats(0, 1e6)), st.text(max_size=20))
def test_any_priority_name_survives_the_file(scopes, text):
    figures = sorted(changed(WITHIN, value, tier, priority) for (tier, priority), value in scopes.items())
    told = Settings(tuple(figures), ((HIGH_PRIORITIES.name, text),))
    assert read_settings(write_settings(told)) == told
    assert tomllib.loads(write_settings(told))["currency"] == "USD"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[thresholds]\nescalation_shar = 0.2", "escalation_share"),
        ("[thresholds]\nescalation_share = 1.2", "cannot be 1.2"),
        ("[thresholds]\nescalation_share = '20 %'", "must be a number"),
        ("[thresholds]\nescalation_share = nan", "cannot be nan"),
        ("[thresholds.escalation_share]\ntier = { L1 = 0.2 }", "same for every tier"),
        ("[thresholds.acknowledge_minutes]\ntier = { L7 = 3 }", "no tier 'L7'"),
        ("[thresholds.acknowledge_minutes]\nwhen = 3", "says nothing"),
        ("[threshold]\nx = 1", "thresholds"),
        ("hourly_cost = { L1 = -3 }", "cannot cost"),
        ("currency = 'euros'", "no currency"),
        ("[texts]\nmarked_day = '1.3.2026'", "not a day"),
        ("thresholds = 3", "must be a table"),
        ("a = ", "no TOML"),
    ],
)
def test_slips_are_named(text, said):
    with pytest.raises(InputError) as caught:
        read_settings(text)
    assert said in f"{caught.value.title} {caught.value.found} {caught.value.todo}"


def test_every_threshold_says_where_it_comes_from_and_can_be_read_back():
    for threshold in registry.thresholds().values():
        threshold.check(threshold.default)
        assert threshold.source
        assert threshold.unit
        assert registry.used_by(threshold.name), threshold.name
    assert len({claim.id for claim in registry.claims().values()}) >= 30


def test_a_limit_per_priority_reaches_the_sql(findings_of):
    """All wait 90 minutes. With two hours for urgent ones nobody is late; with two hours for low ones everybody is."""
    made = mixed([DESK, Stay("L2", "Tech", wait=90)], [DESK, TECH], 300).assign(priority="Urgent")
    for priority, value in (("urgent", 1.0), ("low", 0.0)):
        told = findings_of(made, Settings((changed(WITHIN, 120, priority=priority),)))["d07_acknowledgement"]
        assert told.value == pytest.approx(value)
    of_tier = findings_of(made, Settings((changed(WITHIN, 120, "L2"),)))
    assert of_tier["d07_acknowledgement"].value == pytest.approx(1)


def test_the_priority_at_the_handing_over_counts(findings_of):
    """Low when it was handed over, urgent only later: no high-priority handoff. The other way round: one."""
    late = mixed([DESK, TECH], [DESK, TECH], 0)
    late["priority"] = ["low" if kind in ("created", "queued", "acknowledged") else "urgent" for kind in late["kind"]]
    early = mixed([DESK, TECH], [DESK, TECH], 0)
    early["priority"] = ["urgent" if kind in ("created", "queued") else "low" for kind in early["kind"]]
    assert findings_of(late)["d07_acknowledgement"].severity == "unknown"
    assert findings_of(early)["d07_acknowledgement"].n == 300


def test_a_dataset_keeps_its_thresholds_over_a_new_version(tmp_path, capsys):
    imported(mixed([DESK, TECH], [DESK], 60), tmp_path).close()
    home = Home(tmp_path / "home")
    told = read_settings(FILE_TEXT)
    save_settings(home.get("log"), told)
    with home.new_version("log") as con:
        con.execute("SELECT 1")
    assert settings_of(home.get("log")) == told
    assert (home.get("log").folder / FILE).is_file()
    common = ["findings", "--dataset", "log", "--home", str(home.folder), "--no-changes", "--format", "md"]
    assert main(common) == 0
    assert "over 25 %" in capsys.readouterr().out
    own = tmp_path / "own.toml"
    own.write_text("[thresholds]\nescalation_share = 0.31\n", "utf-8")
    assert main([*common, "--thresholds", str(own)]) == 0
    assert "over 31 %" in capsys.readouterr().out
    assert main([*common, "--thresholds", str(tmp_path / "none.toml")]) == 2

"""The truths planted in the shipped sample are found, and a healthy organisation is left alone."""

from __future__ import annotations

import pytest

from analytics.findings.base import tickets_behind
from analytics.findings.registry import find_all
from analytics.model import Filters
from analytics.sample import truth
from data.make_sample import healthy_log
from tests.findings.logs import HEALTHY_HOURS, imported


@pytest.fixture(scope="module")
def found(sample):
    return {one.id: one for one in find_all(sample)}


def test_the_bottleneck(found):
    assert found["d11_l3_wait"].severity == "act"


def test_the_bouncing_pair(found):
    finding, planted = found["d08_pair"], truth()["bouncing_pair"]
    assert finding.severity == "act"
    assert all(team in finding.sentence for team in planted["teams"])
    assert finding.value * finding.n == pytest.approx(planted["tickets_that_came_back"], abs=1)


def test_the_over_escalating_product(found):
    finding, planted = found["d03_product"], truth()["over_escalating_product"]
    assert finding.severity == "act"
    assert planted["product"] in finding.sentence
    assert f"{planted['realised_escalation_rate'][planted['product']] * 100:.0f} %" in finding.sentence


def test_the_bad_notes(found):
    finding = found["d19_handoff_notes"]
    planted = {one["name"]: one for one in truth()["handoff_notes"]["classes"]}
    assert finding.severity == "act"
    ratio = planted["bad"]["l2_latency_p50_hours"] / planted["good"]["l2_latency_p50_hours"]
    assert finding.value == pytest.approx(ratio, rel=0.15)


def test_the_missing_links(found):
    finding = found["d12_undocumented"]
    assert finding.severity == "watch"
    assert finding.value == pytest.approx(truth()["knowledge_link_missing"]["L3"], abs=0.02)


def test_the_approvals(found):
    finding, planted = found["d18_product"], truth()["hierarchical_share"]
    assert finding.severity == "watch"
    assert "Billing Cloud" in finding.sentence
    assert finding.value == pytest.approx(planted["Billing Cloud"], abs=0.005)
    assert found["d18_hierarchical"].value == pytest.approx(planted["all"], abs=0.005)


def test_every_alarm_has_tickets_to_show(sample, found):
    alarms = [one for one in found.values() if one.is_alarm]
    assert len(alarms) >= 6
    for one in alarms:
        assert len(tickets_behind(sample, one, Filters(), most=5)) == 5


def test_filters_reach_every_finding(sample):
    found = {one.id: one for one in find_all(sample, Filters(products=("Identity Hub",)))}
    everything = {one.id: one for one in find_all(sample)}
    same = [name for name in found if found[name].n >= everything[name].n and found[name].value is not None]
    assert set(same) <= {"d11_l3_load", "d11_l3_wait", "d18_product"}
    assert found["d03_product"].severity == "unknown"


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_healthy_log_gives_no_act(tmp_path, seed):
    warehouse = imported(healthy_log(seed), tmp_path, HEALTHY_HOURS)
    found = find_all(warehouse)
    warehouse.close()
    assert [one.id for one in found if one.severity == "act"] == []
    assert sum(one.severity == "good" for one in found) >= 10

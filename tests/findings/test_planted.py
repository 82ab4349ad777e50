"""The truths planted in the shipped sample are found, and a healthy organisation is left alone."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.findings.base import tickets_behind
from analytics.findings.registry import find_all
from analytics.model import Filters
from analytics.sample import truth
from data.make_sample import healthy_log
from tests.findings.logs import HEALTHY_HOURS, imported


def test_the_bottleneck(found):
    assert found["d11_l3_wait"].severity == "act"


def test_the_bouncing_pair(found):
    finding, planted = found["d08_pair"], truth()["bouncing_pair"]
    assert finding.severity == "act"
    assert all(team in finding.sentence for team in planted["teams"])
    assert finding.n == planted["tickets"]
    assert finding.value * finding.n == pytest.approx(planted["tickets_that_came_back"])


def test_work_of_l2_in_l3_was_seen_while_it_was_passed_up(sample):
    """L2 handed its own work up from May until L3's queue was long; in autumn it did not any more."""
    told = {one.id: one for one in find_all(sample, Filters(start=date(2026, 5, 1), end=date(2026, 7, 31)))}
    assert told["d11_l3_vetting"].severity == "watch"


def test_the_outage_and_the_launches(found):
    outage, launches = truth()["outage"], truth()["launches"]
    sudden, slow = found["d26_sudden_surge"], found["d26_slow_surge"]
    assert (sudden.severity, slow.severity) == ("watch", "watch")
    assert f"{outage['product']}: " in sudden.sentence
    assert f"from {date.fromisoformat(outage['day']):%-d %b %Y} " in sudden.sentence
    last = max(launches, key=lambda one: one["day"])
    assert f"{last['product']}: " in slow.sentence
    assert f"from {date.fromisoformat(last['day']):%-d %b %Y} " in slow.sentence
    assert all(launch["product"] in slow.sentence for launch in launches)
    twofold = last["tickets_in_14_days"] / last["tickets_in_14_days_before"]
    assert slow.value == pytest.approx(twofold, rel=0.25)


def test_the_known_issues_that_nobody_wrote_down(found):
    finding, planted = found["d13_known_issues"], truth()["known_issues"]
    open_ones = [issue for issue in planted if not issue["documented"]]
    assert finding.severity == "watch"
    assert finding.sentence.startswith(f"{len(open_ones)} known issues ")
    later = sum(issue["tickets_that_reached_l3"] - 1 for issue in open_ones)
    assert finding.value * finding.n == pytest.approx(later, rel=0.05)  # a few were created before the first fix


def test_the_new_agents(found):
    finding, planted = found["d22_training"], truth()["new_agents"]["realised_escalation_rate"]
    assert finding.severity == "watch"
    assert finding.value == pytest.approx(planted["new"] - planted["others"], abs=0.02)


def test_the_premature_ones(found):
    assert found["d09_premature"].value == pytest.approx(truth()["premature_escalations"]["all"], abs=0.01)


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
    counted = [name for name, one in found.items() if one.value is not None and one.n_of not in ("weeks", "new agents")]
    same = {name for name in counted if found[name].n >= everything[name].n}
    assert same <= {"d18_product", "d26_sudden_surge", "d26_slow_surge"}
    assert found["d03_product"].severity == "unknown"


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_healthy_log_gives_no_act(tmp_path, seed):
    warehouse = imported(healthy_log(seed), tmp_path, HEALTHY_HOURS)
    found = find_all(warehouse)
    warehouse.close()
    assert [one.id for one in found if one.severity == "act"] == []
    assert sum(one.severity == "good" for one in found) >= 18

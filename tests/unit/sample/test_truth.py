"""The planted truths, found again in the events by other means than the program that wrote them down."""

from __future__ import annotations

import pandas as pd
import pytest

ZONE = "Europe/Berlin"


def escalated(counted: pd.DataFrame, moves: pd.DataFrame, by: str) -> pd.Series:
    """Share of L1's tickets that L1 sent up, by an attribute."""
    touched = counted[counted["tier"].eq("L1")].drop_duplicates("ticket_id")
    up = set(moves.loc[moves["up"] & moves["from_tier"].eq("L1"), "ticket_id"])
    return touched["ticket_id"].isin(up).groupby(touched[by]).mean()


def test_who_resolves_what(counted, truth):
    ended = counted[counted["kind"].isin(["resolved", "closed"])]
    last = ended.sort_values("kind", kind="stable", ascending=True)  # closed before resolved: the last resolved wins
    by = last.drop_duplicates("ticket_id", keep="last")["tier"].value_counts()
    assert by.to_dict() == truth["tiers"]["resolved"]
    share = by / by.sum()
    assert 0.75 <= share["L1"] <= 0.80
    assert 0.17 <= share["L2"] <= 0.20
    assert 0.03 <= share["L3"] <= 0.045


def test_the_over_escalating_product(counted, moves, truth):
    rates = escalated(counted, moves, "product")
    told = truth["over_escalating_product"]
    assert rates.round(4).to_dict() == pytest.approx(told["realised_escalation_rate"], abs=1e-4)
    assert rates.idxmax() == told["product"]
    assert rates.max() > 1.6 * rates.drop(told["product"]).max()


def test_premature_escalations_are_a_property_of_that_product(truth):
    shares = dict(truth["premature_escalations"])
    shares.pop("all")
    worst = shares.pop(truth["over_escalating_product"]["product"])
    assert worst > 1.6 * max(shares.values())


def test_the_bouncing_pair(moves, truth):
    told = truth["bouncing_pair"]
    lateral = moves[moves["tier"].eq(moves["from_tier"]) & moves["tier"].eq("L2")]
    pair = lateral[["from_team", "team"]].apply(frozenset, axis=1)
    mine = lateral[pair.eq(frozenset(told["teams"]))]
    assert len(mine) == told["handoffs_between"]
    assert mine["ticket_id"].nunique() == told["tickets"]
    assert mine["ticket_id"].value_counts().ge(2).sum() == told["tickets_that_came_back"]
    others = pair[~pair.eq(frozenset(told["teams"]))].value_counts()
    assert len(mine) > 4 * others.max()
    assert mine["category"].isin(told["categories"]).mean() > 0.85


def test_bounces_overall_are_a_live_but_not_absurd_figure(counted, truth):
    stays = counted[counted["ticket_id"].ne(counted["ticket_id"].shift()) | counted["team"].ne(counted["team"].shift())]
    again = stays[stays.duplicated(["ticket_id", "team"])]
    assert len(again) == truth["bounces"]["visits"]
    assert again["ticket_id"].nunique() == truth["bounces"]["tickets"]
    assert 0.03 <= again["ticket_id"].nunique() / counted["ticket_id"].nunique() <= 0.08


def test_the_l3_bottleneck(moves, truth):
    told = truth["l3_bottleneck"]
    mine = moves[moves["team"].eq(told["team"])]
    late = mine["at"] >= pd.Timestamp(told["start"], tz=ZONE)
    before, after = mine[~late]["hours"].median(), mine[late]["hours"].median()
    assert before == pytest.approx(told["handoff_latency_p50_hours"]["before"], abs=0.01)
    assert after == pytest.approx(told["handoff_latency_p50_hours"]["bottleneck"], abs=0.01)
    assert after > 10 * before
    assert told["utilisation"]["before"] < 0.75
    assert 0.9 < told["utilisation"]["bottleneck"] < 1.05
    assert told["engineers"]["bottleneck"] < told["engineers"]["before"]


def test_l3_does_more_of_l2s_work_in_the_bottleneck(counted, truth):
    told = truth["l3_bottleneck"]
    work = counted[counted["tier"].eq("L3") & counted["effort_minutes"].notna()]
    late = work["at"] >= pd.Timestamp(told["start"], tz=ZONE)
    easy = work["effort_minutes"].where(work["category"].isin(told["l2_type_categories"]), 0.0)
    share = easy.groupby(late).sum() / work["effort_minutes"].groupby(late).sum()
    assert share[False] == pytest.approx(told["share_of_l3_minutes_in_l2_type_categories"]["before"], abs=0.02)
    assert share[True] == pytest.approx(told["share_of_l3_minutes_in_l2_type_categories"]["bottleneck"], abs=0.02)
    assert share[True] > share[False] + 0.1


def test_launches_and_the_outage_have_their_spikes(events, truth):
    created = events[events["kind"].eq("created")]
    day = created["at"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    for told in [*truth["launches"], truth["outage"]]:
        daily = day[created["product"].eq(told["product"])].value_counts()
        first = pd.Timestamp(told["day"])
        weeks_before = daily.reindex([first - pd.Timedelta(weeks=n) for n in (1, 2, 3, 4)]).mean()
        assert daily[first] == told["tickets_on_first_day"]
        assert weeks_before == pytest.approx(told["tickets_on_same_weekday_before"])
        expected = told["volume_factor_on_first_day"]
        assert daily[first] / weeks_before == pytest.approx(expected, rel=0.4)


def test_the_outage_is_urgent_and_about_signing_in(events, truth):
    created = events[events["kind"].eq("created")]
    local = created["at"].dt.tz_convert(ZONE).dt.date.astype(str)
    mine = created[local.eq(truth["outage"]["day"]) & created["product"].eq(truth["outage"]["product"])]
    assert mine["priority"].isin(["urgent", "high"]).mean() > 0.5
    assert mine["category"].mode().tolist() == ["Login & SSO"]


def labels_in(note: str | None, labels: set[str]) -> int:
    if note is None or pd.isna(note):
        return 0
    return len([1 for line in note.splitlines() if line.partition(":")[0] in labels])


def test_handoff_notes_by_class(moves, truth):
    told = truth["handoff_notes"]
    known = {label for labels in told["labels"].values() for label in labels}
    up = moves[moves["up"]]
    count = up["note"].map(lambda note: labels_in(note, known))
    medians, returned = [], []
    for group in told["classes"]:
        mine = up[count.between(*group["section_count"])]
        assert len(mine) == group["escalations"]
        l2 = mine[mine["tier"].eq("L2")]
        assert l2["hours"].median() == pytest.approx(group["l2_latency_p50_hours"], abs=1e-3)
        medians.append(l2["hours"].median())
        returned.append(group["sent_back_share"])
    assert medians == sorted(medians, reverse=True)
    assert medians[0] > 1.4 * medians[2]
    assert returned == sorted(returned, reverse=True)
    assert returned[0] > 3 * returned[2]


def test_known_issues_come_again(events, counted, truth):
    subjects = events[events["kind"].eq("created")].set_index("ticket_id")["subject"]
    reached = set(counted.loc[counted["tier"].eq("L3"), "ticket_id"])
    for issue in truth["known_issues"]:
        mine = subjects[subjects.str.contains(issue["subject"], regex=False)].index
        assert len(mine) == issue["tickets"] >= 5
        assert mine[0] == issue["first_ticket"]
        assert len(reached.intersection(mine)) == issue["tickets_that_reached_l3"]
        high = issue["tickets_that_reached_l3"] / issue["tickets"]
        assert high < 0.35 if issue["documented"] else high > 0.6


def test_new_agents_escalate_more(truth):
    rate = truth["new_agents"]["realised_escalation_rate"]
    assert rate["new"] > 1.2 * rate["others"]
    assert truth["new_agents"]["tickets_of_new_agents"] > 1_000


def test_approvals_and_missing_links(counted, moves, truth):
    up = moves[moves["up"]]
    hierarchical = up["escalation_type"].eq("hierarchical")
    assert hierarchical.mean() == pytest.approx(truth["hierarchical_share"]["all"], abs=1e-4)
    assert hierarchical[up["product"].eq("Billing Cloud")].mean() > 0.25
    last = counted[counted["kind"].eq("resolved")].drop_duplicates("ticket_id", keep="last")
    missing = last["knowledge_link"].isna().groupby(last["tier"]).mean()
    assert missing.round(4).to_dict() == pytest.approx(truth["knowledge_link_missing"], abs=1e-4)
    assert missing["L3"] > 0.3


def test_effort_per_visit_is_about_15_30_and_100_minutes(truth):
    assert truth["effort_minutes_mean"] == pytest.approx({"L1": 15, "L2": 30, "L3": 100}, rel=0.12)


def test_satisfaction_falls_with_handoffs(counted, moves, truth):
    rated = counted[counted["csat"].notna()]
    good = rated["csat"].eq("good")
    assert good.mean() == pytest.approx(truth["csat"]["good"], abs=1e-4)
    assert 0.8 <= good.mean() <= 0.9
    count = rated["ticket_id"].map(moves["ticket_id"].value_counts()).fillna(0)
    assert good[count.eq(0)].mean() > good[count.eq(1)].mean() > good[count.ge(3)].mean()


def test_urgent_tickets_get_the_first_reply_first(counted):
    created = counted[counted["kind"].eq("created")].set_index("ticket_id")
    reply = counted[counted["kind"].eq("replied")].drop_duplicates("ticket_id").set_index("ticket_id")["at"]
    hours = (reply - created["at"]).dt.total_seconds() / 3600
    medians = hours.groupby(created["priority"]).median()
    assert medians["urgent"] < medians["high"] < medians["normal"]


def test_handoffs_wait_for_hours_not_for_seconds_or_weeks(moves):
    to_l2 = moves[moves["tier"].eq("L2") & moves["up"]]["hours"]
    assert 0.5 <= to_l2.median() <= 4
    assert 0.03 <= to_l2.isna().mean() <= 0.15


def test_weeks_and_years_have_their_shape(events):
    local = events.loc[events["kind"].eq("created"), "at"].dt.tz_convert(ZONE)
    weekday = local.dt.day_of_week.value_counts(normalize=True)
    assert weekday[0] > weekday[2] > weekday[4] > 3 * weekday[5] > 3 * weekday[6]
    months = local.dt.strftime("%Y-%m").value_counts()
    assert months["2025-08"] < 0.9 * months["2025-11"]
    second, first = months[months.index >= "2025-11"].sum(), months[months.index < "2025-11"].sum()
    assert 1.04 < second / first < 1.16

"""One page of figures about a made sample: what a head of support would look at first, to see whether it is believable."""

from __future__ import annotations

import pandas as pd

from data.sample_clock import ZONE
from data.sample_frame import Made
from data.sample_measures import bounced, escalation_rates, handoffs, resolved_by, visits, without_excluded
from data.sample_staff import roster
from data.sample_world import PRIORITIES


def summary(made: Made) -> str:
    """The page, as text."""
    counted = without_excluded(made.events)
    stays = visits(counted)
    moved = handoffs(stays)
    parts = {
        "Resolved by (share)": resolved_by(counted).value_counts(normalize=True).sort_index(),
        "Escalated from L1, by product (share)": escalation_rates(stays, "product"),
        "Escalated from L1, by category (share)": escalation_rates(stays, "category"),
        "Handoff latency by direction (hours)": latency(moved, "hop"),
        "Handoff latency by team pair, 300 and more (hours)": latency(moved, "pair").query("count >= 300"),
        "Handoff latency in L3 by quarter (hours)": latency(pd.DataFrame(moved[moved["tier"] == "L3"]), "quarter"),
        "Bounced visits by team": stays[bounced(stays)].groupby("team").size(),
        "Effort per visit (minutes)": stays[stays["effort_minutes"] > 0].groupby("tier")["effort_minutes"].describe(),
        "Work over rostered hours, by team and quarter": load(made),
        "People on shift on a working day": people(made),
        "First response by channel (hours)": response(counted, "channel"),
        "First response by priority (hours)": response(counted, "priority").reindex(list(PRIORITIES)),
        "Time to resolve by tier (hours)": to_resolve(counted),
        "CSAT by handoffs": csat(counted, moved),
        "Events by kind": made.events["kind"].value_counts(),
        "Tickets per week": weekly(counted).describe(),
    }
    return "\n\n".join(f"{title}\n{frame.round(3).to_string()}" for title, frame in parts.items())


def latency(moved: pd.DataFrame, by: str) -> pd.DataFrame:
    """Handoffs, unacknowledged share, p50, p90 and share within 30 minutes, by hop, team pair or quarter."""
    frame = moved.assign(
        hop=moved["from_tier"] + ">" + moved["tier"],
        pair=moved["from_team"] + " > " + moved["team"],
        quarter=moved["start"].dt.year.astype(str) + "Q" + moved["start"].dt.quarter.astype(str),
        missing=moved["hours"].isna(),
        within=moved["hours"] <= 0.5,
    )
    return frame.groupby(by).agg(
        count=("hours", "size"),
        unacknowledged=("missing", "mean"),
        p50=("hours", "median"),
        p90=("hours", lambda hours: hours.quantile(0.9)),
        within_30_min=("within", "mean"),
    )


def quarters(dates: pd.Series) -> pd.Series:
    """Quarter labels of dates."""
    return dates.dt.year.astype(str) + "Q" + dates.dt.quarter.astype(str)


def load(made: Made) -> pd.DataFrame:
    """Utilisation: minutes worked over rostered productive minutes."""
    hours = roster(made.scenario, made.agents)
    offered = hours.groupby([hours["team"], quarters(pd.Series(pd.to_datetime(hours["date"])))])["hours"].sum()
    team = made.work["agent"].map(lambda number: made.scenario.teams[made.agents[number].team].name)
    when = quarters(pd.Series(pd.to_datetime(made.work["at"], unit="s")))
    worked = pd.Series(made.work.groupby([team, when])["minutes"].sum()) / 60
    return pd.DataFrame((worked / pd.Series(offered)).unstack())


def people(made: Made) -> pd.DataFrame:
    """Mean heads and hours per tier, Monday to Friday."""
    frame = roster(made.scenario, made.agents)
    working = pd.DataFrame(frame[pd.to_datetime(frame["date"]).dt.day_of_week < 5])
    daily = working.groupby(["tier", "date"])[["agents", "hours", "paid_hours"]].sum()
    return pd.DataFrame(daily.groupby("tier").mean())


def since_created(counted: pd.DataFrame, at: pd.Series) -> pd.Series:
    """Hours from each ticket's creation to `at` (by ticket)."""
    created = counted[counted["kind"] == "created"].set_index("ticket_id")["at"]
    return pd.Series((at - created) / pd.Timedelta(hours=1)).dropna()


def response(counted: pd.DataFrame, by: str) -> pd.DataFrame:
    """Quartiles and p90 of the first reply."""
    hours = since_created(counted, counted[counted["kind"] == "replied"].groupby("ticket_id")["at"].first())
    group = counted.groupby("ticket_id")[by].last()
    return middle(hours.groupby(group).describe(percentiles=[0.5, 0.9]))


def to_resolve(counted: pd.DataFrame) -> pd.DataFrame:
    """Median and p90 of the time to the last resolution, by the tier that resolved."""
    last = counted[counted["kind"] == "resolved"].groupby("ticket_id")[["at", "tier"]].last()
    hours = since_created(counted, pd.Series(last["at"]))
    return middle(hours.groupby(last["tier"]).describe(percentiles=[0.5, 0.9]))


def middle(described) -> pd.DataFrame:
    """Count, median and p90 of a description."""
    return pd.DataFrame({"count": described["count"], "p50": described["50%"], "p90": described["90%"]})


def csat(counted: pd.DataFrame, moved: pd.DataFrame) -> pd.DataFrame:
    """Share of good ratings and answers, by handoffs of the ticket."""
    rated = counted[counted["csat"].notna()]
    handed = rated["ticket_id"].map(moved.groupby("ticket_id").size()).fillna(0).clip(upper=5).rename("handoffs")
    return pd.DataFrame((rated["csat"] == "good").groupby(handed).agg(["mean", "size"]))


def weekly(counted: pd.DataFrame) -> pd.Series:
    """Tickets per week (ISO, local days)."""
    local = counted.loc[counted["kind"] == "created", "at"].dt.tz_convert(ZONE).dt.isocalendar()
    return pd.Series(local.groupby(["year", "week"]).size(), name="tickets")

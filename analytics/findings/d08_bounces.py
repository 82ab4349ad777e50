"""D8: do tickets bounce between teams, and between which two?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Evidence, Finding
from analytics.findings.ground import above, share, worst
from analytics.findings.settings import GUIDE, MIN_GROUP, MIN_TICKETS, share_of
from analytics.warehouse.questions import bounce_loops

SHARE = share_of("bounce_share", "Tickets that come back to a team they had left", 0.10, GUIDE)
PAIR_SHARE = share_of("pair_share", "Tickets between two teams that may come straight back", 0.20)
CLAIM = Claim(
    "d08_bounces",
    "Tickets that bounce between teams",
    "The guide takes more than 10 % of tickets that bounce as a warning.",
    "Each return costs another wait and another reading of the same ticket.",
    "Give the loops that lose the most hours an owner, and write down who keeps which kind of ticket.",
    "Share of tickets of known team that came back to a team they had already left. Waiting: calendar hours spent with "
    "the other team in loops that came straight back.",
    (SHARE, MIN_TICKETS),
)
PAIR = Claim(
    "d08_pair",
    "Two teams that send tickets back and forth",
    "The guide takes tickets that bounce between teams as unclear ownership.",
    "A pair of teams whose handoffs come straight back has no agreed boundary: the ticket belongs to neither.",
    "Let the two teams agree on an owner for each category between them, and route those categories there at once.",
    "Of the tickets handed between two teams, the share that came straight back at least once, for the pair whose share is "
    "surest to be high; the interval is widened for the number of pairs. A ticket still with the second team counts as not "
    "come back. Waiting: calendar hours with the other team.",
    (PAIR_SHARE, MIN_GROUP),
)


def find(asked: Asked) -> list[Finding]:
    """Two findings: the share of tickets that come back, and the worst pair of teams."""
    if not asked.columns["teams"]:
        return [claim.unknown("The data names no teams.") for claim in (CLAIM, PAIR)]
    return [_all(asked), _pair(asked)]


def _all(asked: Asked) -> Finding:
    row, least, limit = asked.one("d08_bounced"), asked.of(MIN_TICKETS), asked.of(SHARE)
    if row.tickets < least:
        return CLAIM.unknown(f"Only {row.tickets} tickets with a team; {least:.0f} are needed.", row.tickets)
    bounced, loops = share(row.bounced, row.tickets), bounce_loops(asked.warehouse, asked.filters)
    said = f"{bounced.percent()} of {bounced.n:,} tickets came back to a team that they had left."
    if len(loops):
        top = loops.iloc[0]
        said += (f" The loop that loses most: {top.team} and {top.other_team}, {numbers.count(top.hours_lost)} hours in "
                 f"{numbers.count(top.loops)} loops.")  # fmt: skip
    return CLAIM.found(asked, above(bounced, limit), bounced, limit, said, waiting=loops["hours_lost"].sum(),
                       evidence=Evidence("t.team_returns > 0"))  # fmt: skip


def _pair(asked: Asked) -> Finding:
    least, limit = asked.of(MIN_GROUP), asked.of(PAIR_SHARE)
    found = worst(asked.ask("d08_pairs"), "back", "tickets", least)
    if found is None:
        return PAIR.unknown(f"No two teams have handed {least:.0f} tickets to each other.")
    row, back = found
    severity = above(back, limit, limit)
    said = f"Of {back.n:,} tickets handed between {row.team} and {row.other_team}, {back.percent()} came straight back."
    if severity == "good":
        said = f"No pair of teams surely sends back more than {numbers.share(limit)}. The highest: {said}"
    return PAIR.found(asked, severity, back, limit, said, waiting=row.hours_lost, evidence=_tickets(row))


def _tickets(row) -> Evidence:
    return Evidence(
        "t.ticket_no IN (SELECT h.ticket_no FROM handoffs h WHERE h.is_immediate_return "
        "AND least(h.from_team_no, h.to_team_no) = $found_low AND greatest(h.from_team_no, h.to_team_no) = $found_high)",
        (("found_low", int(row.low_no)), ("found_high", int(row.high_no))),
    )

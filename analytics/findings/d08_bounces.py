"""D8: do tickets bounce between teams, and between which two?"""

from __future__ import annotations

from analytics.findings.base import Asked, Claim, Evidence, Finding, above, share, worst
from analytics.warehouse.questions import bounce_loops

CLAIM = Claim(
    "d08_bounces",
    "Tickets that bounce between teams",
    "Each return costs another wait and another reading of the same ticket.",
    "Give the loops that lose the most hours an owner, and write down who keeps which kind of ticket.",
    hours_kind="waiting",
)
PAIR = Claim(
    "d08_pair",
    "Two teams that send tickets back and forth",
    "A pair of teams whose handoffs come straight back has no agreed boundary: the ticket belongs to neither.",
    "Let the two teams agree on an owner for each category between them, and route those categories there at once.",
    hours_kind="waiting",
)


def find(asked: Asked) -> list[Finding]:
    """Two findings: the share of tickets that come back, and the worst pair of teams."""
    if not asked.columns["teams"]:
        return [claim.unknown("The data names no teams.") for claim in (CLAIM, PAIR)]
    return [_all(asked), _pair(asked)]


def _all(asked: Asked) -> Finding:
    row, settings = asked.one("d08_bounced"), asked.settings
    if row.tickets < settings.min_tickets:
        return CLAIM.unknown(f"Only {row.tickets} tickets with a team; {settings.min_tickets} are needed.", row.tickets)
    bounced, loops = share(row.bounced, row.tickets), bounce_loops(asked.warehouse, asked.filters)
    said = f"{bounced.percent()} of {bounced.n:,} tickets came back to a team that they had left."
    if len(loops):
        top = loops.iloc[0]
        said += f" The loop that loses most: {top.team} and {top.other_team}, {top.hours_lost:,.0f} hours in {top.loops} loops."
    return CLAIM.found(above(bounced, settings.bounce_share), bounced, settings.bounce_share, said,
                       hours_at_stake=loops["hours_lost"].sum(), evidence=Evidence("t.team_returns > 0"))  # fmt: skip


def _pair(asked: Asked) -> Finding:
    settings = asked.settings
    found = worst(asked.ask("d08_pairs"), "back", "handoffs", settings.min_group)
    if found is None:
        return PAIR.unknown(f"No two teams have {settings.min_group} handoffs between them.")
    row, back = found
    severity = above(back, settings.pair_share, settings.pair_share)
    said = f"Of {back.n:,} handoffs between {row.team} and {row.other_team}, {back.percent()} come straight back."
    if severity == "good":
        said = f"No pair of teams surely sends back more than {settings.pair_share:.0%}. The highest: {said}"
    return PAIR.found(severity, back, settings.pair_share, said, hours_at_stake=row.hours_lost, evidence=_tickets(row))


def _tickets(row) -> Evidence:
    return Evidence(
        "t.ticket_no IN (SELECT h.ticket_no FROM handoffs h WHERE h.is_immediate_return "
        "AND least(h.from_team_no, h.to_team_no) = $found_low AND greatest(h.from_team_no, h.to_team_no) = $found_high)",
        (("found_low", int(row.low_no)), ("found_high", int(row.high_no))),
    )

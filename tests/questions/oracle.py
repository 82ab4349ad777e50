"""A second way to every figure: plain Python over each ticket's events, sharing no code and no SQL with the product."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

OPENING = {"created", "queued", "assigned", "acknowledged", "pending", "reopened"}
ENDING = {"resolved": "resolved", "closed": "closed", "cancelled": "cancelled"}


def filled(values: list[Any]) -> list[Any]:
    """Each missing value takes the last known one, the leading ones the first known one."""
    known = [value for value in values if value is not None]
    current, out = (known[0] if known else None), []
    for value in values:
        current = current if value is None else value
        out.append(current)
    return out


def runs(events: list[dict], key) -> list[list[dict]]:
    out: list[list[dict]] = []
    for event in events:
        if out and key(out[-1][-1]) == key(event):
            out[-1].append(event)
        else:
            out.append([event])
    return out


def ticket_of(rows: pd.DataFrame) -> dict[str, Any] | None:
    events = [dict(row) for row in rows.to_dict("records")]
    if any(event["kind"] == "excluded" for event in events):
        return None
    for name in ("tier", "team"):
        clean = [None if pd.isna(event.get(name)) else event[name] for event in events]
        for event, value in zip(events, filled(clean), strict=True):
            event[name] = value
    state = None
    for event in events:
        event["before"] = state
        state = "open" if event["kind"] in OPENING else ENDING.get(event["kind"], state)
        event["after"] = state
    return {
        "events": events,
        "visits": runs(events, lambda e: (e["tier"], e["team"])),
        "tier_visits": runs(events, lambda e: e["tier"]),
        "state": state,
    }


def ended_at(ticket: dict, visits: list, number: int):
    """When a visit ended: next visit's start, or the last moment the ticket was put aside in it; None while open."""
    if number + 1 < len(visits):
        return visits[number + 1][0]["at"]
    if ticket["state"] in (None, "open"):
        return None
    visit = visits[number]
    aside = [e["at"] for e in visit if e["after"] in ENDING.values() and e["before"] not in ENDING.values()]
    moved = [e["at"] for e in visit if e["after"] in ENDING.values() and e["after"] != e["before"]]
    return (aside[-1:] or moved[:1] or [visit[0]["at"]])[0]


def resolution(ticket: dict):
    for kind in ("resolved", "closed"):
        found = [e for e in ticket["events"] if e["kind"] == kind and e["before"] != kind]
        if found:
            return found[-1]
    return None


def waits(ticket: dict, visits: list, end) -> list[dict]:
    out = []
    for number in range(1, len(visits)):
        start = visits[number][0]["at"]
        acknowledged = next((e["at"] for e in visits[number] if e["kind"] == "acknowledged"), None)
        stop = acknowledged or ended_at(ticket, visits, number) or end
        out.append({
            "from": visits[number - 1][0]["tier"], "to": visits[number][0]["tier"],
            "hours": (stop - start).total_seconds() / 3600, "acknowledged": acknowledged is not None,
            "open": acknowledged is None and ended_at(ticket, visits, number) is None,
        })  # fmt: skip
    return out


def kaplan_meier(handoffs: list[dict], share: float):
    left = 1.0
    for time in sorted({h["hours"] for h in handoffs}):
        at_risk = sum(h["hours"] >= time for h in handoffs)
        left *= 1 - sum(h["hours"] == time and h["acknowledged"] for h in handoffs) / at_risk
        if left <= 1 - share + 1e-9:
            return time
    return None


def latency(handoffs: list[dict], target_hours: float = 0.5) -> dict[str, Any]:
    done = [h["hours"] for h in handoffs if h["acknowledged"]]
    due = [h for h in handoffs if not (h["open"] and h["hours"] < target_hours)]
    return {
        "acknowledged": len(done),
        "unacknowledged": len(handoffs) - len(done),
        "p50_hours": float(np.percentile(done, 50)) if done else None,
        "p90_hours": float(np.percentile(done, 90)) if done else None,
        "km_p50_hours": kaplan_meier(handoffs, 0.5),
        "km_p90_hours": kaplan_meier(handoffs, 0.9),
        "share_within_target": sum(h <= target_hours for h in done) / len(due) if due else None,
    }


def returns(visits: list, name: str) -> tuple[int, int]:
    seen: list[Any] = [visit[0][name] for visit in visits]
    back = sum(seen[i] is not None and seen[i] != seen[i - 1] and seen[i] in seen[: i - 1] for i in range(2, len(seen)))
    at_once = sum(
        seen[i] is not None and seen[i - 1] is not None and seen[i] == seen[i - 2] and seen[i] != seen[i - 1]
        for i in range(2, len(seen))
    )
    return back, at_once


def pending_hours(ticket: dict) -> float:
    events, total, start = [e for e in ticket["events"] if e["kind"] != "commented"], 0.0, None
    for event in events:
        if event["kind"] == "pending":
            start = start or event["at"]
        elif start is not None:
            total, start = total + (event["at"] - start).total_seconds() / 3600, None
    return total


def expected(log: pd.DataFrame) -> dict[str, Any]:
    """The contract's figures for a log (ticket_id, at, kind, tier, team; file order breaks ties)."""
    ordered = log.sort_values(["ticket_id", "at"], kind="stable")
    tickets = [t for _, rows in ordered.groupby("ticket_id") if (t := ticket_of(rows)) is not None]
    end = max(e["at"] for t in tickets for e in t["events"])
    tier_handoffs = [h for t in tickets for h in waits(t, t["tier_visits"], end)]
    return {
        "dataset": _dataset(tickets, end),
        "tiers": _tiers(tickets),
        "handoffs": _handoffs(tickets, tier_handoffs, end),
        "latency": latency(tier_handoffs) | {"target_minutes": 30},
        "bounces": _bounces(tickets),
        "paths": _paths(tickets),
        "pending": _pending(tickets),
        "quality": _quality(tickets),
        "routing": _routing(tickets),
    }


def _iso(at) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _dataset(tickets, end):
    events = [e for t in tickets for e in t["events"]]
    return {
        "events": len(events), "tickets": len(tickets), "first_at": _iso(min(e["at"] for e in events)), "last_at": _iso(end),
        "rejected_rows": 0, "teams": len({e["team"] for e in events} - {None}),
    }  # fmt: skip


def _wilson(k, n):
    z = 1.959963984540054
    middle, spread = (k + z * z / 2) / (n + z * z), z * np.sqrt(k * (n - k) / n + z * z / 4) / (n + z * z)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def _tiers(tickets):
    solved = [r["tier"] for t in tickets if (r := resolution(t))]
    out = []
    for tier in sorted({e["tier"] for t in tickets for e in t["events"]} - {None}):
        touched = [t for t in tickets if any(e["tier"] == tier for e in t["events"])]
        up = sum(
            any(
                a[0]["tier"] == tier and b[0]["tier"] > tier
                for a, b in zip(t["tier_visits"], t["tier_visits"][1:], strict=False)
            )
            for t in tickets
        )
        low, high = _wilson(up, len(touched))
        out.append({
            "tier": tier, "tickets_touched": len(touched),
            "tickets_only": sum(all(e["tier"] == tier for e in t["events"]) for t in tickets),
            "entry": sum(t["events"][0]["tier"] == tier for t in tickets),
            "resolved": solved.count(tier), "share_resolved": solved.count(tier) / len(solved) if solved else None,
            "escalated": up, "escalation_rate": up / len(touched), "escalation_rate_low": low, "escalation_rate_high": high,
        })  # fmt: skip
    return out


def _handoffs(tickets, tier_handoffs, end):
    visits = [h for t in tickets for h in waits(t, t["visits"], end)]
    pairs = sorted({(h["from"], h["to"]) for h in tier_handoffs})
    return {
        "tier": {
            "count": len(tier_handoffs), "tickets": sum(len(t["tier_visits"]) > 1 for t in tickets),
            "escalations": sum(h["to"] > h["from"] for h in tier_handoffs),
            "returns": sum(h["to"] < h["from"] for h in tier_handoffs),
        },
        "team": {
            "count": len(visits), "tickets": sum(len(t["visits"]) > 1 for t in tickets),
            "lateral": sum(h["to"] == h["from"] for h in visits),
        },
        "pairs": [_pair(tickets, pair, end) for pair in pairs],
    }  # fmt: skip


def _pair(tickets, pair, end):
    of_pair = [[h for h in waits(t, t["tier_visits"], end) if (h["from"], h["to"]) == pair] for t in tickets]
    flat = [h for some in of_pair for h in some]
    return {
        "from": pair[0],
        "to": pair[1],
        "count": len(flat),
        "tickets": sum(bool(some) for some in of_pair),
    } | latency(flat)


def _bounces(tickets):
    team, tier = [returns(t["visits"], "team") for t in tickets], [returns(t["tier_visits"], "tier") for t in tickets]
    return {
        "team_returns": sum(b for b, _ in team), "team_tickets": sum(b > 0 for b, _ in team),
        "team_immediate": sum(i for _, i in team), "team_immediate_tickets": sum(i > 0 for _, i in team),
        "tier_returns": sum(b for b, _ in tier), "tier_tickets": sum(b > 0 for b, _ in tier),
    }  # fmt: skip


def _paths(tickets):
    found = Counter(">".join(v[0]["tier"] for v in t["tier_visits"]) for t in tickets if t["events"][0]["tier"])
    return [{"path": path, "tickets": n} for path, n in sorted(found.items(), key=lambda item: (-item[1], item[0]))]


def _pending(tickets):
    count = [sum(e["kind"] == "pending" for e in t["events"]) for t in tickets]
    return {"events": sum(count), "tickets": sum(n > 0 for n in count), "days": sum(map(pending_hours, tickets)) / 24}


def _quality(tickets):
    solved = [t for t in tickets if resolution(t)]
    reopened = [
        t for t in solved if any(e["after"] == "open" and e["before"] in ("resolved", "closed") for e in t["events"])
    ]
    level = [t for t in solved if all(e["tier"] == "L1" for e in t["events"]) and t not in reopened]
    contact = [t for t in level if sum(e["kind"] == "replied" for e in t["events"]) <= 1]
    replies = any(e["kind"] == "replied" for t in tickets for e in t["events"])
    return {
        "first_level_resolution": len(level) / len(solved) if solved else None,
        "first_contact_resolution": len(contact) / len(solved) if solved and replies else None,
        "reopen_rate": len(reopened) / len(solved) if solved else None,
        "never_resolved": 1
        - sum(any(e["kind"] in ("resolved", "closed") for e in t["events"]) for t in tickets) / len(tickets),
    }


def _routing(tickets):
    tiers = sorted({e["tier"] for t in tickets for e in t["events"]} - {None})
    ended: dict[str, Counter] = {}
    for ticket in tickets:
        visits = ticket["tier_visits"]
        for number, visit in enumerate(visits):
            if visit[0]["tier"] is not None and ended_at(ticket, visits, number) is not None:
                to = visits[number + 1][0]["tier"] if number + 1 < len(visits) else "resolved"
                ended.setdefault(visit[0]["tier"], Counter())[to] += 1
    return {
        tier: {to: counts[to] / sum(counts.values()) for to in [*tiers, "resolved"] if to != tier}
        for tier, counts in sorted(ended.items())
    }

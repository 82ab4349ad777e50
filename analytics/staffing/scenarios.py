"""What if: named changes of a plan, side by side; which input moves headcount most; when to decide to hire.

A change is a dotted key of the plan and its value: `tiers.L1.headcount`, `sla.high.resolution_hours`, `rules.p_sla`,
`tier0.deflection`, `arrivals_factor`, `routing.L1>L2`, `launches` (a list of tables). A scenario is a name and its changes;
a scenario file is JSON with a plan, scenarios and the name of the baseline.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.charts.numbers import interval, share as percent
from analytics.errors import InputError, did_you_mean
from analytics.staffing._check import TINY, number, share
from analytics.staffing.answer import TierAnswer
from analytics.staffing.demand import demand_of, front_line, tier_demand
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.need import heads_by_rule, need_of
from analytics.staffing.plan import Plan, plan_of, plan_table
from analytics.staffing.recommend import Recommendation, recommend
from analytics.staffing.team import hire_by

_LONGEST_TOKEN = 200_000
_FIGURES = ("headcount", "occupancy", "p_sla", "wait_p90_hours", "cost_per_week", "work_hours_per_week")


@dataclass(frozen=True)
class Scenario:
    """A name and what it changes in the plan."""

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)

    def token(self) -> str:
        """The scenario as letters for a link; `scenario_of_token` reads it back."""
        text = json.dumps({"name": self.name, "changes": dict(self.changes)}, separators=(",", ":"), sort_keys=True)
        return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def scenario_of_token(token: str) -> Scenario:
    """The scenario behind a link. Errors: InputError where the link was cut or is not one of ours."""
    try:
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        reader = zlib.decompressobj()
        unpacked = reader.decompress(packed, _LONGEST_TOKEN)  # a link must not fill the memory
        if not reader.eof:
            raise ValueError("the end is missing")
        return _scenario(json.loads(unpacked))
    except (ValueError, zlib.error, binascii.Error) as error:
        raise InputError("This link holds no scenario.", found=f"{error}.", todo="Copy it again, whole.") from error


def _scenario(table: Any) -> Scenario:
    if not isinstance(table, Mapping) or not isinstance(table.get("name"), str):
        raise InputError("A scenario needs a name.", found=f"Found {str(table)[:60]}.")
    changes = table.get("changes", {})
    if not isinstance(changes, Mapping):
        raise InputError(f"The changes of '{table['name']}' must be a table.", found=f"Found {str(changes)[:60]}.")
    return Scenario(table["name"], dict(changes))


@dataclass(frozen=True)
class ScenarioFile:
    """A plan with its scenarios."""

    plan: Plan
    scenarios: tuple[Scenario, ...]
    baseline: str = ""
    """Name of the scenario that the others are compared with; empty: the plan as it is."""

    def to_json(self) -> str:
        """The file's text."""
        rows = [{"name": s.name, "changes": dict(s.changes)} for s in self.scenarios]
        return json.dumps({"plan": plan_table(self.plan), "scenarios": rows, "baseline": self.baseline}, indent=2)


def read_scenarios(text: str) -> ScenarioFile:
    """A scenario file from its text. Errors: InputError where it is no JSON, a key is unknown, or a name is there twice."""
    try:
        table = json.loads(text)
    except ValueError as error:
        raise InputError("The scenario file is not valid JSON.", found=f"{error}.") from error
    if not isinstance(table, Mapping):
        raise InputError("The scenario file must be a table.", found=f"Found {str(table)[:60]}.")
    plan, scenarios = plan_of(table.get("plan", {})), tuple(_scenario(row) for row in table.get("scenarios", ()))
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError("Scenarios need different names.", found=f"Twice: {', '.join(twice)}.")
    for scenario in scenarios:
        changed(plan, scenario.changes)
    baseline = str(table.get("baseline", ""))
    if baseline and baseline not in names:
        raise InputError(f"The baseline '{baseline}' is not there.", todo=did_you_mean(baseline, names))
    return ScenarioFile(plan, scenarios, baseline)


def changed(plan: Plan, changes: Mapping[str, Any]) -> Plan:
    """The plan with changes applied; a value of None removes the key. Errors: InputError naming the key."""
    table = plan_table(plan)
    for key, value in changes.items():
        path = _path(key)
        inner = table
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
            if not isinstance(inner, dict):
                raise InputError(f"The plan has no table at {key}.", todo="Use a key such as tiers.L1.headcount.")
        if value is None:
            inner.pop(path[-1], None)
        else:
            inner[path[-1]] = value
    return plan_of(table)


def _path(key: str) -> list[str]:
    """Parts of a dotted key; names may hold dots, so only the first and the last dot (or the arrow) divide."""
    head, dot, rest = key.partition(".")
    if not dot:
        return [head]
    if head == "routing" and ">" in rest:
        return [head, *rest.split(">", 1)]
    if head == "category_factors":
        return [head, rest]
    middle, dot, last = rest.rpartition(".")
    return [head, middle, last] if dot else [head, rest]


def compare(
    inputs: StaffingInputs, plan: Plan, scenarios: Sequence[Scenario], baseline: str = ""
) -> tuple[pd.DataFrame, dict[str, Recommendation]]:
    """Scenarios side by side, and the whole answers by name.

    One row per scenario and tier, and one for all tiers (`tier` "all"): headcount with its interval, occupancy, P(SLA
    met), wait, cost, work, and each with `_diff`, the difference to the baseline (the plan as it is, unless named).
    P(SLA met), wait and occupancy of "all" are those of the worst tier.
    """
    every = [Scenario("", {}), *scenarios] if not baseline else list(scenarios)
    if baseline and baseline not in [scenario.name for scenario in scenarios]:
        raise InputError(
            f"The baseline '{baseline}' is not there.", todo=did_you_mean(baseline, [s.name for s in scenarios])
        )
    answers = {scenario.name: recommend(inputs, changed(plan, scenario.changes)) for scenario in every}
    frames = [_rows(name, answer) for name, answer in answers.items()]
    table = pd.concat(frames, ignore_index=True)
    base = table[table["scenario"] == baseline].set_index("tier")
    for figure in _FIGURES:
        table[f"{figure}_diff"] = table[figure] - table["tier"].map(base[figure])
    return table, answers


def _rows(name: str, answer: Recommendation) -> pd.DataFrame:
    columns = ["tier", "headcount", "headcount_low", "headcount_high", *_FIGURES[1:]]
    rows = pd.DataFrame([[getattr(tier, column) for column in columns] for tier in answer.tiers], columns=columns)
    rows["cost_per_week"] = rows["cost_per_week"].astype(float)
    known = bool(rows["cost_per_week"].notna().all())
    total = {
        **{
            column: rows[column].sum()
            for column in ("headcount", "headcount_low", "headcount_high", "work_hours_per_week")
        },
        "tier": "all",
        "occupancy": rows["occupancy"].max(),
        "p_sla": rows["p_sla"].min(),
        "wait_p90_hours": rows["wait_p90_hours"].max(),
        "cost_per_week": rows["cost_per_week"].sum() if known else np.nan,
    }
    return pd.concat([rows, pd.DataFrame([total])], ignore_index=True).assign(scenario=name)


@dataclass(frozen=True)
class Swing:
    """One input at a low and a high value."""

    name: str
    low: Mapping[str, Any]
    high: Mapping[str, Any]


def swings(inputs: StaffingInputs, plan: Plan) -> list[Swing]:
    """What to turn in a tornado: arrivals by a tenth, effort and arrows over their 95 % intervals, decisions by a notch."""
    found = [Swing("Arrivals ± 10 %", _scaled(plan, 0.9), _scaled(plan, 1.1))]
    estimate = inputs.routing
    for i, tier in enumerate(inputs.tiers):
        own, effort = plan.tier(tier), inputs.effort_of(tier)
        if own.effort_minutes is None and effort.low < effort.high:
            name = f"{tier} effort {effort.low:.3g}–{effort.high:.3g} min"
            key = f"tiers.{tier}.effort_minutes"
            found.append(Swing(name, {key: effort.low}, {key: effort.high}))
        for key, step in (("shrinkage", 0.05), ("occupancy_cap", 0.05)):
            low, high = max(0.01, getattr(own, key) - step), min(0.98, getattr(own, key) + step)
            path = f"tiers.{tier}.{key}"
            found.append(Swing(f"{tier} {key.replace('_', ' ')} {interval(low, high)}", {path: low}, {path: high}))
        for j, end in enumerate(inputs.tiers):
            if estimate.high[i, j] > 0.005 and end not in plan.routing.get(tier, {}):
                low, high = float(estimate.low[i, j]), float(estimate.high[i, j])
                path = f"routing.{tier}>{end}"
                found.append(Swing(f"{tier} to {end} {interval(low, high)}", {path: low}, {path: high}))
    return [*found, *_target_swings(inputs, plan)]


def _scaled(plan: Plan, factor: float) -> dict[str, float]:
    return {"arrivals_factor": plan.arrivals_factor * factor}


def _target_swings(inputs: StaffingInputs, plan: Plan) -> list[Swing]:
    hours = {f"sla.{p}.resolution_hours": plan.target(p).resolution_hours for p in inputs.priorities}
    low, high = ({key: value * factor for key, value in hours.items()} for factor in (2.0, 0.5))
    sure = Swing("Weeks to be kept 80–95 %", {"rules.p_sla": 0.8}, {"rules.p_sla": 0.95})
    return [Swing("Resolution targets doubled to halved", low, high), sure]


def people(answer: TierAnswer) -> float:
    """People before rounding: what a tornado has to compare, since one rounding hides or doubles a swing."""
    if answer.live or answer.capacity_hours_per_day == 0:
        return float(answer.headcount)
    return answer.required_hours_per_day * answer.headcount / answer.capacity_hours_per_day


def tornado(inputs: StaffingInputs, plan: Plan, turns: Sequence[Swing] | None = None) -> pd.DataFrame:
    """Which input moves headcount most: one row per swing, the widest first.

    `input`, `people_low`, `people_high` (over all tiers, before rounding, at the swing's low and high value), `people` of
    the plan as it is, `swing` (the distance), and `headcount_low`, `headcount_high` rounded by tier.
    """
    base = recommend(inputs, plan)
    rows = []
    for turn in swings(inputs, plan) if turns is None else turns:
        low, high = (recommend(inputs, changed(plan, changes)) for changes in (turn.low, turn.high))
        ends = [sum(people(tier) for tier in answer.tiers) for answer in (low, high)]
        rows.append((turn.name, *ends, abs(ends[1] - ends[0]), low.headcount, high.headcount))
    names = ["input", "people_low", "people_high", "swing", "headcount_low", "headcount_high"]
    table = pd.DataFrame(rows, columns=names).assign(people=sum(people(tier) for tier in base.tiers))
    return table.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


@dataclass(frozen=True)
class BreakEven:
    """When tier 0 pays."""

    deflection: float
    """Share of contacts it must solve: its cost per contact over a person's."""
    human_cost: float
    """Cost of a front-line visit: paid time, shrinkage and idle time included."""
    saving_per_contact: float
    """At the plan's deflection d: human cost x d - its cost; below 0 it loses."""
    saving_per_week: float
    sentence: str


def break_even(inputs: StaffingInputs, plan: Plan) -> BreakEven:
    """Tier 0 against the front line. An attempt costs c_AI + (1 - d) c_human, so it pays from d = c_AI / c_human on.

    All that it solves the front line would have solved, so only front-line visits are saved.
    Errors: InputError without a cost per contact, or without the front line's cost per hour.
    """
    front = inputs.tiers[front_line(inputs)]
    own, attempt, d = plan.tier(front), plan.tier0.cost_per_contact, plan.tier0.deflection
    if attempt is None or not own.cost_per_hour:
        missing = "tier0.cost_per_contact" if attempt is None else f"tiers.{front}.cost_per_hour"
        raise InputError("Break-even needs both costs.", found=f"{missing} is not set.", todo="Set it in the plan.")
    minutes = own.effort_minutes or inputs.effort_of(front).minutes
    human = minutes / 60.0 * own.cost_per_hour / (own.occupancy_cap * (1.0 - own.shrinkage))
    contacts = float(inputs.arrivals[..., front_line(inputs)].mean()) * 7.0 * plan.arrivals_factor
    needed, saving = attempt / human, d * human - attempt
    verdict = "pays" if saving > 0 else "does not pay"
    costs = f"{attempt:.2f} a contact against {human:.2f}"
    words = f"Tier 0 pays from {percent(needed)} deflection on ({costs}); at {percent(d)} it {verdict}."
    if needed > 1:
        words = f"Tier 0 can never pay: {attempt:.2f} a contact is more than a person's {human:.2f}."
    return BreakEven(needed, human, saving, saving * contacts, words)


def hire_by_dates(inputs: StaffingInputs, plan: Plan, answer: Recommendation | None = None) -> pd.DataFrame:
    """When to decide on hires: one row per tier and step of its shortage.

    `tier`, `people` (more than there will be), `needed_on` (Monday of the first week that asks for them), `decide_by`
    (lead time and ramp-up before it), `too_late` (before the horizon starts). Tiers without a known headcount are left out.
    """
    weeks = (recommend(inputs, plan) if answer is None else answer).weeks
    rows = []
    for tier in inputs.tiers:
        covered = 0
        for row in weeks[(weeks["tier"] == tier).to_numpy()].itertuples(index=False):
            now = float(row.headcount_now)  # type: ignore[arg-type]
            short = 0 if math.isnan(now) else math.ceil(float(row.headcount) - now - TINY)  # type: ignore[arg-type]
            if short > covered:
                rows.append(_hire_row(plan, inputs.start, tier, short - covered, row.week))  # type: ignore[arg-type]
                covered = short
    return pd.DataFrame(rows, columns=["tier", "people", "needed_on", "decide_by", "too_late"])


def _hire_row(plan: Plan, start: date, tier: str, more: int, week: date) -> tuple[str, int, date, date, bool]:
    decide = hire_by(plan, tier, week)
    return tier, more, week, decide, decide < start


def pooling(inputs: StaffingInputs, plan: Plan, tier: str, pools: Mapping[str, float]) -> pd.DataFrame:
    """What not pooling costs: a tier's headcount as one team, and split into pools that do not help each other.

    `pools` are shares of the tier's work by name (product, language, region); they must sum to 1. One row per pool and one
    for the tier as a whole (`pool` "together"): `share`, `headcount`; the cost of not pooling is the sum less the whole.
    """
    total = sum(share("pool share", value) for value in pools.values())
    if not pools or abs(total - 1.0) > 1e-6:
        raise InputError("Pool shares must sum to 1.", found=f"They sum to {number('sum', total):.4g}.")
    if tier not in inputs.tiers:
        raise InputError(f"There is no tier '{tier}'.", todo=did_you_mean(tier, list(inputs.tiers)))
    demand, k = demand_of(inputs, plan), inputs.tiers.index(tier)
    hours = None if inputs.hour_profile is None else inputs.hour_profile[k]

    def heads(part: float, dice: int) -> int:
        work = tier_demand(inputs, plan, demand, k, share=part, dice=dice)
        return int(heads_by_rule(need_of(work, plan, hours), plan)[plan.rules.rule].max())

    rows = [(name, part, heads(part, dice)) for dice, (name, part) in enumerate(pools.items(), start=1)]
    return pd.DataFrame([*rows, ("together", 1.0, heads(1.0, 0))], columns=["pool", "share", "headcount"])

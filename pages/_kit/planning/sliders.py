"""The sliders of a plan: each is one number of the plan file, and together they are the changes of a scenario.

A slider that stands where the plan has it changes nothing, so that a rounded label never rounds the plan. What no slider
can show (a scenario file can hold any key) is kept beside them and told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

from analytics.staffing import network
from analytics.staffing.inputs import StaffingInputs
from analytics.staffing.plan import Plan
from analytics.staffing.risk import RULES
from analytics.staffing.scenarios import Scenario, changed
from pages._kit.text import plain

LEAST_ARROW = 0.02
"""Arrows below this share of a tier's visits have no slider of their own."""

LIVE, HIRES = "Phone and chat", "New hires"
"""Groups whose sliders are no single numbers of the plan file."""

RULE_WORDS = {
    "probability": "nine of ten weeks keep every deadline (or the share below)",
    "expected": "that share of the work is on time",
    "least_cost": "least cost of staff and shortage",
}
SHORT_RULES = {"probability": "P(weeks kept) ≥ y", "expected": "Work on time ≥ x", "least_cost": "Least cost"}
assert set(RULE_WORDS) == set(RULES) == set(SHORT_RULES)


@dataclass(frozen=True)
class Control:
    """One slider: a dotted key of the plan, shown times `scale`."""

    key: str
    label: str
    low: float
    high: float
    step: float
    base: float
    scale: float = 1.0
    help: str | None = None

    @property
    def shown(self) -> float:
        """The plan's own value as the slider shows it, on a step."""
        return round(round(self.base * self.scale / self.step) * self.step, 6)


class Panel:
    """The sliders of one dataset in this session."""

    def __init__(self, dataset: str, plan: Plan, known: StaffingInputs) -> None:
        self.dataset, self.plan, self.known = dataset, plan, known
        self._groups: dict[str, list[Control]] = {}
        for control in (control for controls in self.groups().values() for control in controls):
            self._follow(control)

    def _follow(self, control: Control) -> None:
        """A slider that nobody moved goes where the plan or the data have moved to; a moved one stays."""
        held, before = self.state(control.key), self.state(f"{control.key}|base")
        if before in st.session_state and st.session_state.get(held) == st.session_state[before] != control.shown:
            del st.session_state[held]
        st.session_state[before] = control.shown

    def state(self, key: str) -> str:
        """The session's name of a control."""
        return f"plan:{self.dataset}:{key}"

    def groups(self) -> dict[str, list[Control]]:
        """All sliders by group, in the order in which they stand; made once."""
        if not self._groups:
            self._groups = self._made()
        return dict(self._groups)

    def _made(self) -> dict[str, list[Control]]:
        return {
            "Where tickets go": self._routes(),
            "People": self._people(),
            "How much comes": self._volume(),
            LIVE: self._live(),
            "Work per visit": self._effort(),
            "Cost": self._costs(),
            "Time for tickets": self._time(),
            "Targets and certainty": self._targets(),
            HIRES: self._hires(),
        }

    def _routes(self) -> list[Control]:
        mean, tiers = self.known.routing.matrix, self.known.tiers
        found = []
        for i, start in enumerate(tiers):
            for j, end in enumerate(tiers):
                share = self.plan.routing.get(start, {}).get(end, float(mean[i, j]))
                if i != j and share >= LEAST_ARROW:
                    word = "escalates to" if j > i else "returns to"
                    found.append(Control(f"routing.{start}>{end}", f"{start} {word} {end}, %", 0, 100, 1, share, 100))
        return found

    def _people(self) -> list[Control]:
        found = []
        for tier in self.known.tiers:
            stated = self.plan.tier(tier).headcount
            now = stated if stated is not None else self.known.headcount.get(tier)
            label = f"People planned in {tier}" + ("" if now is not None else " (0: not known)")
            most = max(10.0, 5.0 * round(2 * (now or self._full_time(tier)) / 5 + 1))
            found.append(Control(f"tiers.{tier}.headcount", label, 0, most, 0.5, now or 0.0))
        return found

    def _full_time(self, tier: str) -> float:
        """About how many people the tier's work keeps busy: where the slider of an unknown team has its middle."""
        k, own = self.known.tiers.index(tier), self.plan.tier(tier)
        visits = network.visit_rates(self.known.arrivals.mean(axis=(0, 1)), self.known.routing.matrix)[k]
        weekly = own.productive_hours_per_day * own.work_days_per_week
        return 7.0 * float(visits) * (own.effort_minutes or self.known.effort_of(tier).minutes) / 60.0 / weekly

    def _live(self) -> list[Control]:
        words = (
            "Answered while the customer waits: 80 % within a minute, where the plan says nothing else. The others are tickets "
            "of the same people, who answer live contacts first."
        )
        own = [(tier, self.plan.tier(tier)) for tier in self.known.tiers]
        return [
            Control(
                f"live:{tier}",
                f"{tier}: answered live, % of visits",
                0,
                100,
                5,
                p.live_share if p.live else 0.0,
                100,
                words,
            )
            for tier, p in own
        ]

    def _volume(self) -> list[Control]:
        plan = self.plan
        return [
            Control("arrivals_factor", "Arrivals, % of the forecast", 50, 200, 5, plan.arrivals_factor, 100),
            *self._categories(),
            Control(
                "tier0.deflection", "Solved by tier 0 (self-service, bot), % of contacts", 0, 60, 1, plan.tier0.deflection, 100,
                "Taken from what the front line could have solved: what is left escalates more often.",
            ),
            Control(
                "pending_share", "Waiting for customers, % of a ticket's time", 0, 90, 5, plan.pending_share, 100,
                "The clock of the targets stands still meanwhile.",
            ),
        ]  # fmt: skip

    def _categories(self) -> list[Control]:
        column, words = (
            self.known.category_column,
            "They enter and climb as the tickets of this kind did lately; a visit takes as long.",
        )
        return [
            Control(
                f"category_factors.{flow.name}", f"{column.capitalize()} {plain(flow.name)}, % of its usual tickets", 0, 300, 10,
                self.plan.category_factors.get(flow.name, 1.0), 100, words,
            )
            for flow in self.known.categories if flow.name
        ]  # fmt: skip

    def _effort(self) -> list[Control]:
        found = []
        for tier in self.known.tiers:
            minutes = self.plan.tier(tier).effort_minutes or self.known.effort_of(tier).minutes
            most = max(60.0, 10.0 * round(minutes / 4))
            label = f"{tier}: minutes of work per visit"
            found.append(Control(f"tiers.{tier}.effort_minutes", label, 1, most, 1, minutes))
        return [*found, *(self._first_answer(tier) for tier in self._entered())]

    def _entered(self) -> list[str]:
        """Tiers at which tickets enter."""
        came = self.known.arrivals.mean(axis=(0, 1))
        return [tier for tier, own in zip(self.known.tiers, came, strict=True) if own >= LEAST_ARROW * came.sum()]

    def _first_answer(self, tier: str) -> Control:
        return Control(
            f"tiers.{tier}.first_answer_minutes", f"{tier}: of these, minutes until the first answer", 0, 30, 1,
            self.plan.tier(tier).first_answer_minutes, 1.0, "Of tickets that enter here; the rest of their work may wait longer.",
        )  # fmt: skip

    def _costs(self) -> list[Control]:
        found = []
        for tier in self.known.tiers:
            rate = self.plan.tier(tier).cost_per_hour
            label = f"{tier}: cost of a paid hour" + ("" if rate is not None else " (0: not known)")
            most = max(150, 2 * round(rate or 0))
            found.append(Control(f"tiers.{tier}.cost_per_hour", label, 0, most, 1, rate or 0.0))
        return found

    def _time(self) -> list[Control]:
        found = []
        for tier in self.known.tiers:
            own = self.plan.tier(tier)
            words = f"{tier}: shrinkage (leave, sickness, meetings), % of paid time"
            found.append(Control(f"tiers.{tier}.shrinkage", words, 0, 60, 1, own.shrinkage, 100))
        for tier in self.known.tiers:
            own = self.plan.tier(tier)
            words = f"{tier}: occupancy cap, % of the time on tickets"
            found.append(Control(f"tiers.{tier}.occupancy_cap", words, 50, 98, 1, own.occupancy_cap, 100))
        return found

    def _targets(self) -> list[Control]:
        names = (
            {"default": "Tickets"} if self.known.priorities == ("default",) else {p: p for p in self.known.priorities}
        )
        found = [
            Control(
                f"sla.{priority}.resolution_hours", f"{plain(words.capitalize())}: to be solved within, working hours", 2, 240, 2,
                self.plan.target(priority).resolution_hours,
            )
            for priority, words in list(names.items())[:6]
        ]  # fmt: skip
        found += [
            Control(
                f"sla.{priority}.first_response_hours", f"{plain(words.capitalize())}: first answer within, working hours",
                0.5, 24, 0.5, self.plan.target(priority).first_response_hours, 1.0,
                "Of tickets that enter. What came while the team was away lies there when it opens.",
            )
            for priority, words in list(names.items())[:6]
        ]  # fmt: skip
        words = "Weeks that are to keep every deadline, %"
        return [*found, Control("rules.p_sla", words, 50, 99, 1, self.plan.rules.p_sla, 100)]

    def _hires(self) -> list[Control]:
        found = [Control(f"hire:{tier}", f"New people in {tier}", 0, 20, 1, 0) for tier in self.known.tiers]
        front = self.plan.tier(self.known.tiers[0])
        words = "Ramp-up: weeks until a new person is fully productive"
        return [*found, Control("ramp_weeks", words, 0, 26, 1, front.ramp_weeks)]

    def draw(self) -> None:
        """All groups: the escalations open, the others one click away. A closed group's sliders are not sent: forty of them take
        the browser as long as a chart does, at every step of the one that moves. They keep their values meanwhile."""
        groups = self.groups()
        first = next(iter(groups))
        st.markdown(f"**{first}**")
        for control in groups.pop(first):
            self.slider(control)
        extra: dict[str, Callable[[], None]] = {"How much comes": self._launch, HIRES: self._hire_date}
        extra["Targets and certainty"] = self._rule
        for name, controls in groups.items():
            st.session_state.setdefault(self.opened(name), self._moved(controls))
            # its label stays: a group with another label is another group to Streamlit, and takes the slider from under the hand
            with st.expander(name, key=self.opened(name), on_change="rerun") as group:
                if group.open:
                    for control in controls:
                        self.slider(control)
                    extra.get(name, lambda: None)()
        moved = [name for name, controls in groups.items() if self._moved(controls)]
        with st.container():
            st.caption(f"Changed in: {', '.join(moved)}" if moved else "The groups are as in the plan.")

    def opened(self, group: str) -> str:
        """The session's name of whether a group is open: as the reader left it; at first, where something in it is changed."""
        return self.state(f"open|{group}")

    def _moved(self, controls: list[Control]) -> bool:
        return any(self.value(control) != control.shown for control in controls)

    def value(self, control: Control) -> float:
        """Where a slider stands."""
        return float(st.session_state.get(self.state(control.key), control.shown))

    def slider(self, control: Control) -> None:
        """Draws one slider. Whole numbers where its steps are whole.

        What it holds already is not written again: the browser would take that for a new value, and a slider that is being moved
        would jump back to where the last answer was made.
        """
        kind = int if control.step == int(control.step) else float
        held, state = self.value(control), self.state(control.key)
        low, high = min(control.low, held), max(control.high, held)
        if type(st.session_state.get(state)) is not kind:
            st.session_state[state] = kind(held)
        st.slider(
            control.label, kind(low), kind(high), step=kind(control.step), key=self.state(control.key),
            help=control.help, persist_state="session",
        )  # fmt: skip

    def _launch(self) -> None:
        on = self._date_key("launch_date")
        st.checkbox("A launch (or campaign) on a date", key=self.state("launch"), persist_state="session")
        if st.session_state.get(self.state("launch")):
            self._day("First day of the launch", on)
            self.slider(Control("launch_factor", "Arrivals on that day, % of the forecast", 100, 400, 10, 1.5, 100))
            self.slider(Control("launch_days", "Days until it has faded", 1, 60, 1, 14))

    def _hire_date(self) -> None:
        if any(self.value(Control(f"hire:{tier}", "", 0, 20, 1, 0)) for tier in self.known.tiers):
            self._day("Their first day", self._date_key("hire_date"))

    def _date_key(self, name: str) -> str:
        key = self.state(name)
        if key not in st.session_state:
            st.session_state[key] = self.known.start + timedelta(days=14)
        return key

    def _day(self, label: str, key: str) -> None:
        start = self.known.start
        held = st.session_state[key]
        st.date_input(
            label, key=key, min_value=min(start, held), max_value=max(start + timedelta(days=self.known.days - 1), held),
            format="YYYY-MM-DD", persist_state="session",
        )  # fmt: skip

    def _rule(self) -> None:
        key = self.state("rules.rule")
        st.session_state.setdefault(key, self.plan.rules.rule)
        st.selectbox(
            "People are enough when", list(RULE_WORDS), format_func=lambda rule: RULE_WORDS[rule], key=key,
            persist_state="session",
        )  # fmt: skip

    def changes(self) -> dict[str, Any]:
        """What the sliders change in the plan, as a scenario has it."""
        found: dict[str, Any] = dict(st.session_state.get(self.state("extra"), {}))
        for name, controls in self.groups().items():
            if name not in (LIVE, HIRES):
                found |= {c.key: round(self.value(c) / c.scale, 6) for c in controls if self.value(c) != c.shown}
        found |= self._room(found)
        rule = st.session_state.get(self.state("rules.rule"), self.plan.rules.rule)
        found |= {"rules.rule": rule} if rule != self.plan.rules.rule else {}
        return found | self._live_changes() | self._launch_change() | self._hire_changes()

    def _live_changes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for control in self.groups()[LIVE]:
            shown, tier = self.value(control), control.key.removeprefix("live:")
            if shown != control.shown:
                found[f"tiers.{tier}.live"] = shown > 0
                found |= {f"tiers.{tier}.live_share": round(shown / control.scale, 6)} if shown > 0 else {}
        return found

    def _room(self, found: Mapping[str, Any]) -> dict[str, float]:
        """Arrows too small for a slider make room, where the moved ones of a tier leave them less than they take."""
        matrix, tiers = self.known.routing.matrix, self.known.tiers
        room: dict[str, float] = {}
        for i, start in enumerate(tiers):
            mean = {
                end: self.plan.routing.get(start, {}).get(end, float(matrix[i, j]))
                for j, end in enumerate(tiers)
                if j != i
            }
            small = {end: share for end, share in mean.items() if share < LEAST_ARROW}
            large = sum(float(found.get(f"routing.{start}>{end}", mean[end])) for end in mean if end not in small)
            left = max(0.0, 1.0 - large)
            if any(f"routing.{start}>{end}" in found for end in mean) and sum(small.values()) > left:
                room |= {f"routing.{start}>{end}": share * left / sum(small.values()) for end, share in small.items()}
        return room

    def _launch_change(self) -> dict[str, Any]:
        if not st.session_state.get(self.state("launch")):
            return {}
        factor = float(st.session_state.get(self.state("launch_factor"), 150)) / 100
        days = int(st.session_state.get(self.state("launch_days"), 14))
        on: date = st.session_state[self._date_key("launch_date")]
        kept = [{"date": x.date.isoformat(), "factor": x.factor, "days": x.days} for x in self.plan.launches]
        return {"launches": [*kept, {"date": on.isoformat(), "factor": factor, "days": days}]}

    def _hire_changes(self) -> dict[str, Any]:
        people = {t: st.session_state.get(self.state(f"hire:{t}"), 0) for t in self.known.tiers}
        weeks = st.session_state.get(self.state("ramp_weeks"))
        own = self.plan.tier(self.known.tiers[0]).ramp_weeks
        found: dict[str, Any] = {}
        if weeks is not None and weeks != round(own):
            found |= {f"tiers.{tier}.ramp_weeks": float(weeks) for tier in self.known.tiers}
        if any(people.values()):
            on: date = st.session_state[self._date_key("hire_date")]
            kept = [{"tier": x.tier, "date": x.date.isoformat(), "people": x.people} for x in self.plan.hires]
            new = [{"tier": t, "date": on.isoformat(), "people": float(n)} for t, n in people.items() if n]
            found["hires"] = [*kept, *new]
        return found

    def current(self) -> Plan:
        """The plan that the sliders describe. InputError where they contradict each other."""
        return changed(self.plan, self.changes())

    def reset(self) -> None:
        """Every slider back to where the plan has it (a callback: widgets change through the session only)."""
        for key in [key for key in st.session_state if str(key).startswith(self.state(""))]:
            del st.session_state[key]

    def apply(self, changes: Mapping[str, Any]) -> None:
        """Puts the sliders where a scenario wants them; what no slider shows is kept beside them."""
        self.reset()
        left = dict(changes)
        self._apply_live(left)
        for controls in self.groups().values():
            for control in controls:
                if left.get(control.key) is not None:
                    value = round(float(left.pop(control.key)) * control.scale, 6)
                    st.session_state[self.state(control.key)] = value
        if left.get("rules.rule") in RULE_WORDS:
            st.session_state[self.state("rules.rule")] = left.pop("rules.rule")
        self._apply_launch(left)
        st.session_state[self.state("extra")] = left

    def _apply_live(self, left: dict[str, Any]) -> None:
        """Whether a tier is live, and the share of its visits that are, are one slider."""
        for tier in self.known.tiers:
            own, keys = self.plan.tier(tier), (f"tiers.{tier}.live", f"tiers.{tier}.live_share")
            if any(left.get(key) is not None for key in keys):
                live, share = (left.pop(key, getattr(own, key.rpartition(".")[2])) for key in keys)
                st.session_state[self.state(f"live:{tier}")] = round(100.0 * float(share) if live else 0.0, 6)

    def _apply_launch(self, left: dict[str, Any]) -> None:
        """A single launch moves the launch's sliders; any other list stays a list."""
        rows = left.get("launches") or []
        if len(rows) == 1 + len(self.plan.launches) and {"date", "factor", "days"} <= set(rows[-1]):
            row = left.pop("launches")[-1]
            st.session_state[self.state("launch")] = True
            st.session_state[self.state("launch_date")] = date.fromisoformat(str(row["date"]))
            st.session_state[self.state("launch_factor")] = round(100 * float(row["factor"]))
            st.session_state[self.state("launch_days")] = int(row["days"])

    def words(self) -> str:
        """What is changed, in a line; nothing where nothing is."""
        return change_words(self.changes())

    def scenario(self, name: str) -> Scenario:
        """The sliders as a scenario."""
        return Scenario(name.strip(), self.changes())


def change_words(changes: Mapping[str, Any]) -> str:
    """Changes in a line, as people read them: "arrivals 120 %, L1 to L2 35 %"."""
    return ", ".join(_word(key, value) for key, value in changes.items())


_SHARES = ("shrinkage", "occupancy_cap", "deflection", "p_sla", "pending_share", "arrivals_factor", "target_share",
           "live_share")  # fmt: skip


def _word(key: str, value: Any) -> str:
    if key == "launches":
        return "launch on " + ", ".join(str(row["date"]) for row in value)
    if key == "hires":
        return ", ".join(f"{row.get('people', 1):g} new in {row['tier']} on {row['date']}" for row in value)
    if key == "rules.rule":
        return f"rule: {SHORT_RULES.get(str(value), value)}"
    if key.startswith("category_factors."):
        return f"{key.partition('.')[2]} {100 * value:.3g} % of its tickets"
    name = key.removeprefix("routing.").replace(">", " to ") if key.startswith("routing.") else key
    name = name.removeprefix("tiers.").removeprefix("rules.").replace("sla.", "").replace(".", " ").replace("_", " ")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and (key.startswith("routing.") or key.rpartition(".")[2] in _SHARES):
        return f"{name} {100 * value:.3g} %"
    said = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    return f"{name} {value:g}" if number else f"{name} {said}"

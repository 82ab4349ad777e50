"""The simulation behind the sample: agents with shifts work through queues, and every wait in the log follows from it.

Assumptions. A queue is served by priority with ageing (a ticket's key is its arrival plus an allowance by priority);
an agent works one ticket at a time, at `productive_share` of the time on shift, and finishes short work after the shift's end.
A handed-over ticket is looked at only after a lag in the receiving tier's opening hours, longer for a poor note. Work
on a visit is lognormal; a visit has one session of work, and one more after each answer of the customer. Efforts are
minutes of work; times are seconds since 1970 (UTC). What a ticket needs is known to the simulation, not to the log.
"""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from data.sample_arrivals import CHAT, LIVE_CHANNELS, PARTNER, PHONE, Arrivals
from data.sample_clock import Agent, Clock, midnights, tier_clock
from data.sample_text import KNOWN_ISSUES, SECTION_WEIGHTS, note
from data.sample_world import BOUNCING_PAIR, KINDS, PRODUCTS, TEAM_INDEX, NoteEffect, Scenario

KIND = {name: number for number, name in enumerate(KINDS)}
DAY, HOUR, MINUTE = 86_400, 3_600, 60
CLOSE_AFTER_DAYS = 5
CLOSE_AT_HOUR = 2.25  # the nightly job, local time
NEW_AGENT_DAYS = 90
NEW_AGENT_PREMATURE = (2.2, 0.14)  # factor on the chance of a premature escalation, and its floor
NEW_AGENT_EFFORT = 1.25  # factor on effort
ALLOWANCE_HOURS = {1: (0.0, 1.0, 4.0, 9.0), 2: (0.0, 3.0, 20.0, 40.0), 3: (0.0, 20.0, 110.0, 190.0)}
OVERTIME_MINUTES = 40.0
MAX_HANDOFFS = 9
CSAT_RESPONSE = (0.21, 0.24, 0.36, 0.17, 0.08)  # by channel
PENDING_CHANCE = {1: 0.15, 2: 0.30, 3: 0.16}
NEVER_ANSWERED = 0.09
SKIP_ACKNOWLEDGED = {1: 0.015, 2: 0.045, 3: 0.035}
REOPEN_CHANCE = 0.05
SILENT_HANDOVER = (0.15, 0.30, 0.60, 0.65)  # chance, by priority, that the customer is not told of an escalation
FIRST_WORD = (0.80, 0.20, 0.0, 0.0)  # chance, by priority, of a short "we are on it" when L1 picks a ticket up

# Mean minutes of work per visit, by what happens in it.
EFFORT = {
    "exclude": 2.0,
    "l1_resolve": 14.5,
    "l1_rework": 9.0,
    "l1_escalate": 17.0,
    "l1_lateral": 3.0,
    "send_back": 5.0,
    "l2_resolve": 50.0,
    "l2_premature": 10.0,
    "l2_approve": 7.0,
    "l2_lateral": 13.0,
    "l2_finish": 16.0,
    "l2_escalate": 33.0,
    "l2_pass_up": 13.0,
    "l3_resolve": 106.0,
    "l3_l2_work": 58.0,
    "l3_return": 90.0,
}


class Draws:
    """Random numbers one at a time, drawn in blocks: a call of numpy per number would cost most of the run time."""

    def __init__(self, rng: np.random.Generator, block: int = 65_536) -> None:
        self.rng, self.block = rng, block
        self.uniform: list[float] = []
        self.normal: list[float] = []

    def u(self) -> float:
        """Uniform on [0, 1)."""
        if not self.uniform:
            self.uniform = self.rng.random(self.block).tolist()
        return self.uniform.pop()

    def z(self) -> float:
        """Standard normal."""
        if not self.normal:
            self.normal = self.rng.standard_normal(self.block).tolist()
        return self.normal.pop()

    def pick(self, count: int) -> int:
        """0 to count−1."""
        return int(self.u() * count)

    def lognormal(self, median: float, sigma: float) -> float:
        """Lognormal with this median."""
        return median * math.exp(sigma * self.z())

    def effort(self, mean: float, sigma: float) -> float:
        """Minutes of work with this mean; at least half a minute."""
        return max(0.5, mean * math.exp(sigma * self.z() - sigma**2 / 2))


@dataclass(slots=True)
class Case:
    """A ticket on its way."""

    id: int
    product: int
    category: int
    channel: int
    priority: int
    need: int
    approval: bool
    excluded: bool
    known: int
    subject: str
    created: float
    tier: int = 1
    team: int = 0
    agent: int = -1
    last: float = 0.0  # time of its last event
    came_from: int = 0  # tier that handed it over, 0 for none
    note: NoteEffect | None = None  # class of the last handoff note
    fixed_by_l3: bool = False
    premature: bool = False
    reworked: bool = False  # was sent back to L1 once
    reopened: bool = False
    handoffs: int = 0
    bounces: int = 0
    pair_moves: int = 0
    visited: list[int] = field(default_factory=list)
    acknowledged: bool = False  # in this visit
    plan: str = ""  # what this visit ends in
    effort_left: float = 0.0
    answers_left: int = 0
    token: int = 0  # changes when pending work becomes void
    open: bool = True
    busy: bool = False


class Log:
    """The events as they happen; keeps the order inside a ticket."""

    def __init__(self) -> None:
        self.rows: list[tuple] = []

    def add(
        self, case: Case, at: float, kind: str, effort: float = 0.0, note: str = "", escalation: str = "",
        csat: str = "", link: str = "", agent: int | None = None,
    ) -> None:  # fmt: skip
        """One event with the ticket's state after it; a time not after the ticket's last one moves to a second later."""
        case.last = at = max(int(at), case.last + 1)
        self.rows.append(
            (case.id, at, KIND[kind], case.tier, case.team, case.agent if agent is None else agent, case.priority,
             round(effort, 1), note, escalation, csat, link)
        )  # fmt: skip


class Simulation:
    """Runs a scenario; after `run`, `log.rows` holds the events up to the scenario's end."""

    def __init__(self, scenario: Scenario, cases: Arrivals, agents: list[Agent], rng: np.random.Generator) -> None:
        self.scenario, self.agents, self.draws, self.log = scenario, agents, Draws(rng), Log()
        self.clocks: dict[int, Clock] = {tier: tier_clock(scenario, tier) for tier in (1, 2, 3)}
        self.midnights = midnights(scenario)
        self.end = float(self.midnights[-1])
        self.crunch = self.crunch_start(scenario)
        self.pair = {TEAM_INDEX[name] for name in BOUNCING_PAIR}
        self.queues: list[list[tuple[float, int, Case, int]]] = [[] for _ in scenario.teams]
        self.idle: list[list[int]] = [[] for _ in scenario.teams]
        self.serial = itertools.count()
        self.heap: list[tuple] = []
        self.cases = [case_of(cases, number) for number in range(len(cases.at))]
        self.l1_team = cases.l1_team.tolist()
        self.work: list[tuple] = []  # every session: case, tier, agent, minutes, start, whether L2 could have done it

    def crunch_start(self, scenario: Scenario) -> float:
        """When the bottleneck begins; never, where none is planted."""
        if scenario.bottleneck_start is None:
            return float("inf")
        return float(self.midnights[(scenario.bottleneck_start - scenario.start).days])

    # -- the machinery -------------------------------------------------------------------------------------------

    def at(self, time: float, handler, *args) -> None:
        """Have `handler(time, *args)` called when the clock gets there."""
        if time < self.end:
            heapq.heappush(self.heap, (time, next(self.serial), handler, args))

    def run(self) -> Simulation:
        """Everything until the end of the scenario."""
        for case in self.cases:
            self.at(case.created, self.arrive, case)
        for number, agent in enumerate(self.agents):
            self.idle[agent.team].append(number)
            for start in agent.clock.starts:
                self.at(start, self.wake, number)
        while self.heap:
            time, _, handler, args = heapq.heappop(self.heap)
            handler(time, *args)
        return self

    def arrive(self, time: float, case: Case) -> None:
        """A ticket is created; a few of the API's urgent ones go to L2 by contract."""
        straight = case.channel == PARTNER and case.product == 1 and case.priority <= 1 and self.draws.u() < 0.30
        case.tier = 2 if straight else 1
        case.team = self.right_team(case) if straight else self.l1_team[case.id]
        live = case.channel in LIVE_CHANNELS and not straight
        case.team = self.answering_team(time, case.team) if live else case.team
        case.visited.append(case.team)
        if case.channel != PHONE:  # a call becomes a ticket when somebody takes it
            self.log.add(case, time, "created")
        if case.known < 0 and self.draws.u() < 0.032:
            self.at(time + self.draws.lognormal(6 * HOUR, 1.2), self.cancel, case)
        self.enqueue(time, case, live=live)

    def answering_team(self, time: float, home: int) -> int:
        """Calls and chats go to the home desk, or to another desk where somebody is free at once."""
        desks = [home, *(desk for desk in range(3) if desk != home)]
        return next((desk for desk in desks if self.free_agents(time, desk)), home)

    def free_agents(self, time: float, team: int) -> list[int]:
        """Agents of the team who are at work and idle, the longest idle first."""
        return [number for number in self.idle[team] if self.agents[number].clock.is_open(time)]

    def enqueue(self, time: float, case: Case, live: bool = False) -> None:
        """Put a ticket before its team; it is seen after a lag, by priority."""
        if live:
            seen, allowance = time + 5 + 40 * self.draws.u(), -8.0
        else:
            median = self.scenario.notice_minutes[case.tier - 1] * (case.note.wait_factor if case.note else 1.0)
            median *= (0.4, 0.7, 1.0, 1.3)[case.priority]
            seen = self.clocks[case.tier].finish(time, self.draws.lognormal(median * MINUTE, 0.9))
            allowance = ALLOWANCE_HOURS[case.tier][case.priority]
        self.at(seen, self.ready, case, time + allowance * HOUR, case.token)

    def ready(self, time: float, case: Case, key: float, token: int) -> None:
        """A ticket may be picked up: by whoever is idle, the agent who knows it first, else it queues."""
        if token != case.token:
            return
        idle = self.free_agents(time, case.team)
        if not idle and case.channel == CHAT and case.tier == 1 and (on_shift := self.on_shift(time, case.team)):
            self.begin(time, on_shift[self.draws.pick(len(on_shift))], case, beside=True)
            return
        if not idle:
            heapq.heappush(self.queues[case.team], (key, next(self.serial), case, token))
            return
        number = case.agent if case.agent in idle else idle[0]
        self.idle[case.team].remove(number)
        self.begin(time, number, case)

    def on_shift(self, time: float, team: int) -> list[int]:
        """Agents of the team who are at work, idle or not."""
        return [n for n, agent in enumerate(self.agents) if agent.team == team and agent.clock.is_open(time)]

    def wake(self, time: float, number: int) -> None:
        """A shift begins."""
        if number in self.idle[self.agents[number].team]:
            self.idle[self.agents[number].team].remove(number)
            self.free(time, number)

    def free(self, time: float, number: int) -> None:
        """An agent looks for the next ticket; idle where there is none or the shift is over."""
        agent = self.agents[number]
        queue = self.queues[agent.team]
        while queue and agent.clock.is_open(time):
            _, _, case, token = heapq.heappop(queue)
            if token == case.token:
                self.begin(time, number, case)
                return
        self.idle[agent.team].append(number)

    # -- one session of work -------------------------------------------------------------------------------------

    def begin(self, time: float, number: int, case: Case, beside: bool = False) -> None:
        """An agent picks a ticket up, acknowledges it once per visit, and works; a chat also beside another ticket."""
        case.busy, case.agent = True, number
        if not case.last:
            self.log.add(case, time, "created")
        new = self.is_new(time, number)
        if not case.plan:
            self.plan(time, case, new)
        time = self.acknowledge(time + 3 + 40 * self.draws.u(), case)
        share = 1.0 if not case.answers_left else 0.45 + 0.3 * self.draws.u()
        minutes = case.effort_left * share
        case.effort_left -= minutes
        self.work.append((case.id, case.tier, number, minutes, time, is_l2_work(case)))
        self.at(self.end_of_work(time, number, case.tier, minutes), self.done, number, case, minutes, beside)

    def end_of_work(self, time: float, number: int, tier: int, minutes: float) -> float:
        """When the work is done: short work past the end of the shift, long work on the next; leavers finish theirs."""
        agent = self.agents[number]
        wall = minutes * MINUTE / self.scenario.productive_share[tier - 1]
        done = agent.clock.finish(time, wall)
        leaver = agent.end_date is not None and math.isinf(done)
        return time + wall if leaver or wall < OVERTIME_MINUTES * MINUTE else done

    def acknowledge(self, time: float, case: Case) -> float:
        """The events of picking up; gives the time at which work starts."""
        if case.acknowledged:
            return time
        skip = SKIP_ACKNOWLEDGED[case.tier] if case.plan != "send_back" else 0.5
        case.acknowledged = True
        if self.draws.u() < skip and case.channel not in LIVE_CHANNELS:
            return time
        if self.draws.u() < (0.0, 0.04, 0.18, 0.25)[case.tier]:
            self.log.add(case, time, "assigned")
            time += self.draws.lognormal(6 * MINUTE, 0.8)
        self.log.add(case, time, "acknowledged")
        if case.tier == 1 and not case.handoffs and self.draws.u() < FIRST_WORD[case.priority]:
            self.log.add(case, time + self.draws.lognormal(4 * MINUTE, 0.6), "replied")
        return time

    def is_new(self, time: float, number: int) -> bool:
        """Whether the agent has less than 90 days of tenure."""
        day = self.scenario.start + timedelta(days=int((time - self.midnights[0]) // DAY))
        return (day - self.agents[number].start_date).days < NEW_AGENT_DAYS

    def done(self, time: float, number: int, case: Case, minutes: float, beside: bool) -> None:
        """A session ends: ask the customer, or do what the visit was planned to end in."""
        case.busy = False
        if case.open:
            if case.answers_left:
                self.ask_customer(time, case, minutes)
            else:
                self.finish_visit(time, case, minutes, self.is_new(time, number))
        if not beside:
            self.free(time, number)

    def ask_customer(self, time: float, case: Case, minutes: float) -> None:
        """A question goes out, and the ticket waits for the answer."""
        case.answers_left -= 1
        self.log.add(case, time, "replied", effort=minutes)
        self.log.add(case, time + 2 + self.draws.pick(20), "pending")
        if self.draws.u() < NEVER_ANSWERED:
            self.at(time + 7 * DAY + self.draws.pick(HOUR), self.give_up, case, case.token)
        else:
            lag = self.draws.lognormal((3, 7, 16, 22)[case.priority] * HOUR, 1.1)
            self.at(self.awake(time + lag), self.answer, case, case.token)

    def awake(self, time: float) -> float:
        """Customers answer in their day: a time at night or on a weekend moves to the next morning (L1's hours)."""
        place = self.clocks[1]
        if place.is_open(time) or self.draws.u() < 0.12:
            return time
        return place.next_start(time) + self.draws.lognormal(80 * MINUTE, 0.7)

    def answer(self, time: float, case: Case, token: int) -> None:
        """The customer answers; the ticket is ready again, without a new note's lag."""
        if token != case.token:
            return
        case.note = None
        self.log.add(case, time, "customer_replied")
        self.enqueue(time, case)

    def give_up(self, time: float, case: Case, token: int) -> None:
        """No answer for a week: resolved by the system."""
        if token == case.token:
            case.agent = -1
            self.resolve(time, case, automatic=True)

    def cancel(self, time: float, case: Case) -> None:
        """The customer withdraws, if nobody is working on it."""
        if case.open and not case.busy and case.last:
            case.open, case.token = False, case.token + 1
            self.log.add(case, time, "cancelled")

    # -- what a visit ends in ------------------------------------------------------------------------------------

    def plan(self, time: float, case: Case, new: bool) -> None:
        """Decide how this visit ends, how much work it is, and how often the customer is asked."""
        plan, effort = (self.plan_l1, self.plan_l2, self.plan_l3)[case.tier - 1](time, case, new)
        category = PRODUCTS[case.product].categories[case.category]
        differs = self.scenario.category_effort and ("resolve" in effort or "escalate" in effort)
        weight = category.effort if differs else 1.0
        case.plan = plan
        mean = EFFORT[effort] * weight * self.scenario.effort_scale[case.tier - 1]
        mean *= NEW_AGENT_EFFORT if new else 1.0
        case.effort_left = self.draws.effort(mean, self.scenario.effort_sigma[case.tier - 1])
        asks = plan in ("resolve", "escalate") and self.draws.u() < PENDING_CHANCE[case.tier]
        case.answers_left = int(asks or (case.reworked and case.tier == 1 and self.draws.u() < 0.5))
        case.answers_left += int(case.answers_left > 0 and self.draws.u() < 0.18)

    def plan_l1(self, time: float, case: Case, new: bool) -> tuple[str, str]:
        """L1 solves, sends up what it must (and some that it need not), or finds itself the wrong desk."""
        if case.excluded:
            return "exclude", "exclude"
        if case.reopened and case.handoffs == 0 and self.draws.u() < 0.8:
            return "resolve", "l1_rework"
        if case.approval or case.need > 1:
            return "escalate", "l1_rework" if case.reworked else "l1_escalate"
        if case.came_from > 1:
            return "resolve", "l1_rework"
        if case.came_from == 0 and self.draws.u() < self.scenario.misroute / 2:
            return "lateral", "l1_lateral"
        chance = self.scenario.premature[case.product]
        if new:
            chance = max(chance * NEW_AGENT_PREMATURE[0], NEW_AGENT_PREMATURE[1])
        case.premature = self.draws.u() < chance
        return ("escalate", "l1_escalate") if case.premature else ("resolve", "l1_resolve")

    def plan_l2(self, time: float, case: Case, new: bool) -> tuple[str, str]:
        """L2 sends back poor handoffs, passes on what is not its own, solves, or sends up."""
        if case.handoffs >= MAX_HANDOFFS:
            return "resolve", "l2_resolve"
        if case.note and case.came_from == 1 and self.draws.u() < case.note.return_chance:
            return "send_back", "send_back"
        if self.moves_on(case):
            return "lateral", "l2_lateral"
        if case.approval:
            return "resolve", "l2_approve"
        if case.fixed_by_l3:
            return "resolve", "l2_finish"
        if case.need == 3:
            return "escalate", "l2_escalate"
        if case.need == 1:
            return ("resolve", "l2_premature") if self.draws.u() < 0.8 else ("send_back", "send_back")
        up = self.pass_up_chance(time, case)
        return ("escalate", "l2_pass_up") if self.draws.u() < up and case.came_from < 3 else ("resolve", "l2_resolve")

    def pass_up_chance(self, time: float, case: Case) -> float:
        """How likely L2 hands over work of its own to L3: freely in the bottleneck, until L3's queue is long."""
        product = PRODUCTS[case.product]
        waiting = len(self.queues[TEAM_INDEX[product.l3_team]])
        freely = time >= self.crunch and product.categories[case.category].l2_type
        freely = freely and waiting < self.scenario.pass_up_until
        return self.scenario.pass_up_bottleneck if freely else self.scenario.pass_up

    def plan_l3(self, time: float, case: Case, new: bool) -> tuple[str, str]:
        """L3 solves, or fixes and gives back; half as strict about poor notes as L2."""
        if case.handoffs >= MAX_HANDOFFS:
            return "resolve", "l3_resolve"
        if case.note and self.draws.u() < case.note.return_chance / 2:
            return "send_back", "send_back"
        if case.need < 3:
            return "resolve", "l3_l2_work"
        if self.draws.u() < 0.80:
            return "resolve", "l3_resolve"
        case.fixed_by_l3 = True
        return "return", "l3_return"

    def moves_on(self, case: Case) -> bool:
        """Whether an L2 team finds a ticket to be another team's: misrouted, or on the boundary of the bouncing pair."""
        if case.fixed_by_l3:
            return False
        if self.on_boundary(case):
            moves = self.scenario.pair_moves
            return case.pair_moves < len(moves) and self.draws.u() < moves[case.pair_moves]
        return case.team != self.right_team(case)

    def on_boundary(self, case: Case) -> bool:
        """Whether the ticket's category lies between the two teams of the pair, and one of them holds it."""
        return PRODUCTS[case.product].categories[case.category].boundary and case.team in self.pair

    def right_team(self, case: Case) -> int:
        """The L2 team of the ticket's product."""
        return TEAM_INDEX[PRODUCTS[case.product].l2_team]

    def finish_visit(self, time: float, case: Case, minutes: float, new: bool) -> None:
        """Write the work down, then do what was planned."""
        plan, case.plan = case.plan, ""
        if plan == "exclude":
            self.log.add(case, time, "excluded", effort=minutes)
            case.open, case.token = False, case.token + 1
        elif plan == "resolve":
            self.log.add(case, time, "replied", effort=minutes)
            self.resolve(time + 2 + self.draws.pick(90), case)
        else:
            quiet = plan in ("lateral", "send_back") or self.draws.u() < SILENT_HANDOVER[case.priority]
            self.log.add(case, time, "commented" if quiet else "replied", effort=minutes)
            self.hand_over(time + 5 + self.draws.pick(240), case, plan, new)

    # -- handing over --------------------------------------------------------------------------------------------

    def hand_over(self, time: float, case: Case, plan: str, new: bool) -> None:
        """The ticket goes to another team, with a note of some quality."""
        before = case.tier
        tier, team = self.destination(case, plan)
        escalation = ("hierarchical" if case.approval else "functional") if tier > before else ""
        if tier > before and case.priority > 0 and self.draws.u() < 0.12:
            case.priority -= 1
            self.log.add(case, time - 3, "changed")
        effect, text = self.write_note(case, before, new)
        self.settle(case, before, tier, team, effect)
        kind = "queued" if self.draws.u() < 0.9 else "assigned"
        self.log.add(case, time, kind, note=text, escalation=escalation)
        self.enqueue(time, case)

    def settle(self, case: Case, before: int, tier: int, team: int, effect: NoteEffect) -> None:
        """The ticket's state after a handoff."""
        case.reworked = case.reworked or (tier == 1 and before > 1)
        case.handoffs += 1
        case.bounces += team in case.visited
        case.visited.append(team)
        case.pair_moves += case.team in self.pair and team in self.pair
        case.tier, case.team, case.agent, case.came_from = tier, team, -1, before
        case.note, case.acknowledged = effect, False

    def destination(self, case: Case, plan: str) -> tuple[int, int]:
        """Tier and team that get the ticket."""
        if plan == "lateral":
            return case.tier, self.sideways(case)
        if plan in ("send_back", "return"):
            return case.tier - 1, (self.l1_team[case.id] if case.tier == 2 else self.right_team(case))
        straight = case.tier == 1 and case.need == 3 and case.priority == 0 and self.draws.u() < 0.25
        if case.tier == 2 or straight:
            return 3, TEAM_INDEX[PRODUCTS[case.product].l3_team]
        team = self.right_team(case)
        if self.draws.u() < self.scenario.misroute:
            team = TEAM_INDEX[PRODUCTS[(case.product + 1 + self.draws.pick(3)) % 4].l2_team]
        return 2, team

    def sideways(self, case: Case) -> int:
        """The other team of the same tier: the pair's other one, the right one, or for L1 one of the other desks."""
        if case.tier == 1:
            return (case.team + 1 + self.draws.pick(2)) % 3
        if self.on_boundary(case):
            return next(iter(self.pair - {case.team}))
        return self.right_team(case)

    def write_note(self, case: Case, before: int, new: bool) -> tuple[NoteEffect, str]:
        """A handoff note and the class that it belongs to; rework after a return is documented better."""
        bad, fair, _ = self.scenario.note_shares
        shift = self.scenario.teams[case.team].note_shift + (0.15 if new else 0.0)
        shift -= 0.15 if case.reworked or before > 1 else 0.0
        roll = self.draws.u()
        bad = max(0.0, bad + (shift if self.scenario.staff_changes else 0.0))
        effect = self.scenario.note_effects[0 if roll < bad else 1 if roll < bad + fair else 2]
        low, high = effect.sections
        chosen = self.choose_sections(low + self.draws.pick(high - low + 1))
        if not chosen and self.draws.u() < 0.25:
            return effect, ""
        return effect, note(chosen, case.subject, self.draws.pick)

    def choose_sections(self, count: int) -> tuple[int, ...]:
        """`count` of the six sections, the common ones more often, in their usual order."""
        keys = [(self.draws.u() ** (1 / weight), number) for number, weight in enumerate(SECTION_WEIGHTS)]
        return tuple(sorted(number for _, number in sorted(keys, reverse=True)[:count]))

    # -- the end -------------------------------------------------------------------------------------------------

    def resolve(self, time: float, case: Case, automatic: bool = False) -> None:
        """Resolved; then reopened by some, rated by some, and closed by the nightly job."""
        case.open, case.token, case.plan = False, case.token + 1, ""
        self.log.add(case, time, "resolved", link="" if automatic else self.link(case))
        chance = REOPEN_CHANCE + 0.03 * min(case.bounces, 2) + 0.02 * case.premature
        if not case.reopened and self.draws.u() < chance:
            self.at(self.awake(time + self.draws.lognormal(22 * HOUR, 1.0)), self.reopen, case, case.token)
            return
        shut, rated = self.closing_time(time), time + self.draws.lognormal(3 * HOUR, 1.2)
        rating = self.rating(time, case) if self.draws.u() < CSAT_RESPONSE[case.channel] else ""
        if rating and rated < shut:
            self.log.add(case, rated, "changed", csat=rating)
        self.log.add(case, shut, "closed", agent=-1)
        if rating and rated >= shut:
            self.log.add(case, rated, "changed", csat=rating)

    def reopen(self, time: float, case: Case, token: int) -> None:
        """The customer is not content; mostly the same team continues."""
        case.open, case.reopened, case.note, case.answers_left = True, True, None, 0
        late = self.closing_time(case.last)
        if time > late:
            self.log.add(case, late, "closed", agent=-1)
        self.log.add(case, time, "reopened")
        case.acknowledged = False
        if case.tier == 1 and self.draws.u() < 0.15:
            case.need, case.acknowledged = max(case.need, 2), False
            self.hand_over(time + 120 + self.draws.pick(600), case, "escalate", False)
            return
        self.enqueue(time, case)

    def closing_time(self, resolved: float) -> float:
        """The nightly job closes what has been resolved for five days."""
        due = resolved + CLOSE_AFTER_DAYS * DAY
        day = int(np.searchsorted(self.midnights, due - CLOSE_AT_HOUR * HOUR))
        return (
            float(self.midnights[day] + CLOSE_AT_HOUR * HOUR + case_jitter(resolved))
            if day < len(self.midnights)
            else self.end + DAY
        )

    def link(self, case: Case) -> str:
        """The article that the resolution points to, where somebody cared to link one."""
        if case.known >= 0:
            return f"KB-{4000 + case.known}" if KNOWN_ISSUES[case.known][4] else ""
        if self.draws.u() >= self.scenario.link_share[case.tier - 1]:
            return ""
        kind = case.product * 6 + case.category
        if case.tier == 1 or (case.premature and self.draws.u() < 0.8):
            return f"KB-{1000 + kind * 4 + self.draws.pick(4)}"
        return f"KB-{(2000 if case.tier == 2 else 3000) + kind * 12 + self.draws.pick(12)}"

    def rating(self, time: float, case: Case) -> str:
        """Good or bad: worse after handoffs, bounces, long waits and a reopening."""
        days = (time - case.created) / DAY
        score = 2.35 - 0.30 * case.handoffs - 0.55 * case.bounces - 0.42 * math.log1p(days) - 0.7 * case.reopened
        return "good" if self.draws.u() < 1 / (1 + math.exp(-score)) else "bad"


def case_of(cases: Arrivals, number: int) -> Case:
    """One ticket of the arrivals, as the simulation keeps it."""
    return Case(
        id=number,
        product=int(cases.product[number]),
        category=int(cases.category[number]),
        channel=int(cases.channel[number]),
        priority=int(cases.priority[number]),
        need=int(cases.need[number]),
        approval=bool(cases.approval[number]),
        excluded=bool(cases.excluded[number]),
        known=int(cases.known_issue[number]),
        subject=cases.subject[number],
        created=float(cases.at[number]),
    )


def case_jitter(resolved: float) -> int:
    """The nightly job takes some minutes; a ticket's place in it follows from its time."""
    return int(resolved) % 600


def is_l2_work(case: Case) -> bool:
    """Whether an engineer is doing what L2 could have done."""
    return case.tier == 3 and case.need < 3

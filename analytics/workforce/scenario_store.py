"""Plan and scenarios kept with a dataset: one JSON file beside its version files, written whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.errors import InputError, did_you_mean
from analytics.staffing.plan import Plan
from analytics.staffing.scenarios import Scenario, ScenarioFile, read_scenarios

FILE = "scenarios.json"
MOST = 100
"""Scenarios that a dataset keeps."""


@dataclass(frozen=True)
class Kept:
    """What is kept with a dataset."""

    plan: Plan | None = None
    """The plan that somebody saved; None: the usual one."""
    scenarios: tuple[Scenario, ...] = ()
    baseline: str = ""

    @property
    def names(self) -> list[str]:
        """Names of the scenarios, in the order in which they were saved."""
        return [scenario.name for scenario in self.scenarios]

    def scenario(self, name: str) -> Scenario:
        """A scenario by its name. InputError where there is none."""
        found = next((one for one in self.scenarios if one.name == name), None)
        if found is None:
            raise InputError(f"There is no scenario '{name}'.", todo=did_you_mean(name, self.names))
        return found

    def with_scenario(self, scenario: Scenario) -> Kept:
        """With a scenario more; one of the same name is replaced in its place. InputError for no name, or too many."""
        name = scenario.name.strip()
        if not name or len(name) > 80:
            raise InputError("A scenario needs a name of 1 to 80 letters.", found=f"Found {len(name)}.")
        named = Scenario(name, scenario.changes)
        if name in self.names:
            return replace(self, scenarios=tuple(named if one.name == name else one for one in self.scenarios))
        if len(self.scenarios) >= MOST:
            raise InputError(f"At most {MOST} scenarios are kept.", todo="Delete one first.")
        return replace(self, scenarios=(*self.scenarios, named))

    def without(self, name: str) -> Kept:
        """Without a scenario; where it was the baseline, the plan itself is the baseline again."""
        left = tuple(one for one in self.scenarios if one.name != self.scenario(name).name)
        return replace(self, scenarios=left, baseline="" if self.baseline == name else self.baseline)

    def with_baseline(self, name: str) -> Kept:
        """With a scenario that the others are compared with; "" is the plan as it is."""
        return replace(self, baseline=self.scenario(name).name if name else "")


def load(folder: Path) -> Kept:
    """What is kept in a dataset's folder; nothing where nothing was. InputError where the file cannot be understood."""
    try:
        text = (folder / FILE).read_text("utf-8")
    except FileNotFoundError:
        return Kept()
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError("The kept scenarios cannot be read.", found=str(problem), todo=f"Remove {FILE}.") from problem
    return parse(text)


def parse(text: str) -> Kept:
    """A scenario file's text. A file without a plan's keys leaves the plan to the dataset."""
    read = read_scenarios(text)
    return Kept(None if read.plan == Plan() else read.plan, read.scenarios, read.baseline)


def to_text(kept: Kept, plan: Plan) -> str:
    """As a file to share: with the plan that the changes are changes of."""
    return ScenarioFile(kept.plan or plan, kept.scenarios, kept.baseline).to_json()


def save(folder: Path, kept: Kept) -> None:
    """Keeps it, all at once: a reader sees the old file or the new one."""
    written = folder / f"{FILE}.{os.getpid()}"
    with open(written, "w", encoding="utf-8") as handle:
        handle.write(ScenarioFile(kept.plan or Plan(), kept.scenarios, kept.baseline).to_json())
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(written, folder / FILE)

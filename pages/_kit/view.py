"""What a page starts with: the dataset and the filters, once it is sure that there is something to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from analytics.model import Filters
from analytics.warehouse.store import Dataset
from pages._kit import cached, filters, numbers, workspace
from pages._kit.cached import Answer
from pages._kit.problems import NothingMatches


@dataclass(frozen=True)
class View:
    """A dataset under filters. `ask` is how a page gets its numbers."""

    dataset: Dataset
    filters: Filters

    def ask(self, name: str, **options) -> Answer:
        """The answer to a question about what is in view."""
        return cached.question(self.dataset, self.filters, name, **options)

    def frame(self, name: str, **options):
        """As `ask`, the frame alone."""
        return self.ask(name, **options).frame

    @property
    def zone(self) -> str:
        """The time zone in which the dataset's days and hours are counted."""
        return cached.about(self.dataset)["timezone"]

    @property
    def sentence(self) -> str:
        """What is in view, in words."""
        return f"{self.dataset.name} · {self.filters.sentence()}"


def current(*needs: str) -> View:
    """The view of this run. An error of the family where the dataset cannot answer (`needs`) or where no ticket is left."""
    dataset = workspace.current()
    workspace.needs(dataset, *needs)
    return check(View(dataset, filters.current()))


def check(view: View) -> View:
    """The view itself; NothingMatches where no ticket is left in it, saying which filter is to blame."""
    if int(view.frame("quality")["tickets"].iloc[0]) == 0:
        raise _nothing(view)
    return view


def _nothing(view: View) -> NothingMatches:
    """Says which filter, taken off alone, would bring tickets back."""
    if view.filters.is_empty:
        why = cached.capabilities(view.dataset).get("paths", "")
        return NothingMatches(
            f"'{view.dataset.name}' holds no tickets.", found=why, todo="Import a file with tickets under Data."
        )
    ways = []
    for name, other in filters.without_each(view.filters).items():
        tickets = int(cached.frame(view.dataset, other, "quality")["tickets"].iloc[0])
        if tickets:
            ways.append(f"{numbers.count(tickets)} without {name}")
    hint = f"Tickets there would be: {', '.join(ways)}." if ways else "Clear the filters, or choose a wider period."
    return NothingMatches("No ticket matches these filters.", found=f"{view.filters.sentence()}.", todo=hint)


def nothing_handed_over(view: View) -> NoReturn:
    """Stops a page about handoffs where there is none in view, saying so."""
    raise NothingMatches(
        "No handoff between tiers matches these filters.",
        found=f"{view.filters.sentence()}.",
        todo="A tier or team filter selects handoffs received there. Clear it, or choose a wider period.",
    )

"""The menu: which pages there are, in which section and order. A page appears as soon as its file does."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

ROOT = Path(__file__).parent.parent

DEFAULT = "operations/overview.py"

SECTIONS: dict[str, dict[str, tuple[str, str]]] = {
    "Operations": {
        "operations/overview.py": ("Overview", "space_dashboard"),
        "operations/tier_distribution.py": ("Tier distribution", "stacked_bar_chart"),
        "operations/escalation_funnel.py": ("Escalation funnel", "filter_alt"),
        "operations/handoff_latency.py": ("Handoff latency", "timer"),
        "operations/bounces.py": ("Bounces", "sync_alt"),
        "operations/backlog_and_sla.py": ("Backlog and SLA", "pending_actions"),
        "operations/satisfaction.py": ("Satisfaction", "sentiment_satisfied"),
        "operations/teams.py": ("Teams", "groups"),
        "operations/ticket_story.py": ("A ticket's story", "receipt_long"),
    },
    "Planning": {
        "planning/volume_forecast.py": ("Volume forecast", "show_chart"),
        "planning/staffing.py": ("Staffing", "badge"),
        "planning/scenarios.py": ("Scenarios", "tune"),
        "planning/shifts.py": ("Shifts", "calendar_view_week"),
        "planning/calendar_events.py": ("Calendar events", "event"),
    },
    "Improvement": {
        "improvement/findings.py": ("Findings", "lightbulb"),
        "improvement/watch_list.py": ("Watch list", "notifications_active"),
        "improvement/rule_tester.py": ("Rule tester", "rule"),
        "improvement/contradictions.py": ("Contradictions", "balance"),
        "improvement/thresholds.py": ("Thresholds", "straighten"),
    },
    "Data": {
        "data/import_history.py": ("Import history", "upload_file"),
        "data/datasets.py": ("Datasets", "database"),
        "data/settings.py": ("Settings", "settings"),
        "data/definitions.py": ("Definitions", "menu_book"),
    },
}
"""Title and icon of each page by its file, in the order of the menu. Names of files are the last part of their addresses."""


def there() -> dict[str, list[str]]:
    """The pages whose files exist, by section; a section without any is left out."""
    found = {section: [file for file in pages if (ROOT / file).is_file()] for section, pages in SECTIONS.items()}
    return {section: files for section, files in found.items() if files}


def pages() -> dict[str, list]:
    """The menu as Streamlit wants it.

    The first page is served at "/" alone and reserves a name at which nothing is served: "home". So its own name is free for
    the same file once more, in no menu. Rejected: a page there that switches to the first one, since addresses that widgets
    are bound to cannot be carried over.
    """
    shown = {section: [_page(section, file) for file in files] for section, files in there().items()}
    alias = st.Page(ROOT / DEFAULT, title="Overview", url_path=Path(DEFAULT).stem, visibility="hidden")
    return shown | {"": [alias]}


def _page(section: str, file: str):
    title, icon = SECTIONS[section][file]
    first = file == DEFAULT
    return st.Page(
        ROOT / file, title=title, icon=f":material/{icon}:", default=first, url_path="home" if first else None
    )


def has_two_sides(title: str) -> bool:
    """Whether the page of that title can be put beside itself under other filters: those of the first section, findings and the
    watch list. The others have no filters of their own or compare in their own way: scenarios with their baseline."""
    operations = {name for name, _ in SECTIONS["Operations"].values()}
    return title in operations - {"A ticket's story"} | {"Findings", "Watch list"}


def link(file: str, words: str, **address: str) -> None:
    """A link to another page that keeps the dataset and the filters (they are in the address), with more of it in `address`."""
    if (ROOT / file).is_file():
        query = _address() | {key: [value] for key, value in address.items()}
        st.page_link(ROOT / file, label=words, icon=":material/arrow_forward:", query_params=query)


def _address() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}

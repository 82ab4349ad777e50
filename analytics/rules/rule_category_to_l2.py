"""Route a category to L2 at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.rules.base import History, Knob, Rule, nothing_like_it, straight_to_l2, tickets_of


def replay(history: History, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Tickets of the category that came in at L1: L1's visit falls away; see `straight_to_l2`."""
    rows = tickets_of(history, "category", settings["category"])
    if rows.empty:
        raise nothing_like_it(f"none of {settings['category']} came in at L1")
    return straight_to_l2(history, rows)


RULE = Rule(
    id="category_to_l2",
    title="One category to L2 at once",
    text="Tickets of this category go to L2 at once. It pays where L1 hands nearly all of them over anyway.",
    knobs=(Knob("category", "Category", values_of="category"),),
    measure="Time to resolve",
    limits=(
        "The category is the ticket's latest one: whoever routes at the beginning must know it then.",
        "Tickets that L1 solved are easier than those it escalates, so what they would have cost L2 is rather overstated.",
    ),
    replay=replay,
)

"""The sign-in gate: every page passes through it, since `app.py` runs before any of them."""

from __future__ import annotations

EVERYBODY = "everybody"


def let_in() -> str:
    """Who is looking. Until sign-in is configured this lets everybody in; a configured gate asks here and stops the run."""
    return EVERYBODY

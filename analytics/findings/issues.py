"""Which tickets tell of the same problem: same product, and subjects that share most of their words.

"SSO loop for users with two domains", "Urgent: SSO loop for users with two domains" and "… (since Monday)" are one issue.
Subjects are compared without numbers and punctuation; two are similar where they share at least `SIMILAR` of all words that
either has (Jaccard). A subject joins the most frequent one that it is similar to, so that chains do not grow. Rejected:
category and product alone, which any two tickets of a busy month share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil

from analytics.findings.base import Asked
from analytics.findings.settings import share_of

SIMILAR = share_of("similar_share", "Share of words that similar subjects have in common", 0.60)
_LEAST_WORDS = 3
"""Shorter subjects ("Help", "Login problem") are alike only where they are the same."""


def issue_lists(asked: Asked) -> dict[str, list[str]]:
    """`keys` and, beside each, its `leaders`: subjects (as `issue_key.sql` writes them) and the issue that each belongs to.

    Issues are those of tickets that reached L3; other subjects belong to one of them or are left out.
    """
    rows = asked.ask("issue_keys")
    hard = [str(key) for key in rows.loc[rows["in_l3"] > 0, "issue_key"]]
    grouped = grouping(hard, (str(key) for key in rows.loc[rows["in_l3"] == 0, "issue_key"]), asked.of(SIMILAR))
    return {"keys": list(grouped), "leaders": list(grouped.values())}


def grouping(leading: Sequence[str], others: Iterable[str], similar: float) -> dict[str, str]:
    """Key -> the key of its issue. `leading` keys, the most frequent first, make the issues; `others` join one or drop out."""
    index: dict[tuple[str, str], list[str]] = defaultdict(list)
    made: dict[str, str] = {}
    for key in leading:
        made[key] = _nearest(key, index, similar) or key
        if made[key] == key:
            for word in _telling(key, similar):
                index[word].append(key)
    for key in others:
        if leader := _nearest(key, index, similar):
            made[key] = leader
    return made


def _nearest(key: str, index: dict[tuple[str, str], list[str]], similar: float) -> str:
    """The most similar issue so far that is similar enough; "" where there is none."""
    words, best, found = _words(key), 0.0, ""
    for leader in dict.fromkeys(leader for word in _telling(key, similar) for leader in index.get(word, ())):
        there = _words(leader)
        alike = len(words & there) / len(words | there)
        if alike > best:
            best, found = alike, leader
    return found if best >= similar else ""


def _telling(key: str, similar: float) -> list[tuple[str, str]]:
    """With its product, so many of a key's words that any similar key has one of them among its own: the longest ones, which
    are seldom common."""
    product, _, words = key.partition(" | ")
    ordered = sorted(set(words.split()), key=lambda word: (-len(word), word))
    if len(ordered) < _LEAST_WORDS:
        return [(product, words)]
    return [(product, word) for word in ordered[: len(ordered) - ceil(similar * len(ordered)) + 1]]


def _words(key: str) -> frozenset[str]:
    words = key.partition(" | ")[2].split()
    return frozenset(words) if len(set(words)) >= _LEAST_WORDS else frozenset({" ".join(words)})

"""Columns about people are recognised by name and by value, and nothing else is taken for one."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.ingest.personal import OFFERS, hashed, recognised


def kind(name: str, *values: str) -> str | None:
    found = recognised(pd.DataFrame({name: list(values) or ["x", "y"]}))
    return found[0].kind if found else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Requester", "customer"), ("caller_id", "customer"), ("Customer name", "customer"), ("Kunde", "customer"),
        ("Informador", "customer"), ("Cliente", "customer"), ("Assignee", "agent"), ("assigned_to", "agent"),
        ("Bearbeiter", "agent"), ("author.displayName", "agent"), ("sys_updated_by", "agent"),
        ("Owner First Name", "agent"), ("Email", "email address"),
        ("Requester email", "email address"), ("Phone", "phone number"), ("Subject", "free text"),
        ("short_description", "free text"), ("Betreff", "free text"), ("Zip", "postal address"),
        ("ticket_id", None), ("Status", None), ("assignment_group", None), ("Assignee stations", None),
        ("Agent interactions", None), ("Customer interactions", None), ("agent_role", None),
        ("Assigned at", None), ("author_type", None),
        ("priority", None), ("Agent wait time in minutes", None), ("reassignment_count", None),
    ],
)  # fmt: skip
def test_by_name(name, expected):
    assert kind(name) == expected


def test_by_value_whatever_the_name():
    assert kind("x1", "a@b.org", "c.d@e.com", "n/a") == "email address"
    assert kind("x1", "+46 70 123 45 67", "(030) 123-4567") == "phone number"
    assert kind("x1", *(f"Dear all, number {i}: " + "please help me " * 8 for i in range(9))) == "free text"
    assert kind("by", "Ann Berg", "Bo Clark", "Eva Dahl", "Finn Ek", "Gun Falk") == "customer"


@pytest.mark.parametrize(
    "values",
    [
        ("2024-03-05", "2024-03-06"), ("05.03.2024 10:00", "06.03.2024 11:00"), ("1709633472", "1709633473"),
        ("1-3644", "1-3645"), ("10.5", "11.25"), ("INC0000045", "INC0000046"), ("L1", "L2"), ("", ""),
    ],
)  # fmt: skip
def test_dates_numbers_and_ids_are_nobody(values):
    assert kind("x1", *values) is None


def test_an_offer_has_a_reason_and_says_what_still_works():
    (found,) = recognised(pd.DataFrame({"Requester email": ["a@b.org", "c@d.org", "e@f.org"]}))
    assert (found.column, found.advice) == ("Requester email", "hash")
    assert found.reason == "3 of 3 different values look like one"
    assert found.because == "equal addresses stay equal when hashed"
    assert found.advice in OFFERS


def test_hashes_are_salted_stable_and_short():
    assert hashed("ann", "s1") == hashed("ann", "s1")
    assert hashed("ann", "s1") != hashed("ann", "s2")
    assert hashed("ann", "s1") != hashed("bo", "s1")
    assert len(hashed("ann", "s1")) == 16
    assert hashed("", "s1") == ""


def test_the_hash_is_the_one_that_the_import_stores():
    """The second way: the import hashes in SQL, with the installation's key in front."""
    import duckdb

    sql = "SELECT left(sha256(? || ?), 16)"
    assert duckdb.execute(sql, ["key", "ann é"]).fetchall()[0][0] == hashed("ann é", "key")

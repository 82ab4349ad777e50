"""Nested records as rows: objects flattened to `a.b`, and the known histories of vendors as one row per change.

Which lists become rows is a fixed table, not a guess, so that the columns of a file do not depend on its first record.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

MAX_DEPTH = 8
Row = dict[str, str]


def text_of(value: Any) -> str:
    """A JSON value as the text of a cell: nothing for null, `a, b` for a list of plain values, JSON for what is nested."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ", ".join(map(text_of, value))
    return json.dumps(value, ensure_ascii=False) if value else "{}"


def flattened(record: dict[str, Any], prefix: str = "", depth: int = 0) -> Row:
    """A record as one row; nested objects give columns named `outer.inner`."""
    row: Row = {}
    for key, value in record.items():
        if type(value) is str:  # nearly all of them: numbers come as text too
            row[prefix + key] = value
        elif isinstance(value, dict) and value and depth < MAX_DEPTH:
            row.update(flattened(value, f"{prefix}{key}.", depth + 1))
        else:
            row[prefix + key] = text_of(value)
    return row


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list; empty where it is no list of objects."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _without(record: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in keys}


def _items(parent: Row, items: list[dict[str, Any]], prefix: str, own: frozenset[str]) -> Iterator[Row]:
    """One row per item: the parent's columns, then the item's, prefixed where the parent has a column of that name."""
    for item in items:
        row = flattened(item)
        yield {**parent, **{(prefix + name if name in own else name): value for name, value in row.items()}}


# ── Zendesk: audits with events[] ────────────────────────────────────────────────────────────────────────────────────────

_AUDIT = frozenset({"id", "ticket_id", "created_at", "author_id", "via", "via.channel", "metadata"})


class ZendeskAudits:
    """Audits as rows. A comment is a change of the field `public comment`, `internal comment` or `customer comment`.

    An audit says who wrote a comment, not whether that is the customer; the ticket's requester, told by its first audit, is
    kept in mind to tell them apart. Without it a public comment counts as the agents'.
    """

    def __init__(self) -> None:
        self._requesters: dict[str, str] = {}

    def rows(self, record: dict[str, Any]) -> Iterator[Row]:
        """One row per event of an audit; one with an empty field where it has none."""
        ticket, events = text_of(record.get("ticket_id")), _objects(record.get("events"))
        for event in events:
            if event.get("field_name") == "requester_id":
                self._requesters[ticket] = text_of(event.get("value"))
        parent = flattened(_without(record, "events"))
        told = [self._commented(event, record, ticket) for event in events] or [{"field_name": None}]
        yield from _items(parent, told, "event.", _AUDIT)

    def _commented(self, event: dict[str, Any], record: dict[str, Any], ticket: str) -> dict[str, Any]:
        if event.get("type") not in ("Comment", "VoiceComment", "FacebookComment", "Tweet") or event.get("field_name"):
            return event
        author = text_of(event.get("author_id") or record.get("author_id"))
        public = event.get("public") is not False
        who = "customer" if author and author == self._requesters.get(ticket) else "public" if public else "internal"
        return {**event, "field_name": f"{who} comment", "previous_value": None, "value": who}


# ── Jira: issues with a changelog, pages of a changelog, bulk changelogs ─────────────────────────────────────────────────

_HISTORY = frozenset({"id", "created", "issueId", "issueKey"})


def _histories(record: dict[str, Any]) -> list[dict[str, Any]]:
    changelog = record.get("changelog")
    inner = changelog.get("histories") if isinstance(changelog, dict) else None
    return _objects(inner) or _objects(record.get("histories")) or _objects(record.get("changeHistories"))


def _jira_issue(record: dict[str, Any]) -> Iterator[Row]:
    """An issue with its histories: `issueKey` (the id where there is no key), the issue's fields, one row per changed item.

    An issue without any change gives one row of the field `created`, so that it is not lost.
    """
    identity = record.get("key") or record.get("issueKey") or record.get("issueId") or record.get("id")
    kept = _without(record, "changelog", "histories", "changeHistories", "id", "key", "issueId", "issueKey")
    issue = {"issueKey": text_of(identity), **flattened(kept)}
    histories = _histories(record)
    if not histories:
        created = issue.get("fields.created", "")
        yield {**issue, "created": created, "field": "created", "fromString": "", "toString": issue["issueKey"]}
    for history in histories:
        yield from _jira_history(history, issue)


def _jira_history(history: dict[str, Any], issue: Row | None = None) -> Iterator[Row]:
    parent = {**(issue or {}), **flattened(_without(history, "items"))}
    yield from _items(parent, _objects(history.get("items")), "item.", _HISTORY)


# ── Intercom: conversations with their parts ─────────────────────────────────────────────────────────────────────────────


def _intercom_conversation(record: dict[str, Any]) -> Iterator[Row]:
    """One row per part; the conversation's own columns are named `conversation.…`, its id `conversation_id`.

    The message that opened it comes first, as a part of the type `open` by its author.
    """
    held = record["conversation_parts"]
    parts = _objects(held.get("conversation_parts") if isinstance(held, dict) else held)
    own = flattened(_without(record, "conversation_parts", "id"), "conversation.")
    parent = {"conversation_id": text_of(record.get("id")), **own}
    opening = {"created_at": record.get("created_at"), "part_type": "initial", **_author(record)}
    yield from _items(parent, [opening, *parts], "", frozenset())


def _author(record: dict[str, Any]) -> dict[str, Any]:
    source = record.get("source")
    return {"author": source["author"]} if isinstance(source, dict) and isinstance(source.get("author"), dict) else {}


# ── Anything ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

LISTS = ("events", "history", "histories", "changes", "audits", "activities", "transitions", "log", "items")
"""Lists of objects that stand for a ticket's history, whoever writes it; the first that a record has becomes rows."""


def exploder() -> Callable[[dict[str, Any]], Iterator[Row]]:
    """What turns records into rows. One per reading of a file, since audits are read with the ones before in mind."""
    audits = ZendeskAudits()

    def rows(record: dict[str, Any]) -> Iterator[Row]:
        if "ticket_id" in record and isinstance(record.get("events"), list):
            return audits.rows(record)
        if isinstance(record.get("changelog"), dict) or _histories(record):
            return _jira_issue(record)
        if "created" in record and any("field" in item for item in _objects(record.get("items"))):
            return _jira_history(record)
        if isinstance(record.get("conversation_parts"), dict | list):
            return _intercom_conversation(record)
        return _generic(record)

    return rows


def _generic(record: dict[str, Any]) -> Iterator[Row]:
    name = next((key for key in LISTS if _objects(record.get(key))), None)
    if name is None:
        yield flattened(record)
        return
    parent = flattened(_without(record, name))
    yield from _items(parent, _objects(record[name]), f"{name}.", frozenset(parent))

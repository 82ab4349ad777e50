"""Sends a list to an address that somebody named: as generic JSON, or in the form that Slack's incoming webhooks take.

Nothing is sent unless a command names the address. The same list makes the same bytes and the same key (`Idempotency-Key`), so
that a receiver can drop what a retry or a second cron job sends again.
"""

from __future__ import annotations

import hashlib
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from analytics.errors import InputError, TierscopeError

FORMS = ("generic", "slack")
TIMEOUT_SECONDS, TRIES, FIRST_WAIT_SECONDS = 10.0, 4, 1.0
MOST_LINES = 20
"""A message with more tickets than this is not read; the rest is counted."""


class NotDelivered(TierscopeError):
    """A webhook that did not take the message."""


@dataclass(frozen=True)
class Delivered:
    """How it went: the status, how many tries it took, and the key that was sent."""

    status: int
    tries: int
    key: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would turn the POST into a GET, or send tickets where nobody asked for them to go."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def body_of(form: str, title: str, rows: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> bytes:
    """The message's bytes: the same for the same list. `rows` are plain values with ticket_id and reason."""
    if form not in FORMS:
        raise InputError(f"There is no webhook form '{form}'.", todo=f"Use {' or '.join(FORMS)}.")
    told = _slack(title, rows) if form == "slack" else {"title": title, **about, "tickets": [dict(row) for row in rows]}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, allow_nan=False, default=str).encode("utf-8")


def _slack(title: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    lines = [f"*{_plain(title)}*"]
    lines += [f"• *{_plain(row['ticket_id'])}*: {_plain(row['reason'])}" for row in rows[:MOST_LINES]]
    if len(rows) > MOST_LINES:
        lines.append(f"… and {len(rows) - MOST_LINES:,} more.")
    return {"text": "\n".join(lines)}


def _plain(text: Any) -> str:
    """Text as Slack shows it, with nothing that it would take for a link or a mention."""
    return " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def key_of(body: bytes) -> str:
    """The key of a message: its fingerprint."""
    return hashlib.sha256(body).hexdigest()


def send(
    address: str,
    body: bytes,
    *,
    timeout_seconds: float = TIMEOUT_SECONDS,
    tries: int = TRIES,
    first_wait_seconds: float = FIRST_WAIT_SECONDS,
    wait: Callable[[float], None] = time.sleep,
) -> Delivered:
    """Posts the message; tries again, each time after twice as long, where the receiver is busy, broken or away.

    NotDelivered where it refuses (another 4xx: it would refuse again) or where the last try fails. InputError for an address
    that is not http or https.
    """
    _check(address)
    problem = ""
    for number in range(1, tries + 1):
        status, problem = _post(address, body, timeout_seconds)
        if status and 200 <= status < 300:
            return Delivered(status, number, key_of(body))
        if status and not _worth_another(status):
            raise NotDelivered(
                "The webhook refused the message.", found=problem, todo="Check its address and its form."
            )
        if number < tries:
            wait(first_wait_seconds * 2 ** (number - 1))
    raise NotDelivered(
        f"The webhook did not take the message in {tries} tries.", found=problem, todo="Try again later."
    )


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError("A webhook's address begins with http:// or https://.", found=address[:80])


def _worth_another(status: int) -> bool:
    busy = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
    return status >= 500 or status in busy


def _post(address: str, body: bytes, timeout_seconds: float) -> tuple[int | None, str]:
    """One try: the status (None: no answer) and what went wrong in words. The address may hold a secret, so it is not
    repeated."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": key_of(body),
        "User-Agent": "Tierscope",
    }
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_seconds) as answer:
            return int(answer.status), ""
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, f"It answered {refused.code} {refused.reason}."
    except (urllib.error.URLError, TimeoutError, ConnectionError) as away:
        return None, f"There was no answer: {getattr(away, 'reason', away)}."

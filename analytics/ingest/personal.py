"""Columns about people: recognised by their names and values, so that they can be hashed or dropped before anything is stored.

Nothing is applied unasked: `recognised` gives what was found and what is advised, the mapping's `drop` and `hash` say what is
done. Hashing replaces a text by a salted, shortened SHA-256: equal texts stay equal within an installation, so that counts
per customer still work, and a name cannot be looked up in a list without the salt.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.ingest.words import folded

HASH_CHARS = 16
_LOOKED_AT = 300

_NAMES: dict[str, re.Pattern[str]] = {
    "email address": re.compile(r"(^|_)(e_?mail|mail|courriel|correo|posta|epost)(_|$)"),
    "phone number": re.compile(r"(^|_)(phone|telephone|mobile|cell|tel|telefon\w*|telefono|handy|gsm|puhelin)(_|$)"),
    "postal address": re.compile(
        r"(^|_)(street|address|adresse|direccion|indirizzo|endereco|adress|zip|postcode|plz)(_|$)"
    ),
    "agent": re.compile(
        r"(^|_)(agent|assignee|assigned_to|owner|technician|handler|resource|responder|opened_by|resolved_by|closed_by|"
        r"updated_by|created_by|user|author|bearbeiter|zugewiesen_an|agente|asignado|assigne|assegnat\w+|behandelaar|"
        r"handlaggare|submitter|operator)(_|$)"
    ),
    "customer": re.compile(
        r"(^|_)(customer|requester|caller|reporter|contact|client|visitor|kunde|melder|cliente|demandeur|solicitante|"
        r"richiedente|klant|aanvrager|kund|informador|informante|rapporteur|segnalatore|relator|full_name|first_name|last_name|person|patient|employee)(_|$)"
    ),
    "free text": re.compile(
        r"(^|_)(subject|description|body|summary|comments?|notes?|message|text|betreff|beschreibung|zusammenfassung|sujet|"
        r"asunto|oggetto|assunto|onderwerp|omschrijving|amne|beskrivning|descripcion|descrizione|descricao|resumen)(_|$)"
    ),
}
_NOT_PEOPLE = re.compile(
    r"(^|_)(groups?|teams?|count|type|role|time|minutes|score|date|status|stations|interactions|at)(_|$)"
)

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}")
_PHONE = re.compile(r"(?=.*[ ()./+-])[+(]{0,2}\d[\d ()./-]{6,18}\d")
_PERSON = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’-]+(,? [A-ZÀ-Þ][a-zß-ÿ.'’-]*){1,2}")

_ADVICE = {
    "email address": "hash", "phone number": "drop", "postal address": "drop", "agent": "hash", "customer": "hash",
    "free text": "drop",
}  # fmt: skip
_WHY = {
    "agent": "counts per agent still work with hashed names",
    "customer": "counts per customer still work with hashed names",
    "email address": "equal addresses stay equal when hashed",
    "phone number": "no figure needs it",
    "postal address": "no figure needs it",
    "free text": "it often names people; without it, similar tickets cannot be found",
}
OFFERS = ("keep", "hash", "drop")


@dataclass(frozen=True)
class Personal:
    """A column about people: of which kind, why it is taken for one, what is advised (`hash` or `drop`) and why."""

    column: str
    kind: str
    reason: str
    advice: str
    because: str


def recognised(frame: pd.DataFrame) -> tuple[Personal, ...]:
    """The personal columns among text columns, in their order; by name, else by what their values look like."""
    found = (_of_column(str(name), frame[name]) for name in frame.columns)
    return tuple(personal for personal in found if personal)


def _of_column(name: str, texts: pd.Series) -> Personal | None:
    values = [value for value in texts.dropna().unique()[:_LOOKED_AT] if str(value).strip()]
    by_value = _by_value(values)
    kind, reason = by_value if by_value else _by_name(name, values)
    return Personal(name, kind, reason, _ADVICE[kind], _WHY[kind]) if kind else None


def _by_value(values: Sequence[str]) -> tuple[str, str] | None:
    """What at least half of the different values are by their form alone."""
    for kind, form in (("email address", _EMAIL), ("phone number", _PHONE)):
        matched = [value for value in values if form.fullmatch(value.strip())]
        if values and len(matched) >= max(2, 0.5 * len(values)) and not _are_times(matched):
            return kind, f"{len(matched)} of {len(values)} different values look like one"
    if len(values) >= 5 and sum(len(value) > 80 and " " in value for value in values) > 0.5 * len(values):
        return "free text", "most values are longer than 80 characters"
    return None


def _are_times(values: Sequence[str]) -> bool:
    """Dates have digits and dashes as phone numbers have."""
    dates = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d+([.,:]\d+)*")
    return sum(dates.fullmatch(value.strip()) is not None for value in values) > 0.5 * len(values)


def _by_name(name: str, values: Sequence[str]) -> tuple[str, str]:
    word = folded(name)
    for kind, form in _NAMES.items():
        if form.search(word) and not _NOT_PEOPLE.search(word):
            return kind, f"the column is named '{name}'"
    people = sum(_PERSON.fullmatch(value.strip()) is not None for value in values)
    if word in ("name", "names", "by", "from", "to") and len(values) > 4 and people > 0.8 * len(values):
        return "customer", f"{people} of {len(values)} different values look like names of people"
    return "", ""


def hashed(text: str, salt: str) -> str:
    """A text as it is stored when its column is to be hashed; the empty text stays empty."""
    if not text:
        return text
    return hashlib.sha256((salt + text).encode("utf-8", "surrogatepass")).hexdigest()[:HASH_CHARS]

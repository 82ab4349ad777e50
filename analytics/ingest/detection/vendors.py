"""Which vendor's export a header is, by the columns that only that one has; and the preset fitted to this header.

Vendors, and what reads them out, spell the same column in several ways (`issueId`, `issue_id`, `Issue key`): a signature lists
those, the preset stays a plain mapping. Names are compared folded (small letters, anything else as an underscore).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping as Dict, Sequence
from dataclasses import dataclass, field, replace

from analytics.ingest.detection.sample import SEVERAL_ROWS, Sample
from analytics.ingest.mapping import REQUIRED, Mapping, load_preset
from analytics.ingest.words import folded

Names = tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """One vendor's export. Every entry of `needs` must be there (any of its spellings); `telling` ones raise the confidence.

    `columns` are further spellings per canonical name, the best first: ("a",) one column, ("a", "b") two that are joined.
    `repeats`: whether a ticket must stand in several rows (True), or in one only (False).
    """

    preset: str
    needs: tuple[Names, ...]
    telling: Names = ()
    columns: Dict[str, tuple[Names, ...]] = field(default_factory=dict)
    repeats: bool | None = None
    timezone: str | None = None


def _each(*names: str) -> tuple[Names, ...]:
    return tuple((name,) for name in names)


_SERVICENOW_TICKET = _each("number", "task_effective_number", "sys_id")
_SERVICENOW_STATE = _each("incident_state", "state")
_SERVICENOW_GROUP = _each("assignment_group", "assignment_group_value", "assignment_group_name")
_SERVICENOW_AGENT = _each("assigned_to", "assigned_to_value", "assigned_to_name")

SIGNATURES: tuple[Signature, ...] = (
    Signature(
        "zendesk_field_history", (("ticket_id",), ("field_name",), ("value",), ("updated", "updated_at")),
        ("user_id", "fivetran_synced"), {"at": _each("updated", "updated_at")}, timezone="UTC",
    ),
    Signature(
        "zendesk_audits", (("ticket_id",), ("field_name",), ("value",), ("created_at",), ("author_id", "previous_value")),
        ("event_id", "previous_value", "via_channel", "type"), timezone="UTC",
    ),
    Signature(
        "zendesk_tickets", (("id", "ticket_id"), ("status",), ("created_at",), ("group", "group_id", "group_name"),
                            ("summation_column", "group_stations", "assignee_stations", "initially_assigned_at", "solved_at",
                             "ticket_form_id", "brand_id")),
        ("requester", "requester_id", "assignee", "submitter", "satisfaction_score", "via", "via_channel", "replies"),
        {
            "ticket_id": _each("id", "ticket_id"), "team": _each("group", "group_name", "group_id"),
            "agent": _each("assignee", "assignee_id"), "channel": _each("via", "via_channel"),
            "category": _each("ticket_type", "type"), "customer": _each("requester", "requester_id", "requester_email"),
            "csat": _each("satisfaction_score", "satisfaction_rating_score"), "resolved_at": _each("solved_at"),
            "at": _each("updated_at"),
        },
        repeats=False,
    ),
    Signature(
        "jira_changelog", (("field", "field_id"), ("tostring", "to_string", "value"),
                           ("issuekey", "issue_key", "issueid", "issue_id", "key"), ("created", "time")),
        ("fromstring", "author_displayname", "fieldtype", "from", "to", "is_active"),
        {
            "ticket_id": _each("issuekey", "issue_key", "issueid", "issue_id", "key"), "at": _each("created", "time"),
            "field": _each("field", "field_id"), "old": _each("fromstring", "from_string"),
            "new": _each("tostring", "to_string", "value"),
            "agent": _each("author_displayname", "author", "author_name", "author_id"),
            "created_at": _each("fields_created"), "priority": _each("fields_priority_name"),
            "subject": _each("fields_summary"),
        },
    ),
    Signature(
        "jira_tickets", (("issue_key", "issuekey", "key"), ("status",), ("created",), ("summary",), ("issue_type", "issue_id",
                                                                                                 "project_key", "project")),
        ("assignee", "reporter", "resolution", "resolved", "project_name", "work_ratio", "votes"),
        {
            "ticket_id": _each("issue_key", "issuekey", "key"), "product": _each("project_name", "project"),
            "team": _each("custom_field_support_group", "custom_field_assigned_group", "custom_field_team"),
            "csat": _each("satisfaction_rating", "custom_field_satisfaction_rating"), "at": _each("updated"),
        },
        repeats=False,
    ),
    Signature(
        "servicenow_sys_audit", (("documentkey", "document_key"), ("fieldname", "field_name"), ("newvalue", "new_value"),
                                 ("sys_created_on", "created")),
        ("tablename", "table_name", "oldvalue", "old_value"),
        {
            "ticket_id": _each("documentkey", "document_key"), "at": _each("sys_created_on", "created"),
            "field": _each("fieldname", "field_name"), "old": _each("oldvalue", "old_value"),
            "new": _each("newvalue", "new_value"), "agent": _each("user", "sys_created_by", "created_by"),
        },
    ),
    Signature(
        "servicenow_metric_instance", (("definition",), ("id",), ("start",), ("end",), ("value", "field_value")),
        ("calculation_complete", "duration", "table"), {"new": _each("value", "field_value")},
    ),
    Signature(
        "servicenow_audit_extract", (("number",), ("sys_updated_at", "sys_updated_on"), ("incident_state", "state"),
                                     ("assignment_group",)),
        ("sys_mod_count", "reassignment_count", "made_sla", "sys_updated_by"),
        {
            "at": _each("sys_updated_at", "sys_updated_on"), "created_at": _each("opened_at", "sys_created_at", "sys_created_on"),
            "status": _SERVICENOW_STATE, "customer": _each("caller_id", "caller_id_value"),
        },
        repeats=True,
    ),
    Signature(
        "servicenow_incidents", (("number", "task_effective_number", "sys_id"), ("state", "incident_state"),
                                 ("opened_at", "opened", "sys_created_on", "created"),
                                 ("short_description", "assignment_group", "caller_id", "caller", "caller_id_value")),
        ("sys_updated_on", "sys_updated_by", "updated_by", "assigned_to", "caller", "close_code", "reassignment_count"),
        {
            "ticket_id": _SERVICENOW_TICKET, "created_at": _each("opened_at", "opened", "sys_created_on", "created"),
            "resolved_at": _each("resolved_at", "resolved"), "closed_at": _each("closed_at", "closed"),
            "status": _each("state", "incident_state"), "team": _SERVICENOW_GROUP, "agent": _SERVICENOW_AGENT,
            "customer": _each("caller_id", "caller", "caller_id_value"), "at": _each("sys_updated_on", "updated"),
        },
        repeats=False,
    ),
    Signature(
        "freshdesk_tickets", (("ticket_id", "id"), ("status",), ("created_time", "created_at"), ("group", "group_id"),
                              ("agent", "responder_id"),
                              ("initial_response_time", "agent_interactions", "resolution_status", "fr_due_by", "due_by_time")),
        ("resolved_time", "closed_time", "last_update_time", "customer_interactions", "first_response_status", "time_tracked"),
        {
            "ticket_id": _each("ticket_id", "id"), "created_at": _each("created_time", "created_at"),
            "resolved_at": _each("resolved_time", "stats_resolved_at"), "closed_at": _each("closed_time", "stats_closed_at"),
            "first_response_at": _each("initial_response_time", "stats_first_responded_at"),
            "team": _each("group", "group_id"), "agent": _each("agent", "responder_id"),
            "csat": _each("survey_results", "survey_result"), "product": _each("product", "product_id"),
            "category": _each("type", "category"), "at": _each("last_update_time", "last_updated_time", "updated_at"),
            "customer": _each("full_name", "requester_name", "requester_id", "email"),
        },
        repeats=False,
    ),
    Signature(
        "intercom_parts", (("conversation_id",), ("part_type",), ("created_at",)),
        ("assigned_to_id", "assigned_to_type", "author_type", "notified_at"),
        {
            "kind": (("part_type", "author_type"), ("part_type",)), "field": (("part_type", "assigned_to_type"), ("part_type",)),
            "new": _each("assigned_to_id"), "created_at": _each("conversation_created_at"),
        },
        timezone="UTC",
    ),
    Signature(
        "xes", (("case_concept_name",), ("concept_name",), ("time_timestamp",)), ("org_resource", "lifecycle_transition"),
        {"status": (("concept_name", "lifecycle_transition"), ("concept_name",))},
    ),
)  # fmt: skip
"""Read in this order; where two fit, the one with more telling columns wins."""


@dataclass(frozen=True)
class Recognised:
    """A vendor's export: the preset fitted to this header, how sure, and what told it."""

    preset: str
    mapping: Mapping
    confidence: float
    reason: str


def recognised(sample: Sample) -> Recognised | None:
    """The vendor's export that this is; None where it has nobody's signature."""
    found = [one for signature in SIGNATURES if (one := _recognise(sample, signature))]
    return max(found, key=lambda one: one.confidence, default=None)


def _recognise(sample: Sample, signature: Signature) -> Recognised | None:
    words = {folded(column): column for column in reversed(sample.header)}
    seen = [next((words[name] for name in names if name in words), None) for names in signature.needs]
    if None in seen:
        return None
    mapping = fitted(signature.preset, sample.header)
    if mapping is None or not _repeats_so(sample, mapping, signature.repeats):
        return None
    telling = [name for name in signature.telling if name in words]
    confidence = 0.8 + 0.19 * len(telling) / max(len(signature.telling), 1)
    shown = ", ".join(f"'{name}'" for name in dict.fromkeys([*(s for s in seen if s), *(words[t] for t in telling)]))
    return Recognised(signature.preset, mapping, round(confidence, 3), f"it has the columns {shown}")


def _repeats_so(sample: Sample, mapping: Mapping, repeats: bool | None) -> bool:
    if repeats is None or "ticket_id" not in mapping.columns:
        return True
    column = sample.columns[mapping.columns["ticket_id"][0]]
    several = column.repeats > SEVERAL_ROWS
    return several == repeats or len(sample) < 3


def fitted(preset: str, header: Sequence[str]) -> Mapping | None:
    """A preset with its columns as this header spells them; None where one is missing that its shape cannot do without.

    Its own spelling comes first, then those of its signature; an optional column that is missing is left out.
    """
    mapping = load_preset(preset)
    signature = next((one for one in SIGNATURES if one.preset == preset), Signature(preset, ()))
    words = {folded(column): column for column in reversed(header)}
    columns: dict[str, Names] = {}
    for name in dict.fromkeys((*mapping.columns, *signature.columns)):
        own = tuple(map(folded, mapping.columns.get(name, ())))
        spelled = _first_there(words, (*signature.columns.get(name, ()), own))
        exact = [column for column in mapping.columns.get(name, ()) if column in header]
        if exact and len(exact) == len(own) and name not in signature.columns:
            spelled = tuple(exact)
        if spelled:
            columns[name] = spelled
    if any(name not in columns for name in REQUIRED[mapping.shape]):
        return None
    zone = mapping.source.timezone or signature.timezone
    return replace(mapping, columns=columns, source=replace(mapping.source, timezone=zone))


def _first_there(words: Dict[str, str], spellings: Iterable[Names]) -> Names | None:
    for spelling in spellings:
        if spelling and all(name in words for name in spelling):
            return tuple(words[name] for name in spelling)
    return None

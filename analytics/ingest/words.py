"""The words that exports use: column names and statuses, in the languages that help desks speak.

Names are compared in small letters with everything but letters and digits turned into underscores. Sources: the vendors'
own export headers, and their translated interfaces (German, French, Spanish, Italian, Portuguese, Dutch, Swedish).
"""

from __future__ import annotations

import re
import unicodedata

_COLUMNS = {
    "ticket_id": "ticket_id ticket ticket_number ticketnumber ticket_no number id case_id case caseid case_number incident "
    "incident_id incident_number sr_number issue_key issue_id issueid issue key documentkey conversation_id request_id "
    "ticket_nr ticketnummer vorgang vorgangsnummer fallnummer numero_de_ticket numero_ticket billete id_ticket id_del_ticket "
    "numero_caso caso chamado numero_do_chamado ticketnummer arendenummer arende meldingnummer dossier concept_name clave",
    "at": "at event_at event_time event_timestamp timestamp time changed_at change_date change_date_time change_time updated "
    "updated_at sys_updated_at sys_updated_on sys_created_on modified modified_at complete_timestamp time_timestamp date "
    "occurred_at action_date log_date history_date created zeitpunkt zeitstempel geandert_am datum date_de_modification "
    "horodatage fecha fecha_de_cambio marca_de_tiempo data data_modifica data_e_ora data_de_alteracao tidpunkt andrad tijdstip",
    "created_at": "created_at created opened_at opened open_time created_time created_date creation_date date_created "
    "sys_created_at creation erstellt erstellt_am angelegt_am date_de_creation cree_le creado creada "
    "fecha_de_creacion creato data_creazione "
    "criado criado_em data_de_criacao aangemaakt aangemaakt_op skapad skapad_den",
    "kind": "kind event_kind event_type",
    "status": "status state incident_state ticket_status activity concept_activity lifecycle status_name estado statut stato "
    "zustand situacao tillstand toestand part_type action",
    "tier": "tier support_tier level support_level support_line line escalation_level stufe ebene niveau nivel livello niva",
    "team": "team team_name group group_name assignment_group assigned_group assigned_team involved_st support_group queue "
    "workgroup support_section assignee_group org_group gruppe zuweisungsgruppe bearbeitergruppe groupe equipe "
    "groupe_d_affectation grupo grupo_de_asignacion equipo gruppo gruppo_di_assegnazione grupo_de_atribuicao groep "
    "toewijzingsgroep grupp tilldelad_grupp",
    "agent": "agent agent_name assignee assigned_to owner owner_first_name resource org_resource responsible bearbeiter "
    "zugewiesen_an agente asignado_a persona_asignada assegnatario assegnato_a responsavel atribuido_a behandelaar handlaggare "
    "assigne responsable",
    "agent_role": "agent_role role rolle",
    "priority": "priority prio urgency severity seriousness sr_latest_impact impact prioritat priorite prioridad priorita "
    "prioridade prioriteit prioritet",
    "product": "product product_name service application cmdb_ci produkt produit producto prodotto produto application_name",
    "category": "category categorie kategorie categoria kategori ticket_type type issue_type issuetype topic",
    "channel": "channel source via contact_type kanal canal canale kanaal kontaktart",
    "customer": "customer customer_name requester requester_name requester_email caller caller_id reporter client kunde cliente "
    "klant kund organization organisation company",
    "subject": "subject summary short_description title betreff zusammenfassung sujet objet resume asunto resumen oggetto "
    "riepilogo assunto onderwerp amne rubrik",
    "text": "text description body beschreibung descripcion descrizione descricao omschrijving beskrivning",
    "note": "note notes handoff_note work_notes comment comments internal_note notiz",
    "csat": "csat satisfaction satisfaction_score satisfaction_rating survey_results survey_result rating",
    "effort_minutes": "effort_minutes minutes_worked time_worked_minutes handle_minutes time_spent_minutes",
    "escalation_type": "escalation_type",
    "knowledge_link": "knowledge_link kb_article knowledge_article",
    "field": "field field_name fieldname field_id item feld",
    "old": "old old_value oldvalue previous_value from_string fromstring from_value alter_wert",
    "new": "new new_value newvalue value to_string tostring to_value neuer_wert",
    "start": "start start_time started_at begin beginn debut inicio inizio",
    "end": "end end_time ended_at stop ende fin fine fim",
    "first_response_at": "first_response_at first_responded_at first_response first_reply_at initial_response_time",
    "resolved_at": "resolved_at solved_at resolved resolved_time resolution_date gelost_am geschlossen_am resuelto resuelta "
    "resolu_le risolto resolvido opgelost lost",
    "closed_at": "closed_at closed closed_time",
    "reassignments": "reassignments reassignment_count group_stations",
    "reopens": "reopens reopen_count",
    "count": "count tickets volume contacts calls offered anzahl nombre cantidad numero_di_ticket quantidade aantal antal",
}  # fmt: skip

_STATUSES = {
    "created": "new open created neu nouveau nouvelle nuevo nueva nuovo novo nieuw ny offen ouvert abierto aperto aberto",
    "queued": "queued awaiting_assignment queued_awaiting_assignment unassigned in_queue waiting_for_support backlog to_do "
    "insert_ticket eskaliert",
    "assigned": "assigned assignment zugewiesen assigne asignado assegnato atribuido toegewezen tilldelad accepted_assigned",
    "acknowledged": "in_progress work_in_progress acknowledged accepted active accepted_in_progress take_in_charge_ticket "
    "in_bearbeitung en_cours en_progreso en_curso in_corso em_andamento in_behandeling pagaende started working",
    "pending": "pending on_hold hold waiting awaiting_user_info awaiting_vendor awaiting_problem awaiting_evidence wait "
    "waiting_for_customer waiting_on_customer accepted_wait accepted_wait_user accepted_wait_vendor accepted_wait_customer "
    "accepted_wait_implementation pending_customer snoozed wartend ausstehend en_attente pendiente in_attesa pendente "
    "in_afwachting vantar",
    "replied": "replied reply agent_replied answered",
    "customer_replied": "customer_replied customer_responded",
    "resolved": "resolved solved done fixed completed completed_resolved resolve_ticket erledigt gelost resolu resuelto "
    "risolto resolvido opgelost lost completed_in_call",
    "closed": "closed close completed_closed geschlossen ferme cerrado chiuso fechado gesloten stangd",
    "cancelled": "cancelled canceled completed_cancelled withdrawn abgebrochen annule cancelado annullato geannuleerd avbruten",
    "reopened": "reopened re_opened wiedereroffnet rouvert reabierto riaperto reaberto heropend",
    "commented": "commented comment note internal_note",
    "excluded": "merged spam deleted duplicate test zusammengefuhrt",
}  # fmt: skip


def folded(text: str) -> str:
    """The word in small letters, without accents, everything but letters and digits as one underscore."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


COLUMN_WORDS: dict[str, tuple[str, ...]] = {name: tuple(words.split()) for name, words in _COLUMNS.items()}
"""Names of columns per canonical name, the most telling first."""

STATUS_KINDS: dict[str, str] = {word: kind for kind, words in _STATUSES.items() for word in words.split()}
"""Event kind of a status, by its folded word."""

TEAM_RULES: tuple[tuple[str, str], ...] = (
    ("l3", "L3"), ("3rd", "L3"), ("tier 3", "L3"), ("third", "L3"), ("engineering", "L3"), ("r&d", "L3"), ("development", "L3"),
    ("entwicklung", "L3"), ("l2", "L2"), ("2nd", "L2"), ("tier 2", "L2"), ("second", "L2"), ("technical", "L2"),
    ("l1", "L1"), ("1st", "L1"), ("tier 1", "L1"), ("first line", "L1"), ("service desk", "L1"), ("servicedesk", "L1"),
    ("help desk", "L1"), ("helpdesk", "L1"), ("hotline", "L1"), ("front", "L1"),
)  # fmt: skip
"""Patterns in a team's name and the tier that they speak for, the highest tier first: `V13 2nd 3rd` is an L3 team."""

MISSING_WORDS = ("?", "NA", "N/A", "n/a", "null", "NULL", "None", "nan", "NaN", "-")
"""Texts that stand for nothing in many exports; proposed where they occur, never assumed."""

"""The words that exports use: column names and statuses, in the languages that help desks speak.

Names are compared in small letters with everything but letters and digits turned into underscores. Sources: the vendors'
own export headers, and their translated interfaces (German, French, Spanish, Italian, Portuguese, Dutch, Swedish).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_COLUMNS = {
    "ticket_id": """ticket_id ticketid ticket_number ticketnumber ticket_no ticket_nr ticket_key ticket case_id caseid case_number
        case incident_id incident_number incident sr_number request_id request_number issue_key issuekey issue_id issueid issue
        number documentkey document_key conversation_id case_concept_name task_id sys_id key id
        ticketnummer ticket_id_nummer vorgangsnummer vorgangsschlussel vorgangs_id vorgang fallnummer fall_id meldungsnummer
        numero_de_ticket numero_du_ticket numero_ticket id_ticket id_du_ticket cle_de_ticket cle_du_ticket cle dossier
        numero_de_dossier numero_del_ticket id_del_ticket id_de_ticket numero_de_incidencia clave_de_incidencia clave
        numero_caso numero_de_caso id_caso caso identificativo_ticket chiave chiave_ticket numero_segnalazione
        numero_do_ticket numero_do_chamado id_do_chamado chamado chave chave_da_item numero_do_incidente
        ticketnr meldingnummer incidentnummer sleutel zaaknummer arendenummer arende_id arende arendenr nyckel""",
    "at": """at event_at event_time event_timestamp event_date timestamp changed_at change_date_time change_date change_time
        changed occurred_at action_time action_date log_time log_date history_date history_created transition_date
        sys_updated_at sys_updated_on updated_at updated updated_on update_time modified_at modified modified_on
        last_update_time last_updated_time complete_timestamp completetimestamp end_timestamp time_timestamp time date_time
        datetime sys_created_on created_at created date interval interval_start period day ds
        zeitpunkt zeitstempel geandert_am geandert aktualisiert aktualisiert_am aenderungsdatum anderungsdatum datum_uhrzeit
        datum tag horodatage date_de_modification date_de_changement date_et_heure modifie_le mise_a_jour mis_a_jour_le jour
        fecha_de_cambio fecha_y_hora fecha_de_modificacion marca_de_tiempo actualizada actualizado fecha dia
        data_modifica data_e_ora data_ora aggiornato data_aggiornamento data giorno data_de_alteracao data_e_hora data_hora
        atualizado atualizado_em tijdstip datum_tijd gewijzigd gewijzigd_op bijgewerkt dag tidpunkt andrad andringsdatum
        uppdaterad datum_tid""",
    "created_at": """created_at created created_time created_date created_on creation_date creation_time date_created
        opened_at opened open_time opened_on open_date date_opened sys_created_at sys_created_on reported_at reported_date
        reported_on submitted_at submit_date conversation_created_at fields_created
        erstellt erstellt_am erstellungsdatum eroffnet eroffnet_am angelegt_am angelegt
        date_de_creation cree_le cree creation ouvert_le date_ouverture creado creada creado_el fecha_de_creacion abierto_el
        fecha_de_apertura creato creato_il data_creazione data_di_creazione aperto_il data_apertura criado criado_em
        data_de_criacao aberto_em data_de_abertura aangemaakt aangemaakt_op aanmaakdatum geopend_op
        skapad skapad_den skapad_datum skapades oppnad""",
    "kind": "kind event_kind event_type",
    "status": """status state incident_state ticket_status issue_status status_name new_status case_status task_state
        concept_name activity activityname event action lifecycle_transition lifecycle statusname zustand statut etat estado
        situacion stato situacao toestand staat tillstand aktivitat activite actividad attivita atividade activiteit aktivitet""",
    "sub_status": """sub_status substatus status_reason pending_reason hold_reason on_hold_reason sub_state unterstatus
        sous_statut subestado sottostato understatus""",
    "tier": """tier support_tier service_tier tier_level support_level support_line escalation_level level line
        stufe ebene supportstufe supportebene niveau niveau_de_support nivel nivel_de_soporte livello livello_di_supporto
        nivel_de_suporte lijn supportlijn niva supportniva linje""",
    "team": """team team_name assigned_team group group_name assignment_group assigned_group
        assignment_group_name assigned_to_group
        support_group support_team resolver_group owner_group group_id team_id assignment_group_value involved_st queue
        queue_name workgroup work_group org_group department assignee_group squad
        gruppe zuweisungsgruppe bearbeitergruppe zustandige_gruppe supportgruppe abteilung groupe groupe_d_affectation
        groupe_d_assignation equipe file_d_attente grupo grupo_de_asignacion grupo_asignado equipo cola
        gruppo gruppo_di_assegnazione gruppo_assegnazione coda squadra grupo_de_atribuicao grupo_designado fila
        groep toewijzingsgroep behandelgroep wachtrij afdeling grupp tilldelningsgrupp tilldelad_grupp ko arbetsgrupp""",
    "agent": """agent agent_name agent_id assignee assignee_name assignee_id assigned_to assigned_agent owner owner_name
        owner_first_name resource org_resource responder responder_id handler technician resolved_by_name
        user_id user author_id author_displayname assigned_to_value
        bearbeiter zugewiesen_an zustandig techniker agente agente_asignado asignado_a persona_asignada responsable assigne
        assigne_a attribue_a technicien assegnatario assegnato_a operatore responsavel atribuido_a designado_a
        behandelaar toegewezen_aan medewerker handlaggare tilldelad tilldelad_till ansvarig""",
    "agent_role": "agent_role org_role author_type role rolle",
    "priority": """priority prio ticket_priority urgency severity seriousness sr_latest_impact impact prioritat dringlichkeit
        priorite urgence prioridad urgencia priorita prioridade prioriteit prioritet""",
    "product": """product product_name product_id service service_name application application_name cmdb_ci configuration_item
        project_name project produkt anwendung produit producto aplicacion prodotto applicazione produto aplicativo toepassing
        proyecto projet progetto projeto projekt""",
    "category": """category ticket_category category_name ticket_type issue_type issuetype request_type type topic subject_area
        kategorie vorgangstyp typ art categorie type_de_ticket categoria tipo_de_incidencia tipo_de_ticket tipo tipo_ticket
        tipo_segnalazione tipo_de_item onderwerptype kategori arendetyp""",
    "channel": """channel via_channel via source contact_type source_type origin contact_channel kanal quelle kontaktart canal
        origine canale canal_de_origen origen canal_de_contato origem kanaal bron kalla""",
    "customer": """customer customer_name customer_id requester requester_name requester_id requester_email caller caller_id
        caller_id_value reporter contact company company_name organization organisation organization_id client account
        kunde kunden_id melder anforderer demandeur rapporteur cliente solicitante informador informante richiedente segnalatore
        requerente relator klant aanvrager melder kund bestallare rapportor""",
    "subject": """subject summary short_description title ticket_subject raw_subject source_subject betreff zusammenfassung titel
        kurzbeschreibung sujet objet resume titre asunto resumen titulo oggetto riepilogo titolo assunto resumo onderwerp
        samenvatting amne rubrik sammanfattning""",
    "text": """text description body details message beschreibung descripcion descrizione descricao omschrijving
        beskrivning""",
    "note": "note notes handoff_note work_notes comment comments internal_note notiz notizen kommentar commentaire comentario",
    "csat": """csat csat_score satisfaction satisfaction_score satisfaction_rating satisfaction_rating_score survey_results
        survey_result conversation_rating_value rating zufriedenheit satisfaccion soddisfazione satisfacao tevredenheid""",
    "effort_minutes": """effort_minutes minutes_worked time_worked_minutes handle_minutes time_spent_minutes work_minutes
        effort_min handle_time_minutes""",
    "escalation_type": "escalation_type",
    "knowledge_link": "knowledge_link kb_article knowledge_article kb_link",
    "field": """field field_name fieldname field_id changed_field attribute attribute_name property field_changed item_field
        definition feld feldname champ nom_du_champ campo nombre_del_campo nome_campo veld veldnaam falt faltnamn""",
    "old": """old old_value oldvalue previous_value fromstring from_string from_value previous value_before before
        alter_wert ancienne_valeur valor_anterior valore_precedente valor_antigo oude_waarde gammalt_varde""",
    "new": """new new_value newvalue tostring to_string to_value value value_after after
        neuer_wert nouvelle_valeur nuevo_valor nuovo_valore novo_valor nieuwe_waarde nytt_varde""",
    "start": """start start_time started_at start_date start_at begin begin_time entered_at from_time
        beginn startzeit debut date_de_debut inicio fecha_de_inicio inizio data_inizio data_de_inicio begintijd starttid""",
    "end": """end end_time ended_at end_date end_at left_at to_time finish
        ende endzeit fin date_de_fin fecha_de_fin fine data_fine fim data_de_fim einde eindtijd slut sluttid""",
    "first_response_at": """first_response_at first_responded_at first_reply_at initial_response_time first_response_date
        first_contact_reply_created_at stats_first_responded_at""",
    "resolved_at": """resolved_at solved_at resolved resolved_time resolution_date resolutiondate date_resolved resolved_on solved
        stats_resolved_at fields_resolutiondate erledigt gelost_am losungsdatum resolu_le date_de_resolution resuelta resuelto
        fecha_de_resolucion risolto_il data_risoluzione resolvido_em resolvido data_de_resolucao opgelost_op opgelost
        lost_den losningsdatum""",
    "closed_at": """closed_at closed closed_time close_date date_closed closed_on stats_closed_at geschlossen_am schliessungsdatum
        ferme_le date_de_fermeture date_de_cloture cerrado_el fecha_de_cierre chiuso_il data_chiusura fechado_em
        data_de_fechamento encerrado_em gesloten_op stangd_den""",
    "reassignments": "reassignments reassignment_count group_stations reassigned_count",
    "reopens": "reopens reopen_count reopened_count",
    "count": """count ticket_count tickets number_of_tickets volume contacts contact_count calls calls_offered offered
        offered_calls arrivals incoming chats emails requests inbound y
        anzahl anzahl_tickets nombre nombre_de_tickets cantidad cantidad_de_tickets numero_di_ticket quantita quantidade
        quantidade_de_tickets aantal aantal_tickets antal antal_arenden""",
}  # fmt: skip

_STATUSES = {
    "created": """new created open neu neue offen erstellt angelegt nouveau nouvelle ouvert ouverte cree nuevo nueva abierto
        abierta creado nuovo nuova aperto aperta creato novo nova aberto aberta criado nieuw nieuwe aangemaakt ny oppen skapad
        insert_ticket submitted registered logged reported initial""",
    "queued": """queued queued_awaiting_assignment awaiting_assignment unassigned in_queue waiting_for_support waiting_for_agent
        backlog to_do todo triage escalated eskaliert escalade escalado escalato in_warteschlange
        en_file_d_attente en_cola in_coda
        na_fila in_wachtrij i_ko ready assign_seriousness""",
    "assigned": """assigned accepted_assigned assignment zugewiesen assigne affecte attribue asignado asignada assegnato assegnata
        atribuido designado toegewezen tilldelad""",
    "acknowledged": """in_progress inprogress work_in_progress wip acknowledged accepted active working
        started under_investigation
        investigating in_review in_development accepted_in_progress take_in_charge_ticket in_bearbeitung in_arbeit en_cours
        en_cours_de_traitement pris_en_charge en_progreso en_curso en_proceso in_corso in_lavorazione presa_in_carico
        em_andamento em_progresso em_atendimento in_behandeling in_uitvoering bezig pagaende pagar under_arbete""",
    "pending": """pending on_hold onhold hold waiting wait paused suspended snoozed awaiting_user_info awaiting_vendor
        awaiting_problem awaiting_evidence awaiting_customer awaiting_change awaiting_caller waiting_for_customer
        waiting_on_customer waiting_on_third_party waiting_for_vendor waiting_for_third_party pending_customer pending_vendor
        customer_pending accepted_wait accepted_wait_user accepted_wait_vendor accepted_wait_customer
        accepted_wait_implementation wartend warten ausstehend in_wartestellung wartet_auf_kunde wartet_auf_kunden
        en_attente en_attente_client en_attente_du_client pendiente en_espera esperando_al_cliente in_attesa in_sospeso
        in_attesa_del_cliente pendente em_espera aguardando_cliente aguardando in_afwachting in_de_wacht wacht_op_klant wachtend
        vantar vantande vantar_pa_kund parkerad""",
    "replied": "replied reply agent_replied answered beantwortet repondu respondido risposto beantwoord besvarad",
    "customer_replied": "customer_replied customer_responded",
    "resolved": """resolved solved done fixed complete completed completed_resolved completed_in_call
        resolve_ticket erledigt gelost
        behoben resolu resolue termine resuelto resuelta solucionado hecho risolto risolta fatto completato resolvido
        concluido opgelost afgerond gereed lost klar atgardad""",
    "closed": """closed close completed_closed geschlossen abgeschlossen ferme fermee cloture cerrado cerrada chiuso chiusa
        fechado fechada encerrado gesloten stangd stangt avslutad""",
    "cancelled": """cancelled canceled cancel completed_cancelled withdrawn rejected declined wont_do won_t_do invalid
        abgebrochen storniert abgelehnt annule annulee cancelado cancelada annullato annullata rifiutato geannuleerd afgewezen
        avbruten avbojd""",
    "reopened": """reopened re_opened reopen wiedereroffnet rouvert reouvert reabierto reabierta riaperto riaperta reaberto
        reaberta heropend aterupptagen ateroppnad""",
    "commented": "commented comment note internal_note notiz kommentar commentaire comentario commento notitie kommentar",
    "excluded": "merged spam deleted duplicate test zusammengefuhrt geloscht dublette fusionne supprime fusionado eliminado",
}  # fmt: skip

_PHRASES = (
    ("reopened", r"re_?open|wieder_?eroffn|r(e|o)ouvert|reabiert|riapert|reabert|heropen"),
    ("pending", r"wait|await|pending|onhold|(^|_)hold(_|$)"),
    ("pending", r"wart(?!ung)|attente|espera|pendient|attesa|sospes|aguard|pendent|wacht|vanta"),
    ("cancelled", r"cancel|withdrawn|reject|abgebroch|stornier|annul|geannuleerd|avbrut"),
    ("resolved", r"resolv|solved|fixed|gelost|erledigt|behoben|resolu(?![tc])|resuelt|solucion|risolt|resolvid|opgelost|atgard"),
    ("closed", r"close|geschlossen|abgeschlossen|ferme|clotur|cerrad|chius|fechad|encerrad|gesloten|stangd|avslut"),
    ("acknowledged", r"in_progress|working|investigat|in_bearbeitung|en_cours|en_curso|in_corso|andamento|behandeling|pagaende"),
    ("assigned", r"assigned|zugewiesen|assigne|asignad|assegnat|atribuid|toegewezen|tilldelad"),
    ("queued", r"queue|unassigned|escalat|eskalier|warteschlange"),
    ("created", r"^new_|_new$|^neu_|submitted|registered"),
)  # fmt: skip
"""Parts of longer statuses ("Waiting for customer reply"), the most telling first: "closed" stands in "reclosed" too."""


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The word in small letters, without accents, everything but letters and digits as one underscore."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


COLUMN_WORDS: dict[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(words.split())) for name, words in _COLUMNS.items()
}
"""Names of columns per canonical name, the most telling first. `sub_status` is joined to the status."""

STATUS_KINDS: dict[str, str] = {word: kind for kind, words in _STATUSES.items() for word in words.split()}
"""Event kind of a status, by its folded word."""

STATUS_PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = tuple((kind, re.compile(form)) for kind, form in _PHRASES)
"""Event kind of a status that is no known word, by a part of it."""

DENIED = re.compile(
    r"(^|_)(un|((not|non|no|nicht|pas|niet|inte|ej|nao)_(\w+_)?))"
    r"(resolv|solved|fixed|gelost|erledigt|behoben|resolu|resuelt|solucion|risolt|resolvid|opgelost|atgard|close|geschlossen"
    r"|abgeschlossen|ferme|clotur|cerrad|chius|fechad|encerrad|gesloten|stangd|avslut)"
)
"""What says that a ticket is *not* solved or closed: "Unresolved", "Noch nicht gelöst", "Non résolu"."""

TEAM_RULES: tuple[tuple[str, str], ...] = (
    (r"\b(?:[ltn][ ._-]?2|2nd|2[ .]?line|2nd[ -]?line|second[ -]?line|second[ -]?level)\b", "L2"),
    (r"\b(?:tier|level|lvl|line|niveau|nivel|livello|stufe|ebene|niva|nivå|lijn|linje)[ ._-]?(?:2|ii)\b", "L2"),
    (r"\b(?:[ltn][ ._-]?3|3rd|3[ .]?line|3rd[ -]?line|third[ -]?line|third[ -]?level)\b", "L3"),
    (r"\b(?:tier|level|lvl|line|niveau|nivel|livello|stufe|ebene|niva|nivå|lijn|linje)[ ._-]?(?:3|iii)\b", "L3"),
    (r"\b(?:[ltn][ ._-]?1|1st|1[ .]?line|1st[ -]?line|first[ -]?line|first[ -]?level)\b", "L1"),
    (r"\b(?:tier|level|lvl|line|niveau|nivel|livello|stufe|ebene|niva|nivå|lijn|linje)[ ._-]?(?:1|i)\b", "L1"),
    (r"\b(?:[ltn][ ._-]?0|tier[ ._-]?0|level[ ._-]?0|self[ -]?service|chat ?bot|virtual agent)\b", "L0"),
    (r"\b(?:service ?desk|help ?desk|hotline|front ?(?:line|office|desk)|(?:call|contact) ?cent(?:er|re)|dispatch)\b", "L1"),
    (r"\b(?:mesa de ayuda|central de servicos|central de serviços|centre d.appel|kundtj[aä]nst|klantenservice)\b", "L1"),
    (r"\b(?:engineering|engineers|r ?& ?d|development|developers|devops|sre|product team|core team)\b", "L3"),
    (r"\b(?:entwicklung|d[eé]veloppement|desarrollo|sviluppo|desenvolvimento|ontwikkeling|utveckling|vendor)\b", "L3"),
    (r"\b(?:technical|technik|advanced|escalations?|specialists?|spezialisten|back ?office|soporte t[eé]cnico)\b", "L2"),
)  # fmt: skip
"""Patterns in a team's name and the tier that they speak for: numbers before words, and 2nd before 3rd as in `V13 2nd 3rd`."""

MISSING_WORDS = (
    "?", "NA", "N/A", "n/a", "#N/A", "na", "null", "NULL", "Null", "None", "none", "NONE", "nan", "NaN", "NAN", "-", "--", "\\N",
    "(null)", "(empty)", "(blank)", "unknown date", "0000-00-00 00:00:00",
)  # fmt: skip
"""Texts that stand for nothing in many exports; proposed where they occur, never assumed."""

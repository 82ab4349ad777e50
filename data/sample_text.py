"""Words for the sample: subjects that read like real ones, customers, and handoff notes of varying quality.

A note has up to six sections, each on its own line with a label: problem, diagnostics, steps tried, status, customer
context, ask. Labels vary as they do between people; `SECTION_LABELS` lists every label that is used.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


SUBJECTS: dict[str, tuple[str, ...]] = {
    "Invoice questions": (
        "Question about invoice INV-{n5}",
        "Invoice INV-{n5} shows the wrong billing address",
        "Two invoices for {month}",
        "Can't find the invoice for {month}",
        "PO number missing on invoice INV-{n5}",
        "Invoice copy needed for our auditor",
        "Line item on INV-{n5} we do not recognise",
    ),
    "Payment failed": (
        "Card payment declined, error {pay}",
        "SEPA direct debit returned ({pay})",
        "Payment for INV-{n5} stuck in 'processing'",
        "Customer charged twice on {day}",
        "Payment page shows a blank screen after 3-D Secure",
        "Dunning mail sent although INV-{n5} is paid",
    ),
    "Credit note & refund": (
        "Refund for INV-{n5}",
        "Credit note for {amount} EUR",
        "Please refund the duplicate payment of {day}",
        "Partial refund not possible in the portal",
        "Credit note shows 0 % VAT",
    ),
    "Tax & VAT setup": (
        "VAT ID not accepted for {country}",
        "Reverse charge missing on invoices to {country}",
        "Wrong VAT rate for {country}",
        "How to set up a second tax registration",
        "Tax report for {month} does not match the ledger",
    ),
    "ERP export": (
        "ERP export stopped at row {n5}",
        "Export to ERP fails with {code}",
        "Bookings missing in the ERP after the {month} export",
        "Cost centre empty in ERP export file",
        "ERP export: debit and credit swapped for credit notes",
    ),
    "Plan & licence change": (
        "Upgrade from {plan} to {plan2}",
        "Add {n2} licences",
        "Downgrade at the end of {month}",
        "Licence count wrong after the change of plan",
        "Cancel the {plan} plan of a subsidiary",
    ),
    "API errors": (
        "{code} on POST /v2/{entity}",
        "{code} from GET /v2/{entity} since {day}",
        "Timeouts on /v2/{entity} under load",
        "Validation error 'unknown field' on /v2/{entity}",
        "Batch import of {entity} returns {code} for half of the rows",
        "Empty response body from /v2/{entity}",
    ),
    "Payment webhooks": (
        "Webhook payment.succeeded not delivered",
        "Webhook retries stop after {n1} attempts",
        "Signature check fails for payment webhooks",
        "Payment webhook arrives {n2} minutes late",
        "payment.refunded webhook sent twice",
    ),
    "Connector setup": (
        "Connector for {system} asks for login again and again",
        "Cannot map custom fields in the {system} connector",
        "How to connect a second {system} account",
        "{system} connector: test connection fails with {code}",
        "Sandbox for the {system} connector",
    ),
    "Sync delays": (
        "{entity} sync is {n2} hours behind",
        "Sync of {entity} stuck since {day}",
        "Changes in {system} do not arrive",
        "Duplicate {entity} after sync",
        "Deleted {entity} come back with the next sync",
    ),
    "Rate limits": (
        "429 Too Many Requests although below {n3} calls per minute",
        "Raise our rate limit for the migration weekend",
        "Which rate limit holds for /v2/{entity}?",
        "Rate limit header missing",
    ),
    "Keys & certificates": (
        "API key expired on {day}, rotation fails",
        "Client certificate not accepted after renewal",
        "Revoke an API key that leaked",
        "401 with a new API key",
    ),
    "Wrong figures": (
        "Revenue in {report} differs from the ledger by {amount} EUR",
        "{report} counts cancelled orders",
        "Totals in {report} change on every reload",
        "{report}: figures for {month} too low",
        "Currency conversion wrong in {report}",
    ),
    "Scheduled report missing": (
        "Scheduled {report} did not arrive on {day}",
        "Scheduled report arrives empty",
        "{report} mailed to a colleague who left",
        "Schedule for {report} runs at the wrong hour",
        "Report schedule switched itself off",
    ),
    "Dashboard slow": (
        "{report} takes {n2} seconds to load",
        "Dashboards slow every morning",
        "Time-out when filtering {report} by customer",
        "Browser tab crashes on {report}",
    ),
    "Export & download": (
        "Excel export of {report} is corrupt",
        "CSV export cuts off at {n5} rows",
        "PDF of {report} has broken umlauts",
        "Download button does nothing",
        "Export of {report} fails with {code}",
    ),
    "Filters & sharing": (
        "Colleague cannot see shared {report}",
        "Filter 'last month' shows {month}",
        "How to share {report} outside the company",
        "Saved filter is gone",
        "Default filter for {report}",
    ),
    "Data refresh": (
        "Data in {report} is {n2} hours old",
        "Refresh failed: {code}",
        "Nightly refresh still running at {n1} a.m.",
        "Manual refresh greyed out",
    ),
    "Login & SSO": (
        "Cannot log in since {day}",
        "SSO login loops back to the sign-in page",
        "SAML error 'audience mismatch'",
        "User lands in the wrong tenant after login",
        "Account locked after {n1} attempts",
        "Login works in one browser only",
    ),
    "Password & MFA": (
        "Password reset mail does not arrive",
        "New phone, MFA reset needed",
        "Authenticator code rejected",
        "Reset MFA for a colleague",
        "Password policy too strict?",
    ),
    "User provisioning": (
        "New users from {system} are not created",
        "Deactivated user still has access",
        "SCIM returns {code} for {n2} users",
        "Bulk upload of users fails at line {n2}",
        "User created twice",
    ),
    "Roles & permissions": (
        "Accountant cannot approve invoices",
        "Role 'viewer' sees salaries",
        "Permission missing for {report}",
        "Custom role cannot be saved",
        "Admin rights for a new colleague",
    ),
    "Audit log": (
        "Audit log export for {month}",
        "Who changed the role of user {n3}?",
        "Audit log has a gap on {day}",
    ),
    "Directory sync": (
        "Directory sync fails with {code}",
        "Groups missing after directory sync",
        "Directory sync removed {n2} users",
        "Nested groups are ignored",
    ),
}

SPAM_SUBJECTS = (
    "Your invoice is attached",
    "SEO offer for your website",
    "Undelivered mail returned to sender",
    "Automatic reply: out of office",
    "Newsletter: trends in B2B payments",
)

# Known issues: product, category, subject, first day, and whether an article was written after the first L3 fix.
KNOWN_ISSUES = (
    ("Billing Cloud", "ERP export", "ERP export drops the last booking of a closed period", "2025-02-12", False),
    ("Billing Cloud", "Payment failed", "SEPA mandate lost after change of bank account", "2025-06-16", True),
    ("Billing Cloud", "Tax & VAT setup", "OSS report doubles sales to Austria", "2026-01-14", False),
    ("Connect API", "API errors", "500 on POST /v2/orders with more than 99 positions", "2025-01-20", True),
    ("Connect API", "Sync delays", "Contact sync stops on emoji in the company name", "2025-05-12", False),
    ("Connect API", "Keys & certificates", "Signature rejected after certificate chain renewal", "2025-11-17", False),
    ("Connect API", "API errors", "v2 pagination skips the first record of page two", "2026-02-16", False),
    ("Insight Reports", "Wrong figures", "Cohort report counts trial accounts as churned", "2025-04-02", False),
    ("Insight Reports", "Dashboard slow", "Dashboard hangs when the fiscal year starts in April", "2025-10-06", True),
    ("Insight Reports", "Data refresh", "Refresh fails on columns longer than 64 characters", "2026-05-18", False),
    ("Identity Hub", "Login & SSO", "SSO loop for users with two e-mail domains", "2025-07-14", False),
    ("Identity Hub", "Directory sync", "Directory sync times out above 5,000 groups", "2026-03-09", True),
)

SLOTS: dict[str, tuple[str, ...]] = {
    "month": words("January February March April May June July August September October November December"),
    "day": ("Monday", "Tuesday", "yesterday", "this morning", "last Friday", "the 1st", "the 15th", "Thursday night"),
    "pay": ("AC04", "MD01", "51", "05", "AM04", "expired_card", "do_not_honor"),
    "code": ("HTTP 400", "HTTP 403", "HTTP 409", "HTTP 422", "HTTP 500", "HTTP 502", "HTTP 504", "E1042", "E2210"),
    "entity": ("orders", "customers", "invoices", "products", "contacts", "payments", "price lists"),
    "system": ("the ERP", "the CRM", "the web shop", "the HR system", "the warehouse system", "the directory"),
    "report": ("Sales by region", "Open items", "Cash flow", "Churn", "MRR overview", "Ageing report", "Team activity"),
    "country": ("Austria", "France", "Poland", "Switzerland", "Denmark", "Italy", "Norway", "the Netherlands"),
    "plan": ("Starter", "Team", "Business"),
    "plan2": ("Team", "Business", "Enterprise"),
    "browser": ("Chrome", "Firefox", "Edge", "Safari"),
}
NUMBER_SLOTS = {"n1": (2, 9), "n2": (2, 59), "n3": (100, 999), "n5": (10_000, 99_999), "amount": (12, 9_800)}

SECTIONS = ("problem", "diagnostics", "steps tried", "status", "customer context", "ask")
SECTION_LABELS: dict[str, tuple[str, ...]] = {
    "problem": ("Problem", "Issue", "Situation"),
    "diagnostics": ("Diagnostics", "Findings", "Logs"),
    "steps tried": ("Steps tried", "Tried so far", "Already tried"),
    "status": ("Status", "Current status", "Impact"),
    "customer context": ("Customer", "Customer context", "Background"),
    "ask": ("Ask", "Request", "Need from you"),
}
# How often a section is in a note, relative to the others: people write what is wrong, and forget what they want.
SECTION_WEIGHTS = (5.0, 2.0, 2.5, 2.0, 1.6, 1.3)
SECTION_TEXTS: dict[str, tuple[str, ...]] = {
    "problem": (
        "{subject}. Reproduced with the customer's data.",
        "{subject}. Happens every time, first seen {day}.",
        "{subject}. Comes and goes, about {n1} times a day.",
        "customer reports: {subject}",
        "{subject}; worked until {day}.",
    ),
    "diagnostics": (
        "log shows {code}, request id {n5}-{n3}; nothing on the status page.",
        "compared with a test tenant: works there. Config diff attached ({n2} lines).",
        "trace {n5}: the call leaves us, no answer within {n2} s.",
        "{browser} console clean, same in a second browser. Tenant {n5}.",
        "audit log entry {n5} by user {n3} changed the setting {day}.",
        "only records with more than {n2} positions are affected.",
    ),
    "steps tried": (
        "cleared cache, re-saved the configuration, second user: no change.",
        "re-sent the request twice, rotated the key, checked the allow list.",
        "followed the runbook up to step {n1}; stops there.",
        "rebuilt the mapping in the sandbox, same result.",
        "re-ran the job by hand: {code}.",
    ),
    "status": (
        "work-around in place, {n2} users affected.",
        "blocked, {n2} records waiting, grows daily.",
        "customer informed, promised an update by {day}.",
        "{n1} users cannot work, the others can.",
        "reproducible; no data lost so far.",
    ),
    "customer context": (
        "{plan2} plan, go-live {day}, contact is their admin.",
        "month-end closing is running, second ticket on this in {n1} weeks.",
        "{plan} plan, {n2} seats, reachable by phone until 17:00.",
        "auditor on site; tone is tense.",
        "uses {system} together with us since {month}.",
    ),
    "ask": (
        "please check the server log for the request id and tell us the cause.",
        "please fix the record or tell us how we can.",
        "need a decision: reset the tenant or patch the data?",
        "please confirm whether this is a known defect.",
        "please take over, customer expects a call.",
    ),
}
POOR_NOTES = (
    "pls check",
    "see above",
    "customer not happy, please take over",
    "not working for the customer, escalating",
    "as discussed",
    "urgent!!",
    "fyi",
    "can you have a look? thx",
    "2nd time now, please help",
    "customer says it is still broken ({n5})",
    "{subject} ???",
    "no idea what this is, {code}",
)

NAME_STEMS = words(
    "Alster Anker Bergmann Birke Brenner Castor Delta Donau Eiger Elbe Falken Fjord Granit Hansa Havel "
    "Helios Isar Juno Kiesel Krone Lind Lumen Main Merkur Nord Oder Orion Pfeil Quell Rhein Saale Sigma "
    "Spree Steiger Stern Tanne Terra Ulmen Vega Weser Wieland Zenit "
)
NAME_TRADES = (
    "Logistik",
    "Medizintechnik",
    "Software",
    "Handel",
    "Energie",
    "Bau",
    "Foods",
    "Textil",
    "Optik",
    "Media",
)
NAME_FORMS = ("GmbH", "AG", "SE", "KG", "B.V.", "ApS", "S.r.l.", "Ltd")

Pick = Callable[[int], int]


def customers(count: int, rng: np.random.Generator) -> list[str]:
    """`count` different invented company names."""
    total = len(NAME_STEMS) * len(NAME_TRADES)
    chosen = rng.choice(total, size=count, replace=False)
    forms = rng.integers(0, len(NAME_FORMS), size=count)
    return [
        f"{NAME_STEMS[number % len(NAME_STEMS)]} {NAME_TRADES[number // len(NAME_STEMS)]} {NAME_FORMS[form]}"
        for number, form in zip(chosen.tolist(), forms.tolist(), strict=True)
    ]


def fill(template: str, pick: Pick, **given: str) -> str:
    """The template with its slots filled; `pick(n)` gives a number from 0 to n−1."""
    values = dict(given)
    for slot, words in SLOTS.items():
        if "{" + slot + "}" in template:
            values[slot] = words[pick(len(words))]
    for slot, (low, high) in NUMBER_SLOTS.items():
        if "{" + slot + "}" in template:
            values[slot] = str(low + pick(high - low + 1))
    return template.format(**values)


def subject(category: str, pick: Pick) -> str:
    """A subject of this category."""
    templates = SUBJECTS[category]
    return fill(templates[pick(len(templates))], pick)


def recurrence(stem: str, pick: Pick) -> str:
    """The subject of a known issue, as another customer would write it."""
    forms = ("{stem}", "{stem} again", "Urgent: {stem}", "{stem} (since {day})", "{stem}, version {n1}.{n2}", "{stem}!")
    return fill(forms[pick(len(forms))], pick, stem=stem)


def note(sections: tuple[int, ...], about: str, pick: Pick) -> str:
    """A handoff note that has exactly these of the six sections (by number, in order); without any, a poor line."""
    if not sections:
        return fill(POOR_NOTES[pick(len(POOR_NOTES))], pick, subject=about)
    return "\n".join(section(SECTIONS[number], about, pick) for number in sections)


def section(name: str, about: str, pick: Pick) -> str:
    """One labelled line of a note."""
    labels, texts = SECTION_LABELS[name], SECTION_TEXTS[name]
    label = labels[pick(len(labels))]
    return f"{label}: {fill(texts[pick(len(texts))], pick, subject=about)}"

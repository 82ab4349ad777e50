"""D9: which escalations could L1 have solved within its own limit?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding, listed
from analytics.findings.cases import Cases, cases
from analytics.findings.ground import above
from analytics.findings.settings import HANDLE_MINUTES, MIN_GROUP, Threshold, share_of

SHARE = share_of("premature_share", "Escalations that L1 could have solved", 0.20)
USES = Threshold(
    "article_uses", "Tickets that L1 resolved with an article before it counts as L1's", 5, "tickets", low=1
)
CLAIM = Claim(
    "d09_premature",
    "Premature escalations",
    "The guide calls an escalation premature that L2 solves with what L1 has.",
    "What L2 solves in a few minutes, L1 could have solved without a second queue.",
    "Turn what L2 did on these tickets into a macro or an article for L1, the most frequent category first.",
    "Of the escalated and resolved tickets with tracked work in L2, the share that L2 resolved, without L3, with less "
    "work than L1's own limit. Quick approvals count as well. Beside it: those that L2 resolved with an article that L1 "
    "uses. Work: what L2 did on the premature ones.",
    (SHARE, USES, HANDLE_MINUTES, MIN_GROUP),
    n_of="escalations",
)


def find(asked: Asked) -> list[Finding]:
    """The share of escalated and resolved tickets that took L2 less tracked work than L1's limit."""
    if not asked.columns["effort"]:
        return [CLAIM.unknown("The data holds no tracked work (effort_minutes).")]
    told, least = premature(asked), asked.of(MIN_GROUP)
    if told.n < least:
        return [
            CLAIM.unknown(f"Only {told.n} escalated tickets with tracked work in L2; {least:.0f} are needed.", told.n)
        ]
    early, limit = told.share(), asked.of(SHARE)
    return [CLAIM.found(asked, above(early, limit), early, limit, _sentence(asked, told, early.percent()),
                        work={"L2": told.hours}, evidence=told.behind())]  # fmt: skip


def premature(asked: Asked) -> Cases:
    """The escalated and resolved tickets with tracked work in L2; bad are the premature ones."""
    return cases(asked, "d09_premature", HANDLE_MINUTES, uses=asked.of(USES))


def _sentence(asked: Asked, told: Cases, early: str) -> str:
    said = (f"{early} of {told.n:,} tickets escalated from L1 were solved in L2 with less than "
            f"{asked.of(HANDLE_MINUTES, 'L1'):.0f} minutes of work")  # fmt: skip
    most = listed([str(name) for name in told.by("category")["name"]], 2)
    said += f", most of them {most}." if most else "."
    if asked.columns["links"]:
        by_article = told.by("with_article_of_l1").set_index("name")["n"]
        said += f" {numbers.count(by_article.get(True, 0))} were solved in L2 with an article that L1 uses."
    return said

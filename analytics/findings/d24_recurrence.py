"""D24: does a problem that L3 fixed come back to L3 within 30 days?"""

from __future__ import annotations

from analytics.charts import numbers
from analytics.findings.base import Asked, Claim, Finding
from analytics.findings.cases import cases
from analytics.findings.d13_known_issues import CLIMB, DAYS
from analytics.findings.ground import above
from analytics.findings.issues import SIMILAR, issue_lists
from analytics.findings.settings import MIN_GROUP, share_of

SHARE = share_of("recurrence_share", "Fixes of L3 after which the same problem comes back", 0.20)
CLAIM = Claim(
    "d24_recurrence",
    "Problems that come back after a fix of L3",
    "The guide measures L3 by recurrence prevented.",
    "A fix that does not hold is paid again by every tier, and by the customer's trust.",
    "Ask of each recurring fix whether it was a cure or a workaround, and give the cures a place in the product's plan.",
    "Share of L3's fixes after which another ticket about the same problem was created within the days, and reached L3. "
    "The same: same product, and subjects that share most of their words. Fixes without that many days of history after "
    "them are left out, and so are subjects of which fewer than a known issue's share climb: many easy tickets share "
    "them, and they come back by chance. The same share before the ticket stands beside it. Work: what L3 did on the "
    "tickets that came back.",
    (SHARE, DAYS, SIMILAR, CLIMB, MIN_GROUP),
    n_of="fixes",
)


def find(asked: Asked) -> list[Finding]:
    """The share of L3's fixes that were followed by the same problem in L3."""
    if not asked.columns["subjects"]:
        return [CLAIM.unknown("The data holds no subjects, so the same problem cannot be told from a similar one.")]
    told = cases(asked, "d24_recurred", days=asked.of(DAYS), climb=asked.of(CLIMB), **issue_lists(asked))
    least, limit = asked.of(MIN_GROUP), asked.of(SHARE)
    if told.n < least:
        reason = f"Only {told.n} fixes of L3 to hard problems with a subject are old enough; {least:.0f} are needed."
        return [CLAIM.unknown(reason, told.n)]
    again = told.share()
    before = told.by("came_before").set_index("name")["n"].get(True, 0) / told.n
    found = len(told.by("issue"))
    problems = f"{numbers.count(found)} hard problem{'s' if found != 1 else ''}"
    said = (f"{again.percent()} of {again.n:,} fixes of L3 to {problems} were "
            f"followed by the same problem in L3 within {asked.of(DAYS):.0f} days.{_others(asked, again.n)}")  # fmt: skip
    said += f" In the {asked.of(DAYS):.0f} days before the ticket it was {numbers.share(before)}."
    top = told.by("category")
    if told.k and len(top):
        said += f" Most of them in {top.iloc[0]['name']} ({numbers.count(top.iloc[0]['k'])})."
    return [CLAIM.found(asked, above(again, limit), again, limit, said, work={"L3": told.hours},
                        weeks=asked.weeks_of(asked.of(DAYS)), evidence=told.behind())]  # fmt: skip


def _others(asked: Asked, followed: int) -> str:
    """How many fixes the share says nothing of."""
    left = int(asked.one("d24_fixes", days=asked.of(DAYS)).fixes) - followed
    return (
        f" It says nothing of {numbers.count(left)} other fixes, whose subjects tell no problem apart."
        if left > 0
        else ""
    )

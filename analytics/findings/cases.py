"""Cases: SQL with one row per case, so that a finding's count, its groups and the tickets behind it are the same rows.

Such a file gives `ticket_no`, `bad` (whether the case counts against the claim), `hours` (of work or of waiting in the case),
and columns to group by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from analytics.findings.base import Asked, Evidence
from analytics.findings.ground import Measured, share
from analytics.findings.settings import Threshold

_COLUMN = re.compile(r"[a-z0-9_]+")
_TOTAL = """SELECT count(*) AS n, count(*) FILTER (WHERE bad) AS k,
  coalesce(sum(hours) FILTER (WHERE bad), 0)::DOUBLE AS hours FROM ({cases})"""
_BY = """SELECT {by} AS name, count(*) AS n, count(*) FILTER (WHERE bad) AS k,
  coalesce(sum(hours) FILTER (WHERE bad), 0)::DOUBLE AS hours
FROM ({cases}) WHERE {by} IS NOT NULL GROUP BY ALL ORDER BY k DESC, name"""


@dataclass(frozen=True)
class Cases:
    """The cases of one finding: how many (`n`), how many bad ones (`k`), and the hours of those."""

    asked: Asked
    sql: str
    params: dict[str, Any]
    n: int
    k: int
    hours: float

    def share(self) -> Measured:
        """The share of bad cases. Needs at least one case."""
        return share(self.k, self.n)

    def by(self, column: str) -> Any:
        """Counts per value of a column: name, n, k, hours; the most bad ones first."""
        if not _COLUMN.fullmatch(column):
            raise ValueError(column)
        return self.asked.warehouse.frame(_BY.format(by=column, cases=self.sql), self.params)

    def behind(self, column: str = "", value: Any = None) -> Evidence:
        """The tickets of the bad cases; only those with a value in a column where one is named."""
        only = f" AND b.{column} = $found_value" if column else ""
        more = (("found_value", value),) if column else ()
        sql = f"t.ticket_no IN (SELECT b.ticket_no FROM ({self.sql}) b WHERE b.bad{only})"
        return Evidence(sql, (*self.params.items(), *more))


def cases(asked: Asked, name: str, *scoped: Threshold, **params: Any) -> Cases:
    """The cases of `sql/<name>.sql` under the filters, counted."""
    sql, bound = asked.sql(name, *scoped, **params)
    row = asked.warehouse.frame(_TOTAL.format(cases=sql), bound).iloc[0]
    return Cases(asked, sql, bound, int(row["n"]), int(row["k"]), float(row["hours"]))

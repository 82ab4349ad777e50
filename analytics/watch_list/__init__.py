"""The watch list: open tickets that need somebody now, each with the reason, the most urgent first."""

from analytics.watch_list.reasons import KINDS, WatchSettings
from analytics.watch_list.watch import COLUMNS, absent, left_out, watch_list

__all__ = ["COLUMNS", "KINDS", "WatchSettings", "absent", "left_out", "watch_list"]

"""The questions: one typed function and one `.sql` file each, in a module per family.

Every function takes an open warehouse and the filters and returns a frame with units in its column names. Shares are 0-1,
durations are hours (`*_hours`) or minutes (`*_minutes`) on the calendar clock with pending time included. A number that the
data cannot give is NaN or None, never 0; `capabilities` says why. A module exports a question by its name being public here.
"""

from analytics.warehouse.cubes import facts_only as facts_only, method as method
from analytics.warehouse.questions.backlog import (
    backlog_by_day as backlog_by_day,
    backlog_now as backlog_now,
    pending as pending,
    sla as sla,
)
from analytics.warehouse.questions.base import (
    CLOCKS as CLOCKS,
    NO_FILTER as NO_FILTER,
    filled as filled,
    question_sql as question_sql,
    sql_of as sql_of,
)
from analytics.warehouse.questions.dataset import (
    capabilities as capabilities,
    custom_columns as custom_columns,
    dataset_summary as dataset_summary,
    filter_values as filter_values,
    has_agents as has_agents,
    meta as meta,
    period_bounds as period_bounds,
    rejected_rows as rejected_rows,
    timezone as timezone,
)
from analytics.warehouse.questions.flow import (
    bounces as bounces,
    funnel as funnel,
    hops as hops,
    matured_escalation as matured_escalation,
    paths as paths,
    routing as routing,
)
from analytics.warehouse.questions.forecast import (
    came_by_hour as came_by_hour,
    cells_by_day as cells_by_day,
    routing_by_day as routing_by_day,
)
from analytics.warehouse.questions.handoffs import (
    HANDOFF_REASONS as HANDOFF_REASONS,
    LATENCY_GROUPS as LATENCY_GROUPS,
    handoff_counts as handoff_counts,
    handoff_latency as handoff_latency,
    handoff_list as handoff_list,
    latency_curve as latency_curve,
    latency_heatmap as latency_heatmap,
)
from analytics.warehouse.questions.incidence import (
    INCIDENCE_DAYS as INCIDENCE_DAYS,
    escalation_incidence as escalation_incidence,
)
from analytics.warehouse.questions.loops import bounce_delay as bounce_delay, bounce_loops as bounce_loops
from analytics.warehouse.questions.mix import mix_by as mix_by, split_columns as split_columns
from analytics.warehouse.questions.moments import (
    backlog_at as backlog_at,
    backlog_list as backlog_list,
    last_event as last_event,
)
from analytics.warehouse.questions.people import (
    AGENT_SHARES as AGENT_SHARES,
    LEAST_AGENT_VISITS as LEAST_AGENT_VISITS,
    TEAM_SHARES as TEAM_SHARES,
    agent_profile as agent_profile,
    team_profile as team_profile,
)
from analytics.warehouse.questions.planning import (
    active_agents as active_agents,
    arrivals_by_hour as arrivals_by_hour,
    effort_by_visit as effort_by_visit,
    effort_samples as effort_samples,
    open_visits as open_visits,
    roster_by_week as roster_by_week,
    teams as teams,
    visits_by_day as visits_by_day,
    visits_by_priority as visits_by_priority,
    weekly_service as weekly_service,
)
from analytics.warehouse.questions.pulse import weekly_pulse as weekly_pulse
from analytics.warehouse.questions.resolution import (
    quality as quality,
    resolution_times as resolution_times,
    satisfaction as satisfaction,
    tier_mix_by as tier_mix_by,
    tier_mix_over_time as tier_mix_over_time,
    tiers as tiers,
)
from analytics.warehouse.questions.tickets import (
    TICKET_REASONS as TICKET_REASONS,
    ticket_events as ticket_events,
    ticket_list as ticket_list,
    ticket_visits as ticket_visits,
    volume_by_day as volume_by_day,
)
from analytics.warehouse.questions.waits import (
    LIST_REASONS as LIST_REASONS,
    STALE_DAYS as STALE_DAYS,
    latency_survival as latency_survival,
    open_handoffs as open_handoffs,
    worst_handoffs as worst_handoffs,
)

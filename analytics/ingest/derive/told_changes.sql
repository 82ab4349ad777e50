-- Builds:   told, one row per event: all that one author changed on a ticket at one moment, with the ticket's state after it.
-- Steps:    a field that changes twice at the same moment makes two events, so that no visit is lost.
-- State:    each field's latest value; before its first change, the `old` value of that change. Where such an old value is
--           known, an event of kind 'created' stands for the beginning (at the creation time, else at the first change): the
--           first team's visit and the handoff out of it would be lost otherwise.
-- Kind:     the kind of the new status where the status changed; else 'replied', 'customer_replied' or 'commented' where such a
--           field changed; else, unless the state is pending, resolved, closed or cancelled, the kind named for the changed
--           field, that of the team or tier before any other's (a group and its agent are often set at once, and what follows is
--           the group's visit); else the kind of the state. Where no status is known at all: 'queued' for a change of team or tier,
--           'assigned' for one of the assignee.
-- Key:      in the order of the rows, steps of one moment in theirs; unique.
-- Reads:    moves, zone_local, status_kinds, kind_words, tier_words, team_tiers.
WITH stepped AS (
  SELECT *, row_number() OVER (PARTITION BY ticket_no, at_us, author, coalesce(field, word) ORDER BY row_no) AS step
  FROM moves
),
grouped AS (
  SELECT ticket_no, at_us, author, step, min(row_no) AS row_no,
    coalesce(max(CASE WHEN field = 'status' THEN coalesce(new, '') END), arg_max(status, row_no)) AS status_set,
    coalesce(max(CASE WHEN field = 'team' THEN coalesce(new, '') END), arg_max(team, row_no)) AS team_set,
    coalesce(max(CASE WHEN field = 'tier' THEN coalesce(new, '') END), arg_max(tier, row_no)) AS tier_set,
    max(CASE WHEN field = 'agent' THEN coalesce(new, '') END) AS agent_set,
    coalesce(max(CASE WHEN field = 'priority' THEN coalesce(new, '') END), arg_max(priority, row_no)) AS priority_set,
    coalesce(max(CASE WHEN field = 'product' THEN new END), arg_max(product, row_no)) AS product,
    coalesce(max(CASE WHEN field = 'category' THEN new END), arg_max(category, row_no)) AS category,
    coalesce(max(CASE WHEN field = 'channel' THEN new END), arg_max(channel, row_no)) AS channel,
    coalesce(max(CASE WHEN field = 'customer' THEN new END), arg_max(customer, row_no)) AS customer,
    coalesce(max(CASE WHEN field = 'subject' THEN new END), arg_max(subject, row_no)) AS subject,
    arg_max(kind, row_no) AS kind_text,
    coalesce(min(field_kind) FILTER (WHERE field IN ('team', 'tier')), min(field_kind)) AS field_kind,
    min(CASE WHEN field_kind IN ('replied', 'customer_replied', 'commented') THEN field_kind END) AS spoken_kind,
    arg_max(agent_role, row_no) AS agent_role, arg_max(csat, row_no) AS csat, arg_max(note, row_no) AS note,
    arg_max(effort_minutes, row_no) AS effort_minutes, arg_max(escalation_type, row_no) AS escalation_type,
    arg_max(knowledge_link, row_no) AS knowledge_link, min(created_at_clock_us) AS created_at_clock_us,
    min(created_at_is_utc) AS created_at_is_utc
  FROM stepped
  GROUP BY ticket_no, at_us, author, step
),
before AS (
  SELECT ticket_no, min(at_us) AS first_us, min(row_no) AS first_row_no, min(created_at_clock_us) AS created_at_clock_us,
    min(created_at_is_utc) AS created_at_is_utc,
    nullif(arg_min(coalesce(old, ''), at_us * 1::HUGEINT * 1099511627776 + row_no) FILTER (WHERE field = 'status'), '') AS status,
    nullif(arg_min(coalesce(old, ''), at_us * 1::HUGEINT * 1099511627776 + row_no) FILTER (WHERE field = 'team'), '') AS team,
    nullif(arg_min(coalesce(old, ''), at_us * 1::HUGEINT * 1099511627776 + row_no) FILTER (WHERE field = 'tier'), '') AS tier,
    nullif(arg_min(coalesce(old, ''), at_us * 1::HUGEINT * 1099511627776 + row_no) FILTER (WHERE field = 'agent'), '') AS agent,
    nullif(arg_min(coalesce(old, ''), at_us * 1::HUGEINT * 1099511627776 + row_no) FILTER (WHERE field = 'priority'), '') AS priority
  FROM moves
  GROUP BY ticket_no
),
folded AS (
  SELECT g.*,
    nullif(coalesce(last_value(g.status_set IGNORE NULLS) OVER so_far, b.status), '') AS status,
    nullif(coalesce(last_value(g.team_set IGNORE NULLS) OVER so_far, b.team), '') AS team,
    nullif(coalesce(last_value(g.tier_set IGNORE NULLS) OVER so_far, b.tier), '') AS tier_text,
    nullif(coalesce(last_value(g.agent_set IGNORE NULLS) OVER so_far, b.agent, g.author), '') AS agent,
    nullif(coalesce(last_value(g.priority_set IGNORE NULLS) OVER so_far, b.priority), '') AS priority
  FROM grouped g JOIN before b USING (ticket_no)
  WINDOW so_far AS (PARTITION BY g.ticket_no ORDER BY g.at_us, g.row_no, g.step ROWS UNBOUNDED PRECEDING)
),
events AS (
  SELECT ticket_no, at_us, row_no, step AS seq, status, team, tier_text, agent, agent_role, priority, product, category, channel,
    customer, subject, csat, note, effort_minutes, escalation_type, knowledge_link, created_at_clock_us, created_at_is_utc,
    kind_text, status_set, team_set, tier_set, agent_set, field_kind, spoken_kind, FALSE AS begins
  FROM folded
  UNION ALL BY NAME
  SELECT b.ticket_no,
    least(b.first_us, coalesce(CASE WHEN b.created_at_is_utc THEN b.created_at_clock_us
      ELSE b.created_at_clock_us - z.offset_us END, b.first_us)) AS at_us,
    b.first_row_no AS row_no, 0 AS seq, b.status, b.team, b.tier AS tier_text, b.agent, b.priority,
    b.created_at_clock_us, b.created_at_is_utc, TRUE AS begins
  FROM before b
  ASOF LEFT JOIN zone_local z ON b.created_at_clock_us >= z.local_us
  WHERE b.status IS NOT NULL OR b.team IS NOT NULL OR b.tier IS NOT NULL
)
SELECT row_number() OVER (ORDER BY e.row_no, e.seq) AS key, e.row_no, e.ticket_no, e.at_us,
  CASE WHEN e.begins THEN 'created'
       WHEN w.kind IS NOT NULL THEN w.kind
       WHEN e.status_set IS NOT NULL THEN coalesce(k.kind, 'changed')
       WHEN e.spoken_kind IS NOT NULL THEN e.spoken_kind
       WHEN e.field_kind IS NOT NULL AND coalesce(k.kind, '') NOT IN ('pending', 'resolved', 'closed', 'cancelled') THEN e.field_kind
       WHEN e.status IS NOT NULL THEN coalesce(k.kind, 'changed')
       WHEN e.team_set IS NOT NULL OR e.tier_set IS NOT NULL THEN 'queued'
       WHEN e.agent_set IS NOT NULL THEN 'assigned'
       ELSE 'changed' END AS kind,
  e.status, coalesce(t.tier, m.tier) AS tier, m.team_no, e.agent, e.agent_role, e.priority, e.product, e.category, e.channel,
  e.customer, e.subject, e.csat, e.note, minutes_of(e.effort_minutes) AS effort_minutes, e.escalation_type, e.knowledge_link,
  e.created_at_clock_us, e.created_at_is_utc
FROM events e
LEFT JOIN status_kinds k ON k.word = e.status
LEFT JOIN kind_words w ON w.word = e.kind_text
LEFT JOIN tier_words t ON t.word = e.tier_text
LEFT JOIN team_tiers m ON m.team = e.team

-- Question: which issues came again after L3 had solved them once, and how often did they climb to L3 again?
-- Grain:    one row per issue with at least one later ticket in L3, the most climbing ones first.
-- Units:    tickets created after the issue's first resolution in L3; `climbed` = those that reached L3; `most_at_once` = the most of
--           them created within $window_us; hours of tracked work in L3. The first resolution may lie before the period in view.
WITH keyed AS MATERIALIZED ({include issue_of}),
told AS MATERIALIZED (
  -- A window, not a join on the moment of the fix: that one is planned as every ticket against every issue.
  SELECT k.issue, k.ticket_no, min(CASE WHEN x.resolved_tier = 3 THEN x.first_resolved_us END) OVER (PARTITION BY k.issue) AS fixed_us
  FROM keyed k JOIN tickets x USING (ticket_no)
),
work AS (
  SELECT ticket_no, sum(effort_minutes) / 60 AS hours FROM tier_visits WHERE tier = 3 GROUP BY ticket_no
),
later AS MATERIALIZED (
  SELECT o.issue, o.fixed_us, t.created_us, t.subject, t.tier_mask & 8 <> 0 AS up, w.hours
  FROM told o JOIN tickets t USING (ticket_no) LEFT JOIN work w USING (ticket_no)
  WHERE t.created_us > o.fixed_us AND {ticket_filter}
),
windows AS (
  SELECT issue, count(*) OVER (PARTITION BY issue ORDER BY created_us RANGE BETWEEN $window_us PRECEDING AND CURRENT ROW) AS at_once
  FROM later WHERE up
),
most AS (SELECT issue, max(at_once) AS most_at_once FROM windows GROUP BY issue)
SELECT l.issue, arg_min(l.subject, (length(l.subject), l.subject)) AS subject, min(l.fixed_us) AS fixed_us, count(*) AS tickets, count(*) FILTER (WHERE l.up) AS climbed,
  any_value(m.most_at_once) AS most_at_once, coalesce(sum(l.hours) FILTER (WHERE l.up), 0) AS l3_hours
FROM later l JOIN most m USING (issue)
GROUP BY l.issue ORDER BY climbed DESC, l.issue

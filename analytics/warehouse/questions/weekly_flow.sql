-- Question: how long did each tier's visits wait each week, and how many ended in time?
-- Grain:    one row per (week, tier) with a visit that was acknowledged or ended in it.
-- Units:    waits in hours of the tier's working clock from the start of the tier visit to its first acknowledgement, by the
--           week of that; `ended` = visits with a target that ended in the week, `in_time` = those of them that took no more
--           working hours than the target of their tier and priority, pending time left out. Weeks are given as instants.
-- Excludes: visits never acknowledged (their wait is not known), visits without a target for their priority.
WITH weeks AS (
  SELECT unnest($weeks::DATE[]) AS week, unnest($starts_us::BIGINT[]) AS starts_us, unnest($ends_us::BIGINT[]) AS ends_us
),
targets AS (
  SELECT unnest($tiers::BIGINT[]) AS tier, unnest($priorities::VARCHAR[]) AS priority, unnest($hours::DOUBLE[]) AS hours
),
stood_still AS (
  SELECT ticket_no, tier_visit_no, sum(open_us) AS pending_us FROM pending WHERE ended_us IS NOT NULL GROUP BY ALL
),
seen AS (
  SELECT v.*, coalesce(t.priority, 'default') AS priority, v.open_us - coalesce(p.pending_us, 0) AS running_us
  FROM tier_visits v JOIN tickets t USING (ticket_no)
  LEFT JOIN stood_still p ON p.ticket_no = v.ticket_no AND p.tier_visit_no = v.tier_visit_no
  WHERE v.tier IS NOT NULL AND {ticket_filter}
),
waits AS (
  SELECT w.week, v.tier,
    c.open_before_us + greatest(0, least(v.acknowledged_us, c.closes_us) - c.opens_us) - v.started_open_us AS wait_us
  FROM seen v
  JOIN weeks w ON v.acknowledged_us >= w.starts_us AND v.acknowledged_us < w.ends_us
  JOIN clock c ON c.tier = v.tier AND c.bucket_us = v.acknowledged_us - v.acknowledged_us % 900000000
),
waited AS (
  SELECT week, tier, count(*) AS acknowledged, quantile_cont(wait_us, 0.5) / 3.6e9 AS wait_p50_hours,
    quantile_cont(wait_us, 0.9) / 3.6e9 AS wait_p90_hours
  FROM waits GROUP BY week, tier
),
done AS (
  SELECT w.week, v.tier, count(g.hours) AS ended, count(*) FILTER (WHERE v.running_us <= g.hours * 3.6e9) AS in_time
  FROM seen v
  JOIN weeks w ON v.ended_us >= w.starts_us AND v.ended_us < w.ends_us
  LEFT JOIN targets g ON g.tier = v.tier AND g.priority = v.priority
  GROUP BY w.week, v.tier
)
SELECT week, tier, coalesce(acknowledged, 0) AS acknowledged, wait_p50_hours, wait_p90_hours,
  coalesce(ended, 0) AS ended, coalesce(in_time, 0) AS in_time
FROM waited FULL JOIN done USING (week, tier)
ORDER BY week, tier

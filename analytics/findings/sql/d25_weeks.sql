-- Question: how many tickets come in, and how many arrive in L3, week by week?
-- Grain:    one row per whole week (from Monday) of the data with new tickets.
-- Units:    tickets created; visits to L3 that begin.
WITH created AS (
  SELECT date_trunc('week', t.created_day)::DATE AS week, count(*) AS tickets FROM tickets t WHERE {ticket_filter} GROUP BY 1
),
arrived AS (
  SELECT date_trunc('week', v.day)::DATE AS week, count(*) AS arrivals
  FROM tier_visits v JOIN tickets t USING (ticket_no) WHERE v.tier = 3 AND {ticket_filter} GROUP BY 1
)
SELECT c.week, c.tickets, coalesce(a.arrivals, 0) AS arrivals
FROM created c LEFT JOIN arrived a USING (week) CROSS JOIN data_end d
WHERE c.week >= d.first_day AND c.week + 6 <= least(d.last_day, coalesce($view_end::DATE, d.last_day))
ORDER BY c.week

-- Question: how many people worked in each team each day?
-- Grain:    one row per (day, tier, team) with at least one event of an agent.
-- Units:    people; whoever worked in several teams on a day counts in each with the share of the day's events there.
WITH seen AS (
  SELECT e.day, e.tier, e.team_no, e.agent, count(*) AS events
  FROM events e JOIN tickets t USING (ticket_no)
  WHERE e.agent IS NOT NULL AND e.tier IS NOT NULL AND e.day >= $first_day AND e.day < $past_day AND {ticket_filter}
  GROUP BY ALL
),
shared AS (
  SELECT day, tier, team_no, events / sum(events) OVER (PARTITION BY day, agent) AS share FROM seen
)
SELECT s.day, s.tier, m.team, sum(s.share) AS people
FROM shared s LEFT JOIN teams m USING (team_no)
GROUP BY ALL
ORDER BY ALL

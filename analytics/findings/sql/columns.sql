-- Question: which columns does the data hold that a finding needs?
-- Grain:    one row.
-- Units:    events with a value; `rostered` = roster rows of L3; `tiers` = events with a tier.
SELECT count(effort_minutes) AS effort, count(note) AS notes, count(knowledge_link) AS links,
  count(escalation_type) AS escalation_types, count(*) FILTER (WHERE kind = 'acknowledged') AS acknowledged,
  count(tier) AS tiers, count(team_no) AS teams, (SELECT count(*) FROM roster WHERE tier = 3) AS rostered
FROM events

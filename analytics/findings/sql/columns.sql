-- Question: which columns does the data hold that a finding needs?
-- Grain:    one row.
-- Units:    events with a value; `rostered` = roster rows, `rostered_l3` those of L3; `subjects` and `categories` = tickets.
SELECT count(effort_minutes) AS effort, count(note) AS notes, count(knowledge_link) AS links, count(agent) AS agents,
  count(escalation_type) AS escalation_types, count(*) FILTER (WHERE kind = 'acknowledged') AS acknowledged,
  count(tier) AS tiers, count(team_no) AS teams,
  count(*) FILTER (WHERE kind IN ('resolved', 'closed') AND note IS NOT NULL) AS closing_notes,
  (SELECT count(*) FROM roster WHERE tier BETWEEN 1 AND 3) AS rostered, (SELECT count(*) FROM roster WHERE tier = 3) AS rostered_l3,
  (SELECT count(subject) FROM ticket_attributes) AS subjects, (SELECT count(category) FROM ticket_attributes) AS categories,
  (SELECT count(product) FROM ticket_attributes) AS products
FROM events

-- Question: how many escalations ask for a manager's yes, not for skill?
-- Grain:    one row per product ("(no product)" where none is known).
-- Units:    escalation events whose type is told; hierarchical ones.
SELECT coalesce(t.product, '(no product)') AS product, count(*) AS escalations,
  count(*) FILTER (WHERE regexp_matches(lower(e.escalation_type), 'hierarch|approv|manage')) AS hierarchical
FROM events e JOIN tickets t USING (ticket_no)
WHERE e.escalation_type IS NOT NULL AND {ticket_filter}
GROUP BY 1
ORDER BY 1

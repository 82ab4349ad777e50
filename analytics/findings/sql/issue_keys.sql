-- Question: which subjects are there, and which of them reach L3?
-- Grain:    one row per subject without numbers and punctuation, the most frequent first.
-- Units:    tickets of the whole data: an issue may be older than the period in view.
SELECT k.issue_key, count(*) AS tickets, count(*) FILTER (WHERE t.tier_mask & 8 <> 0) AS in_l3
FROM ({include issue_key}) k JOIN tickets t USING (ticket_no)
GROUP BY k.issue_key ORDER BY in_l3 DESC, tickets DESC, k.issue_key

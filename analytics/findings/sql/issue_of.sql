-- Question: which issue is each ticket about?
-- Grain:    one row per ticket whose subject belongs to an issue.
-- Units:    `issue` = the subject that stands for it; $keys and $leaders are subjects and, beside each, their issue.
SELECT k.ticket_no, m.issue
FROM ({include issue_key}) k JOIN (SELECT unnest($keys::VARCHAR[]) AS issue_key, unnest($leaders::VARCHAR[]) AS issue) m USING (issue_key)

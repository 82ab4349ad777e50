-- Question: what is each ticket about, in the words of its subject?
-- Grain:    one row per ticket with a subject.
-- Units:    `issue_key` = product, and the subject in small letters without numbers and punctuation.
SELECT x.ticket_no, coalesce(x.product, '') || ' | '
  || trim(regexp_replace(regexp_replace(lower(x.subject), '[0-9]+', '', 'g'), '[^\p{L}]+', ' ', 'g')) AS issue_key
FROM tickets x WHERE x.subject IS NOT NULL

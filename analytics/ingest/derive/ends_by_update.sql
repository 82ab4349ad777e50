-- Question: how many tickets are resolved or closed by their last state, with no column that says when?
-- Grain:    one row.
-- Excludes: all shapes but `tickets`.
-- Reads:    source, status_kinds, kind_words, meta.
SELECT count(DISTINCT s.ticket_no)
FROM source s
LEFT JOIN status_kinds k ON k.word = s.status
LEFT JOIN kind_words w ON w.word = s.kind
WHERE coalesce(w.kind, k.kind) IN ('resolved', 'closed')
  AND s.resolved_at_clock_us IS NULL AND s.closed_at_clock_us IS NULL AND s.at_clock_us IS NOT NULL
  AND (SELECT value FROM meta WHERE key = 'shape') = 'tickets'

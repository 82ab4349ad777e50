-- Builds:   numbered, the place of each event of `told`: its ticket, its number in it, its instant.
-- Order:    (time, import order and position in the file) within a ticket; event_no counts from 1.
-- Why:      numbers alone are sorted here, a fraction of the work of sorting whole rows twice.
-- Reads:    told.
SELECT key, row_no, ticket_no, at_us, row_number() OVER (PARTITION BY ticket_no ORDER BY at_us, key)::INTEGER AS event_no
FROM told

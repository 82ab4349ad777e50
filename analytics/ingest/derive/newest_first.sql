-- Question: do a file's rows go back in time, and how many of a ticket's rows follow one of the same moment?
-- Grain:    one row: steps back, steps forward and steps to the same moment, from row to row of each ticket.
-- Excludes: all but the file's first 50,000 rows, which tell.
-- Reads:    source_rows.
SELECT count(*) FILTER (WHERE at_clock_us < before_us), count(*) FILTER (WHERE at_clock_us > before_us),
  count(*) FILTER (WHERE at_clock_us = before_us)
FROM (
  SELECT at_clock_us, lag(at_clock_us) OVER (PARTITION BY ticket_no ORDER BY position) AS before_us
  FROM source_rows WHERE import_no = $1 AND file_no = $2 AND position < 50000
)

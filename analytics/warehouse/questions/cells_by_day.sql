-- Question: what came each day, by product, category and channel: which cell made a spike?
-- Grain:    one row per (day, product, category, channel), days local to the dataset.
-- Units:    tickets created, or the visits that began at one tier where a tier is asked for.
SELECT {day} AS day, coalesce(t.product, '(not given)') AS product, coalesce(t.category, '(not given)') AS category,
  coalesce(t.channel, '(not given)') AS channel, count(*) AS count
FROM {rows}
WHERE {which} AND {day} BETWEEN $first_day AND $last_day AND {ticket_filter}
GROUP BY ALL
ORDER BY ALL

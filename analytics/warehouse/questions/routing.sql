-- Question: where does a visit to a tier end: which tier gets the ticket next, or is it finished there?
-- Grain:    one row per (tier, next_tier); next_tier NULL = resolved, closed or cancelled there.
-- Units:    tier visits that have ended; open ones are left out.
WITH ways AS (
  SELECT string_split(t.path, '>') AS tiers, t.state, sum(t.n) AS n
  FROM {tickets} t
  WHERE t.path IS NOT NULL AND {ticket_filter}
  GROUP BY t.path, t.state
),
steps AS (
  SELECT unnest(range(1, len(tiers) + 1)) AS step, tiers, state, n FROM ways
)
SELECT substr(tiers[step], 2)::SMALLINT AS tier, substr(tiers[step + 1], 2)::SMALLINT AS next_tier, sum(n)::BIGINT AS visits
FROM steps
WHERE step < len(tiers) OR state >= 2
GROUP BY ALL
ORDER BY tier, next_tier

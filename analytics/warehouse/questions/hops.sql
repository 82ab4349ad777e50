-- Question: which way do tickets go, step by step?
-- Grain:    one row per (hop, tier, what comes next); a step later than $last_hop is folded into it.
-- Units:    tier visits. `next` is the next tier's rank, or resolved, cancelled, open.
WITH ways AS (
  SELECT string_split(t.path, '>') AS tiers, t.state, sum(t.n) AS n
  FROM {tickets} t
  WHERE t.path IS NOT NULL AND {ticket_filter}
  GROUP BY t.path, t.state
),
steps AS (
  SELECT unnest(range(1, len(tiers) + 1)) AS step, tiers, state, n FROM ways
)
SELECT least(step, $last_hop)::INTEGER AS hop, substr(tiers[step], 2)::SMALLINT AS tier,
  CASE WHEN step < len(tiers) THEN substr(tiers[step + 1], 2)
       WHEN state = 4 THEN 'cancelled'
       WHEN state < 2 THEN 'open'
       ELSE 'resolved' END AS next,
  sum(n)::BIGINT AS visits
FROM steps
GROUP BY ALL
ORDER BY hop, tier, next

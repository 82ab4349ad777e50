-- Question: how many source rows show a clock in an hour that was skipped, or that was there twice?
-- Grain:    one row; one call per time column ({clock}, {is_utc}).
-- Excludes: times with an offset, which are never odd.
-- Reads:    source, zone_local.
SELECT count(*) FILTER (WHERE z.odd_skips) AS skipped, count(*) FILTER (WHERE NOT z.odd_skips) AS repeated
FROM source s
ASOF JOIN zone_local z ON s.{clock} >= z.local_us
WHERE NOT s.{is_utc} AND s.{clock} >= z.odd_from_us

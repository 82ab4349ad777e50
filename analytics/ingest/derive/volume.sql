-- Builds:   volume, one row per source row of the shape `volume`: how many tickets came in a day, or in an hour of it.
-- Units:    tickets may be fractions; hour is NULL where all times of the dataset are midnights: then a row is a whole day.
-- Times:    days and hours of the dataset's zone; a wall clock is one already.
-- Reads:    source, zone_utc, tier_words, team_tiers.
WITH local AS (
  SELECT s.row_no, CASE WHEN s.at_is_utc THEN s.at_clock_us + u.offset_us ELSE s.at_clock_us END AS local_us,
    coalesce(t.tier, m.tier) AS tier, s.channel, s.product, number_of(s.count) AS tickets
  FROM source s
  ASOF LEFT JOIN zone_utc u ON s.at_clock_us >= u.utc_us
  LEFT JOIN tier_words t ON t.word = s.tier
  LEFT JOIN team_tiers m ON m.team = s.team
)
SELECT DATE '1970-01-01' + CAST(local_us // 86400000000 AS INTEGER) AS day,
  CASE WHEN max(local_us % 86400000000) OVER () > 0 THEN CAST(local_us // 3600000000 % 24 AS SMALLINT) END AS hour,
  tier, channel, product, tickets
FROM local
ORDER BY local_us, row_no

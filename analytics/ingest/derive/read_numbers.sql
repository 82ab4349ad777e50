-- Question: what number, and how many minutes, does a text mean?
-- Gives:    the macros number_of(x) and minutes_of(x); NULL = no number.
-- Forms:    "3,87,16,91,111" and "1,234" are grouped digits (the last group has three), "3,5", "12,25" and "1.234,5" have a decimal
--           comma, "1,234.5" a decimal point. Minutes may also be H:MM or H:MM:SS, with a minus where a promise was broken, or "2h 30m",
--           "1.5 h", "45 min"; days are no minutes: some mean 24 hours by one, others a working day.
CREATE OR REPLACE TEMP MACRO number_of(x) AS TRY_CAST(CASE
  WHEN regexp_full_match(x, '[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?') THEN replace(x, ',', '')
  WHEN regexp_full_match(x, '[+-]?\d{1,3}(\.\d{3})*,\d+') THEN replace(replace(x, '.', ''), ',', '.')
  WHEN regexp_full_match(x, '[+-]?\d+,\d+') THEN replace(x, ',', '.')
  WHEN regexp_full_match(x, '[+-]?\d*\.?\d+([eE][+-]?\d{1,2})?') THEN x END AS DOUBLE);

CREATE OR REPLACE TEMP MACRO spoken_minutes(t) AS CASE WHEN t['h'] || t['m'] || t['s'] <> '' THEN
  coalesce(TRY_CAST(replace(nullif(t['h'], ''), ',', '.') AS DOUBLE), 0) * 60
  + coalesce(TRY_CAST(replace(nullif(t['m'], ''), ',', '.') AS DOUBLE), 0)
  + coalesce(TRY_CAST(nullif(t['s'], '') AS DOUBLE), 0) / 60 END;

CREATE OR REPLACE TEMP MACRO minutes_of(x) AS coalesce(number_of(x),
  CASE WHEN regexp_full_match(x, '[+-]?\d{1,5}:\d\d(:\d\d(\.\d+)?)?') THEN
    CASE WHEN x[1] = '-' THEN -1 ELSE 1 END * (
      TRY_CAST(ltrim(split_part(x, ':', 1), '+-') AS DOUBLE) * 60 + TRY_CAST(split_part(x, ':', 2) AS DOUBLE)
      + coalesce(TRY_CAST(nullif(split_part(x, ':', 3), '') AS DOUBLE), 0) / 60) END,
  spoken_minutes(regexp_extract(lower(x),
    '^(?:(\d+(?:[.,]\d+)?) ?(?:h|hrs?|hours?|std\.?)[ ,]*)?(?:(\d+(?:[.,]\d+)?) ?(?:m|mins?|minutes?)[ ,]*)?(?:(\d+) ?(?:s|secs?|seconds?))?$',
    ['h', 'm', 's'])));

-- Question: what wall clock does a text show, and is that clock UTC?
-- Gives:    macros: time_form(x), then per form number_clock(x), simple_clock(x, date_order, clock), or time_parts(x, form) and
--           apart_clock(parts, form, date_order). `times.with_clocks` asks for the forms that a column has, and for no others.
-- Units:    microseconds since 1970 on the clock shown; NULL = unreadable, or outside 1970-2199 (no ticket is older, and garbage
--           often parses to the year 16 or 20160).
-- Forms:    1 plain ISO, 2 a bare number, 3 and 4 d/m/y with h:m and with h:m:s, read by the engine's own casts; 5 year first,
--           6 d/m/y, 7 day and month's name, 8 month's name and day, taken apart by regular expressions. One expression for
--           all of them was 15 times slower, since it cannot be matched in one pass.
-- Months:   how they begin in English, German, Dutch, French, Spanish, Italian, Portuguese: exports speak the user's language.
-- Blanks:   those that do not break (browsers write one before PM) are blanks; "um 14:05 Uhr" and "at 2:05 PM" are clocks.
-- Zones:    an offset (+02:00, +0200, +2), with what stands behind it in brackets left out; letters of RFC 2822 and the European ones, in hours; any other letters make the time unreadable.
CREATE OR REPLACE TEMP MACRO time_form(x) AS CASE
  WHEN x IS NULL THEN 0
  WHEN regexp_full_match(x, '\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?') THEN 1
  WHEN regexp_full_match(x, '\d+(\.\d+)?') THEN 2
  WHEN regexp_full_match(x, '\d\d?(/\d\d?/|-\d\d?-|\.\d\d?\.)\d{4} \d\d?:\d\d') THEN 3
  WHEN regexp_full_match(x, '\d\d?(/\d\d?/|-\d\d?-|\.\d\d?\.)\d{4} \d\d?:\d\d:\d\d') THEN 4
  WHEN regexp_matches(x, '^\d{4}\D') OR regexp_matches(x, '^\d{8}T\d{4}') THEN 5
  WHEN regexp_matches(x, '^\d\d?[-/.]\d') THEN 6
  WHEN regexp_matches(x, '^([^\d\s]+ +)?[^\d\s]+ +\d\d?(st|nd|rd|th)?,? +\d{4}') THEN 8
  ELSE 7 END;

CREATE OR REPLACE TEMP MACRO tail_pattern() AS
  '(?:(?:t|,? +(?:(?:@|um|at|à|om|kl\.?|a las|alle) +)?)(\d\d?)[:.h](\d\d)(?:[:.](\d\d)?(?:[.,:](\d{1,9}))?)? ?(?:([ap])\.? ?m\.?)?(?: ?uhr)?)?'
  || ' ?(z|utc|gmt|[a-z]{3,4})?(?:([+-]\d\d?):?(\d\d)?)?(?: ?(?:\(.*\)|\[.*\]))?$';

CREATE OR REPLACE TEMP MACRO apart(x, head) AS
  regexp_extract(translate(x, chr(160) || chr(8239), '  '), head || tail_pattern(), ['a', 'b', 'c', 'h', 'mi', 's', 'f', 'half', 'zone', 'oh', 'om']);

-- a, b, c are year, month, day in form 5; as they stand in form 6; day, month's name, year in form 7; month's name, day, year in 8.
CREATE OR REPLACE TEMP MACRO time_parts(x, form) AS CASE form
  WHEN 5 THEN apart(lower(regexp_replace(x, '^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)', '\1-\2-\3T\4:\5:')),
    '^(\d{4})[-/.](\d\d?)[-/.](\d\d?)')
  WHEN 6 THEN apart(lower(x), '^(\d\d?)[-/.](\d\d?)[-/.](\d\d(?:\d\d)?)')
  WHEN 7 THEN apart(lower(x), '^(?:[^\d\s]+ +)?(\d\d?)\.?[-/ ]*(?:de )?([^\d\s./,-]{3,10})\.?,?[-/ ]*(?:de )?(\d\d(?:\d\d)?)')
  WHEN 8 THEN apart(lower(x), '^(?:[^\d\s]+ +)?([^\d\s./,-]{3,10})\.? +(\d\d?)(?:st|nd|rd|th)?,? +(\d{4})') END;

CREATE OR REPLACE TEMP MACRO full_year(y) AS
  CASE WHEN length(y) <> 2 THEN y WHEN y < '70' THEN '20' || y ELSE '19' || y END;

CREATE OR REPLACE TEMP MACRO month_no(word) AS coalesce(
  MAP {'juin': '6', 'juil': '7'}[left(word, 4)],
  MAP {'jan': '1', 'ene': '1', 'gen': '1', 'feb': '2', 'fev': '2', 'fév': '2', 'mar': '3', 'mär': '3', 'mrz': '3', 'maa': '3',
       'apr': '4', 'abr': '4', 'avr': '4', 'may': '5', 'mai': '5', 'mag': '5', 'mei': '5', 'jun': '6', 'giu': '6', 'jul': '7',
       'lug': '7', 'aug': '8', 'ago': '8', 'aoû': '8', 'sep': '9', 'set': '9', 'oct': '10', 'okt': '10', 'ott': '10',
       'out': '10', 'nov': '11', 'dec': '12', 'dez': '12', 'déc': '12', 'dic': '12'}[left(word, 3)]);

CREATE OR REPLACE TEMP MACRO date_text(t, form, date_order) AS CASE
  WHEN form = 5 THEN t['a'] || '-' || t['b'] || '-' || t['c']
  WHEN form = 7 THEN full_year(t['c']) || '-' || month_no(t['b']) || '-' || t['a']
  WHEN form = 8 THEN t['c'] || '-' || month_no(t['a']) || '-' || t['b']
  WHEN date_order = 'ymd' AND length(t['c']) = 2 THEN full_year(t['a']) || '-' || t['b'] || '-' || t['c']
  WHEN date_order = 'mdy' THEN full_year(t['c']) || '-' || t['a'] || '-' || t['b']
  ELSE full_year(t['c']) || '-' || t['b'] || '-' || t['a'] END;

CREATE OR REPLACE TEMP MACRO hour_text(t) AS CASE
  WHEN t['h'] = '' THEN '0'
  WHEN t['half'] = 'p' AND TRY_CAST(t['h'] AS INT) < 12 THEN CAST(TRY_CAST(t['h'] AS INT) + 12 AS VARCHAR)
  WHEN t['half'] = 'a' AND t['h'] = '12' THEN '0'
  ELSE t['h'] END;

CREATE OR REPLACE TEMP MACRO parts_clock(t, form, date_order) AS epoch_us(TRY_CAST(
  date_text(t, form, date_order) || ' ' || hour_text(t) || ':' || coalesce(nullif(t['mi'], ''), '00')
  || ':' || coalesce(nullif(t['s'], ''), '00') || '.' || coalesce(nullif(left(t['f'], 6), ''), '0') AS TIMESTAMP));

CREATE OR REPLACE TEMP MACRO parts_offset(t) AS (
  CASE WHEN t['zone'] = '' THEN 0 ELSE MAP {
    'z': 0, 'utc': 0, 'gmt': 0, 'est': -5, 'edt': -4, 'cst': -6, 'cdt': -5, 'mst': -7, 'mdt': -6, 'pst': -8, 'pdt': -7,
    'wet': 0, 'west': 1, 'bst': 1, 'cet': 1, 'cest': 2, 'eet': 2, 'eest': 3}[t['zone']] END * 3600000000::BIGINT
  + CASE WHEN t['oh'] = '' THEN 0 ELSE TRY_CAST(t['oh'] AS INT) * 3600000000::BIGINT
      + CASE WHEN t['oh'][1] = '-' THEN -60000000::BIGINT ELSE 60000000::BIGINT END * coalesce(TRY_CAST(t['om'] AS INT), 0) END);

-- Digits with a date in them: YYYYMMDD, YYYYMMDDHHMM, YYYYMMDDHHMMSS. NULL where they show none.
CREATE OR REPLACE TEMP MACRO stamp_clock(x) AS CASE WHEN length(x) IN (8, 12, 14) AND left(x, 2) IN ('19', '20', '21') THEN
  epoch_us(TRY_CAST(x[1:4] || '-' || x[5:6] || '-' || x[7:8] || ' '
    || CASE WHEN length(x) = 8 THEN '00:00' ELSE x[9:10] || ':' || x[11:12] END
    || CASE WHEN length(x) = 14 THEN ':' || x[13:14] ELSE ':00' END AS TIMESTAMP)) END;

-- Days since 1899-12-30 (Excel), or an epoch in seconds, ms, us, ns. Within 1970-2199 the magnitudes do not overlap.
CREATE OR REPLACE TEMP MACRO number_clock(x) AS coalesce(stamp_clock(x), CASE
  WHEN TRY_CAST(x AS DOUBLE) >= 25569 AND TRY_CAST(x AS DOUBLE) < 109575
    THEN CAST(round((TRY_CAST(x AS DOUBLE) - 25569) * 86400000) AS BIGINT) * 1000
  WHEN TRY_CAST(x AS DOUBLE) >= 1e8 AND TRY_CAST(x AS DOUBLE) < 1e10
    THEN CAST(TRY_CAST(x AS DECIMAL(38, 9)) * 1000000 AS BIGINT)
  WHEN TRY_CAST(x AS DOUBLE) >= 1e11 AND TRY_CAST(x AS DOUBLE) < 1e13 THEN CAST(TRY_CAST(x AS DECIMAL(38, 9)) * 1000 AS BIGINT)
  WHEN TRY_CAST(x AS DOUBLE) >= 1e14 AND TRY_CAST(x AS DOUBLE) < 1e16 THEN CAST(TRY_CAST(x AS DECIMAL(38, 9)) AS BIGINT)
  WHEN TRY_CAST(x AS DOUBLE) >= 1e17 AND TRY_CAST(x AS DOUBLE) < 1e19 THEN CAST(TRY_CAST(x AS DECIMAL(38, 9)) / 1000 AS BIGINT)
  END);

CREATE OR REPLACE TEMP MACRO simple_clock(x, date_order, clock) AS epoch_us(CASE
  WHEN contains(x, '/') THEN TRY_STRPTIME(x, CASE date_order WHEN 'mdy' THEN '%m/%d/%Y ' ELSE '%d/%m/%Y ' END || clock)
  WHEN contains(x, '-') THEN TRY_STRPTIME(x, CASE date_order WHEN 'mdy' THEN '%m-%d-%Y ' ELSE '%d-%m-%Y ' END || clock)
  ELSE TRY_STRPTIME(x, CASE date_order WHEN 'mdy' THEN '%m.%d.%Y ' ELSE '%d.%m.%Y ' END || clock) END);

CREATE OR REPLACE TEMP MACRO sane_us(us) AS CASE WHEN us >= 0 AND us < 7258118400000000 THEN us END;

CREATE OR REPLACE TEMP MACRO apart_clock(parts, form, date_order) AS parts_clock(parts, form, date_order) - parts_offset(parts);

CREATE OR REPLACE TEMP MACRO number_is_utc(x) AS stamp_clock(x) IS NULL AND TRY_CAST(x AS DOUBLE) >= 1e8;

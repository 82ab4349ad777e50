-- Question: how long does L2 take to restore, week by week?
-- Grain:    one row per seven days of arrival in L2; `age` = weeks before the last matured moment, 0 the latest.
-- Units:    tickets; hours on L2's working clock.
SELECT r.age, count(*) AS tickets, quantile_cont(r.hours, 0.5) AS p50_hours, quantile_cont(r.hours, 0.9) AS p90_hours,
  sum(r.hours) AS hours
FROM ({include d23_restored}) r GROUP BY r.age ORDER BY r.age

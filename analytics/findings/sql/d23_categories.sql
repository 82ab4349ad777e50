-- Question: in which categories does L2 take longest to restore?
-- Grain:    one row per category with at least $least tickets, the slowest first.
-- Units:    hours on L2's working clock that nine in ten tickets stay within.
SELECT r.category, count(*) AS tickets, quantile_cont(r.hours, 0.9) AS p90_hours
FROM ({include d23_restored}) r WHERE r.category IS NOT NULL
GROUP BY r.category HAVING count(*) >= $least ORDER BY p90_hours DESC, r.category

-- Question: between which days did all but one ticket in twenty come in?
-- Grain:    one row.
-- Units:    days of creation, 2.5 % and 97.5 %; NULL where no ticket did.
SELECT quantile_disc(t.created_day, 0.025) AS first_day, quantile_disc(t.created_day, 0.975) AS last_day FROM tickets t WHERE {ticket_filter}

-- Question: which visits to L1 would the rule have sent to L2?
-- Grain:    one row per ended visit to L1.
-- Units:    bad = not escalated, and longer than the limit; hours = 0 (L2's work is told in the sentence).
SELECT s.ticket_no, NOT s.up AND s.stay_us > s.limit_us AS bad, 0.0 AS hours FROM ({include d06_stays}) s

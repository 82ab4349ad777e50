"""The facts by arrays: what `tables/*.sql` say, at a fraction of the processor, for building everything anew.

The SQL is the definition: it runs on DuckDB and Spark, makes every increment, and is what a page shows. Here the same tables are
reckoned in one pass over the events in order, where SQL must group, sort and join them several times. `tests/questions/
test_arrays.py` compares the two, column by column, on random logs and on the real ones; a table that only one of them has fails.
"""

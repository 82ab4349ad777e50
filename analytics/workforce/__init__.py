"""Staffing of a dataset: what the model (`analytics.staffing`, which knows no store) needs, read from history, and what was kept.

`inputs` measures arrivals, routing, effort and backlog; `history` and `teams` replay last quarter; `scenario_store` keeps plans.
"""

"""Findings: a staffing guide's rules, computed on a team's own tickets. One module per family; the registry asks all."""

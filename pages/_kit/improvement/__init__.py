"""What the pages on findings, rules, contradictions and thresholds draw."""

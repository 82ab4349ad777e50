"""Detection, one module per question: what values look like, which vendor, which column, which kind, which tier, which date."""

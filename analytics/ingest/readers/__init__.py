"""Readers: one module per family of formats, all ending in the same chunks of string columns with line numbers."""

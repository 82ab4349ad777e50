"""What the import and datasets pages draw."""

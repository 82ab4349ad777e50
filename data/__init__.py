"""The shipped sample and the seeded script that makes it. Nothing in the product imports this package at run time."""

"""Tasks of support and operators: who has access."""

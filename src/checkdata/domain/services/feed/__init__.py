"""Tasks of operators: what comes in."""

"""Tasks of operators: what goes out."""

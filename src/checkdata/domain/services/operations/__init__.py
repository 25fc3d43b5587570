"""Tasks of operators and platforms: whether the service can serve."""

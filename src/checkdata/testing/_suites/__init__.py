"""The suites, a file for each port; their assertions are rewritten by pytest."""

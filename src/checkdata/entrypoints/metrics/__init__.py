"""What the service measures of itself, for a Prometheus that scrapes it (docs/monitoring.md)."""

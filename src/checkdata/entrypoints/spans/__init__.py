"""Where the time of a request goes, step by step, told to a collector by OpenTelemetry (docs/monitoring.md)."""

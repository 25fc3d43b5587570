"""The rules: pure, total, frozen; no clock, no database, no page."""

"""Tasks around the audit log."""

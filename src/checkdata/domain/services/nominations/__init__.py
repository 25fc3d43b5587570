"""Tasks around a nomination."""

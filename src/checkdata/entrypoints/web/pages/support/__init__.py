"""Pages of support users."""

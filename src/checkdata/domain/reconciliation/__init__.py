"""A user's own list beside the department's."""

"""A user's own list compared with the department's."""

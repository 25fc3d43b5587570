"""Use cases: one file for each task of a user, in rooms by subject, written against the ports."""

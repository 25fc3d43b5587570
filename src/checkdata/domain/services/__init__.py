"""Use cases: one file for one task of a person, in rooms by subject, written against the ports."""

"""Use cases, one file for one task of a person, written against the ports."""

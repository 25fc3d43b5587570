"""Organisations, and the users who act for them."""

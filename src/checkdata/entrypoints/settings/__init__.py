"""The settings: each is declared once in `declared`, and the environment is read once, in `environment`."""

"""The JSON API by which programs of partners and bodies read what their users see (docs/api.md)."""

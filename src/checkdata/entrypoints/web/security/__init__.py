"""What keeps people out before any page is asked (security.md, *Web*)."""

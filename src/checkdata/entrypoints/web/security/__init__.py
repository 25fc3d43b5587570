"""The defences that every request passes before its page (security.md, *Web*)."""

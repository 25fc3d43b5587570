"""What a feed holds, and what is derived of it."""

"""The rows that an organisation sees, and how they are asked for."""

"""How a person is given access, step by step."""

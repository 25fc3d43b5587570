"""Makes the vectors that ship: ``python -m tests.vectors`` writes them again."""

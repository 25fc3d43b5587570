"""Mail that leaves, and mail that comes back."""

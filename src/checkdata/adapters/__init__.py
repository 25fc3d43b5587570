"""Adapters, one for each technology; an adapter knows the domain and no other adapter."""

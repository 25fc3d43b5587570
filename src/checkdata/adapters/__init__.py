"""One technology each; an adapter knows the domain and no other adapter."""

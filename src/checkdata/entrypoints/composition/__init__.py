"""The only rooms that choose adapters, one for each kind of process; each loads no more than its process needs."""

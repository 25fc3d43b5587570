"""The only place that chooses adapters: one file for each kind of process, which loads only what it needs."""

"""The tables of docs/papers that are made from the code."""

"""Prints the tables of docs/papers/what-is-kept.md."""

from tests.papers.tables import TABLES

if __name__ == "__main__":
    for name, table in TABLES.items():
        print(f"{name}\n\n{table()}\n")  # noqa: T201 - it is what the program is for

"""Prints the table of docs/settings.md."""

from checkdata.entrypoints.settings.table import table

if __name__ == "__main__":
    print(table())  # noqa: T201 - it is what the program is for

"""Makes the tables of docs/papers/what-is-kept.md again, each behind the comment with its name."""

import re

from tests.papers.tables import DOCUMENT, TABLES

if __name__ == "__main__":
    text = DOCUMENT.read_text("utf-8")
    for name, table in TABLES.items():
        text = re.sub(rf"(?<=<!-- {name} -->\n\n).*?(?=\n\n|\n\Z)", lambda _: table(), text, flags=re.DOTALL)  # noqa: B023
    DOCUMENT.write_text(text, "utf-8")

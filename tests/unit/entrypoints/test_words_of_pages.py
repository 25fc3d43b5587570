"""The words of pages and emails: organisations are named with their role, and words that users did not understand."""

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

import checkdata

PACKAGE: Final = Path(str(files(checkdata)))
PAGES: Final = PACKAGE / "entrypoints/web/templates"

NAMED: Final = re.compile(r"\b(?:organisation|made_for|of)\.name\b")
"""An organisation by its name alone, which it may have in both roles."""

ROLE_BESIDE: Final = frozenset(
    {
        "components.html",  # options below a heading with the role
        "support/explain.html",  # the same
        "nominations/nomination.html",  # a row with the role follows
        "nominations/queue.html",  # the role stands below the name
        "support/access_review.html",  # the same
    }
)

GONE: Final = (
    "Whose move",
    "Waits until",
    "Every step of it",
    "goes on record",
    "next click",
    "stays where it is",
    "I ask it",
    "See who it is",
    "Ask again",
    "leads there",
    "must be one from",
    "as this is your first visit",
    "newest first.",
    "since at least",
    "Fairly sure",
    "Not sure",
    "left under this agreement",
    "Last mails",
    "when it goes on",
    "Undelivered mail",
    "Mail bounced",
)
"""What stood on pages, and was not understood."""


def texts() -> Iterator[tuple[str, str]]:
    """The text of every page and email, and of what makes the words of pages, without docstrings and comments."""
    for path in sorted(PACKAGE.rglob("templates/**/*.*")):
        yield str(path.relative_to(PACKAGE)), re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    for folder in ("entrypoints/web/pages", "entrypoints/web/presentation", "entrypoints/cli"):
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            yield str(path.relative_to(PACKAGE)), re.sub(r'""".*?"""|  # .*', "", path.read_text(), flags=re.DOTALL)


@pytest.fixture(scope="module")
def found() -> Mapping[str, str]:
    return dict(texts())


def test_no_page_names_an_organisation_without_its_role() -> None:
    named = {str(path.relative_to(PAGES)) for path in PAGES.rglob("*.html") if NAMED.search(path.read_text())}
    assert named <= ROLE_BESIDE


@pytest.mark.parametrize("words", GONE)
def test_words_that_were_not_understood_are_gone(words: str, found: Mapping[str, str]) -> None:
    assert [name for name, text in found.items() if words in text] == []

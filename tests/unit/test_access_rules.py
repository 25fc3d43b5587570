"""docs/access-rules.md: each rule has a number of its own and a test, and each mention of a number leads to a rule."""

import re
from functools import cache
from typing import Final

import pytest

from tests.documents import DOCS, ROOT, pages

PAGE: Final = DOCS / "access-rules.md"


@cache
def rules() -> dict[str, str]:
    """The text of each rule by its number."""
    text = PAGE.read_text(encoding="utf-8")
    return dict(re.findall(r"^### R([0-9]+)\. [^\n]+\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))


def test_the_rules_are_numbered_one_by_one() -> None:
    numbers = re.findall(r"^### R([0-9]+)\. ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("number", rules())
def test_a_rule_says_what_must_be(number: str) -> None:
    assert "MUST" in rules()[number]


@pytest.mark.parametrize("number", rules())
def test_a_rule_is_held_by_tests_that_there_are(number: str) -> None:
    held_by = re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", rules()[number].partition("Held by")[2])
    assert held_by
    for path, name in held_by:
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, name


def test_each_mention_of_a_rule_leads_to_one() -> None:
    mentioned = {
        number for page in pages() for number in re.findall(r"\bR([0-9]+)\b", page.read_text(encoding="utf-8"))
    }
    assert mentioned == set(rules())

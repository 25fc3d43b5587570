"""What users, schools and organisations wrote is shown by Notify as it was written, and does nothing else."""

import html
import re
from typing import ClassVar, Final

import mistune
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.adapters.email import Wording
from checkdata.adapters.email.notify_text import personalisation, without_markdown
from checkdata.domain.messages import AccessGranted, HelpRequested, HowAccessIsGiven
from checkdata.domain.people.organisations import Role

WORDING = Wording(start_page="https://x.example/")
_IGNORED: Final = {"emphasis", "double_emphasis", "strikethrough", "code"}


class _AsNotify(mistune.InlineLexer):  # type: ignore[misc] # comes without types
    """Notify leaves emphasis and code out, and makes lists of more characters than others do."""

    default_rules: ClassVar = [rule for rule in mistune.InlineLexer.default_rules if rule not in _IGNORED]


def shown_by_notify(text: str) -> str:
    """The HTML of a paragraph with the text in its middle and at its beginning."""
    renderer = mistune.Renderer()
    read = mistune.Markdown(renderer=renderer, inline=_AsNotify(renderer), hard_wrap=True)
    shown: str = read(html.escape(text, quote=False))
    return shown


written = st.text(st.sampled_from(" \\[]()#*^•-+_=~`.!<>:/|12ah\n") | st.characters(codec="utf-8"), max_size=30)


@given(written)
@example("[Click](https://evil.example)")
@example("see https://evil.example now")
@example("# Urgent")
@example("1. one")
@example("![x](http://evil.example/x.png)")
@example("[x]: http://evil.example")
def test_a_text_that_was_typed_makes_no_link_heading_or_list(text: str) -> None:
    line = " ".join(text.split())
    shown = shown_by_notify(without_markdown(line)) + shown_by_notify(f"You asked for {without_markdown(line)} today")
    assert set(re.findall("<([a-z0-9]+)", shown)) <= {"p", "br"}


@pytest.mark.parametrize("name", ["O'Neill-Smith", "100% North & Co (Leeds)", "Zoë", "A_B * C", "St. Mary's #1"])
def test_usual_names_are_shown_as_they_are(name: str) -> None:
    shown = shown_by_notify(f"Hello {without_markdown(name)}")
    assert html.unescape(re.sub("<[^>]+>", "", shown)).strip() == f"Hello {name}"


def test_the_subject_has_no_backslashes() -> None:
    message = AccessGranted(name="[A]", role=Role.DELIVERY_PARTNER, organisation="[B] https://c.example")
    told = personalisation(WORDING, message)
    assert "\\" not in told["subject"]
    assert "Hello \\[A\\]" in told["body"]
    assert "https://c.example" not in told["body"]


def test_lists_fields_and_the_lines_that_a_user_typed_stay_apart() -> None:
    steps = personalisation(WORDING, HowAccessIsGiven())["body"].split("\n")
    assert [line[:3] for line in steps if line[:1].isdigit()] == ["1. ", "2. ", "3. "]
    assert not any(line.startswith(" ") for line in steps)
    asked = HelpRequested(
        name="Jo",
        email="jo@north.example",
        organisation="North",
        role=Role.DELIVERY_PARTNER,
        page="/participants",
        asked_at="2024-06-03 14:55",
        text="One.\nTwo.\n\n- a",
    )
    lines = personalisation(WORDING, asked)["body"].split("\n")
    for line in ("Organisation: North, delivery partner", "Page: /participants", "One.", "Two.", "\\- a"):
        assert line in lines

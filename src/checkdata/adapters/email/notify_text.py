"""Words for GOV.UK Notify, which reads the body of a mail as Markdown and makes links of addresses in it."""

import re
from typing import Final

from checkdata.adapters.email.wording import Wording, with_texts
from checkdata.domain.messages import Message

_IN_A_LINE: Final = re.compile(r"[\\\[\]]")
"""What makes a link or an image; Notify shows a character behind a backslash as it is."""
_AT_THE_BEGINNING: Final = re.compile(r"^[^\S\n]*(?=[#*_^•>+~`-])|^[^\S\n]*[0-9]+(?=\.)", re.MULTILINE)
"""Where a heading, a list, an inset text, a code or a line across could begin."""

_TYPED_END: Final = "\ue000"
"""Where a line ends that a user typed; no mail has this character, which stands for nothing (Unicode, private use)."""
_WRAPPED: Final = re.compile(rf"(?<!{_TYPED_END})[^\S\n]*\n(?!\s*[0-9]+\. |[A-Z][a-z]+: )\s*")
"""Where a template wraps a line, and not where an item of a list begins, or a field."""


def without_markdown(text: str) -> str:
    r"""The text so that Notify shows it as it was typed: no heading, no list and no link, whatever is in it.

    >>> without_markdown("# [Click](https://evil.example)")
    '\\# \\[Click\\](https: //evil.example)'
    """
    shown = _IN_A_LINE.sub(r"\\\g<0>", text).replace("://", ": //")
    return _AT_THE_BEGINNING.sub(r"\g<0>\\", shown)


def personalisation(wording: Wording, message: Message) -> dict[str, str]:
    """The fields of a template whose subject is ``((subject))`` and whose body is ``((body))``.

    The lines of a paragraph are one, which the reader's screen wraps; those of a list or of fields stay apart.
    """
    subject, _ = wording.subject_and_body(message)
    _, body = wording.subject_and_body(with_texts(message, _typed))
    paragraphs = (_unwrapped(paragraph) for paragraph in re.split(r"\n{2,}", body.strip()))
    return {"subject": subject, "body": "\n\n".join(paragraphs)}


def _typed(text: str) -> str:
    lines = [without_markdown(line.replace(_TYPED_END, "")) for line in text.splitlines()]
    return "\n".join(f"{line}{_TYPED_END}" for line in lines) if len(lines) > 1 else "".join(lines)


def _unwrapped(paragraph: str) -> str:
    return _WRAPPED.sub(" ", paragraph).replace(_TYPED_END, "")

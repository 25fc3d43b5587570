"""Reads a form within limits (security.md 33)."""

from collections.abc import Set as AbstractSet
from typing import Final

from attrs import field, frozen
from starlette.requests import Request

from checkdata.entrypoints.web.security.query_and_form_fields import (
    LARGEST_BODY,
    MOST_FIELDS,
    Fields,
    MalformedRequest,
    read_fields,
)
from checkdata.entrypoints.web.security.uploads import fields_and_file

_FORM: Final = "application/x-www-form-urlencoded"
_FORM_WITH_FILE: Final = "multipart/form-data"


@frozen(kw_only=True)
class FormLimits:
    """How many bytes and fields the forms of an address may have, and whether they bring a file."""

    size: int = LARGEST_BODY
    fields: int = MOST_FIELDS
    with_file: bool = False


SMALL: Final = FormLimits()
"""The limits of every form that brings no list."""


@frozen(kw_only=True)
class Posted:
    """A form: its fields, and the content of the file that was chosen, b"" where none was."""

    fields: Fields = field(factory=dict)
    file: bytes = field(default=b"", repr=False)


def form_of(
    request: Request, body: bytes, limits: FormLimits = SMALL, several: AbstractSet[str] = frozenset()
) -> Posted:
    """The form that was posted, out of its body; nothing for other methods. Fields in *several* may be repeated.

    Starlette's own limit answers in plain text and reads what it refuses, and its own forms put big files on disk. So
    forms are limited and read here.
    """
    if request.method != "POST":
        return Posted()
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if limits.with_file and kind == _FORM_WITH_FILE:
        fields, file = fields_and_file(content_type, body, limits.fields)
        return Posted(fields=fields, file=file)
    if body and kind != _FORM:
        raise MalformedRequest
    return Posted(fields=read_fields(body, limits.fields, several))

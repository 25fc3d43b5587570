"""What a program asks: the words of an address, of which none is ever ignored."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

from attrs import frozen

from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.services.sign_in.use_keys import KeyVisit
from checkdata.domain.values import london_midnight
from checkdata.entrypoints.web.pages.changes import since_of
from checkdata.entrypoints.web.pages.participants import query_of
from checkdata.entrypoints.web.problems import Problem
from checkdata.entrypoints.web.security.query_and_form_fields import Fields, read_fields

PAGE_SIZES: Final = (20, 50, 100, 500, 1000)
"""How many rows a page may have; 100 unless set."""
USUAL_SIZE: Final = 100

_NAME: Final = re.compile(r"[a-z_]{1,30}")
_SECRET: Final = re.compile(rb"checkdata-[0-9a-f]{8}")
_IN_ADDRESS: Final = (
    "Never send an API key in an address, because addresses are written down on their way. "
    "Have this key revoked, and send another one in the Authorization header."
)


@frozen(kw_only=True)
class Asked:
    """A request of a program that may see this scope: its words, by name."""

    visit: KeyVisit
    scope: Scope
    path: str
    words: Fields

    @property
    def query(self) -> ParticipantQuery:
        """The search and the filters, as a user's list has them."""
        return query_of(self.scope, self.words, search=self.words.get("query", ""))

    @property
    def size(self) -> int:
        """How many rows a page has."""
        word = self.words.get("per_page", "")
        sizes = {"": USUAL_SIZE} | {str(size): size for size in PAGE_SIZES}
        if word not in sizes:
            raise InvalidQuery("per_page", f"Ask for {', '.join(map(str, PAGE_SIZES[:-1]))} or {PAGE_SIZES[-1]} rows")
        return sizes[word]

    def moment(self, name: str) -> datetime | None:
        """A day of London, from its first moment, or a moment with its offset; None where there is none."""
        try:
            found = since_of(self.words.get(name, ""), self.visit.at)
        except InvalidQuery as error:
            raise InvalidQuery(name, str(error)) from None
        return london_midnight(found) if isinstance(found, date) and not isinstance(found, datetime) else found


def refuse_key_in_address(query_string: bytes) -> None:
    """Raise `Problem` (400) where an address has an API key, whether the request has one in its header or not."""
    if _SECRET.search(unquote_to_bytes(query_string)):
        raise Problem(HTTPStatus.BAD_REQUEST, _IN_ADDRESS)


def words_in(query_string: bytes, known: Iterable[str]) -> Fields:
    """The words of an address; raises `Problem` (400) where one is not *known*."""
    words, names = read_fields(query_string, several=FILTER_NAMED.keys()), {*known, *FILTER_NAMED}
    unknown = [name for name in words if name not in names]
    if unknown:
        errors = {name: "This word is not known here" for name in unknown if _NAME.fullmatch(name)}
        raise Problem(HTTPStatus.BAD_REQUEST, "The address has a word that is not known here.", errors=errors)
    return words

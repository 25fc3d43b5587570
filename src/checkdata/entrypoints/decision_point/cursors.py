"""The token of a search's next page: sealed for its caller and its search, so that none opens or alters it."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from checkdata.domain.keys import Keys
from checkdata.domain.services.access.answer_services import Asker
from checkdata.entrypoints.decision_point.json_bodies import NESTED_TOO_DEEPLY, MalformedQuestion
from checkdata.entrypoints.decision_point.questions import Slice
from checkdata.entrypoints.decision_point.reading import ENTITIES, AskedPage
from checkdata.entrypoints.web.security.sealing import SealBroken, seal, unseal

_OTHER: Final = "page.token: it is not of this search. Ask again without it."


def token_behind(keys: Keys, holder: str, part: Slice, last: str | None) -> str:
    """The token of the page that comes behind the result with this id, None if the page before had none."""
    return seal(keys, holder, json.dumps([part.limit, last]).encode())


def slice_of(keys: Keys, holder: str, page: AskedPage) -> Slice:
    """The results that a page has; `MalformedQuestion` for a token of another caller, of another search or of none.

    The limit of a page with a token is that of the first page: it may be left out, but not changed.
    """
    if not page.token:
        return Slice(limit=page.size)
    try:
        limit, after = json.loads(unseal(keys, holder, page.token))
    except (SealBroken, UnicodeEncodeError):
        raise MalformedQuestion(_OTHER) from None
    if page.limit is not None and page.size != limit:
        raise MalformedQuestion("page.limit: must be the same for all pages of a search.")
    return Slice(limit=limit, after=after)


def holder_of(caller: Asker, kind: str, told: Mapping[str, Any]) -> str:
    """Whom a token is sealed for: a service that asks this very search, whichever of its keys it uses.

    `MalformedQuestion` for a search that is nested too deeply.
    """
    asked = {name: told[name] for name in ENTITIES if name in told}
    try:
        text = json.dumps([kind, asked], sort_keys=True)
    except RecursionError:  # it could be read, and is one level deeper here
        raise MalformedQuestion(NESTED_TOO_DEEPLY) from None
    digest = sha256(text.encode()).hexdigest()
    return f"decision point\0{caller.service}\0{digest}"

"""The API keys under a user's own access: a secret is shown once, to that user only (rules.md, *API keys*)."""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.services.access.issue_keys import key_digest
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import REFUSALS, NotDone, Question, asked, not_done, seen_in
from checkdata.entrypoints.web.presentation.addresses import KEYS, TEAM, address
from checkdata.entrypoints.web.presentation.api_keys import key_lines

DONE: Final[Mapping[str, str]] = {"revoked": "API key revoked. Programs that used it see nothing any more."}
"""What to say after a change, by the word of the address."""


def own_keys(ask: Ask, access: Access) -> Response:
    """The keys under the access with which the user acts."""
    return _page(ask, access)


def collect(ask: Ask, access: Access) -> Response:
    """Show the secret of a key, now and never again."""
    key_id = ask.request.path_params["key_id"]
    try:
        collected = ask.site.services.issue_keys.collect(key_id, by=access.acting, seen=seen_in(ask))
    except REFUSALS as refused:
        return _page(ask, access, not_done(refused))
    context = {"collected": collected, "place": KEYS[access.acting.role]}
    return ask.page("keys/secret.html", context)


def revoke_own(ask: Ask, access: Access) -> Response:
    """Ask why, and end a key; another user's does not exist."""
    issuing, place = ask.site.services.issue_keys, KEYS[access.acting.role]
    key = next((key for key in issuing.of(access.acting) if key.id == ask.request.path_params["key_id"]), None)
    if key is None:
        raise HTTPException(404)
    question = Question(
        question="Revoke this API key?",
        about=f"{key.name}, {key.prefix}…",
        follows=["Programs that use it see nothing any more. It cannot be made to work again."],
        button="Revoke API key",
        warns=True,
        back=address(place, access.acting.organisation),
        done=address(place, access.acting.organisation, {"done": "revoked"}),
        do=lambda reason: issuing.revoke_own(key.id, reason=reason, by=access.acting, seen=seen_in(ask)),
        seen=key_digest(key),
    )
    return asked(ask, question)


def _page(ask: Ask, access: Access, refused: NotDone | None = None) -> Response:
    context = {
        "keys": key_lines(ask.site.services.issue_keys.of(access.acting), {}, access.visit.at),
        "place": KEYS[access.acting.role],
        "team": TEAM[access.acting.role],
        "done": DONE.get(ask.fields.get("done", ""), ""),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("keys/own.html", context, status=200 if refused is None else refused.status)

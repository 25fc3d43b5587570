"""Your team: who has access for the organisation, who has left, and who was nominated (service rules 4 and 5)."""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import Overtaken
from checkdata.domain.services.access.keep_team import Colleague
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import Question, asked, attempt, seen_in
from checkdata.entrypoints.web.presentation.addresses import KEYS, NOMINATE, TEAM, address
from checkdata.entrypoints.web.site import redirect

DONE: Final[Mapping[str, str]] = {
    "nominated": "Nomination sent. The support team checks it next.",
    "withdrawn": "Nomination withdrawn.",
    "left": "They have lost their access.",
    "confirmed": "Thank you. We will ask you again in three months.",
}
"""What to say after a change, by the word of the address."""


def team(ask: Ask, access: Access) -> Response:
    """Who has access and who was nominated; sent as a form, the colleagues still work there."""
    if ask.request.method == "POST":
        keeping = ask.site.services.keep_team
        refused = attempt(lambda: keeping.confirm(by=access.acting, seen=seen_in(ask)))
        if refused is None:
            return redirect(team_place(access, "confirmed"))
    else:
        refused = None
    found = ask.site.services.keep_team.team(access.acting)
    context = {
        "team": found,
        "is_due": found.are_due(access.acting.user_id),
        "oneself": access.acting.user_id,
        "place": TEAM[access.acting.role],
        "nominate": NOMINATE[access.acting.role],
        "keys": KEYS[access.acting.role],
        "done": "" if refused else DONE.get(ask.fields.get("done", ""), ""),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("team/team.html", context, status=200 if refused is None else refused.status)


def has_left(ask: Ask, access: Access) -> Response:
    """A colleague has left; a user without access here has no such page, nor has oneself."""
    colleague = _colleague(ask, access)
    user = colleague.user
    question = Question(
        question="Has this colleague left?",
        about=f"{user.name}, {user.email}",
        follows=[
            "They will lose access straight away. Downloaded files are not deleted.",
            "The support team sees that you said so.",
        ],
        label="What support should know (optional)",
        needs_reason=False,
        button="This colleague has left",
        warns=True,
        back=team_place(access),
        done=team_place(access, "left"),
        seen=colleague.seen,
        do=lambda note: ask.site.services.keep_team.has_left(user.id, by=access.acting, note=note, seen=seen_in(ask)),
    )
    return asked(ask, question)


def team_place(access: Access, done: str = "") -> str:
    """The address of the team's page, after a change with the word that says it."""
    return address(TEAM[access.acting.role], access.acting.organisation, {"done": done} if done else {})


def _colleague(ask: Ask, access: Access) -> Colleague:
    user_id = UserId(ask.request.path_params["user_id"])
    found = ask.site.services.keep_team.colleague(user_id, access.acting)
    if found is not None and user_id != access.acting.user_id and not found.user.suspended:
        return found
    if ask.request.method == "POST":
        raise Overtaken("This person no longer has access for your organisation.")
    raise HTTPException(404)

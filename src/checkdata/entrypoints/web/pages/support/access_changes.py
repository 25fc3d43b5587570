"""Support removes access, suspends and reinstates; each asks first, and for a reason (service rule 4)."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import Overtaken
from checkdata.domain.form_digest import form_digest
from checkdata.domain.people.users import Grant
from checkdata.domain.services.access.manage_access import UserWithGrants
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import Question, asked, seen_in
from checkdata.entrypoints.web.pages.support.users import name_and_address, user_of, user_place
from checkdata.entrypoints.web.presentation.addresses import acting_word
from checkdata.entrypoints.web.presentation.names import with_role


def confirm_removal(ask: Ask, access: Access) -> Response:
    """Remove one access."""
    person = user_of(ask)
    grant = grant_named(ask, access, person)
    organisation = grant.organisation
    question = Question(
        question=f"Remove this access for {with_role(organisation)}?",
        about=name_and_address(person.user),
        follows=["They will lose access straight away, and get an email that says so."],
        button="Remove access",
        warns=True,
        back=user_place(person.user.id, access),
        done=user_place(person.user.id, access, "removed"),
        words={"role": organisation.role.value, "organisation": organisation.id},
        do=lambda reason: ask.site.services.manage_access.remove(
            person.user.email,
            role=organisation.role,
            organisation_id=organisation.id,
            reason=reason,
            by=access.acting.user_id,
            seen=seen_in(ask),
        ),
        seen=form_digest(person.user, grant),
    )
    return asked(ask, question)


def confirm_suspension(ask: Ask, access: Access) -> Response:
    """Stop a user from signing in."""
    person = user_of(ask)
    question = Question(
        question="Suspend this user?",
        about=name_and_address(person.user),
        follows=["They are signed out at once and cannot sign in. Their access is kept until they are reinstated."],
        button="Suspend user",
        warns=True,
        back=user_place(person.user.id, access),
        done=user_place(person.user.id, access, "suspended"),
        do=lambda reason: ask.site.services.manage_access.suspend(
            person.user.email, reason=reason, by=access.acting.user_id, seen=seen_in(ask)
        ),
        seen=form_digest(person.user),
    )
    return asked(ask, question)


def confirm_reinstatement(ask: Ask, access: Access) -> Response:
    """Let a suspended user sign in again."""
    person = user_of(ask)
    question = Question(
        question="Reinstate this user?",
        about=name_and_address(person.user),
        follows=["They can sign in again and have the access that they had."],
        button="Reinstate user",
        back=user_place(person.user.id, access),
        done=user_place(person.user.id, access, "reinstated"),
        do=lambda reason: ask.site.services.manage_access.reinstate(
            person.user.email, reason=reason, by=access.acting.user_id, seen=seen_in(ask)
        ),
        seen=form_digest(person.user),
    )
    return asked(ask, question)


def grant_named(ask: Ask, access: Access, person: UserWithGrants) -> Grant:
    """The active grant that the address or the form names; an unknown one has no page.

    `Overtaken` if another user ended it since the form was shown.
    """
    words = ask.form or ask.fields
    wanted = f"{words.get('role', '')}:{words.get('organisation', '')}"
    held = [grant for grant in person.grants if acting_word(grant.organisation) == wanted]
    for grant in held:
        if grant.active(access.visit.today):
            return grant
    if held and ask.request.method == "POST":
        raise Overtaken("This access has already ended.")
    raise HTTPException(404)

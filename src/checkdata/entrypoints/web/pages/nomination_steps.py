"""Steps that have to be confirmed first: escalating, correcting, giving access, withdrawing (service rule 4)."""

from functools import partial

from starlette.responses import Response

from checkdata.domain.services.nominations.queue import NominationInDetail
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import LineOfText, Question, asked, seen_in
from checkdata.entrypoints.web.pages.nominations import nomination_of, nomination_place
from checkdata.entrypoints.web.presentation.nominations import nominee_in_words


def escalate(ask: Ask, access: Access) -> Response:
    """Support escalates a nomination to policy."""
    found = nomination_of(ask)
    nominating, nomination = ask.site.services.nominate, found.queued.nomination
    question = Question(
        question="Escalate this nomination to policy?",
        about=nominee_in_words(nomination),
        follows=["Policy asks a lead provider to confirm this person. You give access once they are confirmed."],
        line=LineOfText(field="reference", label="Reference of the second-line ticket (optional)", called="Reference"),
        label="What policy should know (optional)",
        needs_reason=False,
        button="Escalate to policy",
        back=nomination_place(nomination.id, access),
        done=nomination_place(nomination.id, access, "escalated"),
        seen=nomination.seen,
        do=lambda note: nominating.escalate(
            nomination.id, by=access.acting, reference=ask.form.get("reference", ""), note=note, seen=seen_in(ask)
        ),
    )
    return asked(ask, question)


def correct_name(ask: Ask, access: Access) -> Response:
    """Support or policy corrects a misspelt name."""
    found = nomination_of(ask)
    nominating, nomination = ask.site.services.nominate, found.queued.nomination
    question = Question(
        question="Correct the name of this person?",
        about=nominee_in_words(nomination),
        follows=[
            "Correct only how the name is spelt. If another person was meant, withdraw this nomination.",
            "If a lead provider was asked already, policy asks again, because it was asked about the other name.",
        ],
        line=LineOfText(
            field="name",
            label="Full name",
            called="Name",
            value=nomination.nominee.name,
            blank="Enter the full name of the person",
        ),
        button="Correct name",
        back=nomination_place(nomination.id, access),
        done=nomination_place(nomination.id, access, "corrected"),
        seen=nomination.seen,
        do=lambda note: nominating.correct_name(
            nomination.id, ask.form["name"], by=access.acting, note=note, seen=seen_in(ask)
        ),
    )
    return asked(ask, question)


def grant(ask: Ask, access: Access) -> Response:
    """Support gives the access that was confirmed."""
    found = nomination_of(ask)
    nominating, nomination = ask.site.services.nominate, found.queued.nomination
    question = Question(
        question="Give this person access?",
        about=nominee_in_words(nomination),
        follows=["They can sign in at once, and get an email that says so."],
        label="Note (optional)",
        needs_reason=False,
        button="Give access",
        back=nomination_place(nomination.id, access),
        done=nomination_place(nomination.id, access, "granted"),
        seen=nomination.seen,
        do=lambda note: nominating.grant(nomination.id, by=access.acting, note=note, seen=seen_in(ask)),
    )
    return asked(ask, question)


def withdraw(ask: Ask, access: Access) -> Response:
    """Support or policy withdraws a nomination."""
    found = nomination_of(ask)
    place = partial(nomination_place, found.queued.nomination.id, access)
    return asked(ask, withdrawal(ask, found, access, back=place(), done=place("withdrawn")))


def withdrawal(ask: Ask, found: NominationInDetail, access: Access, *, back: str, done: str) -> Question:
    """The question to a user who withdraws a nomination."""
    nominating, nomination = ask.site.services.nominate, found.queued.nomination
    return Question(
        question="Withdraw this nomination?",
        about=nominee_in_words(nomination),
        follows=[
            "No one will be asked about this person, and this nomination will not give them access."
            if nomination.renews is None
            else "No one will be asked about this person, and their access stays as it is."
        ],
        label="Why is it withdrawn?",
        button="Withdraw nomination",
        warns=True,
        back=back,
        done=done,
        seen=nomination.seen,
        do=lambda note: nominating.withdraw(nomination.id, by=access.acting, note=note, seen=seen_in(ask)),
    )

"""A person is nominated: by mail, which support records, or by a colleague in the service (service rule 4)."""

from functools import partial

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages import nomination_form
from checkdata.entrypoints.web.pages.access_form import ROLES
from checkdata.entrypoints.web.pages.confirm_change import REFUSALS, NotDone, asked, not_done
from checkdata.entrypoints.web.pages.nomination_form import BY_MAIL, OF_A_COLLEAGUE
from checkdata.entrypoints.web.pages.nomination_steps import withdrawal
from checkdata.entrypoints.web.pages.nominations import nomination_of, nomination_place
from checkdata.entrypoints.web.pages.team import team_place
from checkdata.entrypoints.web.presentation.addresses import NOMINATE, SUPPORT_NOMINATIONS, address
from checkdata.entrypoints.web.site import redirect


def receive_by_mail(ask: Ask, access: Access) -> Response:
    """Support records a nomination that came by mail; if it is refused, what was typed stays."""
    if ask.request.method != "POST":
        return _mailed_form(ask)
    if faults := nomination_form.nomination_faults(ask.form, BY_MAIL):
        return _mailed_form(ask, NotDone(faults))
    try:
        mailed = nomination_form.mailed_nomination(ask.form)
        received = ask.site.services.nominate.receive(mailed, by=access.acting)
    except REFUSALS as refused:
        return _mailed_form(ask, not_done(refused))
    return redirect(nomination_place(received.id, access, "received"))


def old_add_user_address(ask: Ask, access: Access) -> Response:  # noqa: ARG001 - every page is given what was asked
    """The old address at which support gave access directly; it leads to a nomination now."""
    return redirect(address(f"{SUPPORT_NOMINATIONS}/add", access.acting.organisation))


def nominate(ask: Ask, access: Access) -> Response:
    """A colleague is nominated; the team's page shows what becomes of it."""
    if ask.request.method != "POST":
        return _colleague_form(ask, access)
    if faults := nomination_form.nomination_faults(ask.form, OF_A_COLLEAGUE):
        return _colleague_form(ask, access, NotDone(faults))
    form, nominating = ask.form, ask.site.services.nominate
    try:
        email = EmailAddress.of(form["email"])
        nominating.nominate(email, form["name"], by=access.acting, note=form.get("reason", ""))
    except REFUSALS as refused:
        return _colleague_form(ask, access, not_done(refused))
    return redirect(team_place(access, "nominated"))


def withdraw_own(ask: Ask, access: Access) -> Response:
    """A colleague withdraws a nomination; one that colleagues did not make here does not exist (security.md 22)."""
    found = nomination_of(ask)
    nomination = found.queued.nomination
    if nomination.organisation != access.acting.organisation or not nomination.by_colleague:
        raise HTTPException(404)
    place = partial(team_place, access)
    return asked(ask, withdrawal(ask, found, access, back=place(), done=place("withdrawn")))


def _mailed_form(ask: Ask, refused: NotDone | None = None) -> Response:
    context = {
        "typed": nomination_form.typed(ask.form, BY_MAIL),
        "choices": ask.site.services.manage_access.choices(),
        "roles": ROLES,
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("nominations/receive.html", context, status=200 if refused is None else refused.status)


def _colleague_form(ask: Ask, access: Access, refused: NotDone | None = None) -> Response:
    context = {
        "typed": nomination_form.typed(ask.form, OF_A_COLLEAGUE),
        "team": team_place(access),
        "place": NOMINATE[access.acting.role],
        "by_lead_provider": access.acting.role is Role.DELIVERY_PARTNER,
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("nominations/nominate.html", context, status=200 if refused is None else refused.status)

"""Support sees undelivered mail, to users and to others, and sends it again (service rule 7)."""

from starlette.responses import Response

from checkdata.domain.errors import InvalidValue
from checkdata.domain.services.access.help_users import DeadLetter
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import REFUSALS, NotDone, not_done
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.presentation.addresses import UNDELIVERED, address
from checkdata.entrypoints.web.presentation.user_activity import MailLine, mail_line
from checkdata.entrypoints.web.site import redirect


def undelivered(ask: Ask, access: Access, refused: NotDone | None = None) -> Response:
    """A page of undelivered mail, with what was refused if anything was."""
    found = page_of(ask, access, UNDELIVERED, [_line(letter) for letter in ask.site.services.help_users.dead_letters()])
    done = "Email queued again. It is sent within a minute." if ask.fields.get("done") == "sent-again" else ""
    context = {"found": found, "done": done, "errors": {} if refused is None else refused.errors}
    return ask.page("support/undelivered.html", context, status=200 if refused is None else refused.status)


def send_undelivered_again(ask: Ask, access: Access) -> Response:
    """Send one of these mails once more."""
    mail, newest = ask.form.get("mail", ""), ask.form.get("newest", "")
    try:
        email = EmailAddress.of(ask.form.get("email", ""))
        ask.site.services.help_users.send_again(email, mail, by=access.acting.user_id, newest=newest)
    except (*REFUSALS, InvalidValue) as refused:
        return undelivered(ask, access, not_done(refused))
    return redirect(address(UNDELIVERED, access.acting.organisation, {"done": "sent-again"}))


def _line(letter: DeadLetter) -> tuple[MailLine, DeadLetter]:
    return mail_line(letter.mail), letter

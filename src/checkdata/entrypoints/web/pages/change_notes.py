"""Users choose how often they are mailed how much changed, and stop it by the link in the mail."""

from typing import Final

from starlette.responses import Response

from checkdata.domain.people.change_notes import NoteFrequency
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import address
from checkdata.entrypoints.web.security.stop_links import opened_stop_token
from checkdata.entrypoints.web.site import redirect

NEVER: Final = "never"
CHOICES: Final = (NEVER, *(each.value for each in NoteFrequency))


def choose_notes(ask: Ask, access: Access) -> Response:
    """How often: never, every Monday or every day; what is chosen holds from now on."""
    noting, area = ask.site.services.note_changes, access.place.area
    errors: dict[str, str] = {}
    if ask.request.method == "POST":
        chosen = ask.form.get("often", "")
        if chosen in CHOICES:
            noting.choose(access.acting, None if chosen == NEVER else NoteFrequency(chosen))
            return redirect(address(area.notes, access.acting.organisation, {"done": "saved"}))
        errors = {"often": "Select how often we email you"}
    frequency = noting.chosen(access.acting)
    context = {
        "often": NEVER if frequency is None else frequency.value,
        "place": area.notes,
        "changes": address(area.changes, access.acting.organisation),
        "done": not errors and ask.fields.get("done", "") == "saved",
        "errors": errors,
    }
    return ask.page("changes/notes.html", context, status=422 if errors else 200)


def stop_link_page(ask: Ask) -> Response:
    """Show a button; nothing happens before it is pressed, because mail scanners follow links (security.md 6)."""
    found = _stopped(ask)
    return _dead_link(ask) if found is None else ask.page("changes/stop_notes.html", {"of": found[1]})


def stop_notes(ask: Ask) -> Response:
    """Stop them at once, for a mail program too, which follows no redirect (RFC 8058, section 3.1)."""
    found = _stopped(ask)
    if found is None:
        return _dead_link(ask)
    ask.site.services.note_changes.stop(*found)
    return ask.page("changes/stopped_notes.html", {"of": found[1]})


def _stopped(ask: Ask) -> tuple[UserId, Organisation] | None:
    opened = opened_stop_token(ask.site.settings.secret_keys, ask.request.path_params["token"])
    if opened is None:
        return None
    user_id, role, organisation_id = opened
    organisation = ask.site.services.note_changes.organisation(role, organisation_id)
    return None if organisation is None else (user_id, organisation)


def _dead_link(ask: Ask) -> Response:
    return ask.page("changes/dead_stop_link.html", status=410)

"""A signed-in user, whatever access is left to them, sees the files that they have to delete, and confirms it."""

from starlette.responses import Response

from checkdata.domain.services.audit.confirm_deletion import digest_of
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.confirm_change import attempt, seen_in
from checkdata.entrypoints.web.presentation.addresses import FILES_TO_DELETE, address, home
from checkdata.entrypoints.web.presentation.recalls import lines_to_delete
from checkdata.entrypoints.web.site import redirect


def files_to_delete(ask: Ask, visit: Visit) -> Response:
    """The list, and the confirmation of all that is on it."""
    confirming, errors, status = ask.site.services.confirm_deletion, {}, 200
    if ask.request.method == "POST":
        refused = attempt(lambda: confirming.confirm(visit.user.id, seen=seen_in(ask)))
        if refused is None:
            return redirect(address(FILES_TO_DELETE, words={"done": "deleted"}))
        errors, status = dict(refused.errors), refused.status
    held = confirming.held_by(visit.user.id)
    context = {
        "lines": lines_to_delete(held),
        "seen": digest_of([each.file for each in held]),
        "done": ask.fields.get("done", "") == "deleted",
        "home": home(visit.acting) if visit.choices else "",
        "errors": errors,
    }
    return ask.page("files_to_delete.html", context, status=status)

"""The first page of support: what waits, so that nobody has to begin with an id (service rule 4)."""

from collections.abc import Iterator, Sequence

from starlette.responses import Response

from checkdata.domain.nominations.next_step import Party
from checkdata.domain.services.access.manage_agreements import ENDING_SOON
from checkdata.domain.services.audit.confirm_deletion import RecallInDetail
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.presentation import work_waiting
from checkdata.entrypoints.web.presentation.addresses import RECALLS, SUPPORT_NOMINATIONS


def home(ask: Ask, access: Access) -> Response:  # noqa: ARG001 - every page is given it
    """How much of each kind waits, with the first few."""
    return ask.page("support/home.html", {"waiting": list(_waiting(ask))})


def recalls(ask: Ask, access: Access) -> Response:
    """A page of the open recalls of which files are not confirmed as deleted, the oldest first."""
    return ask.page("support/recalls.html", {"found": page_of(ask, access, RECALLS, _recalls(ask))})


def _waiting(ask: Ask) -> Iterator[work_waiting.Waiting]:
    services = ask.site.services
    yield work_waiting.undelivered(services.help_users.dead_letters())
    waiting = services.nomination_queue.waiting_for(Party.SUPPORT)
    yield work_waiting.nominations(waiting, SUPPORT_NOMINATIONS, "support")
    yield work_waiting.proposals(services.confirm_changes.waiting())
    yield work_waiting.suspended(services.manage_access.suspended_with_access())
    yield work_waiting.review(services.review_access.due())
    yield work_waiting.ending(services.manage_agreements.ending_soon(), ENDING_SOON.days)
    yield work_waiting.recalls(_recalls(ask))


def _recalls(ask: Ask) -> Sequence[tuple[RecallInDetail, str]]:
    names = {each.id: each.name for each in ask.site.services.manage_access.choices().delivery_partners}
    found = ask.site.services.confirm_deletion.open_recalls()
    return [
        (each, names.get(each.recall.delivery_partner_id) or each.recall.delivery_partner_id)
        for each in found
        if each.waiting
    ]

"""A user whose role is in a related service is led there (service rule 6)."""

from starlette.responses import Response

from checkdata.entrypoints.web.gate import Access, Ask


def hand_over(ask: Ask, access: Access) -> Response:
    """The way to the service, for a user who comes back here after they chose it; no address tells who they are."""
    address = ask.site.settings.address_of(access.acting.organisation)
    return ask.page("choose_organisation/related_service.html", {"address": address}, status=200 if address else 404)

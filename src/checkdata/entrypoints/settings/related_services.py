"""The related services that users can be handed over to (service rule 6)."""

import re
from typing import Final

from attrs import frozen

from checkdata.domain.errors import InvalidValue
from checkdata.domain.people.organisations import RelatedService
from checkdata.domain.typed_text import text_fault
from checkdata.domain.values import checked_identifier
from checkdata.entrypoints.settings.base_address import BaseAddress
from checkdata.entrypoints.settings.formats import address_parts

FORM: Final = (
    "an id, a name and an address each, with semicolons between services: `npq NPQ data https://HOST/start; …`"
)

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]+)?")
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]*)*")


@frozen
class RelatedAddress:
    """A related service and the address at which its users begin, which tells nothing of the user who comes."""

    service: RelatedService
    origin: BaseAddress
    path: str

    def __str__(self) -> str:
        """The whole address."""
        return f"{self.origin}{self.path}"


def related_services(value: str) -> tuple[RelatedAddress, ...]:
    """The related services in a setting; `InvalidValue` where one is malformed, or two have one id."""
    found = tuple(_related(part) for part in value.split(";") if part.strip())
    if len({each.service.id for each in found}) < len(found):
        raise InvalidValue("must name each service once")
    return found


def _related(text: str) -> RelatedAddress:
    service_id, _, rest = text.strip().partition(" ")
    name, _, address = rest.strip().rpartition(" ")
    if not name.strip() or text_fault(name, "it"):
        raise InvalidValue("must be services with semicolons between them, each an id, a name and an address")
    parts = address_parts(address)
    beyond_path = parts.query or parts.fragment or not _HOST.fullmatch(parts.netloc) or not _PATH.fullmatch(parts.path)
    if beyond_path or parts.scheme not in {"http", "https"}:
        raise InvalidValue("must have addresses that end with their path, like https://npq.example.org/start")
    try:
        service = RelatedService(checked_identifier(service_id), " ".join(name.split()))
    except InvalidValue:
        raise InvalidValue("must have ids of letters, digits, _ and - only, 64 at most") from None
    return RelatedAddress(service, BaseAddress.of(f"{parts.scheme}://{parts.netloc}"), parts.path)

"""The links at the top of every page."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.organisations import Role
from checkdata.domain.services.signing_in import Visit
from checkdata.entrypoints.web.presentation.places import CHANGE_ROLE, HOME, address

_NAMES: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "Participants",
    Role.APPROPRIATE_BODY: "Early career teachers",
    Role.SUPPORT: "Users",
    Role.POLICY: "Policy",
}


@frozen
class Link:
    """A link, and whether it leads to the part of the service that is shown."""

    text: str
    href: str
    here: bool = False


def navigation(visit: Visit | None, path: str) -> Sequence[Link]:
    """The first page of the session's role, and the way to another role for somebody who has one."""
    if visit is None:
        return ()
    links = []
    if visit.acting is not None:
        area = HOME[visit.acting.role]
        links.append(Link(_NAMES[visit.acting.role], address(area, visit.acting.organisation), path.startswith(area)))
    if len(visit.choices) > 1:
        links.append(Link(_change(visit), CHANGE_ROLE))
    return links


def _change(visit: Visit) -> str:
    """One click, named for what it changes (service rule 6)."""
    return "Change role" if len({choice.role for choice in visit.choices}) > 1 else "Change organisation"

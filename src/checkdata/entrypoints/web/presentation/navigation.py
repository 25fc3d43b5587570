"""The links at the top of every page."""

from collections.abc import Sequence

from attrs import frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.presentation.addresses import CHANGE_ROLE, SECTIONS, address, within


@frozen
class NavigationLink:
    """A link, and whether it leads to the part of the service that is shown."""

    text: str
    href: str
    here: bool = False


def navigation(visit: Visit | None, path: str) -> Sequence[NavigationLink]:
    """The sections of the session's role, and the way to another role for a user who has one."""
    if visit is None:
        return ()
    links = []
    if visit.acting is not None:
        sections, organisation = SECTIONS[visit.acting.role], visit.acting.organisation
        here = max((section for section in sections.values() if within(path, section)), key=len, default="")
        links += [
            NavigationLink(name, address(section, organisation), section == here) for name, section in sections.items()
        ]
    if len(visit.choices) > 1:
        links.append(NavigationLink(_change(visit), CHANGE_ROLE))
    return links


def navigation_while_closed(visit: Visit | None) -> Sequence[NavigationLink]:
    """The way to support's pages for a user who has that role too: nothing else answers during maintenance."""
    is_support = visit is not None and any(choice.role is Role.SUPPORT for choice in visit.choices)
    return (NavigationLink(_change(visit), CHANGE_ROLE),) if visit is not None and is_support else ()


def _change(visit: Visit) -> str:
    """One click, named for what it changes (service rule 6)."""
    return "Change role" if len({choice.role for choice in visit.choices}) > 1 else "Change organisation"

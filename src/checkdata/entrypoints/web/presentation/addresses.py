"""The addresses of pages, and the organisation that a link was made for."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, quote, quote_plus

from checkdata.domain.access.decision import Acting
from checkdata.domain.listing.filters import BETWEEN_VALUES, FILTER_NAMED
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.values import ParticipantId

SIGN_IN: Final = "/sign-in"
CHECK_YOUR_EMAIL: Final = "/sign-in/check-your-email"
PROVIDER_RETURN: Final = "/auth/dfe/callback"
"""Where DfE Sign-in sends browsers back; DfE's other services have the same."""
CHOOSE_ROLE: Final = "/choose-role"
CHOOSE_ORGANISATION: Final = "/choose-organisation"
CHANGE_ROLE: Final = "/change-role"
SIGNED_OUT: Final = "/signed-out"
SUPPORT: Final = "/support"
USERS: Final = "/support/users"
FIND_PARTICIPANT: Final = "/support/participants"
RECALLS: Final = "/support/recalls"
UNDELIVERED: Final = "/support/users/undelivered"
PROPOSALS: Final = "/support/proposals"
AGREEMENTS: Final = "/support/agreements"
ACCESS_REVIEW: Final = "/support/access-review"
EXPLAIN: Final = "/support/explain"
SUPPORT_NOMINATIONS: Final = "/support/nominations"
POLICY_NOMINATIONS: Final = "/policy/nominations"
CONFIRM: Final = "/confirm"
CONFIRM_ANSWERED: Final = "/confirm/answered"
CONFIRM_SENT_AGAIN: Final = "/confirm/sent-again"
AUDIT: Final = "/support/audit"
RELATED_SERVICE: Final = "/related-service"
STOP_NOTES: Final = "/notes/stop"
NOTICES: Final = "/support/notice"
SUPPORT_KEYS: Final = "/support/keys"
GET_HELP: Final = "/help/request"
FILES_TO_DELETE: Final = "/files-to-delete"

FOOTER: Final[Mapping[str, str]] = {
    "What the statuses mean": "/help/statuses",
    "If something is wrong": "/help/wrong-data",
    "Contact": "/help/contact",
    "Accessibility statement": "/help/accessibility",
    "Privacy notice": "/help/privacy",
    "Cookies": "/help/cookies",
}
"""The pages of help, by the words that lead to them at the foot of every page."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_:-]*")

ACTING: Final = "acting"
"""The word of an address or form that names the organisation it was made for (service rule 6)."""

OVERVIEW: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/overview",
    Role.APPROPRIATE_BODY: "/ects/overview",
}
"""The overview of each role."""

LISTING: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/participants",
    Role.APPROPRIATE_BODY: "/ects",
}
"""The listing of each role."""

SCHOOLS: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/schools",
    Role.APPROPRIATE_BODY: "/ects/schools",
}
"""The schools of each role."""

HOME: Final[Mapping[Role, str]] = {
    **OVERVIEW,
    Role.SUPPORT: SUPPORT,
    Role.POLICY: "/policy",
    Role.RELATED_SERVICE: RELATED_SERVICE,
}
"""The first page of each role."""

DOWNLOADS: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/downloads",
    Role.APPROPRIATE_BODY: "/ects/downloads",
}
"""The page of downloads of each role."""

RECONCILE: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/reconcile",
    Role.APPROPRIATE_BODY: "/ects/reconcile",
}
"""The page on which each role compares a list of its own."""

CHASE: Final[Mapping[Role, str]] = {Role.DELIVERY_PARTNER: "/chase", Role.APPROPRIATE_BODY: "/ects/chase"}
"""The chase list of each role."""

TEAM: Final[Mapping[Role, str]] = {Role.DELIVERY_PARTNER: "/team", Role.APPROPRIATE_BODY: "/ects/team"}
"""The page of each role's team."""

KEYS: Final[Mapping[Role, str]] = {Role.DELIVERY_PARTNER: "/keys", Role.APPROPRIATE_BODY: "/ects/keys"}
"""The page of each role's own API keys."""

NOMINATE: Final[Mapping[Role, str]] = {Role.DELIVERY_PARTNER: "/nominate", Role.APPROPRIATE_BODY: "/ects/nominate"}
"""The page on which users of each role nominate a colleague."""

CHANGES: Final[Mapping[Role, str]] = {
    Role.DELIVERY_PARTNER: "/changes",
    Role.APPROPRIATE_BODY: "/ects/changes",
}
"""The page of changes of each role."""

SECTIONS: Final[Mapping[Role, Mapping[str, str]]] = {
    Role.DELIVERY_PARTNER: {
        "Overview": "/overview",
        "Participants": "/participants",
        "Schools": "/schools",
        "What changed": "/changes",
        "Downloads": "/downloads",
        "Compare your list": RECONCILE[Role.DELIVERY_PARTNER],
        "Your team": TEAM[Role.DELIVERY_PARTNER],
    },
    Role.APPROPRIATE_BODY: {
        "Overview": "/ects/overview",
        "Early career teachers": "/ects",
        "Schools": "/ects/schools",
        "What changed": "/ects/changes",
        "Downloads": "/ects/downloads",
        "Compare your list": RECONCILE[Role.APPROPRIATE_BODY],
        "Your team": TEAM[Role.APPROPRIATE_BODY],
    },
    Role.SUPPORT: {
        "Home": SUPPORT,
        "Users": USERS,
        "Find a participant": FIND_PARTICIPANT,
        "Nominations": SUPPORT_NOMINATIONS,
        "Agreements": AGREEMENTS,
        "Access review": ACCESS_REVIEW,
        "Check why someone cannot see a participant": EXPLAIN,
        "Audit": AUDIT,
    },
    Role.POLICY: {"Home": "/policy", "Nominations": POLICY_NOMINATIONS},
    Role.RELATED_SERVICE: {},
}
"""The links of each role's navigation by their names, in order."""


def acting_word(organisation: Organisation) -> str:
    """An organisation as links and forms name it: ``delivery_partner:dp-1``."""
    return f"{organisation.role.value}:{organisation.id}"


def address(path: str, organisation: Organisation | None = None, words: Mapping[str, str] | None = None) -> str:
    """The address of a page with these words, made for this organisation; the names of the words need no quoting.

    Each value of a filter has its name before it.
    """
    made_for = {} if organisation is None else {ACTING: acting_word(organisation)}
    query = "&".join(
        [
            _filtered(name, word) if name in FILTER_NAMED else f"{name}={_quoted(word)}"
            for name, word in {**(words or {}), **made_for}.items()
        ]
    )
    return f"{path}?{query}" if query else path


@lru_cache(maxsize=500)
def _filtered(name: str, word: str) -> str:
    """A filter as it stands in an address; the links of a page have the same few, and a search is never kept."""
    return "&".join([f"{name}={_quoted(value)}" for value in word.split(BETWEEN_VALUES)])


def _quoted(word: str) -> str:
    """A word as it stands in an address; most need no quoting, and a page has a hundred of them."""
    return word if _PLAIN.fullmatch(word) else quote_plus(word, safe=":")


def school_path(schools: str, urn: str) -> str:
    """The path of a school's own page below that of the schools."""
    return f"{schools}/{quote(urn, safe='')}"


def participant_path(area: str, participant_id: ParticipantId) -> str:
    """The path of a participant's own page; an id may have any letter, a slash among them."""
    return participant_paths(area, [participant_id])[0]


def participant_paths(area: str, participant_ids: Sequence[ParticipantId]) -> Sequence[str]:
    """The paths of participants' own pages, made in one go, because a call for each would take too long."""
    quoted = quote("\n".join(participant_ids), safe="\n")
    return [f"{area}/{participant_id}" for participant_id in quoted.split("\n")]


def list_left(acting: Acting, words: Mapping[str, str]) -> str:
    """The address of the list that a user came from; *words* are those of the page that they came to."""
    kept = {name: words[name] for name in _OF_A_LIST if words.get(name)}
    return address(_list_of(acting.role, words), acting.organisation, kept)


def _list_of(role: Role, words: Mapping[str, str]) -> str:
    if school := words.get(AT_SCHOOL):
        return school_path(SCHOOLS[role], school)
    return (CHANGES if came_from_changes(words) else LISTING)[role]


AT_SCHOOL: Final = "school"
"""The word that links of a school's list add: its URN."""


def came_from_changes(words: Mapping[str, str]) -> bool:
    """Whether the user came from the list of changes, which adds `FROM_CHANGES` to the words of its links."""
    return FROM_CHANGES.items() <= words.items()


FROM_CHANGES: Final[Mapping[str, str]] = {"from": "changes"}

_OF_A_LIST: Final = (
    "since",
    "query",
    "list",
    *FILTER_NAMED,
    "kind",
    "sort",
    "direction",
    "per_page",
    "page",
)


def home(acting: Acting | None) -> str:
    """The first page of a signed-in user."""
    return CHOOSE_ROLE if acting is None else address(HOME[acting.role], acting.organisation)


def suits(place: str, acting: Acting) -> bool:
    """Whether an address is in the role's own area and, if it names an organisation, made for this one.

    Such an address begins with the path of a section, so that no browser can read a scheme or another host in it.
    """
    path, _, query = place.partition("?")
    made_for = parse_qs(query).get(ACTING, [acting_word(acting.organisation)])
    more = (own.get(acting.role) for own in (NOMINATE, KEYS, CHASE))
    sections = HOME[acting.role], *more, *SECTIONS[acting.role].values()
    inside = any(within(path, section) for section in sections if section)
    return inside and made_for == [acting_word(acting.organisation)]


def within(path: str, section: str) -> bool:
    """Whether a path is that of a section's first page, or of one below it."""
    return path == section or path.startswith((f"{section}/", f"{section}."))

"""What is mailed, as values; an adapter holds the words.

A message that the outbox can hold has a ``kind``, as the outbox calls it, and a ``title``, as support calls it. A
message that a mailer can send has a ``template``, the name of the file with its words. Each field says whether it
tells something of a person, because that is deleted after its time.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal, get_args

from attrs import evolve, field, frozen

from checkdata.domain.message_fields import of_people, said_of_people
from checkdata.domain.nomination_messages import (
    ConfirmationLinkMessage,
    ConfirmationRequested,
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import UserId


@frozen
class SignInRequested:
    """A user requested a sign-in link. Its token is made when the mail is sent, so it is never stored.

    Beside it there is to be a code for the browser whose token has the digest ``asked_as``, if that is not "".
    """

    kind: ClassVar[str] = "sign_in_requested"
    title: ClassVar[str] = "Link to sign in"

    user_id: UserId
    asked_as: str = ""


@frozen(kw_only=True)
class SignInLinkMessage:
    """Here is your link; it works once and for ``lives`` (service rule 7).

    ``code`` does the same in the browser that asked for it, for ``code_lives``; "" where there is none.
    """

    template: ClassVar[str] = "sign_in_link"

    url: str = field(repr=False)
    lives: timedelta
    code: str = field(default="", repr=False)
    code_lives: timedelta = timedelta()


@frozen
class HowAccessIsGiven:
    """A person without access requested a link: how access is given (service rule 7)."""

    kind: ClassVar[str] = "how_access_is_given"
    title: ClassVar[str] = "How access is given"
    template: ClassVar[str] = "how_access_is_given"


@frozen(kw_only=True)
class _AboutAccess:
    """To a user, about the access that they have in a role for an organisation."""

    name: str = of_people()
    role: Role
    organisation: str = of_people()


@frozen(kw_only=True)
class AccessGranted(_AboutAccess):
    """You can sign in now, in this role, for this organisation (service rule 5).

    ``organisation`` is what it was called then, ``organisation_id`` its id: "" for a team.
    """

    kind: ClassVar[str] = "access_granted"
    title: ClassVar[str] = "You can sign in"
    template: ClassVar[str] = "access_granted"

    organisation_id: str = ""


@frozen(kw_only=True)
class AccessRemoved(_AboutAccess):
    """You no longer have access in this role for this organisation (service rule 5)."""

    kind: ClassVar[str] = "access_removed"
    title: ClassVar[str] = "Your access was removed"
    template: ClassVar[str] = "access_removed"


@frozen(kw_only=True)
class AccessLapses(_AboutAccess):
    """Your access ends on a day (ISO 8601) because it is ``unused``, or because no one vouches for it any more."""

    kind: ClassVar[str] = "access_lapses"
    title: ClassVar[str] = "Your access will end"
    template: ClassVar[str] = "access_lapses"

    unused: bool
    ends_on: str


@frozen(kw_only=True)
class AddressChanged:
    """The address at which you sign in was changed; sent to the old one and, where ``is_new``, to the new one."""

    kind: ClassVar[str] = "address_changed"
    title: ClassVar[str] = "Your address was changed"
    template: ClassVar[str] = "address_changed"

    name: str = of_people()
    is_new: bool


@frozen(kw_only=True)
class SecondAddressChanged:
    """A second address was ``added`` or removed; sent to the own one, and to one removed, which ``is_second``."""

    kind: ClassVar[str] = "second_address_changed"
    title: ClassVar[str] = "Your second address was changed"
    template: ClassVar[str] = "second_address_changed"

    name: str = of_people()
    added: bool
    is_second: bool = False


@frozen
class SecondAddressRequested:
    """The holder of a second address is asked to confirm it; the link's token is made when the mail is sent."""

    kind: ClassVar[str] = "second_address_requested"
    title: ClassVar[str] = "Please confirm your second address"

    user_id: UserId


@frozen(kw_only=True)
class SecondAddressLinkMessage:
    """Please confirm that you want to sign in with this address too; the link works once and for ``lives``."""

    template: ClassVar[str] = "second_address_link"

    url: str = field(repr=False)
    lives: timedelta


@frozen(kw_only=True)
class ColleagueLeft:
    """A user says that a colleague has left, who was ``suspended``, or lost the access for this organisation."""

    kind: ClassVar[str] = "colleague_left"
    title: ClassVar[str] = "A colleague has left"
    template: ClassVar[str] = "colleague_left"

    role: Role
    organisation: str = of_people()
    suspended: bool


@frozen(kw_only=True)
class ChangesCounted:
    """So many ``changes`` since a moment (ISO 8601), of which so many wait for a school; nothing of a person.

    It says for whom it is counted, because it is not sent to a user who has no access when it is.
    """

    kind: ClassVar[str] = "changes_counted"
    title: ClassVar[str] = "Note of changes"

    user_id: UserId
    role: Role
    organisation_id: str
    organisation: str = of_people()
    changes: int
    of_schools: int
    since: str


@frozen(kw_only=True)
class ChangesCountedMessage:
    """The same with the address at which one click stops these notes (RFC 8058)."""

    template: ClassVar[str] = "changes_counted"

    counted: ChangesCounted
    url: str
    stop_url: str = field(repr=False)


@frozen(kw_only=True)
class HelpRequested:
    """A user asks support for help with a page; ``role`` is that of their organisation, None where they chose none."""

    kind: ClassVar[str] = "help_requested"
    title: ClassVar[str] = "A user asks for help"
    template: ClassVar[str] = "help_requested"

    name: str = of_people()
    email: str = of_people()
    organisation: str = of_people()
    role: Role | None
    page: str
    asked_at: str
    text: str = of_people()


@frozen(kw_only=True)
class FilesRecalled:
    """Delete so many files that you downloaded, and copies that programs keep, and confirm it.

    ``reminds`` if all were asked for before.
    """

    kind: ClassVar[str] = "files_recalled"
    title: ClassVar[str] = "Please delete files"
    template: ClassVar[str] = "files_recalled"

    name: str = of_people()
    files: int
    copies: int = 0
    reminds: bool


KeyEvent = Literal["issued", "collected", "revoked"]
"""What happened to an API key."""


@frozen(kw_only=True)
class KeyChanged(_AboutAccess):
    """An API key under your access was issued, and waits for you up to a day (ISO 8601), was collected or revoked."""

    kind: ClassVar[str] = "key_changed"
    title: ClassVar[str] = "An API key was issued, collected or revoked"
    template: ClassVar[str] = "key_changed"

    key: str = of_people()
    event: KeyEvent
    waits_until: str = ""


Message = (
    SignInLinkMessage
    | HowAccessIsGiven
    | AccessGranted
    | AccessRemoved
    | AccessLapses
    | AddressChanged
    | SecondAddressChanged
    | SecondAddressLinkMessage
    | ConfirmationLinkMessage
    | NominationDeclined
    | NominationEscalated
    | NominationReceived
    | NominationConfirmed
    | NominationGranted
    | NominationClosed
    | ColleagueLeft
    | ChangesCountedMessage
    | HelpRequested
    | FilesRecalled
    | KeyChanged
)
"""What a mailer can send."""

QueuedMessage = (
    SignInRequested
    | HowAccessIsGiven
    | AccessGranted
    | AccessRemoved
    | AccessLapses
    | AddressChanged
    | SecondAddressChanged
    | SecondAddressRequested
    | ConfirmationRequested
    | NominationDeclined
    | NominationEscalated
    | NominationReceived
    | NominationConfirmed
    | NominationGranted
    | NominationClosed
    | ColleagueLeft
    | ChangesCounted
    | HelpRequested
    | FilesRecalled
    | KeyChanged
)
"""What the outbox can hold."""

EACH_BY_ITSELF: Final = frozenset(
    {HelpRequested, ColleagueLeft, NominationReceived, NominationConfirmed, NominationEscalated}
)
"""Mail to a team, of which each tells something of its own: a later one does not replace one that was not delivered."""

QUEUED_MESSAGES: Final[Mapping[str, type[QueuedMessage]]] = {kind.kind: kind for kind in get_args(QueuedMessage)}
"""What the outbox can hold, by kind."""


def without_personal_data(message: QueuedMessage) -> QueuedMessage:
    """The message without its personal data, once the time to keep that is over (security.md 42)."""
    nothing: dict[str, Any] = dict.fromkeys(said_of_people(message), "")
    return evolve(message, **nothing)


def is_without_personal_data(message: QueuedMessage) -> bool:
    """Whether a message's personal data was deleted, so that it can't be sent."""
    said = [getattr(message, name) for name in said_of_people(message)]
    return bool(said) and not any(said)

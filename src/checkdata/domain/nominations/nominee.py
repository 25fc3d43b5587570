"""The person whom a nomination is about."""

from collections.abc import Iterable

from attrs import field, frozen

from checkdata.domain.people.mailboxes import mailboxes_in, share_a_mailbox
from checkdata.domain.values import EmailAddress, UserId, search_key


@frozen(kw_only=True)
class Nominee:
    """The nominated person; ``user_id`` is theirs if they were a user when they were nominated.

    ``old_email`` is the address with which this user signs in until the grant changes it to ``email``; None where the
    nomination is not for another address. ``is_second`` tells that it counts beside the old one from then on.
    ``also_at`` are the addresses that the nominee has as a user at the moment.
    """

    email: EmailAddress
    name: str
    user_id: UserId | None = None
    old_email: EmailAddress | None = None
    is_second: bool = False
    also_at: tuple[EmailAddress, ...] = field(default=(), eq=False)

    def is_named(self, name: str) -> bool:
        """Whether that is their name, however it is written."""
        return search_key(name) == search_key(self.name)

    def is_at(self, address: EmailAddress) -> bool:
        """Whether that may be an address of theirs, however it is written."""
        return any(share_a_mailbox(address, theirs) for theirs in self._addresses)

    def may_be(self, written: str) -> bool:
        """Whether a text that says who a person is may say that it is the nominee.

        It does by an address of theirs; where it has no address, by their name, in any order of its words.
        """
        if addresses := mailboxes_in(written):
            return any(not addresses.isdisjoint(mailboxes_in(theirs.value)) for theirs in self._addresses)
        return _words(written) == _words(self.name)

    @property
    def _addresses(self) -> Iterable[EmailAddress]:
        return (address for address in (self.email, self.old_email, *self.also_at) if address is not None)


def _words(name: str) -> list[str]:
    return sorted(search_key(name.replace(",", " ")).split())

"""A mailer that collects."""

from collections.abc import Set as AbstractSet

from checkdata.domain import ports
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress


class MemoryMailer:
    """Keeps what it is handed in ``sent``, oldest first.

    Their references are in ``references``. It can't hand anything over to *unreachable* addresses, and refuses mail to
    *unknown* ones for good.
    """

    def __init__(
        self,
        unreachable: AbstractSet[EmailAddress] = frozenset(),
        unknown: AbstractSet[EmailAddress] = frozenset(),
    ) -> None:
        self.sent: list[tuple[EmailAddress, Message]] = []
        self.references: list[str] = []
        self._unreachable = unreachable
        self._unknown = unknown

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Keep one message."""
        if to in self._unknown:
            msg = "The mail was refused."
            raise DeliveryRefused(msg)
        if to in self._unreachable:
            msg = "The mail could not be handed over."
            raise DeliveryFailed(msg)
        self.sent.append((to, message))
        self.references.append(reference)


_conforms: type[ports.Mailer] = MemoryMailer

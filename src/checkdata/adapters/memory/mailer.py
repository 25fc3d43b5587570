"""A mailer that collects."""

from collections.abc import Set as AbstractSet

from checkdata.domain import ports
from checkdata.domain.errors import DeliveryFailed
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress


class MemoryMailer:
    """Keeps what it is handed in ``sent``, oldest first; hands nothing over to *unreachable* addresses."""

    def __init__(self, unreachable: AbstractSet[EmailAddress] = frozenset()) -> None:
        self.sent: list[tuple[EmailAddress, Message]] = []
        self._unreachable = unreachable

    def send(self, to: EmailAddress, message: Message, /) -> None:
        """Keep one message."""
        if to in self._unreachable:
            msg = "The mail could not be handed over."
            raise DeliveryFailed(msg)
        self.sent.append((to, message))


_conforms: type[ports.Mailer] = MemoryMailer

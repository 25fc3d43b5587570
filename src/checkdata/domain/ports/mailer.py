"""The port that hands mail over."""

from typing import Protocol

from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress


class Mailer(Protocol):
    """Hands mail over."""

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Send one message, in a few minutes at most; its *reference* is the same in each try, and no other mail's.

        It names the mail for readers who get it twice, and in a notice of its bounce. Raises `DeliveryFailed` if it
        could not be handed over, as far as is known, and `DeliveryRefused` if it never will be. Raises `MailHeldBack`
        if no mail can be handed over now.
        """

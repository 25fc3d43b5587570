"""Mail through an SMTP server, over TLS wherever it leaves this machine."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.adapters.email.rendering import MailRenderer
from checkdata.adapters.email.smtp_time_limit import (
    PATIENCE_SECONDS,
    WHOLE_SECONDS,
    SmtpTookTooLong,
    conversation,
    say_goodbye,
)
from checkdata.domain import ports
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import Message
from checkdata.domain.values import EmailAddress

_FOR_GOOD: Final = 500
"""From this status on, answers say that trying again does not help."""

_KINDS: Final[Mapping[type[Exception], str]] = {
    smtplib.SMTPAuthenticationError: "it refused the user name and password",
    smtplib.SMTPRecipientsRefused: "it refused the recipient",
    smtplib.SMTPNotSupportedError: "it does not offer the TLS or the sign-in that the settings ask for",
    ssl.SSLError: "its TLS or its certificate can't be trusted",
    SmtpTookTooLong: "it took too long over one mail",
    TimeoutError: "it did not answer in time",
}


class Security(Enum):
    """How the conversation is kept from others."""

    TLS = "tls"
    """From the first byte (``smtps://``)."""
    STARTTLS = "starttls"
    """By STARTTLS, before anything is sent; a server that does not offer it gets no mail."""
    IF_OFFERED = "if_offered"
    """STARTTLS if the server has it: only for a server on this machine."""


@frozen(kw_only=True)
class SmtpServer:
    """The server that mail is handed to; ``user`` is "" if the server asks for no sign-in."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)


class SmtpMailer:
    """Hands each mail to an SMTP server in a conversation of its own, which ends in time even if the server hangs.

    The server's certificate is checked against the machine's authorities; ``SSL_CERT_FILE`` names others.
    """

    def __init__(
        self,
        server: SmtpServer,
        letters: MailRenderer,
        *,
        patience: float = PATIENCE_SECONDS,
        whole: float = WHOLE_SECONDS,
    ) -> None:
        self._server = server
        self._letters = letters
        self._patience = patience
        self._whole = whole

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Hand one mail over; its Message-ID is of its reference, the same in each try.

        `DeliveryFailed` where the server is gone, unsafe or busy, or did not say whether it took the mail;
        `DeliveryRefused` where it refuses the recipient or the mail itself for good (RFC 5321, 4.2.1).
        """
        mail = self._letters.write(to, message, reference)
        with self._signed_in() as connection:
            connection.send_message(mail, to_addrs=[to.value])

    def faults(self) -> Sequence[str]:
        """What keeps the server from taking our mail, a sentence each; it is asked for nothing but the sign-in."""
        try:
            with self._signed_in():
                return []
        except DeliveryFailed as error:
            return [str(error)]

    @contextmanager
    def _signed_in(self) -> Iterator[smtplib.SMTP]:
        with self._told_without_addresses(), self._conversation() as connection:
            if self._server.security is not Security.TLS:
                self._start_tls(connection)
            if self._server.user:
                connection.login(self._server.user, self._server.password)
            yield connection
            say_goodbye(connection)

    def _conversation(self) -> AbstractContextManager[smtplib.SMTP]:
        tls = ssl.create_default_context() if self._server.security is Security.TLS else None
        return conversation(self._server.host, self._server.port, tls, patience=self._patience, whole=self._whole)

    def _start_tls(self, connection: smtplib.SMTP) -> None:
        connection.ehlo_or_helo_if_needed()
        if self._server.security is Security.STARTTLS or connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())

    @contextmanager
    def _told_without_addresses(self) -> Iterator[None]:
        """Describe a failure only by its kind: the server's own text may name the recipient."""
        try:
            yield
        except (smtplib.SMTPException, OSError) as error:
            server = f"{self._server.host}:{self._server.port}"
            msg = f"The mail server {server} did not take the mail: {_kind(error)}."
            raise (DeliveryRefused if _is_for_good(error) else DeliveryFailed)(msg) from None


def _kind(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, smtplib.SMTPAuthenticationError):
        return f"it answered {error.smtp_code}"
    told = error.__context__ if isinstance(error.__context__, TimeoutError) else error  # smtplib says it closed
    return next(
        (words for kind, words in _KINDS.items() if isinstance(told, kind)), "it can't be reached, or broke off"
    )


def _is_for_good(error: Exception) -> bool:
    """Whether the server refused this recipient or this mail; for any other refusal, the settings may be to blame."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
        case smtplib.SMTPDataError():
            codes = [error.smtp_code]
        case _:
            codes = []
    return bool(codes) and min(codes) >= _FOR_GOOD


_conforms: type[ports.Mailer] = SmtpMailer

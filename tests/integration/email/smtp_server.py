"""A real SMTP server in this process, with TLS and sign-in where a test asks for them."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field

USER = "checkdata"
PASSWORD = "a password with / and @ in it"  # noqa: S105 - of a server that lives as long as a test
UNDELIVERABLE = "refused@example.org"
GREYLISTED = "greylisted@example.org"


@define
class Delivery:
    """One mail as the server got it: over TLS or not, signed in or not."""

    to: list[str]
    sender: str
    mail: EmailMessage
    raw: bytes
    over_tls: bool
    signed_in: bool


@define
class Handler:
    """Keeps mails; refuses those to `UNDELIVERABLE` and `GREYLISTED` and, while ``busy`` or told to refuse, all.

    ``closes`` is after how many mails it closes the connection before it answers. While ``held`` has a recipient, their
    mail is taken and the answer waits; ``holds`` is how many wait so. ``lingers`` is for how many seconds it does not
    answer a goodbye.
    """

    deliveries: list[Delivery] = field(factory=list)
    busy: bool = False
    answer: str = ""
    turned_away: int = 0
    closes: int = 0
    held: set[str] = field(factory=set)
    holds: int = 0
    lingers: float = 0.0

    async def handle_RCPT(  # noqa: N802 - as aiosmtpd calls it
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        if address == UNDELIVERABLE:
            return f"550 5.1.1 <{address}>: no such user"
        if address == GREYLISTED:
            return "450 4.2.0 Come again in a while"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.busy:
            self.turned_away += 1
            return "451 4.3.0 Try again later"
        if self.answer:
            return self.answer
        raw = envelope.content
        assert isinstance(raw, bytes)
        assert isinstance(server.transport, asyncio.Transport)
        self.deliveries.append(
            Delivery(
                to=list(envelope.rcpt_tos),
                sender=envelope.mail_from or "",
                mail=message_from_bytes(raw, EmailMessage, policy=default),
                raw=raw,
                over_tls=server.transport.get_extra_info("ssl_object") is not None,
                signed_in=bool(session.authenticated),
            )
        )
        if self.closes:
            self.closes -= 1
            server.transport.abort()
        await self._hold(envelope)
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        await asyncio.sleep(self.lingers)
        return "221 Bye"

    async def _hold(self, envelope: Envelope) -> None:
        self.holds += 1
        while self.held.intersection(envelope.rcpt_tos):  # noqa: ASYNC110 - a test lets go from another thread
            await asyncio.sleep(0.02)
        self.holds -= 1


@define
class SmtpServerInTest:
    """Where the server listens, and what it got."""

    host: str
    port: int
    handler: Handler

    @property
    def deliveries(self) -> list[Delivery]:
        return self.handler.deliveries


def certificate(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """What a server of these names shows to its clients."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(*names).configure_cert(context)
    return context


@contextmanager
def smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    asks_for_sign_in: bool = False,
) -> Iterator[SmtpServerInTest]:
    """Run a server on a free port of this machine until the block ends."""
    handler = Handler()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=_check if asks_for_sign_in else None,
        auth_required=asks_for_sign_in,
        auth_require_tls=tls is None,  # aiosmtpd does not notice TLS that was there from the beginning
    )
    controller.start()
    try:
        yield SmtpServerInTest("localhost", controller.port, handler)
    finally:
        controller.stop()


def free_port() -> int:
    """A port on which nothing listens now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:  # noqa: ARG001
    wanted = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == wanted, handled=False)

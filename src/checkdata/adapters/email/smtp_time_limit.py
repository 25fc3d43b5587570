"""A conversation with a mail server that ends in time, and answers of a bounded size, even if the server hangs."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Timer
from typing import BinaryIO, Final

CONNECT_SECONDS: Final = 10.0
"""How long connecting may take, at each address of the server."""

PATIENCE_SECONDS: Final = 60.0
"""How long each answer of the server may take."""

WHOLE_SECONDS: Final = 180.0
"""How long the conversation may take: a server that sends a byte now and then ends with it."""

LARGEST_ANSWER: Final = 64 * 1024
"""How many bytes an answer may have, over all its lines: smtplib would keep lines without end."""

_GOODBYE_SECONDS: Final = 2.0


class SmtpTookTooLong(OSError):
    """The conversation was ended because it took too long."""


@contextmanager
def conversation(
    host: str, port: int, tls: ssl.SSLContext | None, *, patience: float, whole: float
) -> Iterator[smtplib.SMTP]:
    """Talk to a server, over TLS from the first byte where *tls* is given.

    *patience* and *whole* are the seconds for one answer and for all of it. Raises what smtplib does, and
    `SmtpTookTooLong` where *whole* was over first.
    """
    with closing(socket.create_connection((host, port), CONNECT_SECONDS)) as line, _ending(line, whole) as over:
        line.settimeout(patience)
        try:
            with closing(_Over(line, host, port, tls)) as connection:
                yield connection
        except (smtplib.SMTPException, OSError) as error:
            if over.is_set():
                raise SmtpTookTooLong from error
            raise


def say_goodbye(connection: smtplib.SMTP) -> None:
    """Leave a server that took the mail; its answer to that, however slow, does not matter."""
    if connection.sock is not None:
        connection.sock.settimeout(_GOODBYE_SECONDS)
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()


class _Over(smtplib.SMTP):
    """SMTP over a connection that is open already."""

    def __init__(self, line: socket.socket, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        self._line = line
        self._tls = tls
        super().__init__(host, port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - as smtplib calls it
        return self._line if self._tls is None else self._tls.wrap_socket(self._line, server_hostname=host)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; one that is too large breaks the conversation off."""
        if self.file is None and self.sock is not None:
            self.file = _BoundedAnswers(self.sock.makefile("rb"))
        if self.file is not None:
            self.file.left = LARGEST_ANSWER
        return super().getreply()


class _BoundedAnswers:
    """The lines that a server sends, until one answer of them is too large."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left = LARGEST_ANSWER

    def readline(self, size: int) -> bytes:
        line = self._file.readline(size)
        self.left -= len(line)
        if self.left < 0:
            raise OSError("the answer is too large")
        return line

    def close(self) -> None:
        self._file.close()


@contextmanager
def _ending(line: socket.socket, seconds: float) -> Iterator[Event]:
    """Close the connection after this time, even with TLS, which wakes the thread that waits for it."""
    over, handle = Event(), line.dup()

    def end() -> None:
        over.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    alarm = Timer(seconds, end)
    alarm.daemon = True
    alarm.start()
    try:
        with closing(handle):
            yield over
    finally:
        alarm.cancel()

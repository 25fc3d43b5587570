"""The world beside the storage: the time, mail, secrets, files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from checkdata.domain.downloads import Column, Row
from checkdata.domain.exports import Manifest, WrittenFile
from checkdata.domain.messages import Message
from checkdata.domain.participants import Viewer
from checkdata.domain.their_list import TheirRow
from checkdata.domain.time_limits import TimeLimit
from checkdata.domain.values import EmailAddress

Clock = Callable[[], datetime]
"""The time now, with its offset."""


class Mailer(Protocol):
    """Hands mail over."""

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Send one message, in a few minutes at most; its *reference* is the same in each try, and no other mail's.

        It names the mail for those who get it twice, and in a notice of its bounce. Raises `DeliveryFailed` where it
        could not be handed over, as far as is known, and `DeliveryRefused` where it never will be.
        """


ReadBounce = Callable[[bytes], str | None]
"""The reference of the mail that a mail says was never delivered; None for any other mail (RFC 3464)."""


class Tokens(Protocol):
    """Secrets that go out in links and cookies (security.md 1 and 2)."""

    def mint(self) -> str:
        """A new token of 256 bits, safe in an address."""

    def digest(self, token: str, /) -> str:
        """What is stored in a token's place; the token can't be found from it."""

    def digests(self, token: str, /) -> Sequence[str]:
        """All that may be stored in its place, `digest` first: others, under keys that came before."""


class ExportFolder(Protocol):
    """The folder into which a batch export goes: all of one export or all of the one before, whenever somebody looks.

    Between the two it has no manifest.
    """

    def opened(self) -> AbstractContextManager[None]:
        """Have the folder for one export alone, with the old manifest away.

        Left without `finish`, it holds what it held before, old manifest and all. Raises `FolderTaken` where another
        export has it, and `FolderNotWritable`.
        """

    def write(self, viewer: Viewer, chunks: Iterable[bytes], /) -> WrittenFile:
        """Write one organisation's file and keep it aside for `finish`; `FolderNotWritable`.

        Another process may do it, on another machine that shares the folder, with an adapter of its own; written
        twice, the file written last counts.
        """

    def finish(self, manifest: Manifest, /) -> None:
        """Put the files that the manifest names in their places, remove those of earlier exports, write the manifest.

        Inside `opened`; `FolderNotWritable`.
        """


ReadList = Callable[[bytes, TimeLimit], Sequence[TheirRow]]
"""The rows of a file that a user chose, CSV or .xlsx, in memory and within limits; `ListRefused` (service rule 17)."""


class WorkbookWriter(Protocol):
    """Makes an Excel workbook for a download, in which every cell is text (service rule 13)."""

    def __call__(self, rows: Iterable[Row], columns: Sequence[Column[Row]], sheet: str, /) -> Iterator[bytes]:
        """The workbook in pieces, the first as soon as the first rows are there; *sheet* is its sheet's name."""

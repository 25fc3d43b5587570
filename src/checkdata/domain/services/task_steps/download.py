"""A file leaves in two parts, so that storage is held while the file is made, and never while a client reads it.

Its body is made from one state of the storage, as quickly as the storage gives it. Its end is asked for once the body
has arrived, however long that took, and the receipt is stored before it. So every whole file has a receipt, and no file
that was broken off has one (service rule 15, security.md 39).
"""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from threading import Lock
from uuid import uuid4

from attrs import define, field

from checkdata.domain.access.decision import Acting
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.listing.as_of import Import
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.task_steps.receipts import MakeReceipt, keep_receipt

Pieces = Generator[bytes, None, MakeReceipt]
"""The bytes of a file in pieces and, after the last one, the function that makes its receipt."""


@define(eq=False)
class Stop:
    """Ends a unit of work from another thread, even while it waits for an answer."""

    _lock: Lock = field(init=False, factory=Lock)
    _work: UnitOfWork | None = field(init=False, default=None)
    _asked: bool = field(init=False, default=False)

    def __call__(self) -> None:
        """End what goes on now, or would begin later; takes as long as `UnitOfWork.interrupt`."""
        with self._lock:
            self._asked = True
            if self._work is not None:
                self._work.interrupt()

    @contextmanager
    def reaching(self, work: UnitOfWork) -> Iterator[None]:
        """Reach this unit of work, and only during this block: afterwards its connection serves others."""
        with self._lock:
            if self._asked:
                raise StorageUnavailable("No client is waiting for this file any longer.")
            self._work = work
        try:
            yield
        finally:
            with self._lock:
                self._work = None


def new_download_id() -> str:
    """The id of a download that begins now."""
    return uuid4().hex


@define(eq=False, kw_only=True)
class Download:
    """A file on its way: how many rows it holds, and its bytes, once. ``stop`` ends its body from any thread.

    ``id`` stands in the event of what was asked for and, once the file has left whole, in that of the file.
    """

    rows: int
    as_of: Import | None
    id: str
    stop: Stop = field(factory=Stop, repr=False)
    _storage: Storage = field(repr=False)
    _acting: Acting = field(repr=False)
    _pieces: Pieces = field(repr=False)
    _end: tuple[bytes, MakeReceipt, str, int] | None = field(init=False, default=None, repr=False)

    @property
    def chunks(self) -> Generator[bytes, None, None]:
        """The whole file, for a reader that reads at once: its body, and its end."""
        yield from self.body()
        yield self.end()

    def body(self) -> Generator[bytes, None, None]:
        """All but the last byte; storage is held from when the first piece is asked for until there are no more."""
        digest, size, held = sha256(), 0, b""
        with closing(self._pieces) as pieces:
            while True:
                try:
                    piece = next(pieces)
                except StopIteration as over:
                    self._end = held, over.value, digest.hexdigest(), size
                    return
                digest.update(piece)
                size += len(piece)
                yield held + piece[:-1]
                held = piece[-1:]

    def end(self) -> bytes:
        """The last byte, once the receipt is kept; a `RuntimeError` where the body was not read to its end."""
        if self._end is None:
            raise RuntimeError("the end of a file comes after its body")
        last, receipt, digest, size = self._end
        keep_receipt(self._storage, self._acting, receipt(digest, size), self.id)
        return last

"""What was made of a feed's training records, so that the same bytes need not be read again to say the same of them."""

from hashlib import sha256
from typing import Final

from attrs import fields_dict, frozen

from checkdata.domain.feed.contents import KnownIds, RowFault

READING_VERSION: Final = 1
"""The version of the rules by which rows are judged (feed.md); another one means that they are judged anew."""


@frozen(kw_only=True)
class Reading:
    """How ``training_records.csv`` was judged when it was merged last, and nothing of what its rows say.

    ``key`` is `reading_key` of it, ``good`` how many of its rows are stored as they are in it, ``faults`` and
    ``warnings`` what was told of it. It stands for as long as no other file is merged.
    """

    key: str
    good: int
    faults: tuple[RowFault, ...] = ()
    warnings: tuple[str, ...] = ()


def reading_key(fingerprint: str, known: KnownIds, *, complete: bool) -> str:
    """What the judgement of a file depends on: its bytes, the ids it may refer to, and whether it tells all.

    Where this is the same as that of the file merged last, merging it again changes nothing and refuses the same rows.
    """
    ids = (sorted(getattr(known, name)) for name in fields_dict(KnownIds))
    told = [str(READING_VERSION), fingerprint, str(complete), *("\0".join(found) for found in ids)]
    return sha256("\n".join(told).encode(errors="surrogatepass")).hexdigest()

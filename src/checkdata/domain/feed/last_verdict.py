"""The validation result of the last feed, kept so that an identical file is not read again."""

from hashlib import sha256
from typing import Final

from attrs import fields_dict, frozen

from checkdata.domain.feed.contents import KnownIds, RowFault

READING_VERSION: Final = 1
"""The version of the rules by which rows are validated (feed.md); with another version they are validated again."""


@frozen(kw_only=True)
class Reading:
    """The result of validating ``training_records.csv`` when it was last merged, without the content of its rows.

    ``key`` is `reading_key` of it, ``good`` how many of its rows are stored as they are in it, ``faults`` and
    ``warnings`` what was said of it. It stands until another file is merged.
    """

    key: str
    good: int
    faults: tuple[RowFault, ...] = ()
    warnings: tuple[str, ...] = ()


def reading_key(fingerprint: str, known: KnownIds, *, complete: bool) -> str:
    """What the validation of a file depends on: its bytes, the ids it may refer to, and whether it is complete.

    Where this is the same as that of the file merged last, merging it again changes nothing and refuses the same rows.
    """
    ids = (sorted(getattr(known, name)) for name in fields_dict(KnownIds))
    told = [str(READING_VERSION), fingerprint, str(complete), *("\0".join(found) for found in ids)]
    return sha256("\n".join(told).encode(errors="surrogatepass")).hexdigest()

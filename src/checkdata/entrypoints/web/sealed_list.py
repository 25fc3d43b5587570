"""A user's list between two steps: in their own page, sealed for their session, and never here (service rule 17)."""

import json
import zlib
from typing import Final

from checkdata.domain.errors import ListRefused
from checkdata.domain.keys import Keys
from checkdata.domain.reconciliation.uploaded_list import UploadedList, UploadedRow
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.security.sealing import seal, unseal

LARGEST_SEALED: Final = 4_000_000
"""In characters, as it stands in a page's hidden field."""


def sealed_list(keys: Keys, visit: Visit, uploaded_list: UploadedList) -> str:
    """The list for a hidden field; `ListRefused` where it would be larger than `LARGEST_SEALED`."""
    rows = [[row.number, *row.cells] for row in uploaded_list.rows]
    told = [uploaded_list.headings, rows, uploaded_list.totals, uploaded_list.unread]
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    sealed = seal(keys, _holder(visit), zlib.compress(text.encode(errors="replace")))
    if len(sealed) > LARGEST_SEALED:
        raise ListRefused(
            "There is too much in the list to go on with. Take out the columns that the comparison does not need, save "
            "the file and choose it again."
        )
    return sealed


def opened_list(keys: Keys, visit: Visit, sealed: str) -> UploadedList:
    """The list that was sealed for this session; raises `SealBroken` for one of another session, or anything else."""
    packed = unseal(keys, _holder(visit), sealed)
    told = zlib.decompress(packed)  # no more than was packed here of what the reader let pass
    headings, rows, totals, unread = json.loads(told)
    return UploadedList(
        tuple(headings),
        tuple(UploadedRow(number, cells) for number, *cells in rows),
        tuple(totals),
        tuple((row, column) for row, column in unread),
    )


def _holder(visit: Visit) -> str:
    """The session by its first id: a change of role gives it a new one, and the list must still open."""
    return f"{visit.user.id}\0{visit.session.started_at.isoformat()}"

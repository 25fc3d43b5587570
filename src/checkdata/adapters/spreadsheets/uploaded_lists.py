"""Reads a user's list from the bytes of the file they chose, only in memory (service rule 17, security.md 38)."""

from collections.abc import Sequence
from typing import Final

from checkdata.adapters.spreadsheets.csv_lists import rows_of_csv
from checkdata.adapters.spreadsheets.limits import MOST_BYTES
from checkdata.adapters.spreadsheets.ods_lists import rows_of_ods
from checkdata.adapters.spreadsheets.xlsx_lists import rows_of_xlsx
from checkdata.domain import ports
from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.time_limit import TimeLimit
from checkdata.domain.reconciliation.uploaded_list import UploadedRow

_ZIP: Final = b"PK\x03\x04"
_FIRST_NAME: Final = 30
"""The place in a package where the name of its first part begins."""
_OPEN_DOCUMENT: Final = b"mimetypeapplication/vnd.oasis.opendocument"
_OPEN_SPREADSHEET: Final = _OPEN_DOCUMENT + b".spreadsheet"
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def read_list(file: bytes, limit: TimeLimit) -> Sequence[UploadedRow]:
    """The rows of a CSV file or of a workbook's sheet with a list in it; the content tells which, not the name.

    Blank rows are left out; numbers are those that a spreadsheet shows. Raises `ListRefused` for any other kind of
    file, for a damaged one, and for one past the limits: 10 MB, `MOST_ROWS`, `MOST_COLUMNS`, what it unpacks to, and
    `TookTooLong` past the time.
    """
    if len(file) > MOST_BYTES:
        raise ListRefused(
            f"The file is bigger than {MOST_BYTES // 1_000_000} MB. Take out the sheets, pictures and columns that are "
            "not part of your list, or save it as a CSV file."
        )
    if file.startswith(_OPEN_SPREADSHEET, _FIRST_NAME):
        return rows_of_ods(file, limit)
    if file.startswith(_OPEN_DOCUMENT, _FIRST_NAME):
        raise ListRefused(
            "The file is a document and not a spreadsheet. Copy your list into a spreadsheet, save it as an Excel "
            "workbook (.xlsx) or a CSV file and choose that."
        )
    if file.startswith(_ZIP):
        return rows_of_xlsx(file, limit)
    if file.startswith(_COMPOUND):
        raise _old_or_locked(file)
    return rows_of_csv(file, limit)


def _old_or_locked(file: bytes) -> ListRefused:
    """Excel keeps a workbook with a password in the container of its old format."""
    if _ENCRYPTED in file:
        return ListRefused("The workbook has a password. Take the password off, save the workbook and choose it again.")
    return ListRefused(
        "The file is in an old format of Excel (.xls). Open it, save it as an Excel workbook (.xlsx) and choose that."
    )


_conforms: ports.ReadList = read_list

"""The original list of users as a CSV file: ``email``, ``name`` and ``delivery_partner_id``, in any order."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser
from checkdata.domain.typed_text import text_fault

COLUMNS: Final = ("email", "name", "delivery_partner_id")
_LONGEST_NAME: Final = 200


def read_user_list(path: Path) -> list[ListedUser | RefusedUser]:
    """The rows of the file; one with a wrong number of cells, or an unusable name, is a `RefusedUser`.

    UTF-8 with or without a byte-order mark; other columns are ignored. Raises `ChangeRefused` with a sentence where the
    file can't be read or lacks a column; then nothing of it may be loaded.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(_rows(path, file))
    except OSError as error:
        raise ChangeRefused(f"{path} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise ChangeRefused(f"{path} is not UTF-8. Save it as “CSV UTF-8” and try again.") from None
    except csv.Error as error:
        raise ChangeRefused(f"{path} is not a CSV file as it should be: {error}. Nothing was loaded.") from None


def _rows(path: Path, file: Iterator[str]) -> Iterator[ListedUser | RefusedUser]:
    reader = csv.reader(file, strict=True)
    header = [cell.strip() for cell in next(reader, [])]
    missing = [column for column in COLUMNS if header.count(column) != 1]
    if missing:
        raise ChangeRefused(
            f"{path} needs a header row with the columns {', '.join(COLUMNS)}, each once. "
            f"Look at: {', '.join(missing)}."
        )
    line = reader.line_num + 1
    for cells in reader:
        if cells:
            yield _row(line, header, cells)
        line = reader.line_num + 1


def _row(line: int, header: list[str], cells: list[str]) -> ListedUser | RefusedUser:
    if len(cells) != len(header):
        return RefusedUser(line, f"The row has {len(cells)} cells, the header {len(header)}.")
    told = dict(zip(header, cells, strict=True))
    if text_fault(told["name"].strip(), "Name") or len(told["name"]) > _LONGEST_NAME:
        why = f"The name must be {_LONGEST_NAME} characters or fewer, all of which can be seen."
        return RefusedUser(line, why)
    return ListedUser(
        line=line, email=told["email"], name=told["name"], delivery_partner_id=told["delivery_partner_id"]
    )

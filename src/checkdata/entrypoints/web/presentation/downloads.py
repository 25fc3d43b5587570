"""What can be downloaded of a listing, what each file is for, and how files are named (service rules 13 and 18)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from attrs import frozen

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.services.listing.check_participants import LeftOut, Offer
from checkdata.domain.values import search_key
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.filters import FilterInWords, filters_in_words
from checkdata.entrypoints.web.presentation.listing_areas import ListingArea, OrganisationArea

_ENDINGS: Final = {
    FileKind.CSV: ".csv",
    FileKind.EXCEL: ".xlsx",
    FileKind.CONTACTS: "/contacts.csv",
    FileKind.ALL_CONTACTS: "/all-contacts.csv",
    FileKind.EXTENDED_CSV: "/extended.csv",
    FileKind.EXTENDED_EXCEL: "/extended.xlsx",
}
"""What follows the address of a listing."""


_NAMES_OF_FILES: Final = {
    FileKind.CONTACTS: "-contacts",
    FileKind.ALL_CONTACTS: "-all-contacts",
    FileKind.EXTENDED_CSV: "-extended",
    FileKind.EXTENDED_EXCEL: "-extended",
    FileKind.CHASE: "-chase",
    FileKind.CHANGES: "-changes",
    FileKind.RECONCILED_CSV: "-compared",
    FileKind.RECONCILED_EXCEL: "-compared",
}
_WORKBOOKS: Final = frozenset({FileKind.EXCEL, FileKind.EXTENDED_EXCEL, FileKind.CHASE, FileKind.RECONCILED_EXCEL})


_EXTENDED: Final = (
    "What the list shows, and for each row since when the status holds, who needs to act, a prior induction, and the "
    "day on which the training record was last updated."
)


@frozen(kw_only=True)
class OfferedFile:
    """One download: its heading, what it is for, its link and the link's text; "" if there is nothing to download."""

    heading: str
    purpose: str
    link: str
    link_text: str


@frozen(kw_only=True)
class Downloads:
    """The downloads of what a query finds, and the search and filters that they go by."""

    sentence: str
    in_words: Sequence[FilterInWords]
    files: Sequence[OfferedFile]
    listing: str


def downloads(place: OrganisationArea, query: ParticipantQuery, offer: Offer) -> Downloads:
    """Everything that the page of downloads says."""
    area = place.area
    return Downloads(
        sentence=counted(offer.rows, area.one, area.many),
        in_words=filters_in_words(place, query, {}, area.downloads),
        files=[_file(kind, place, query, offer) for kind in area.files if _differs(kind, offer)],
        listing=place.address(area.path, query.words),
    )


def file_name(organisation: Organisation, on: date, kind: FileKind) -> str:
    """The name of a file: the organisation, its content unless that is the listing, and the day in London."""
    of = _NAMES_OF_FILES.get(kind, "")
    ending = "xlsx" if kind in _WORKBOOKS else "csv"
    return f"{organisation_slug(organisation)}{of}-{on:%Y-%m-%d}.{ending}"


def organisation_slug(organisation: Organisation) -> str:
    """The organisation's name in small ASCII letters and dashes; its id if no letter of the name is ASCII."""
    ascii_name = search_key(organisation.name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name).strip("-") or organisation.id


def _differs(kind: FileKind, offer: Offer) -> bool:
    """Whether a file has other rows than one above it: everyone may be active, or chosen by status."""
    return kind is not FileKind.ALL_CONTACTS or bool(offer.left_out[FileKind.CONTACTS].not_active)


def _file(kind: FileKind, place: OrganisationArea, query: ParticipantQuery, offer: Offer) -> OfferedFile:
    area = place.area
    left_out = offer.left_out.get(kind)
    rows = offer.rows if left_out is None else offer.rows - left_out.not_active - left_out.without_address
    heading, purpose, text = _in_words(kind) if left_out is None else _contacts_in_words(kind, area, left_out)
    link = place.address(f"{area.path}{_ENDINGS[kind]}", query.words)
    return OfferedFile(
        heading=heading,
        purpose=purpose,
        link=link if rows else "",
        link_text=f"{text} ({counted(rows, area.one, area.many)})",
    )


def _in_words(kind: FileKind) -> tuple[str, str, str]:
    """A file's heading, what it is for, and the text of its link."""
    match kind:
        case FileKind.EXCEL:
            purpose = (
                "Everything the list shows, to open in Excel or another spreadsheet program. TRNs keep the zeros at "
                "their front, the headings stay in view, and each column can be filtered."
            )
            return "Excel workbook", purpose, "Download Excel workbook"
        case FileKind.EXTENDED_EXCEL:
            return "Extended Excel workbook", _EXTENDED, "Download extended Excel workbook"
        case FileKind.EXTENDED_CSV:
            return "Extended CSV file", f"{_EXTENDED} For another system to read.", "Download extended CSV file"
        case _:
            purpose = (
                "Everything the list shows, for another system to read. A spreadsheet program that opens a CSV file "
                "drops the zeros at the front of a TRN, so choose the Excel workbook to look at the rows."
            )
            return "CSV file", purpose, "Download CSV file"


def _contacts_in_words(kind: FileKind, area: ListingArea, left_out: LeftOut) -> tuple[str, str, str]:
    """The same of a communication list: it says how many it leaves out, by reason."""
    reasons = (
        (left_out.not_active, "is not active", "are not active"),
        (left_out.without_address, f"has no {area.address}", f"have no {area.address}"),
    )
    missing = " ".join(_of_those(*reason) for reason in reasons if reason[0]) or "Nobody is left out."
    purpose = f"{area.contacts}, as a CSV file for sending emails to many people. {missing}"
    if kind is FileKind.ALL_CONTACTS:
        heading = f"Communication list with {area.many} who are not active"
        return heading, purpose, f"Download list with {area.many} who are not active"
    return "Communication list", purpose, "Download communication list"


def _of_those(number: int, one: str, many: str) -> str:
    return f"1 {one} and is left out." if number == 1 else f"{number:,} {many} and are left out."

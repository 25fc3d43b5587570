"""The original list: users whom a lead provider named at the start, as rows of a file (service rule 4)."""

from attrs import frozen


@frozen(kw_only=True)
class ListedUser:
    """A row of the list as it was written, with the line of the file on which it begins; the header is line 1."""

    line: int
    email: str
    name: str
    delivery_partner_id: str


@frozen
class RefusedUser:
    """A row that was not loaded, and why, in a sentence without anything personal."""

    line: int
    why: str

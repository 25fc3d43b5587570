"""The made-up people of the demo: who they are, however many records tell of them."""

from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from checkdata.entrypoints.demo.names import AWKWARD_NAMES, drawn_name, words_with_dashes
from checkdata.entrypoints.demo.random_draws import draw_one, one_in
from checkdata.entrypoints.demo.rows import Role

MOST_PEOPLE: Final = 4_000_000
"""How many people can have teacher reference numbers of their own."""

TRN_PRIME: Final = 9_999_991
TRN_STEP: Final = 2_718_283

YOUNGEST: Final = {"ect": 21, "mentor": 26}
OLDEST: Final = 62
YEARS_OLDER: Final = {"ect": 4.0, "mentor": 11.0}

TRN_SPELLINGS: Final = {"{0}{1}": 85, "{0}/{1}": 8, "{0} {1}": 5, "{0}-{1}": 2}


class Person(NamedTuple):
    """A person: `trn` is their own, `other_trn` one that belongs to no teacher unless the check finds it."""

    full_name: str
    date_of_birth: date
    trn: str
    other_trn: str


def made_up_person(number: int, role: Role, academic_year: int, chance: Random) -> Person:
    """Return person `number`, of 1 to `MOST_PEOPLE`, old enough to begin in that academic year.

    Numbers decide names (the awkward ones come first) and TRNs, which are never given twice.
    """
    awkward = number <= len(AWKWARD_NAMES)
    return Person(
        full_name=AWKWARD_NAMES[number - 1] if awkward else drawn_name(chance),
        date_of_birth=_birthday(role, academic_year, chance),
        trn=_trn(2 * number),
        other_trn=_trn(2 * number + 1),
    )


def _birthday(role: Role, academic_year: int, chance: Random) -> date:
    years_older = chance.expovariate(1 / YEARS_OLDER[role])
    age = min(OLDEST, YOUNGEST[role] + int(years_older))
    return date(academic_year - age, 8, 31) - timedelta(days=chance.randint(0, 364))


def _trn(number: int) -> str:
    # Steps through a prime field meet no number twice, and look like no sequence.
    return f"{number * TRN_STEP % TRN_PRIME:07d}"


def as_given(trn: str, chance: Random) -> str:
    """Return the TRN as a user might type it: with a slash, a space, or without its zeros."""
    if trn.startswith("0") and one_in(2, chance):
        return f"{int(trn):05d}"
    return draw_one(TRN_SPELLINGS, chance).format(trn[:2], trn[2:])


def email_of(full_name: str, mail_domain: str, chance: Random) -> str:
    """Return an address such as their school or they would choose; may be blank.

    Every address is at a domain that is kept for examples and never delivers.
    """
    first, *others = (words_with_dashes(full_name) or "teacher").split("-")
    last = "".join(others[-1:])
    both = f"{first}.{last}" if last else first
    return draw_one(
        {
            f"{both}@{mail_domain}": 58,
            f"{first[0]}{last}@{mail_domain}": 20,
            f"{first}{last}{chance.randint(1, 99)}@mail.example.org": 14,
            f"{both.title()}@{mail_domain}": 5,
            "": 3,
        },
        chance,
    )

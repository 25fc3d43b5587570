"""A made-up feed for measuring: as many training records as asked for, of 300 delivery partners in a power law.

The largest partner, dp-1, has about six in a hundred of them; dp-150 is the median. The rows are shuffled, as a feed is
that is ordered by the ids of another service, so that one partner's lie all over it. The same numbers give the same
bytes.
"""

import csv
import random
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

PARTNERS: Final = 300
SCHOOLS: Final = 2_000
LEAD_PROVIDERS: Final = ("Ambition Unbound", "Best Practice Trust", "Capital Learning", "Education First", "Teach On")
FLATNESS: Final = 2.5
"""Added to a partner's rank before its share is taken: with it the largest of 300 has six in a hundred."""

ONE_IN: Final = 100
"""One row in so many differs in a changed feed."""

GIVEN: Final = (
    "Zara",
    "Aoife",
    "José",
    "Mary-Ann",
    "Oluwaseun",
    "Siân",
    "Wei",
    "Łukasz",
    "Amir",
    "Chloë",
    "Dev",
    "Eve",
)
FAMILY: Final = (
    "Smith",
    "Khan",
    "O'Neill",
    "Patel",
    "Ní Bhriain",
    "Jones",
    "van den Berg",
    "Yılmaz",
    "Adeyemi",
    "Clark",
)
PLACES: Final = ("St Mary's", "Hill Top", "Ysgol Glan-yr-Afon", "King Edward VI", "Oak, Ash & Elm", "Queen's Park")
KINDS: Final = ("Primary School", "High School", "Academy", "Infant School")

TRAINING: Final = (
    "record_id", "participant_id", "role", "full_name", "email", "trn", "trn_validated", "school_urn", "academic_year",
    "lead_provider_id", "delivery_partner_id", "partnership", "programme", "induction_status", "training_status",
    "starts_on", "induction_started_on", "details_given", "eligibility", "eligibility_reason", "mentees", "updated_at",
)  # fmt: skip

STATES: Final = (
    ("active", "with_trn", "eligible", ""),
    ("active", "with_trn", "manual_check", "no_qts"),
    ("active", "with_trn", "", ""),
    ("active", "none", "", ""),
    ("deferred", "with_trn", "eligible", ""),
    ("withdrawn", "with_trn", "eligible", ""),
)
"""Training status, details given, eligibility and its reason; one line for each status that a partner may see."""


def write_feed(folder: Path, rows: int, *, partners: int = PARTNERS, seed: int = 1) -> None:
    """Write a feed of *rows* training records, one a participant, into a new folder."""
    folder.mkdir(parents=True)
    chance = random.Random(seed)  # noqa: S311 - it makes up names
    leads = [(f"lp-{n}", name) for n, name in enumerate(LEAD_PROVIDERS, 1)]
    ours = [f"dp-{n}" for n in range(1, partners + 1)]
    _table(folder / "lead_providers.csv", ("lead_provider_id", "name"), leads)
    _table(folder / "delivery_partners.csv", ("delivery_partner_id", "name"), ((p, f"Partner {p}") for p in ours))
    _table(folder / "schools.csv", ("urn", "name"), _schools(chance))
    _table(
        folder / "agreements.csv",
        ("agreement_id", "lead_provider_id", "delivery_partner_id", "starts_on", "ends_on"),
        ((f"ag-{lead}-{p}", lead, p, "2021-09-01", "") for lead, _ in leads for p in ours),
    )
    _table(folder / "training_records.csv", TRAINING, _records(chance, rows, ours))


def change_one_in_a_hundred(feed: Path, folder: Path) -> None:
    """Write the feed once more, with one row in a hundred changed: a new name and a deferral."""
    folder.mkdir(parents=True)
    for path in feed.glob("*.csv"):
        if path.name != "training_records.csv":
            shutil.copy(path, folder)
    with (feed / "training_records.csv").open(newline="", encoding="utf-8") as lines:
        source = csv.DictReader(lines)
        _table(folder / "training_records.csv", source.fieldnames or (), _changed(source))


def _changed(source: "csv.DictReader[str]") -> Iterator[list[str]]:
    for number, row in enumerate(source):
        if number % ONE_IN == 0:
            row |= {"full_name": f"{row['full_name']} Jones", "training_status": "deferred"}
        yield list(row.values())


def _schools(chance: random.Random) -> Iterator[tuple[object, ...]]:
    for number in range(SCHOOLS):
        yield 100_000 + number, f"{chance.choice(PLACES)} {chance.choice(KINDS)} {number}"


def _records(chance: random.Random, rows: int, partners: list[str]) -> Iterator[tuple[object, ...]]:
    shares = [1 / (rank + FLATNESS) for rank in range(1, len(partners) + 1)]
    for number, partner in zip(range(rows), _endless(chance, partners, shares), strict=False):
        yield _record(chance, number, partner)


def _endless(chance: random.Random, partners: list[str], shares: list[float]) -> Iterator[str]:
    while True:
        yield from chance.choices(partners, shares, k=1000)


def _record(chance: random.Random, number: int, partner: str) -> tuple[object, ...]:
    mentor = chance.random() < 1 / 3
    training, details, eligibility, reason = chance.choice(STATES)
    year = chance.randint(2021, 2025)
    dangerous = "=" if number % 10_000 == 0 else ""
    name = f"{dangerous}{chance.choice(GIVEN)} {chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    lead = chance.choice(("", *(f"lp-{n}" for n in range(1, len(LEAD_PROVIDERS) + 1))))
    return (
        f"r{number}", f"p{number}", "mentor" if mentor else "ect", name, f"teacher.{number}@school.example",
        f"{(1_000_000 + number) % 10_000_000:07}", "true", 100_000 + chance.randrange(SCHOOLS), year, lead, partner,
        "confirmed", "fip" if lead else "cip", "active", training, f"{year}-09-01", f"{year}-09-01", details,
        eligibility, reason, "current" if mentor else "none", f"{year}-10-01T09:00:00+00:00",
    )  # fmt: skip


def _table(path: Path, head: Iterable[str], lines: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(lines)

"""Writes a made-up Manage ECTs feed, as life-like as the demo needs."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from checkdata.entrypoints.demo import rows
from checkdata.entrypoints.demo.demo_world import DemoWorld
from checkdata.entrypoints.demo.earlier_feeds import as_it_was
from checkdata.entrypoints.demo.organisations import (
    APPROPRIATE_BODIES,
    DELIVERY_PARTNERS,
    LEAD_PROVIDERS,
    demo_agreements,
)
from checkdata.entrypoints.demo.participants import participants as made_up_participants
from checkdata.entrypoints.demo.people import MOST_PEOPLE
from checkdata.entrypoints.demo.schools import DemoSchool, made_up_schools

DEFAULT_SEED: Final = 2021


def write_demo_feed(
    folder: Path, *, participants: int = 5000, today: date, told_on: date | None = None, seed: int = DEFAULT_SEED
) -> None:
    """Write the seven files of a feed (feed.md) into the folder, which is made if need be.

    Dates lie around `today`, from the academic year four years before its own to some months after it. The same
    arguments give the same bytes. Rows are written as they are made, so that memory does not grow with `participants`,
    of 0 to `MOST_PEOPLE`; files of an earlier feed are replaced. `told_on`, a day before today, gives the same
    participants as they were known on that day; those not known yet are left out.

    Raises ValueError for another number of participants, OSError where the folder can't be
    written.
    """
    if not 0 <= participants <= MOST_PEOPLE:
        raise ValueError(f"Ask for 0 to {MOST_PEOPLE:,} demo participants, not {participants:,}.")
    folder.mkdir(parents=True, exist_ok=True)
    chance = Random(seed)  # noqa: S311 - made-up people, no secrets
    schools = made_up_schools(chance)
    _write_organisations(folder, schools, today)
    _write_participants(folder, participants, DemoWorld(today, schools, chance), told_on or today)


def _write_organisations(folder: Path, schools: Iterable[DemoSchool], today: date) -> None:
    _write(folder / "lead_providers.csv", rows.LeadProviderRow, LEAD_PROVIDERS)
    _write(folder / "delivery_partners.csv", rows.DeliveryPartnerRow, DELIVERY_PARTNERS)
    _write(folder / "appropriate_bodies.csv", rows.AppropriateBodyRow, APPROPRIATE_BODIES)
    _write(folder / "agreements.csv", rows.AgreementRow, demo_agreements(today))
    _write(
        folder / "schools.csv",
        rows.SchoolRow,
        (rows.SchoolRow(school.urn, school.name) for school in schools),
    )


def _write_participants(folder: Path, count: int, setting: DemoWorld, told_on: date) -> None:
    with (
        _table(folder / "training_records.csv", rows.TrainingRow) as write_record,
        _table(folder / "teacher_records.csv", rows.TeacherRow) as write_teacher,
    ):
        for today in made_up_participants(count, setting):
            participant = today if told_on == setting.today else as_it_was(today, told_on)
            if participant is None:
                continue
            for record in participant.records:
                write_record(record)
            if participant.teacher:
                write_teacher(participant.teacher)


def _write(path: Path, kind: type[rows.Row], lines: Iterable[rows.Row]) -> None:
    with _table(path, kind) as write_row:
        for line in lines:
            write_row(line)


@contextmanager
def _table(path: Path, kind: type[rows.Row]) -> Iterator[Callable[[rows.Row], object]]:
    """Open a file with the kind's fields as its header, and give what writes one row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(kind._fields)
        yield writer.writerow

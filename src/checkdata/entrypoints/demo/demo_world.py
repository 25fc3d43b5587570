"""The day and the schools among which participants are made up."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from checkdata.entrypoints.demo.organisations import NORTH_HUB, academic_year_of
from checkdata.entrypoints.demo.schools import DemoSchool


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What every participant of one feed shares."""

    today: date
    schools: tuple[DemoSchool, ...]
    chance: Random

    @property
    def academic_year(self) -> int:
        """The academic year that today is in, as its first year."""
        return academic_year_of(self.today)

    @property
    def yesterday(self) -> date:
        """The last day that has passed."""
        return self.today - timedelta(days=1)

    def any_school(self) -> DemoSchool:
        """Draw a school."""
        return self.chance.choice(self.schools)

    def school_of_the_north_hub(self) -> DemoSchool:
        """Draw a school that trains with `NORTH_HUB`."""
        return self._school_where(partner=NORTH_HUB, other_than="")

    def another_school(self, urn: str, delivery_partner_id: str) -> DemoSchool:
        """Draw another school with the same delivery partner."""
        return self._school_where(partner=delivery_partner_id, other_than=urn)

    def school_of_another_partner(self, delivery_partner_id: str) -> DemoSchool:
        """Draw a school that trains with a delivery partner that is not this one."""
        return self.chance.choice(
            [school for school in self.schools if school.delivery_partner_id not in ("", delivery_partner_id)]
        )

    def _school_where(self, *, partner: str, other_than: str) -> DemoSchool:
        return self.chance.choice(
            [school for school in self.schools if school.delivery_partner_id == partner and school.urn != other_than]
        )

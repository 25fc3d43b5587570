"""An operator who imports feeds, and what organisations then see."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import define, field

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.feed.contents import ImportOutcome, RowFault
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import Feed, Storage
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.records import Viewer
from tests.contracts.units_of_work import read, read_store
from tests.feeds import RECORD, training_row, write_file
from tests.recent_events import recent
from tests.strategies import LEAD_PROVIDERS, NOON, TODAY

NORTH: Final = DeliveryPartner("north")
BOTH: Final = DeliveryPartner("both")
BODY: Final = AppropriateBody("both")
EVERY_LEAD_PROVIDER: Final = (
    ScopeRule(lead_provider_id=None),
    *(ScopeRule(lead_provider_id=lead.id) for lead in LEAD_PROVIDERS),
)


@define
class Operator:
    """Imports the feed in a folder; each act is a minute after the one before."""

    storage: Storage
    folder: Path
    now: datetime = NOON
    faults: list[RowFault] = field(factory=list)

    def clock(self) -> datetime:
        return self.now

    @property
    def import_feed(self) -> ImportFeed:
        self.now += timedelta(minutes=1)
        return ImportFeed(storage=self.storage, clock=self.clock)

    def write(self, *rows: dict[str, str]) -> None:
        """Let ``training_records.csv`` have these rows."""
        write_file(self.folder, "training_records", rows)

    def feed(self) -> tuple[FolderFeed, MemoryRejections]:
        """The feed in the folder, and where its faults go, which then are ``faults``."""
        rejections = MemoryRejections()
        self.faults = rejections.faults
        return FolderFeed(self.folder, rejections), rejections

    def load(self, today: date = TODAY, **options: bool) -> ImportOutcome:
        """Import the folder."""
        feed, rejections = self.feed()
        return self.import_feed.load(feed, rejections, today=today, **options)

    def load_feed(self, feed: Feed) -> ImportOutcome:
        """Import another feed."""
        return self.import_feed.load(feed, MemoryRejections(), today=TODAY)

    def refresh(self, today: date) -> ImportOutcome:
        return self.import_feed.refresh(today=today)

    def listed(self, viewer: Viewer = NORTH) -> list[ListedParticipant]:
        """All that an organisation may see at most."""
        query = ParticipantQuery(scope=Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER))
        return read(self.storage, lambda work: list(work.participants.rows(query)))

    def as_of(self) -> Import | None:
        return read(self.storage, lambda work: work.participants.as_of())

    def everything(self) -> Any:  # noqa: ANN401 - only to be compared
        """What is stored, as far as ports tell."""
        seen = [self.listed(viewer) for viewer in (NORTH, BOTH, DeliveryPartner("South_1"), BODY)]
        stored = read_store(self.storage, lambda store: (store.known_ids(), store.names()))
        return seen, self.as_of(), read(self.storage, lambda work: recent(work, 100)), *stored


def row(**cells: str) -> dict[str, str]:
    """A good row of a participant of its own unless told."""
    record_id = cells.get("record_id", "r1")
    return training_row(RECORD) | {"participant_id": f"p-{record_id}"} | cells

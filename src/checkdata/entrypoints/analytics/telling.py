"""Makes an event of what happens, and hands it to the sender."""

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent
from checkdata.entrypoints.analytics.events import Event, EventMaker
from checkdata.entrypoints.analytics.sending import EventSender
from checkdata.entrypoints.request_ids import request_id


@frozen
class Analytics:
    """The events of one process."""

    maker: EventMaker
    sender: EventSender

    def on_record(self, event: AuditEvent) -> None:
        """Tell of something that went on record."""
        self.sender.send(self.maker.entity(event, request_id()))

    def send(self, event: Event) -> None:
        """Send an event."""
        self.sender.send(event)

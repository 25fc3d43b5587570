"""The one-time link by which a lead provider's contact confirms or declines a nominee (security.md 1, 2 and 4 to 8)."""

from datetime import datetime, timedelta

from attrs import field, frozen

from checkdata.domain.values import EmailAddress, LeadProviderId, NominationId


@frozen(kw_only=True)
class ConfirmationLifetimes:
    """How long a link lives, and how long its reader has to answer after opening it; each is a setting."""

    link: timedelta = timedelta(days=7)
    visit: timedelta = timedelta(minutes=60)


@frozen(kw_only=True)
class ConfirmationLink:
    """A link in a mail that opens one nomination once; ``digest`` stands for its token, which is stored nowhere.

    ``address`` is the registered contact of the lead provider, to whom it was sent.
    """

    digest: str = field(default="", repr=False)
    nomination_id: NominationId
    lead_provider_id: LeadProviderId
    address: EmailAddress
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    @property
    def holder(self) -> tuple[str, ...]:
        """For what its token was made."""
        return "confirmation link", self.nomination_id, self.lead_provider_id, self.address.value

    def usable(self, at: datetime) -> bool:
        """Whether the link still opens: not used, not expired."""
        return self.used_at is None and at < self.expires_at


@frozen(kw_only=True)
class ConfirmationVisit:
    """A browser in which a link was opened, until the answer; ``digest`` stands for the token in its cookie."""

    digest: str = field(default="", repr=False)
    nomination_id: NominationId
    lead_provider_id: LeadProviderId
    address: EmailAddress
    ends_at: datetime

    @property
    def holder(self) -> tuple[str, ...]:
        """For what its token was made."""
        return "confirmation visit", self.nomination_id, self.lead_provider_id, self.address.value

    def holds(self, at: datetime) -> bool:
        """Whether the reader still has time to answer."""
        return at < self.ends_at

"""Makes each mail from its template."""

from datetime import date, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from attrs import field, frozen
from jinja2 import Environment, PackageLoader, StrictUndefined

from checkdata.domain.messages import ChangesCountedMessage, Message
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Clock
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import EmailAddress, day_in_words, london_date

SERVICE_NAME: Final = "Check data for delivery partners"
_UNFOLDED: Final = SMTP.clone(max_line_length=998)
"""A longer line is written as encoded words, which mail programs do not read in ``List-Unsubscribe`` (RFC 2369)."""

_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ROLE_NAMES: Final = {
    Role.DELIVERY_PARTNER: "a delivery partner user",
    Role.APPROPRIATE_BODY: "an appropriate body user",
    Role.SUPPORT: "a support user",
    Role.POLICY: "a policy user",
    Role.RELATED_SERVICE: "a user of a related service",
}
_CALLED: Final = {role: role.value.replace("_", " ") for role in Role}
"""How a role is told from another one of the same name."""


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("checkdata.adapters.email"),
        undefined=StrictUndefined,
        finalize=_in_a_line,
        autoescape=False,  # noqa: S701 - plain text, where an escaped character would be shown as it is
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters.update(role_name=ROLE_NAMES.__getitem__, called=_CALLED.__getitem__, in_words=_in_words, day=_day)
    templates.filters.update(changes=_changes, of_schools=_of_schools, weekday=_weekday)
    return templates


def _in_a_line(value: object) -> object:
    """A text in a mail without characters that would end its line, or reverse the rest of it."""
    return displayed(" ".join(value.split())) if isinstance(value, str) else value


@frozen(kw_only=True)
class MailRenderer:
    """Makes a mail of a message: plain text, short, and nothing about a participant.

    ``sender`` stands in From, ``start_page`` is where the service is found, ``support_email`` is whom to write to, ""
    where there is no such address; all come from settings, never from a request (security.md 10).
    """

    sender: EmailAddress
    start_page: str
    clock: Clock
    support_email: str = ""
    _templates: Environment = field(init=False, factory=_templates, repr=False)

    def write(self, to: EmailAddress, message: Message, reference: str) -> EmailMessage:
        """The mail with its headers; the same *reference* always gives the same Message-ID.

        A line break in a header is a `ValueError`, so that none can be smuggled in.
        """
        subject, _, body = self._text(message).partition("\n\n")
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(SERVICE_NAME, addr_spec=self.sender.value)
        mail["To"] = Address(addr_spec=to.value)
        mail["Subject"] = subject
        mail["Date"] = format_datetime(self.clock())
        mail["Message-ID"] = f"<{reference}@{self.sender.value.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        if isinstance(message, ChangesCountedMessage):
            mail["List-Unsubscribe"] = f"<{message.stop_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        # Lines stay whole where they can, because a link that the encoding wraps gets broken.
        mail.set_content(body, cte="7bit" if body.isascii() else "quoted-printable")
        if isinstance(message, ChangesCountedMessage):
            mail.policy = _UNFOLDED
        return mail

    def _text(self, message: Message) -> str:
        return self._templates.get_template(f"{message.template}.txt").render(
            message=message,
            service=SERVICE_NAME,
            start_page=self.start_page,
            support=f"support at {self.support_email}" if self.support_email else "support",
            teams=(Role.SUPPORT, Role.POLICY),
        )


def _day(iso: str) -> str:
    return day_in_words(date.fromisoformat(iso))


def _weekday(iso: str) -> str:
    day = london_date(datetime.fromisoformat(iso))
    return f"{_WEEKDAYS[day.weekday()]} {day_in_words(day)}"


def _changes(number: int) -> str:
    return "1 change" if number == 1 else f"{number:,} changes"


def _of_schools(number: int) -> str:
    return "1 of them needs a school to act." if number == 1 else f"{number:,} of them need a school to act."


def _in_words(lives: timedelta) -> str:
    days, rest = divmod(lives, timedelta(days=1))
    if days and not rest:
        return "1 day" if days == 1 else f"{days} days"
    minutes = round(lives / timedelta(minutes=1))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"

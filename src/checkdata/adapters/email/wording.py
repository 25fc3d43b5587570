"""The words of each mail, from its template."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from attrs import AttrsInstance, evolve, field, fields, frozen, has
from jinja2 import Environment, PackageLoader, StrictUndefined

from checkdata.domain.messages import Message
from checkdata.domain.people.organisations import Role
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import day_in_words, london_date

SERVICE_NAME: Final = "Check data for delivery partners"

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

_OURS: Final = frozenset({"url", "stop_url", "code"})
"""The fields of messages that nobody but the service writes."""


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
class Wording:
    """Words a message: plain text, short, and nothing about a participant.

    ``start_page`` is where the service is found, ``support_email`` is whom to write to, "" where there is no such
    address; both come from settings, never from a request (security.md 10). ``by_mail`` tells whether users sign in by
    mail, and not at DfE Sign-in.
    """

    start_page: str
    support_email: str = ""
    by_mail: bool = True
    _templates: Environment = field(init=False, factory=_templates, repr=False)

    def subject_and_body(self, message: Message) -> tuple[str, str]:
        """The subject, a line, and the body."""
        subject, _, body = (
            self._templates.get_template(f"{message.template}.txt")
            .render(
                message=message,
                service=SERVICE_NAME,
                start_page=self.start_page,
                support=f"support at {self.support_email}" if self.support_email else "support",
                by_mail=self.by_mail,
                teams=(Role.SUPPORT, Role.POLICY),
            )
            .partition("\n\n")
        )
        return subject, body


def with_texts(message: Message, changed: Callable[[str], str]) -> Message:
    """The message with *changed* for each text in it that the service did not write itself."""
    return evolve(message, **_changed_texts(message, changed))


def _changed_texts(told: AttrsInstance, changed: Callable[[str], str]) -> dict[str, Any]:
    texts = dict[str, Any]()
    for name, value in ((each.name, getattr(told, each.name)) for each in fields(type(told))):
        if isinstance(value, str) and name not in _OURS:
            texts[name] = changed(value)
        elif has(type(value)):
            texts[name] = evolve(value, **_changed_texts(value, changed))
    return texts


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

"""Mail through GOV.UK Notify, the government's own service for it, by its official client.

https://docs.notifications.service.gov.uk/python.html says what its answers mean.
"""

import logging
from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic, sleep
from typing import Final

from attrs import define, field, frozen
from notifications_python_client.errors import APIError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from checkdata.adapters.email.notify_text import personalisation
from checkdata.adapters.email.wording import Wording
from checkdata.adapters.timed_requests import ended_in_time
from checkdata.domain import ports
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused, MailHeldBack
from checkdata.domain.messages import ChangesCountedMessage, Message
from checkdata.domain.values import EmailAddress

NOTIFY_URL: Final = "https://api.notifications.service.gov.uk"

PATIENCE_SECONDS: Final = 30.0
"""How long connecting, and each wait for more of an answer, may take."""

WHOLE_SECONDS: Final = 120.0
"""How long a request may take: a server that sends a byte now and then ends with it."""

MOST_A_SECOND: Final = 20.0
"""How many mails a process sends in a second: three processes together may then still send in a minute what Notify
allows a service, 3,000 mails."""

_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404

logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)  # its warnings quote what was sent


@frozen(kw_only=True)
class NotifyAccount:
    """The service at Notify: its API key, and its templates by what they are for.

    ``template`` is that of each message which has none of its own in ``templates``, by `Message.template`.
    """

    key: str = field(repr=False)
    template: str
    templates: Mapping[str, str] = field(factory=dict)
    url: str = NOTIFY_URL

    def template_for(self, message: Message) -> str:
        """The id of the template of a message."""
        return self.templates.get(message.template, self.template)


@define
class Pace:
    """Lets so many a second through, in turn; the others wait."""

    most_a_second: float = MOST_A_SECOND
    now: Callable[[], float] = monotonic
    pause: Callable[[float], None] = sleep
    _next: float = 0.0
    _lock: Lock = field(factory=Lock, repr=False)

    def wait(self) -> None:
        """Wait for the turn of one more."""
        with self._lock:
            turn = max(self._next, self.now())
            self._next = turn + 1 / self.most_a_second
        self.pause(max(0.0, turn - self.now()))


class NotifyMailer:
    """Hands each mail to Notify in a request of its own, which ends in time even if Notify hangs."""

    def __init__(
        self,
        account: NotifyAccount,
        wording: Wording,
        pace: Pace,
        *,
        patience: float = PATIENCE_SECONDS,
        whole: float = WHOLE_SECONDS,
    ) -> None:
        self._account = account
        self._wording = wording
        self._pace = pace
        self._patience = patience
        self._whole = whole

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Hand one mail over, with the reference by which its receipt names it.

        `DeliveryRefused` where Notify does not take the address; `DeliveryFailed` where it is gone or busy with itself,
        or does not take this mail; `MailHeldBack` where it takes no mail of this service at all: a wrong key, or a
        limit that is reached.
        """
        stop_url = message.stop_url if isinstance(message, ChangesCountedMessage) else None
        self._pace.wait()
        client = self._client()
        with ended_in_time(client.request_session, self._whole):
            try:
                client.send_email_notification(
                    email_address=to.value,
                    template_id=self._account.template_for(message),
                    personalisation=personalisation(self._wording, message),
                    reference=reference,
                    one_click_unsubscribe_url=stop_url,
                )
            except InvalidResponse:
                return  # it took the mail, and something between broke its answer
            except APIError as error:
                raise _told(error) from None
            except OSError:
                raise DeliveryFailed(_GONE) from None

    def faults(self) -> list[str]:
        """What is wrong with the account or its templates, a sentence each; sends nothing.

        `DeliveryFailed` where Notify does not answer.
        """
        ids = dict.fromkeys([self._account.template, *self._account.templates.values()])
        return list(dict.fromkeys(filter(None, map(self._fault_of, ids))))

    def _fault_of(self, template_id: str) -> str:
        client = self._client()
        with ended_in_time(client.request_session, self._whole):
            try:
                template = client.get_template(template_id)
            except APIError as error:
                if error.status_code in {_BAD_REQUEST, _NOT_FOUND}:
                    return f"GOV.UK Notify has no template {template_id} for this key."
                told = _told(error)
                if isinstance(told, MailHeldBack):
                    return str(told)
                raise told from None
            except OSError:
                raise DeliveryFailed(_GONE) from None
        wanted = {"subject": "((subject))", "body": "((body))"}
        wrong = [name for name, text in wanted.items() if str(template.get(name, "")).strip() != text]
        return f"The template {template_id} must have only {_parts(wrong, wanted)}." if wrong else ""

    def _client(self) -> NotificationsAPIClient:
        """A new one for each request: it is not made for several threads."""
        return NotificationsAPIClient(self._account.key, base_url=self._account.url, timeout=self._patience)


_GONE: Final = "GOV.UK Notify can't be reached, or broke off."


def _parts(wrong: list[str], wanted: Mapping[str, str]) -> str:
    return " and ".join(f"{wanted[name]} as its {name}" for name in wrong)


def _told(error: APIError) -> DeliveryFailed | MailHeldBack:
    """What an answer means, without the text that Notify gives, which may quote what was sent."""
    match error.status_code:
        case _ if error.response is None:
            return DeliveryFailed(_GONE)
        case 400 if _is_about_the_address(error):
            return DeliveryRefused("GOV.UK Notify refused the address of the mail.")
        case 400:
            return DeliveryFailed(
                "GOV.UK Notify refused the request. Check the templates: checkdata notify check. A key for a team or "
                "for a service on trial sends only to its team."
            )
        case 403:
            return MailHeldBack(
                "GOV.UK Notify refused the key. Check CHECKDATA_NOTIFY_KEY, and whether this machine's clock is right."
            )
        case 429:
            return MailHeldBack("GOV.UK Notify takes no more mail now: a limit of the service is reached.")
        case status:
            return DeliveryFailed(f"GOV.UK Notify did not take the mail: it answered {status}.")


def _is_about_the_address(error: APIError) -> bool:
    told = error.message
    return isinstance(told, list) and any(
        one.get("error") == "ValidationError" and "email_address" in str(one.get("message", "")) for one in told
    )


_conforms: type[ports.Mailer] = NotifyMailer

"""A mailer of your own: messages leave by a mail service over HTTP that keeps the words, a template for each kind.

For GOV.UK Notify, which wants signed tokens, set `CHECKDATA_EMAIL` instead.

`test_own_mailer.py` holds it to the contract of the port. `checkdata.web.create_app` takes it as its mailer.
"""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import get_args
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from attrs import asdict, field, frozen

from checkdata import EmailAddress
from checkdata.ports import DeliveryFailed, DeliveryRefused, Message

TEMPLATES_NEEDED = frozenset(kind.template for kind in get_args(Message))
"""A new version of checkdata may have more; a test of yours can compare them with those that you have there."""

_REFUSED = 400  # by which the service says that it never will take this mail


@frozen(kw_only=True)
class HttpMailer:
    """Hands each message over by HTTP; *templates* are their ids there, by the names of `TEMPLATES_NEEDED`."""

    address: str
    token: str = field(repr=False)
    templates: Mapping[str, str]

    def send(self, to: EmailAddress, message: Message, reference: str, /) -> None:
        """Send one message; what an error says has no address in it, because it is logged."""
        mail = {
            "email_address": str(to),
            "template_id": self.templates[message.template],
            "personalisation": asdict(message),
            "reference": reference,
        }
        request = Request(  # noqa: S310 - the address is an operator's
            f"{self.address}/mails",
            json.dumps(mail, default=_as_words).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            urlopen(request, timeout=30).close()  # noqa: S310 - as above
        except HTTPError as error:
            error.close()
            kind = DeliveryRefused if error.code == _REFUSED else DeliveryFailed
            raise kind(f"The mail service did not take it: {error.code}.") from None
        except (OSError, HTTPException):
            raise DeliveryFailed("The mail service could not be reached.") from None


def _as_words(value: object) -> str:
    """A role by its word, a length of time as Python writes it."""
    return str(getattr(value, "value", value))

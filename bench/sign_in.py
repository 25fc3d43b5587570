"""Give a user access to a delivery partner, sign them in by the link in their mail, and print their cookie.

    sign_in.py EMAIL PARTNER_ID

The database and the rest are as the environment says.
"""

import os
import re
import sys
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings

PATIENCE: Final = 100
"""For how many tenths of a second a mail is waited for."""


def main() -> None:
    """Do what the module says."""
    email, partner = sys.argv[1:]
    composed = Composition(read_settings(os.environ))
    with composed.storage.reading() as work:
        confirmed_by = work.organisations.agreements_of(partner)[0].lead_provider_id
    access = NewAccess(
        email=EmailAddress.of(email),
        name="Bench User",
        role=Role.DELIVERY_PARTNER,
        organisation_id=partner,
        confirmed_by=confirmed_by,
        reason="To measure the service",
    )
    with suppress(ChangeRefused):  # they have it from an earlier run
        composed.manage_access.add(access)
    signing_in = SignIn(
        storage=composed.storage,
        tokens=composed.tokens,
        clock=composed.clock,
        lifetimes=composed.settings.lifetimes,
        limits=LinkLimits(per_address=9999, per_client=9999),  # one run signs the same user in again and again
    )
    earlier = set(mails())
    signing_in.request_link(email, "127.0.0.1")
    composed.send_mail.send_due()
    sys.stdout.write(f"{signing_in.sign_in(link_to(email, earlier)).token}\n")


def link_to(email: str, earlier: AbstractSet[Path]) -> str:
    """The token in a new mail to this address; a server that runs may be the one that sends it."""
    for _ in range(PATIENCE):
        for path in set(mails()) - earlier:
            if token := token_for(email, path):
                return token
        time.sleep(0.1)
    raise SystemExit(f"No mail with a link came to {email}.")


def mails() -> Iterator[Path]:
    """What is in the mailbox folder that CHECKDATA_EMAIL names."""
    return Path(os.environ["CHECKDATA_EMAIL"].removeprefix("mailbox:")).glob("*.eml")


def token_for(email: str, path: Path) -> str | None:
    """The token of the link in a mail, if it is to this address and has one."""
    mail = message_from_bytes(path.read_bytes(), policy=default)
    text = mail.get_body(("plain",))
    found = re.search(r"/sign-in/(\S+)", "" if text is None else text.get_content())
    return found[1] if mail["To"] == email and found else None


if __name__ == "__main__":
    main()

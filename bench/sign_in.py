"""Give somebody access to a delivery partner, sign them in by the link in their mail, and print their cookie.

    sign_in.py EMAIL PARTNER_ID

The database and the rest are as the environment says.
"""

import os
import re
import sys
from contextlib import suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.organisations import Role
from checkdata.domain.services.managing_access import NewAccess
from checkdata.domain.services.signing_in import SigningIn
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.bootstrap import Composition
from checkdata.entrypoints.settings import read_settings


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
        composed.managing_access.add(access)
    signing_in = SigningIn(
        storage=composed.storage, tokens=composed.tokens, clock=composed.clock, lifetimes=composed.settings.lifetimes
    )
    signing_in.request_link(email)
    while composed.sending.send_due():
        pass
    sys.stdout.write(f"{signing_in.sign_in(link_to(email)).token}\n")


def link_to(email: str) -> str:
    """The token in the newest mail to this address, in the mailbox folder that CHECKDATA_EMAIL names."""
    folder = Path(os.environ["CHECKDATA_EMAIL"].removeprefix("mailbox:"))
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        text = mail.get_body(("plain",))
        found = re.search(r"/sign-in/(\S+)", "" if text is None else text.get_content())
        if mail["To"] == email and found:
            return found[1]
    raise SystemExit(f"No mail with a link came to {email}.")


if __name__ == "__main__":
    main()

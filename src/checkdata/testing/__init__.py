"""Contract suites by port, for pytest: what our own adapters are held to, and those of other teams.

A suite is a class without tests of its own to run. Subclass it in a test module, under a name that begins with
``Test``, and give it the fixtures that it names; pytest then runs each law of the port over your adapter.
"""

try:
    import pytest
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError("checkdata.testing needs pytest: install checkdata[testing]") from _missing

pytest.register_assert_rewrite("checkdata.testing._suites")

from checkdata.testing._suites.clock import ClockContract
from checkdata.testing._suites.mailer import MailerContract, Post
from checkdata.testing._suites.organisations import OrganisationsContract
from checkdata.testing._suites.storage import StorageContract
from checkdata.testing._suites.tokens import TokensContract
from checkdata.testing._suites.users import UsersContract

__all__ = [
    "ClockContract",
    "MailerContract",
    "OrganisationsContract",
    "Post",
    "StorageContract",
    "TokensContract",
    "UsersContract",
]

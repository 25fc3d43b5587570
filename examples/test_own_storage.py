"""Your own storage, proved to be one: `pip install 'checkdata[testing]'`, then `pytest test_own_storage.py`."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from checkdata import Agreement, AppropriateBody, DeliveryPartner
from checkdata.testing import OrganisationsContract, StorageContract, UsersContract
from own_storage import OwnStorage
from own_tables import document

Put = Callable[[Iterable[DeliveryPartner | AppropriateBody], Iterable[Agreement]], None]


@pytest.fixture
def storage(tmp_path: Path) -> OwnStorage:
    """An empty storage."""
    return OwnStorage(str(tmp_path / "own.sqlite"))


@pytest.fixture
def put(storage: OwnStorage) -> Put:
    """How organisations and agreements come into it, here by SQL."""

    def put_both(organisations: Iterable[DeliveryPartner | AppropriateBody], agreements: Iterable[Agreement]) -> None:
        with storage.writing() as work:
            for each in organisations:
                work.write("REPLACE INTO organisations VALUES (?, ?, ?)", each.role.value, each.id, each.name)
            for agreement in agreements:
                cells = agreement.id, agreement.delivery_partner_id, document(agreements=[agreement])
                work.write("REPLACE INTO agreements VALUES (?, ?, ?)", *cells)
            work.commit()

    return put_both


class TestOwnStorage(StorageContract):
    """Its units of work."""


class TestOwnUsers(UsersContract):
    """Its users, their grants, and the facts about them."""


class TestOwnOrganisations(OrganisationsContract):
    """Its organisations and agreements."""

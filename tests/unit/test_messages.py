"""A message is declared once: what the outbox and support call it, its template, and what it says of people."""

import json
from importlib.resources import files
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.sql.row_mapping import message_from_json, message_to_json
from checkdata.domain.messages import (
    QUEUED_MESSAGES,
    AccessGranted,
    AccessLapses,
    AccessRemoved,
    AddressChanged,
    ChangesCounted,
    ColleagueLeft,
    FilesRecalled,
    HelpRequested,
    KeyChanged,
    Message,
    QueuedMessage,
    SecondAddressChanged,
    is_without_personal_data,
    without_personal_data,
)
from checkdata.domain.nomination_messages import (
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.people.organisations import Role

QUEUED = st.one_of(*map(st.from_type, get_args(QueuedMessage)))
OF_PEOPLE = (
    AccessGranted,
    AccessLapses,
    AccessRemoved,
    AddressChanged,
    SecondAddressChanged,
    NominationDeclined,
    NominationEscalated,
    NominationReceived,
    NominationConfirmed,
    NominationGranted,
    NominationClosed,
    ColleagueLeft,
    ChangesCounted,
    HelpRequested,
    FilesRecalled,
    KeyChanged,
)


def test_each_message_of_the_outbox_has_a_kind_and_a_title_of_its_own() -> None:
    assert set(QUEUED_MESSAGES.values()) == set(get_args(QueuedMessage))
    assert len({message.title for message in QUEUED_MESSAGES.values()}) == len(QUEUED_MESSAGES)


def test_each_mail_has_a_template_and_each_template_a_mail() -> None:
    kept = {each.name for each in (files("checkdata.adapters.email") / "templates").iterdir()}
    assert kept == {f"{message.template}.txt" for message in get_args(Message)}


@given(QUEUED)
def test_a_message_is_read_from_the_outbox_as_it_was_queued(message: QueuedMessage) -> None:
    assert message_from_json(message.kind, json.loads(json.dumps(message_to_json(message)))) == message


@given(QUEUED)
def test_a_message_that_said_something_of_people_is_forgotten_and_no_other(message: QueuedMessage) -> None:
    assert is_without_personal_data(without_personal_data(message)) == isinstance(message, OF_PEOPLE)
    assert isinstance(message, OF_PEOPLE) or without_personal_data(message) == message


def test_what_is_forgotten_names_no_user() -> None:
    role = Role.SUPPORT
    named: tuple[QueuedMessage, ...] = (
        AccessGranted(name="Ann", role=role, organisation="Hub"),
        AccessRemoved(name="Ann", role=role, organisation="Hub"),
        AccessLapses(name="Ann", role=role, organisation="Hub", unused=True, ends_on="2024-06-03"),
        AddressChanged(name="Ann", is_new=True),
        SecondAddressChanged(name="Ann", added=True),
        NominationDeclined(nominee="Ann", role=role, organisation="Hub"),
        NominationEscalated(role=role, organisation="Hub", reference="Ann's ticket"),
        NominationReceived(role=role, organisation="Hub"),
        NominationConfirmed(role=role, organisation="Hub"),
        NominationGranted(nominee="Ann", role=role, organisation="Hub"),
        NominationClosed(nominee="Ann", role=role, organisation="Hub", expired=True),
        ColleagueLeft(role=role, organisation="Hub", suspended=True),
        HelpRequested(
            name="Ann",
            email="Ann",
            organisation="Hub",
            role=role,
            page="/team",
            asked_at="2024-06-03 14:55",
            text="Ann",
        ),
        FilesRecalled(name="Ann", files=2, reminds=False),
        KeyChanged(name="Ann", role=role, organisation="Hub", key="Ann's", event="issued"),
    )
    assert not any(map(is_without_personal_data, named))
    assert not any(word in repr(without_personal_data(message)) for message in named for word in ("Ann", "Hub"))

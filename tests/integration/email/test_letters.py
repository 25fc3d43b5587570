"""What the mails about nominations and addresses say: plain words, one link in one piece, no other person's data."""

import re
from datetime import timedelta
from typing import Final

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from checkdata.adapters.email import MailRenderer, Wording
from checkdata.domain.keys import Keys
from checkdata.domain.messages import (
    AccessGranted,
    AccessLapses,
    AccessRemoved,
    AddressChanged,
    ChangesCounted,
    ChangesCountedMessage,
    ColleagueLeft,
    FilesRecalled,
    KeyChanged,
    KeyEvent,
    Message,
    SecondAddressChanged,
    SecondAddressLinkMessage,
)
from checkdata.domain.nomination_messages import (
    ConfirmationLinkMessage,
    NominationClosed,
    NominationConfirmed,
    NominationDeclined,
    NominationEscalated,
    NominationGranted,
    NominationReceived,
)
from checkdata.domain.people.organisations import Role
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import EmailAddress, UserId
from checkdata.entrypoints.web.security.stop_links import stop_token
from tests.strategies import NOON

TO = EmailAddress("contact@beacon.example")
LETTERS = MailRenderer(
    sender=EmailAddress("no-reply@x.example"),
    wording=Wording(start_page="https://x.example/", support_email="help@x.example"),
    clock=lambda: NOON,
)
URL = f"https://x.example/confirm/{'x' * 75}"


def asked(days: int = 7, role: Role = Role.DELIVERY_PARTNER) -> ConfirmationLinkMessage:
    return ConfirmationLinkMessage(
        url=URL,
        lives=timedelta(days=days),
        lead_provider="Beacon",
        role=role,
        organisation="North & West Hub",
    )


def text(message: Message) -> str:
    content = LETTERS.write(TO, message, "r1").get_content()
    assert isinstance(content, str)
    return content


def test_a_contact_is_asked_about_an_organisations_user_by_a_link_in_one_piece() -> None:
    body = text(asked())
    assert URL in body.splitlines()
    assert "for North & West Hub, a delivery partner of Beacon." in body
    assert "within 7 days of" in body


def test_a_contact_is_asked_about_a_bodys_user_in_its_own_words() -> None:
    body = text(asked(role=Role.APPROPRIATE_BODY))
    assert "for North & West Hub, an appropriate body that Beacon works with." in body


def test_policy_learns_what_waits_for_it_and_by_which_ticket_and_not_who_it_is_about() -> None:
    escalated = NominationEscalated(role=Role.APPROPRIATE_BODY, organisation="Borough", reference="Ticket 9")
    body = text(escalated)
    assert "as an appropriate body user for Borough." in body
    assert "Ticket 9." in body
    assert "https://x.example/" in body.splitlines()
    assert "ticket" not in text(evolve(escalated, reference=""))


@pytest.mark.parametrize(("days", "words"), [(1, "1 day"), (2, "2 days")])
def test_a_links_life_is_told_in_days(days: int, words: str) -> None:
    assert f"within {words} of" in text(asked(days))


def test_the_nominator_learns_that_the_nominee_was_declined_and_not_why() -> None:
    body = text(NominationDeclined(nominee="Zoë Ní Lee", role=Role.DELIVERY_PARTNER, organisation="North Hub"))
    assert "You nominated Zoë Ní Lee" in body
    assert "as a delivery partner user for North Hub." in body


def test_a_user_learns_when_their_access_ends_and_how_to_keep_it() -> None:
    unused, unvouched = (text(lapses("Bo", unused=unused)) for unused in (True, False))
    for body in (unused, unvouched):
        assert "On 1 July 2024 you will lose" in body
    assert "https://x.example/" in unused.splitlines()
    assert "https://x.example/" not in unvouched
    assert "no data-sharing\nagreement" in unvouched


def lapses(name: str, *, unused: bool = True) -> AccessLapses:
    role = Role.DELIVERY_PARTNER
    return AccessLapses(name=name, role=role, organisation=name, unused=unused, ends_on="2024-07-01")


def about_a_key(name: str, event: KeyEvent) -> KeyChanged:
    role = Role.DELIVERY_PARTNER
    return KeyChanged(name=name, role=role, organisation=name, key=name, event=event, waits_until="2024-07-01")


def test_a_user_learns_by_which_day_a_key_waits_for_them_and_that_support_does_not_have_it() -> None:
    body = text(about_a_key("Bo", "issued"))
    assert "Sign in by 1 July 2024" in body
    assert "shown to you\nonly" in body
    assert "https://x.example/keys" in body.splitlines()
    assert "do not collect it" in body
    assert "does not\nwork any more" in text(about_a_key("Bo", "revoked"))


def test_a_user_learns_that_a_key_was_collected_and_where_to_revoke_it_if_that_was_another_person() -> None:
    body = text(about_a_key("Bo", "collected"))
    assert "shown to a user who had signed in as you" in body
    assert "https://x.example/keys" in body.splitlines()


def test_each_address_learns_what_the_change_means_for_it_and_neither_the_other_one() -> None:
    old, new = (text(AddressChanged(name="Bo", is_new=is_new)) for is_new in (False, True))
    assert "can no longer be used to sign in" in old
    assert "https://x.example/" not in old
    assert "https://x.example/" in new
    assert "@" not in (old + new).replace("help@x.example", "")


def test_a_holder_of_files_learns_how_many_there_are_and_where_to_confirm_and_nothing_of_who_is_in_them() -> None:
    mail = LETTERS.write(TO, FilesRecalled(name="Bo", files=3, reminds=False), "r1")
    body = mail.get_content()
    assert mail["Subject"] == "Delete files from Check data for delivery partners"
    assert "3 files that you downloaded" in body
    assert "go to https://x.example/files-to-delete\n" in body
    reminder = LETTERS.write(TO, FilesRecalled(name="Bo", files=1, reminds=True), "r1")
    assert reminder["Subject"].startswith("Reminder: delete files from ")
    assert "A file that you downloaded holds" in reminder.get_content()


@pytest.mark.parametrize(("files", "of"), [(0, "data"), (1, "files")])
@pytest.mark.parametrize(("copies", "told"), [(1, "read data with an API key"), (2, "read data with 2 API keys")])
def test_the_user_of_a_key_learns_that_a_program_has_a_copy(files: int, of: str, copies: int, told: str) -> None:
    mail = LETTERS.write(TO, FilesRecalled(name="Bo", files=files, copies=copies, reminds=False), "r1")
    assert mail["Subject"] == f"Delete {of} from Check data for delivery partners"
    body = mail.get_content()
    assert told in body
    assert ("A file that you downloaded" in body) == bool(files)
    assert "\n\n\n" not in body


def note(changes: int = 12, of_schools: int = 3) -> ChangesCountedMessage:
    counted = ChangesCounted(
        user_id=UserId("u1"),
        role=Role.DELIVERY_PARTNER,
        organisation_id="dp-1",
        organisation="North & West Hub",
        changes=changes,
        of_schools=of_schools,
        since="2026-11-23T05:00:00+00:00",
    )
    return ChangesCountedMessage(counted=counted, url=URL, stop_url=f"{URL}/stop")


def test_a_note_of_changes_has_two_numbers_a_link_and_is_stopped_by_one_click_of_a_mail_program() -> None:
    mail = LETTERS.write(TO, note(), "r1")
    assert mail["Subject"] == "12 changes since Monday 23 November 2026"
    assert mail["List-Unsubscribe"] == f"<{URL}/stop>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "at North & West Hub, delivery partner." in text(note()).splitlines()
    assert URL in text(note()).splitlines()
    assert "3 of them need a school to act." in text(note())
    assert "1 of them needs a school to act." in text(note(of_schools=1))
    assert "school" not in text(note(of_schools=0))
    assert "1 change since" in text(note(changes=1, of_schools=0))
    assert LETTERS.write(TO, asked(), "r1")["List-Unsubscribe"] is None


def test_the_link_that_stops_notes_is_one_line_of_ascii_as_mail_programs_read_it() -> None:
    keys = Keys.of("k" * 32)
    link = f"https://x.example/notes/stop/{stop_token(keys, UserId('u' * 32), Role.DELIVERY_PARTNER, 'dp-north-hub')}"
    sent = LETTERS.write(TO, evolve(note(), stop_url=link), "r1").as_bytes()
    assert f"List-Unsubscribe: <{link}>\r\n".encode() in sent
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in sent


HAND_OVERS: Final = (
    NominationReceived(role=Role.APPROPRIATE_BODY, organisation="Borough"),
    NominationConfirmed(role=Role.APPROPRIATE_BODY, organisation="Borough"),
    NominationGranted(nominee="Bo", role=Role.APPROPRIATE_BODY, organisation="Borough"),
    NominationClosed(nominee="Bo", role=Role.APPROPRIATE_BODY, organisation="Borough", expired=True),
    NominationClosed(nominee="Bo", role=Role.APPROPRIATE_BODY, organisation="Borough", expired=False),
    ColleagueLeft(role=Role.APPROPRIATE_BODY, organisation="Borough", suspended=True),
    ColleagueLeft(role=Role.APPROPRIATE_BODY, organisation="Borough", suspended=False),
)


@pytest.mark.parametrize(
    "message",
    [
        asked(),
        NominationDeclined(nominee="Bo", role=Role.APPROPRIATE_BODY, organisation="Borough"),
        NominationEscalated(role=Role.APPROPRIATE_BODY, organisation="Borough", reference=""),
        NominationEscalated(role=Role.APPROPRIATE_BODY, organisation="Borough", reference="Ticket 9"),
        *HAND_OVERS,
        note(),
        lapses("Bo"),
        lapses("Bo", unused=False),
        about_a_key("Bo", "issued"),
        about_a_key("Bo", "revoked"),
        about_a_key("Bo", "collected"),
        AddressChanged(name="Bo", is_new=True),
        AddressChanged(name="Bo", is_new=False),
        SecondAddressChanged(name="Bo", added=True),
        SecondAddressChanged(name="Bo", added=False),
        SecondAddressChanged(name="Bo", added=False, is_second=True),
        SecondAddressLinkMessage(url=URL, lives=timedelta(days=7)),
        FilesRecalled(name="Bo", files=1, reminds=False),
        FilesRecalled(name="Bo", files=2, reminds=True),
        FilesRecalled(name="Bo", files=2, copies=2, reminds=True),
    ],
    ids=[
        "asked",
        "declined",
        "escalated",
        "escalated by ticket",
        "received",
        "confirmed",
        "granted",
        "expired",
        "withdrawn",
        "suspended",
        "left",
        "note of changes",
        "unused",
        "unvouched",
        "key issued",
        "key revoked",
        "key collected",
        "new address",
        "old address",
        "second address",
        "without a second address",
        "removed address",
        "link to confirm",
        "recalled",
        "reminded",
        "copies recalled",
    ],
)
def test_every_mail_is_short_plain_and_says_whom_to_tell(message: Message) -> None:
    mail = LETTERS.write(TO, message, "r1")
    body = text(message)
    assert mail.get_content_type() == "text/plain"
    assert len(mail["Subject"]) < 78
    assert "support at help@x.example" in body
    assert len(body.splitlines()) < 30
    assert not re.search(r"\n\n\n|[ \t]\n|\{\{|\{%|!", body)


def of_people(name: str) -> list[Message]:
    """A mail of each kind that names a person or a thing."""
    return [
        ConfirmationLinkMessage(
            url=URL, lives=timedelta(days=7), lead_provider=name, role=Role.DELIVERY_PARTNER, organisation=name
        ),
        NominationEscalated(role=Role.DELIVERY_PARTNER, organisation=name, reference=name or "Bo"),
        NominationReceived(role=Role.DELIVERY_PARTNER, organisation=name),
        NominationConfirmed(role=Role.DELIVERY_PARTNER, organisation=name),
        NominationGranted(nominee=name, role=Role.DELIVERY_PARTNER, organisation=name),
        NominationClosed(nominee=name, role=Role.DELIVERY_PARTNER, organisation=name, expired=True),
        ColleagueLeft(role=Role.DELIVERY_PARTNER, organisation=name, suspended=True),
        NominationDeclined(nominee=name, role=Role.DELIVERY_PARTNER, organisation=name),
        AddressChanged(name=name, is_new=True),
        SecondAddressChanged(name=name, added=True),
        AccessGranted(name=name, role=Role.DELIVERY_PARTNER, organisation=name),
        AccessRemoved(name=name, role=Role.DELIVERY_PARTNER, organisation=name),
        lapses(name),
        lapses(name, unused=False),
        about_a_key(name, "issued"),
        about_a_key(name, "revoked"),
        about_a_key(name, "collected"),
        FilesRecalled(name=name, files=2, reminds=False),
    ]


LINES = [text(message).count("\n") for message in of_people("Bo")]


@given(name=st.text(st.characters(exclude_categories=()) | st.sampled_from("\u202e\u2066\n\r\x1b\x9b\x85\u2028")))
@example(name="Bo\n\nGo to https://evil.example")
@example(name="\u202eBo")
def test_no_name_begins_a_line_of_a_mail_or_turns_around_what_follows_it(name: str) -> None:
    for message, lines in zip(of_people(name), LINES, strict=True):
        body = text(message)
        assert displayed(body) == body
        assert body.count("\n") == lines

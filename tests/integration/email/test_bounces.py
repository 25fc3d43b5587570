"""Which mails say that a mail of ours was never delivered (RFC 3464)."""

from datetime import UTC, datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checkdata.adapters.email import MailRenderer, Wording, read_bounce
from checkdata.domain.messages import HowAccessIsGiven
from checkdata.domain.values import EmailAddress
from tests.integration.email.bounces import a_bounce

LETTERS = MailRenderer(
    sender=EmailAddress("no-reply@x.example"),
    wording=Wording(start_page="https://x.example/"),
    clock=lambda: datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
)
MAIL = LETTERS.write(EmailAddress("jo@hub.example"), HowAccessIsGiven(), "a-reference")
SENT = MAIL.as_bytes()
OURS = "a-reference"


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_notice_names_the_mail_that_it_quotes(*, headers_only: bool, newline: bytes) -> None:
    assert read_bounce(a_bounce(SENT, headers_only=headers_only).replace(b"\n", newline)) == OURS


def test_words_of_a_notice_are_read_in_any_case() -> None:
    notice = a_bounce(SENT, action="Failed").replace(b"multipart/report", b"Multipart/Report")
    assert read_bounce(notice.replace(b"delivery-status;", b"Delivery-Status;")) == OURS


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_a_notice_of_anything_but_a_failure_is_no_bounce(action: str) -> None:
    assert read_bounce(a_bounce(SENT, action=action, status="4.4.1")) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        SENT,
        b"From: jo@hub.example\nSubject: Out of office\nIn-Reply-To: " + OURS.encode() + b"\n\nI am away.",
        a_bounce(SENT).replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
        a_bounce(SENT).replace(b"multipart/report", b"multipart/mixed"),
        a_bounce(SENT).partition(b"--b1/mx\nContent-Description: Undelivered")[0],
        a_bounce(SENT).replace(OURS.encode(), b""),
    ],
    ids=["nothing", "our own mail", "an answer", "a receipt", "no report", "nothing quoted", "no id"],
)
def test_any_other_mail_is_no_bounce(mail: bytes) -> None:
    assert read_bounce(mail) is None


NOTICE = a_bounce(SENT)
HERE = NOTICE.index(OURS.encode())


@given(st.integers(0, len(NOTICE)), st.binary(max_size=20), st.integers(0, 40))
def test_a_broken_notice_names_no_other_mail(at: int, put_in: bytes, left_out: int) -> None:
    assume(at + left_out < HERE or at > HERE + len(OURS))
    assert read_bounce(NOTICE[:at] + put_in + NOTICE[at + left_out :]) in {None, OURS}

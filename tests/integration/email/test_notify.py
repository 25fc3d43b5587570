"""Mail through GOV.UK Notify."""

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve

from checkdata.adapters.email import Wording
from checkdata.adapters.email.notify import NotifyAccount, NotifyMailer, Pace
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused, MailHeldBack
from checkdata.domain.messages import AccessGranted, ChangesCounted, ChangesCountedMessage, SignInLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress, UserId
from tests.integration.email.notify_server import (
    KEY,
    SERVICE,
    SIGN_IN_TEMPLATE,
    TEMPLATE,
    UNDELIVERABLE,
    Answer,
    Notify,
    notify_server,
    refusal,
)

WORDING = Wording(start_page="https://x.example/", support_email="help@x.example")
JO = EmailAddress.of("jo@north.example")
LINK = SignInLinkMessage(url=f"https://x.example/sign-in/{'x' * 75}", lives=timedelta(minutes=60))
TEAM_KEY = refusal(400, "BadRequestError", "Can't send to this recipient using a team-only API key")
LIMIT = refusal(429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds")


@pytest.fixture
def notify() -> Iterator[Notify]:
    with notify_server() as running:
        yield running


def mailer(notify: Notify, *, patience: float = 10.0, whole: float = 20.0, key: str = KEY) -> NotifyMailer:
    account = NotifyAccount(key=key, template=TEMPLATE, templates={"sign_in_link": SIGN_IN_TEMPLATE}, url=notify.url)
    return NotifyMailer(account, WORDING, Pace(pause=lambda _: None), patience=patience, whole=whole)


def test_a_mail_goes_out_with_its_words_and_the_reference_that_its_receipt_names(notify: Notify) -> None:
    mailer(notify).send(JO, AccessGranted(name="Jo", role=Role.DELIVERY_PARTNER, organisation="North Hub"), "r-1")
    (sent,) = notify.sent
    assert (sent["email_address"], sent["template_id"], sent["reference"]) == (str(JO), TEMPLATE, "r-1")
    assert sent["personalisation"]["subject"] == "You can now sign in to Check data for delivery partners"
    assert (
        "\n\nYou can now sign in to Check data for delivery partners as a delivery partner user for North Hub.\n\n"
        in (sent["personalisation"]["body"])
    )


def test_a_kind_of_mail_may_have_a_template_of_its_own_and_its_link_stays_whole(notify: Notify) -> None:
    mailer(notify).send(JO, LINK, "r-1")
    (sent,) = notify.sent
    assert sent["template_id"] == SIGN_IN_TEMPLATE
    assert LINK.url in sent["personalisation"]["body"].split("\n")


def test_one_click_in_the_mail_program_stops_notes_of_changes(notify: Notify) -> None:
    counted = ChangesCounted(
        user_id=UserId("u1"),
        role=Role.DELIVERY_PARTNER,
        organisation_id="dp-1",
        organisation="North Hub",
        changes=12,
        of_schools=3,
        since="2024-06-03T09:00:00+00:00",
    )
    stop = "https://x.example/notes/stop/token"
    mailer(notify).send(JO, ChangesCountedMessage(counted=counted, url="https://x.example/c", stop_url=stop), "r-1")
    assert notify.sent[0]["one_click_unsubscribe_url"] == stop


def test_an_address_that_is_refused_is_refused_for_good(notify: Notify) -> None:
    with pytest.raises(DeliveryRefused):
        mailer(notify).send(EmailAddress.of(UNDELIVERABLE), LINK, "r-1")


def test_where_a_limit_is_reached_all_mail_is_held_back(notify: Notify) -> None:
    notify.answer = LIMIT
    with pytest.raises(MailHeldBack):
        mailer(notify).send(JO, LINK, "r-1")


def test_a_mail_that_is_refused_for_itself_holds_no_other_back(notify: Notify) -> None:
    notify.answer = TEAM_KEY
    with pytest.raises(DeliveryFailed):
        mailer(notify).send(JO, LINK, "r-1")


def test_a_wrong_key_holds_all_mail_back(notify: Notify) -> None:
    with pytest.raises(MailHeldBack, match="CHECKDATA_NOTIFY_KEY"):
        mailer(notify, key=f"check-data-{SERVICE}-{TEMPLATE}").send(JO, LINK, "r-1")


def test_a_template_that_is_gone_holds_only_its_own_mail_back(notify: Notify) -> None:
    del notify.templates[SIGN_IN_TEMPLATE]
    with pytest.raises(DeliveryFailed, match="checkdata notify check"):
        mailer(notify).send(JO, LINK, "r-1")
    mailer(notify).send(JO, AccessGranted(name="Jo", role=Role.DELIVERY_PARTNER, organisation="North Hub"), "r-2")
    assert len(notify.sent) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_trouble_of_its_own_is_tried_again(notify: Notify, status: int) -> None:
    notify.answer = refusal(status, "Exception", "Internal server error")
    with pytest.raises(DeliveryFailed) as raised:
        mailer(notify).send(JO, LINK, "r-1")
    assert not isinstance(raised.value, DeliveryRefused)


def test_a_connection_that_breaks_off_is_tried_again(notify: Notify) -> None:
    notify.closes = True
    with pytest.raises(DeliveryFailed):
        mailer(notify).send(JO, LINK, "r-1")


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with notify_server() as gone:
        pass
    with pytest.raises(DeliveryFailed):
        mailer(gone).send(JO, LINK, "r-1")


def test_an_answer_a_byte_now_and_then_ends_with_the_whole_time(notify: Notify) -> None:
    notify.drips = 0.2
    with pytest.raises(DeliveryFailed):
        mailer(notify, patience=5, whole=1).send(JO, LINK, "r-1")


@pytest.mark.parametrize("answer", [TEAM_KEY, LIMIT, refusal(400, "ValidationError", f"email_address {JO}")])
def test_no_error_and_no_log_quotes_what_notify_says(
    notify: Notify, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    notify.answer = answer
    with caplog.at_level(logging.DEBUG), pytest.raises((MailHeldBack, DeliveryFailed)) as raised:
        mailer(notify).send(JO, LINK, "r-1")
    told = str(raised.value) + caplog.text
    assert str(JO) not in told
    assert "team-only" not in told
    assert LINK.url not in told


def test_its_account_never_shows_its_key() -> None:
    account = NotifyAccount(key=KEY, template=TEMPLATE)
    assert KEY not in repr(account)
    assert evolve(account, template=SIGN_IN_TEMPLATE).key == KEY


def test_a_check_finds_nothing_wrong_with_templates_that_are_right(notify: Notify) -> None:
    assert mailer(notify).faults() == []
    assert notify.asked == 0


def test_a_check_names_each_template_that_is_wrong_or_missing(notify: Notify) -> None:
    notify.templates = {TEMPLATE: ("Hello", "((body))")}
    wrong, missing = mailer(notify).faults()
    assert TEMPLATE in wrong
    assert "((subject))" in wrong
    assert SIGN_IN_TEMPLATE in missing


def test_mails_leave_no_faster_than_their_pace() -> None:
    waited, clock = list[float](), [100.0]
    pace = Pace(most_a_second=4.0, now=lambda: clock[0], pause=waited.append)
    for _ in range(4):
        pace.wait()
    clock[0] += 60.0
    pace.wait()
    assert waited == [0.0, 0.25, 0.5, 0.75, 0.0]

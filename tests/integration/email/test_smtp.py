import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from attrs import evolve

from checkdata.adapters.email import MailRenderer, Security, SmtpMailer, SmtpServer, Wording
from checkdata.domain.errors import DeliveryFailed, DeliveryRefused
from checkdata.domain.messages import AccessGranted, HowAccessIsGiven, SignInLinkMessage
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import EmailAddress
from tests.integration.email.smtp_server import (
    GREYLISTED,
    PASSWORD,
    UNDELIVERABLE,
    USER,
    SmtpServerInTest,
    certificate,
    free_port,
    smtp_server,
)

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LETTERS = MailRenderer(
    sender=EmailAddress.of("no-reply@service.example.org"),
    wording=Wording(start_page="https://service.example.org/"),
    clock=lambda: NOW,
)
JO = EmailAddress.of("jo@example.org")
LINK = SignInLinkMessage(url=f"https://service.example.org/sign-in/{'x' * 75}", lives=timedelta(minutes=60))


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts, as an operator would make it so."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return made


@pytest.fixture
def shown(authority: trustme.CA) -> ssl.SSLContext:
    return certificate(authority, "localhost")


@pytest.fixture
def plain_server() -> Iterator[SmtpServerInTest]:
    with smtp_server() as server:
        yield server


def mailer(server: SmtpServerInTest, security: Security = Security.IF_OFFERED, password: str = "") -> SmtpMailer:
    user = USER if password else ""
    place = SmtpServer(host=server.host, port=server.port, security=security, user=user, password=password)
    return SmtpMailer(place, LETTERS, patience=5)


def test_a_server_on_this_machine_takes_the_mail_as_it_is(plain_server: SmtpServerInTest) -> None:
    mailer(plain_server).send(JO, LINK, "r1")
    [delivery] = plain_server.deliveries
    assert (delivery.sender, delivery.to) == ("no-reply@service.example.org", ["jo@example.org"])
    assert not delivery.over_tls


def test_the_mail_has_the_headers_that_a_service_owes(plain_server: SmtpServerInTest) -> None:
    mailer(plain_server).send(JO, LINK, "r1")
    mail = plain_server.deliveries[0].mail
    assert mail["From"] == "Check data for delivery partners <no-reply@service.example.org>"
    assert mail["To"] == "jo@example.org"
    assert mail["Subject"] == "Your link to sign in"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<r1@service.example.org>"
    assert mail.get_content_type() == "text/plain"


def test_mails_have_the_same_message_id_where_they_are_tries_of_one_and_only_there(
    plain_server: SmtpServerInTest,
) -> None:
    sender = mailer(plain_server)
    for reference in ("r1", "r2", "r1"):
        sender.send(JO, HowAccessIsGiven(), reference)
    told = [delivery.mail["Message-ID"] for delivery in plain_server.deliveries]
    assert told == [f"<{reference}@service.example.org>" for reference in ("r1", "r2", "r1")]


def test_a_link_goes_over_the_wire_in_one_piece(plain_server: SmtpServerInTest) -> None:
    long = evolve(LINK, url=f"https://a-rather-long-name.of-a-service.example.org/sign-in/{'x' * 75}")
    mailer(plain_server).send(JO, long, "r1")
    assert long.url.encode() in plain_server.deliveries[0].raw.splitlines()


def test_names_arrive_with_their_accents(plain_server: SmtpServerInTest) -> None:
    granted = AccessGranted(name="Zoë Łukasz", role=Role.DELIVERY_PARTNER, organisation="St Cuthbert's & Wear Valley")
    mailer(plain_server).send(JO, granted, "r1")
    text = plain_server.deliveries[0].mail.get_content()
    assert "Hello Zoë Łukasz" in text
    assert "as a delivery partner user for St Cuthbert's & Wear Valley." in text


def test_starttls_and_sign_in(shown: ssl.SSLContext) -> None:
    with smtp_server(starttls=shown, asks_for_sign_in=True) as server:
        mailer(server, Security.STARTTLS, PASSWORD).send(JO, LINK, "r1")
        [delivery] = server.deliveries
    assert (delivery.over_tls, delivery.signed_in) == (True, True)


def test_starttls_is_used_on_this_machine_too_where_it_is_offered(shown: ssl.SSLContext) -> None:
    with smtp_server(starttls=shown) as server:
        mailer(server, Security.IF_OFFERED).send(JO, LINK, "r1")
        [delivery] = server.deliveries
    assert delivery.over_tls


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_tls_from_the_first_byte_and_sign_in(shown: ssl.SSLContext) -> None:
    with smtp_server(tls=shown, asks_for_sign_in=True) as server:
        mailer(server, Security.TLS, PASSWORD).send(JO, LINK, "r1")
        [delivery] = server.deliveries
    assert (delivery.over_tls, delivery.signed_in) == (True, True)


def test_a_server_without_starttls_gets_no_mail(plain_server: SmtpServerInTest) -> None:
    with pytest.raises(DeliveryFailed, match="does not offer the TLS"):
        mailer(plain_server, Security.STARTTLS).send(JO, LINK, "r1")
    assert not plain_server.deliveries


@pytest.mark.usefixtures("authority")
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_of_an_unknown_authority_gets_no_mail(security: Security) -> None:
    shown = certificate(trustme.CA(), "localhost")
    at_once, later = (shown, None) if security is Security.TLS else (None, shown)
    with smtp_server(tls=at_once, starttls=later) as server:
        with pytest.raises(DeliveryFailed, match="can't be trusted"):
            mailer(server, security).send(JO, LINK, "r1")
        assert not server.deliveries


def test_a_certificate_of_another_name_gets_no_mail(authority: trustme.CA) -> None:
    with smtp_server(tls=certificate(authority, "elsewhere.example.org")) as server:
        with pytest.raises(DeliveryFailed, match="can't be trusted"):
            mailer(server, Security.TLS).send(JO, LINK, "r1")
        assert not server.deliveries


def test_a_wrong_password_is_told_without_it(shown: ssl.SSLContext) -> None:
    with (
        smtp_server(starttls=shown, asks_for_sign_in=True) as server,
        pytest.raises(DeliveryFailed, match="refused the user name and password") as told,
    ):
        mailer(server, Security.STARTTLS, "wrong").send(JO, LINK, "r1")
    assert "wrong" not in str(told.value)


def test_a_refused_recipient_is_told_without_the_address(plain_server: SmtpServerInTest) -> None:
    with pytest.raises(DeliveryRefused, match="refused the recipient") as told:
        mailer(plain_server).send(EmailAddress.of(UNDELIVERABLE), LINK, "r1")
    assert "@" not in str(told.value)
    assert told.value.__cause__ is None


def test_a_server_that_is_busy_is_told_by_its_answer(plain_server: SmtpServerInTest) -> None:
    plain_server.handler.busy = True
    with pytest.raises(DeliveryFailed, match="it answered 451") as told:
        mailer(plain_server).send(JO, LINK, "r1")
    assert not isinstance(told.value, DeliveryRefused)


def test_a_mail_that_the_server_will_never_take_is_refused_for_good(plain_server: SmtpServerInTest) -> None:
    plain_server.handler.answer = "554 5.7.1 Not this mail"
    with pytest.raises(DeliveryRefused, match="it answered 554"):
        mailer(plain_server).send(JO, LINK, "r1")


def test_a_recipient_whom_the_server_refuses_for_now_is_not_refused_for_good(plain_server: SmtpServerInTest) -> None:
    with pytest.raises(DeliveryFailed, match="refused the recipient") as told:
        mailer(plain_server).send(EmailAddress.of(GREYLISTED), LINK, "r1")
    assert not isinstance(told.value, DeliveryRefused)


def test_a_server_that_is_gone_is_told() -> None:
    place = SmtpServer(host="127.0.0.1", port=free_port(), security=Security.IF_OFFERED)
    with pytest.raises(
        DeliveryFailed, match=r"The mail server 127\.0\.0\.1:\d+ did not take the mail: it can't be reached"
    ):
        SmtpMailer(place, LETTERS).send(JO, LINK, "r1")


def test_a_password_is_not_shown_with_its_server() -> None:
    place = SmtpServer(host="mail.example.org", port=587, security=Security.STARTTLS, user="u", password=PASSWORD)
    assert PASSWORD not in repr(place)

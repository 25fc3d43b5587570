from datetime import UTC, datetime

from checkdata.entrypoints.web.settings import MailboxMail
from tests.integration.web.client import Client
from tests.integration.web.world import World

BASE = "http://127.0.0.1:8000"


def a_mail(text: str) -> MailboxMail:
    return MailboxMail(
        to="ann@north.example", subject="Sign in <now>", text=text, at=datetime(2024, 6, 3, 13, 55, tzinfo=UTC)
    )


def test_the_mailbox_shows_mails_with_links_that_can_be_clicked() -> None:
    client = Client(World(base_url=BASE, mails=[a_mail(f"Hello\n\n{BASE}/sign-in/abc-_1\n\nDfE"), a_mail("Older")]))
    page = client.get("/mailbox")
    assert [heading.text for heading in page.one("main").all("h2")] == ["Sign in <now>", "Sign in <now>"]
    assert page.link(f"{BASE}/sign-in/abc-_1") == f"{BASE}/sign-in/abc-_1"
    assert "To ann@north.example, 3 June 2024 at 2:55pm" in page.text


def test_nothing_in_a_mail_becomes_part_of_the_page() -> None:
    client = Client(World(base_url=BASE, mails=[a_mail('<script>1</script> <a href="https://evil.example">x</a>')]))
    page = client.get("/mailbox")
    assert "<script>1</script>" in page.text
    assert not [link for link in page.all("a") if link.text == "x"]


def test_an_empty_mailbox_says_so_and_can_be_looked_at_again() -> None:
    page = Client(World(base_url=BASE, mails=[])).get("/mailbox")
    assert "There are no emails yet" in page.text
    assert page.link("Look for new emails") == "/mailbox"


def test_in_the_demo_the_way_to_it_is_shown() -> None:
    page = Client(World(base_url=BASE, mails=[])).get("/sign-in/check-your-email")
    assert page.link("mailbox") == "/mailbox"


def test_elsewhere_there_is_none(client: Client) -> None:
    client.get("/mailbox", 404)
    assert "mailbox" not in client.get("/sign-in/check-your-email").text

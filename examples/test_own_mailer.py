"""Your own mailer, proved to be one: `pip install 'checkdata[testing]'`, then `pytest test_own_mailer.py`."""

import json
import secrets
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import get_args

import pytest

from checkdata import EmailAddress
from checkdata.ports import DeliveryFailed, DeliveryRefused, Message
from checkdata.testing import MailerContract, Post
from own_mailer import TEMPLATES_NEEDED, HttpMailer

NOBODY = EmailAddress.of("nobody@nowhere.example")
REFUSED = EmailAddress.of("refused@nowhere.example")
GARBLED = EmailAddress.of("garbled@nowhere.example")
STATUSES = {str(NOBODY): 500, str(REFUSED): 400}


class MailService(BaseHTTPRequestHandler):
    """Stands for the service: notes what it takes, and fails for two addresses."""

    taken: list[str]

    def do_POST(self) -> None:
        """Take a mail."""
        mail = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if mail["email_address"] == str(GARBLED):
            self.wfile.write(b"no HTTP at all\r\n")
            return
        status = STATUSES.get(mail["email_address"], 201)
        if status not in STATUSES.values():
            self.taken.append(mail["email_address"])
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class TestHttpMailer(MailerContract):
    """The contract of the port, and a law of our own."""

    @pytest.fixture
    def post(self) -> Iterator[Post]:
        """The mailer, and how to see what it delivered."""
        taken = list[str]()
        handler = type("ServiceOfOneTest", (MailService,), {"taken": taken})
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            Thread(target=server.serve_forever, args=[0.01]).start()
            templates = dict.fromkeys(TEMPLATES_NEEDED, "a template of ours")
            address = f"http://127.0.0.1:{server.server_port}"
            mailer = HttpMailer(address=address, token=secrets.token_urlsafe(), templates=templates)
            yield Post(mailer=mailer, delivered=lambda: taken, failing=mailer, unreachable=NOBODY)
            server.shutdown()

    def test_a_mail_that_the_service_never_takes_is_not_tried_again(self, post: Post) -> None:
        """A 400 is final."""
        [message] = [kind() for kind in get_args(Message) if kind.template == "how_access_is_given"]
        with pytest.raises(DeliveryRefused):
            post.mailer.send(REFUSED, message, "r1")

    def test_an_answer_that_is_no_http_is_tried_again(self, post: Post) -> None:
        """A proxy in between that breaks off is not the end of a mail."""
        [message] = [kind() for kind in get_args(Message) if kind.template == "how_access_is_given"]
        with pytest.raises(DeliveryFailed):
            post.mailer.send(GARBLED, message, "r1")

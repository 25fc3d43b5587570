"""GOV.UK Notify on this machine: it checks what its documentation asks of a request, and keeps the mails."""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar, Final

import jwt
from attrs import define, field

SERVICE: Final = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET: Final = "3d844edf-8d35-48ac-975b-e847b4f122b0"  # noqa: S105 - of a server that lives as long as a test
KEY: Final = f"check-data-{SERVICE}-{SECRET}"
TEMPLATE: Final = "f33517ff-2a88-4f6e-b855-c550268ce08a"
SIGN_IN_TEMPLATE: Final = "9c9e1fc4-8d35-4d0f-93d0-0d1f9f1c5a77"
UNDELIVERABLE: Final = "refused@example.org"
MOST_SECONDS_OFF: Final = 30
_FIELDS: Final = {
    "email_address",
    "template_id",
    "personalisation",
    "reference",
    "one_click_unsubscribe_url",
    "email_reply_to_id",
}
Answer = tuple[int, Mapping[str, Any]]


def refusal(status: int, kind: str, message: str) -> Answer:
    """An answer as Notify words it."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


@define
class Notify:
    """What it was sent, and how it is to answer: ``answer`` for every mail; ``drips`` seconds between bytes."""

    url: str = ""
    sent: list[Mapping[str, Any]] = field(factory=list)
    templates: dict[str, tuple[str, str]] = field(
        factory=lambda: dict.fromkeys((TEMPLATE, SIGN_IN_TEMPLATE), ("((subject))", "((body))"))
    )
    answer: Answer | None = None
    drips: float = 0.0
    closes: bool = False
    asked: int = 0

    def post(self, path: str, token: str, body: bytes) -> Answer:
        self.asked += 1
        if wrong := _wrong_token(token):
            return wrong
        if self.answer is not None:
            return self.answer
        if path != "/v2/notifications/email":
            return refusal(404, "NoResultFound", "No result found")
        told = json.loads(body)
        if wrong := self._wrong_mail(told):
            return wrong
        self.sent.append(told)
        return 201, {"id": f"740e5834-3a29-46b4-9a6f-{len(self.sent):012}", "reference": told.get("reference")}

    def get(self, path: str, token: str) -> Answer:
        if wrong := _wrong_token(token):
            return wrong
        template = self.templates.get(path.removeprefix("/v2/template/"))
        if template is None:
            return refusal(404, "NoResultFound", "No result found")
        return 200, {"subject": template[0], "body": template[1]}

    def _wrong_mail(self, told: Mapping[str, Any]) -> Answer | None:
        if unknown := told.keys() - _FIELDS:
            return refusal(400, "ValidationError", f"Additional properties are not allowed ({unknown})")
        address = told.get("email_address", "")
        if address == UNDELIVERABLE or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            return refusal(400, "ValidationError", "email_address Not a valid email address")
        template = self.templates.get(told["template_id"])
        if template is None:
            return refusal(400, "BadRequestError", "Template not found")
        placeholders = set(re.findall(r"\(\((\w+)\)\)", " ".join(template)))
        if missing := placeholders - told.get("personalisation", {}).keys():
            return refusal(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        return None


def _wrong_token(token: str) -> Answer | None:
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_iat": False})
    except jwt.PyJWTError:
        return refusal(403, "AuthError", "Invalid token: API key not found")
    if claims.get("iss") != SERVICE:
        return refusal(403, "AuthError", "Invalid token: service not found")
    if abs(time.time() - claims["iat"]) > MOST_SECONDS_OFF:
        return refusal(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
    return None


class _Handler(BaseHTTPRequestHandler):
    notify: ClassVar[Notify]

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if self.headers["Content-Type"] != "application/json":
            self._say(*refusal(400, "BadRequestError", "Invalid JSON"))
        else:
            self._say(*self.notify.post(self.path, self._token(), body))

    def do_GET(self) -> None:
        self._say(*self.notify.get(self.path, self._token()))

    def _token(self) -> str:
        return (self.headers["Authorization"] or "").removeprefix("Bearer ")

    def _say(self, status: int, told: Mapping[str, Any]) -> None:
        if self.notify.closes:
            self.close_connection = True
            return
        content = json.dumps(told).encode()
        head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self._write(head.encode() + content)

    def _write(self, answer: bytes) -> None:
        pieces: Sequence[bytes] = [answer] if not self.notify.drips else [bytes([byte]) for byte in answer]
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(self.notify.drips)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def notify_server() -> Iterator[Notify]:
    """Run Notify on a free port of this machine until the block ends."""
    notify = Notify()

    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"notify": notify}))
    notify.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield notify
    finally:
        server.shutdown()
        server.server_close()

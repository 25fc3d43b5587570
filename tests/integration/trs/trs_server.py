"""The Teaching Record System on this machine: it answers as its OpenAPI document does, or as it is told."""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Final

from attrs import define, field

KEY: Final = "trs-key-0123456789abcdef"
MOST_PERSONS: Final = 500


@define
class Answer:
    """One answer; ``cut`` sends half of it, ``drips`` waits so long after each byte, ``endless`` never ends."""

    status: int
    told: object = None
    headers: Mapping[str, str] = field(factory=dict)
    cut: bool = False
    drips: float = 0.0
    endless: bool = False


def problem(status: int, title: str) -> Answer:
    """An error as it words it (RFC 9457)."""
    return Answer(status, {"title": title, "status": status, "errorCode": 10001})


def person(trn: str, **changes: object) -> dict[str, Any]:
    """A person as ``/v3/persons/find`` tells of one."""
    return {
        "trn": trn,
        "dateOfBirth": "1990-01-02",
        "firstName": "Zoë",
        "middleName": "",
        "lastName": "O'Neill",
        "previousNames": [],
        "induction": {"status": "None", "startDate": None, "completedDate": None, "exemptionReasons": []},
        "qts": None,
        "eyts": None,
        "alerts": [],
        "qtlsStatus": "None",
    } | changes


def alert(**changes: object) -> dict[str, Any]:
    """An alert as it tells of one, with what nobody here needs."""
    return {
        "alertId": "32c934c8-3aa4-4edc-aff2-f46e72385bb1",
        "alertType": {
            "alertTypeId": "17440175-d2bc-488e-ad4b-9975a1d16cc1",
            "alertCategory": {"alertCategoryId": "47d5fd72-a8cc-4f4f-b78d-63f65bdcc4ef", "name": "Prohibitions"},
            "name": "Prohibited by the Secretary of State",
        },
        "details": "What somebody did",
        "startDate": "2024-07-22",
        "endDate": None,
    } | changes


@define
class Trs:
    """Its persons, its merged and deactivated records, what it was asked; ``answers`` come first, ``before`` holds."""

    url: str = ""
    persons: dict[str, dict[str, Any]] = field(factory=dict)
    merged: dict[str, str] = field(factory=dict)
    deactivated: set[str] = field(factory=set)
    refused: set[str] = field(factory=set)
    jwks: dict[str, Any] = field(factory=lambda: {"keys": []})
    answers: list[Answer] = field(factory=list)
    asked: list[str] = field(factory=list)
    lots: list[list[str]] = field(factory=list)
    hold_from: int | None = None
    holding: Event = field(factory=Event)
    go_on: Event = field(factory=Event)
    at_once: int = 0
    most_at_once: int = 0
    lock: Lock = field(factory=Lock)

    def put(self, *trns: str, **changes: object) -> None:
        for trn in trns:
            self.persons[trn] = person(trn, **changes)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        with self.lock:
            self.asked.append(f"{method} {path}")
            if self.answers:
                return self.answers.pop(0)
        if path == "/webhook-jwks":
            return Answer(200, self.jwks)
        if headers.get("Authorization") != f"Bearer {KEY}":
            return problem(401, "Unauthorized")
        if headers.get("X-Api-Version") != "20250905":
            return problem(404, "Not Found")
        if (method, path) == ("POST", "/v3/persons/find"):
            return self._find(json.loads(body)["persons"])
        found = re.fullmatch(r"/v3/trns/(\d{7})", path)
        return self._standing(found[1]) if method == "GET" and found else problem(404, "Not Found")

    def _find(self, wanted: list[dict[str, str]]) -> Answer:
        with self.lock:
            self.lots.append([each["trn"] for each in wanted])
            held = self.hold_from is not None and len(self.lots) >= self.hold_from
        if held:
            self.holding.set()
            self.go_on.wait(60)
        if len(wanted) > MOST_PERSONS or any(each["trn"] in self.refused for each in wanted):
            return problem(400, "One or more validation errors occurred.")
        active = [self.persons[each["trn"]] for each in wanted if each["trn"] in self.persons.keys() - self.merged]
        born = {(each["trn"], each["dateOfBirth"]) for each in wanted}
        results = [each for each in active if (each["trn"], each["dateOfBirth"]) in born]
        results = [each for each in results if each["trn"] not in self.deactivated]
        return Answer(200, {"total": len(results), "results": results})

    def _standing(self, trn: str) -> Answer:
        if trn in self.merged:
            return Answer(308, headers={"Location": f"/v3/trns/{self.merged[trn]}"})
        if trn in self.deactivated:
            return problem(410, "Record is not active")
        return Answer(204) if trn in self.persons else problem(404, "Person not found")


class _Handler(BaseHTTPRequestHandler):
    trs: ClassVar[Trs]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.trs.lock:
            self.trs.at_once += 1
            self.trs.most_at_once = max(self.trs.most_at_once, self.trs.at_once)
        try:
            self._say(self.trs.answer(self.command, self.path, dict(self.headers), body))
        except OSError:
            self.close_connection = True
        finally:
            with self.trs.lock:
                self.trs.at_once -= 1

    def _say(self, answer: Answer) -> None:
        content = b"" if answer.told is None else json.dumps(answer.told).encode()
        length = 2**30 if answer.endless else len(content)
        fields = {"Content-Type": "application/json", "Content-Length": str(length), **answer.headers}
        if answer.status == 204:
            del fields["Content-Length"]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        whole = f"HTTP/1.1 {answer.status} Said\r\n{head}\r\n".encode() + content
        if answer.cut:
            self.close_connection = True
            whole = whole[: len(whole) - len(content) // 2 - 1]
        for byte in whole if answer.drips else ():
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(answer.drips)
        self.wfile.write(b"" if answer.drips else whole)
        while answer.endless:
            self.wfile.write(b" " * 2**20)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def trs_server(changed: Callable[[Trs], None] = lambda _: None) -> Iterator[Trs]:
    """Run it on a free port of this machine until the block ends."""
    trs = Trs()
    changed(trs)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"trs": trs}))
    server.daemon_threads = True
    trs.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield trs
    finally:
        trs.go_on.set()
        server.shutdown()
        server.server_close()

"""The wire layer over a few rules, without our services."""

import json
from typing import Any, Final

import pytest
from attrs import define, field
from httpx2 import Response
from starlette.testclient import TestClient

from checkdata.domain.keys import Keys
from checkdata.entrypoints.decision_point.app import create_decision_point
from checkdata.entrypoints.decision_point.ports import DecisionPoint
from checkdata.entrypoints.settings.base_address import BaseAddress
from tests.integration.decision_point.little_rules import KEY, LittleDoor, LittleRules
from tests.integration.web.client import event_loop

BASE: Final = BaseAddress.of("https://decisions.example")
KEYS: Final = Keys.of("a key that only the tests know, 32 characters")


@define
class Wire:
    """A caller of the decision point."""

    point: DecisionPoint = field(factory=LittleRules)
    door: LittleDoor = field(factory=LittleDoor)
    http: TestClient = field(init=False)

    def __attrs_post_init__(self) -> None:
        app = create_decision_point(self.point, self.door, BASE, KEYS)
        self.http = TestClient(app, base_url=str(BASE), raise_server_exceptions=False)
        self.http.portal = event_loop()

    @property
    def rules(self) -> LittleRules:
        """The few rules, of which a test sees what was asked."""
        assert isinstance(self.point, LittleRules)
        return self.point

    def ask(self, endpoint: str, body: object, *, key: str = KEY, **options: Any) -> Response:  # noqa: ANN401
        """The answer to a question of the standard."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **options.pop("headers", {})}
        return self.http.post(f"/access/v1/{endpoint}", content=json.dumps(body), headers=headers, **options)

    def send(self, endpoint: str, content: bytes, content_type: str = "application/json") -> Response:
        """The answer to these very bytes."""
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": content_type}
        return self.http.post(f"/access/v1/{endpoint}", content=content, headers=headers)


@pytest.fixture
def wire() -> Wire:
    return Wire()

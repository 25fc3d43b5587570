"""What a Prometheus is told of a decision point: its requests by address, and its decisions by reason."""

from prometheus_client import generate_latest
from starlette.testclient import TestClient

from checkdata.domain.services.access.answer_services import Asker
from checkdata.entrypoints.decision_point.app import create_decision_point
from checkdata.entrypoints.decision_point.measured import MeasuredDecisions
from checkdata.entrypoints.decision_point.questions import Decision, Evaluation
from checkdata.entrypoints.metrics.prometheus import PrometheusMeasures
from tests.integration.decision_point.conftest import BASE, KEYS, Wire
from tests.integration.decision_point.little_rules import LittleDoor, LittleRules
from tests.integration.decision_point.test_certification import ALLOWED
from tests.integration.web.client import event_loop
from tests.integration.web.test_metrics import found


class Reasoned(LittleRules):
    """The few rules, with reasons."""

    def evaluate(self, caller: Asker, asked: Evaluation, _found: object = None, /) -> Decision:
        decision = super().evaluate(caller, asked)
        return Decision(allowed=decision.allowed, context={"reason": "granted" if decision.allowed else "no_access"})


def test_requests_are_counted_by_address_and_decisions_by_reason() -> None:
    measures, wire = PrometheusMeasures(), Wire()
    point = MeasuredDecisions(Reasoned(), measures)
    wire.http = TestClient(create_decision_point(point, LittleDoor(), BASE, KEYS, measures=measures), str(BASE))
    wire.http.portal = event_loop()
    assert wire.ask("evaluation", ALLOWED).json()["decision"] is True
    for _ in range(2):
        assert wire.ask("evaluation", {**ALLOWED, "action": {"name": "no-such"}}).json()["decision"] is False
    text = generate_latest(measures.registry).decode()
    assert found(text, "checkdata_access_decisions_total") == {("granted",): 1, ("no_access",): 2}
    assert found(text, "checkdata_http_requests_total") == {("POST", "/access/v1/evaluation", "200"): 3}

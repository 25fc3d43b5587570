"""Answers the questions of the vectors by the rules of this library."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final

from checkdata.domain.access.decision import Granted, decide
from checkdata.domain.access.predicate_json import Json
from checkdata.domain.access.predicates import AnyOf, Predicate, holds
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import Partnership, TrainingRecord, Viewer, choose_record
from checkdata.domain.training.states import training_state
from checkdata.domain.training.statuses import status_of
from checkdata.domain.values import LeadProviderId, ParticipantId, RecordId, london_date
from checkdata.json import (
    acting_from_json,
    decision_to_json,
    facts_from_json,
    predicate_from_json,
    training_facts_from_json,
)


def answer_to(question: Json) -> Json:
    """What the rules of this version answer (docs/conformance.md)."""
    return ANSWERS[question["ask"]](question)


def _decision(question: Json) -> Json:
    facts = facts_from_json(question["facts"])
    decision = decide(acting_from_json(question["acting"]), facts, on=date.fromisoformat(question["on"]))
    predicate = decision.scope.predicate if isinstance(decision, Granted) else AnyOf(())
    return {"decision": decision_to_json(decision), "covered": _covered(predicate, question["rows"])}


def _rows(question: Json) -> Json:
    return {"covered": _covered(predicate_from_json(question["predicate"]), question["rows"])}


def _covered(predicate: Predicate, rows: Iterable[Json]) -> list[bool]:
    return [holds(predicate, row, lambda row, field: row[field]) for row in rows]


def _day(question: Json) -> Json:
    return {"day": london_date(datetime.fromisoformat(question["moment"])).isoformat()}


def _status(question: Json) -> Json:
    facts = training_facts_from_json(question["facts"])
    state = training_state(facts, date.fromisoformat(question["on"]))
    return {"state": state.value, "status": status_of(state).value}


def _record(question: Json) -> Json:
    records = [_training_record(record) for record in question["records"]]
    choice = choose_record(records, _viewer(question["viewer"]), date.fromisoformat(question["on"]))
    if choice is None:
        return {"record_id": None, "displaced": False}
    return {"record_id": choice.record.record_id, "displaced": choice.displaced}


def _viewer(viewer: Json) -> Viewer:
    kind = {kind.role.value: kind for kind in (DeliveryPartner, AppropriateBody)}[viewer["role"]]
    return kind(viewer["id"])


def _training_record(record: Json) -> TrainingRecord:
    """A record with what a choice depends on; the rest of it is blank."""
    return TrainingRecord(
        record_id=RecordId(record["record_id"]),
        participant_id=ParticipantId("p1"),
        role=ParticipantRole(record["role"]),
        full_name="",
        email="",
        trn=None,
        school_urn="",
        academic_year=2024,
        lead_provider_id=LeadProviderId("lp-1"),
        delivery_partner_id=record["delivery_partner_id"],
        partnership=None if record["partnership"] is None else Partnership(record["partnership"]),
        appropriate_body_id=record["appropriate_body_id"],
        starts_on=date.fromisoformat(record["starts_on"]),
        ends_on=None if record["ends_on"] is None else date.fromisoformat(record["ends_on"]),
        updated_at=datetime.fromisoformat(record["updated_at"]),
    )


ANSWERS: Final[Mapping[str, Callable[[Json], Json]]] = {
    "day": _day,
    "decision": _decision,
    "record": _record,
    "rows": _rows,
    "status": _status,
}
"""What answers each kind of question."""

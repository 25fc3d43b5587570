"""Facts, decisions and predicates as JSON, for services in other languages; a JSON Schema describes each document.

What is written is made of what `json.dumps` takes, and what is read of what `json.loads` gives. A field that has a
default in the library may be left out. Each `…_from_json` raises `InvalidValue` for a document that is not as its
schema says, or that a rule of the library refuses; the message begins with the place, as a JSON pointer (RFC 6901).
Each `…_to_json` raises `TypeError` for anything but its own kind.
"""

from checkdata.domain.access.decision import AccessFacts, Acting, Decision
from checkdata.domain.access.predicate_json import Json
from checkdata.domain.access.predicate_json import from_json as predicate_from_json
from checkdata.domain.access.predicate_json import to_json as predicate_to_json
from checkdata.domain.training.facts import TrainingFacts
from checkdata.json._documents import ACTING, DECISION, FACTS, TRAINING_FACTS
from checkdata.json._schemas import SchemaName, schema

__all__ = [
    "SchemaName",
    "acting_from_json",
    "acting_to_json",
    "decision_from_json",
    "decision_to_json",
    "facts_from_json",
    "facts_to_json",
    "predicate_from_json",
    "predicate_to_json",
    "schema",
    "training_facts_from_json",
    "training_facts_to_json",
]


def acting_to_json(acting: Acting) -> Json:
    """The document "acting": who acts for which organisation."""
    return ACTING.write(acting)


def acting_from_json(document: Json) -> Acting:
    """What `acting_to_json` wrote."""
    return ACTING.read(document)


def facts_to_json(facts: AccessFacts) -> Json:
    """The document "facts": all that a decision rests on."""
    return FACTS.write(facts)


def facts_from_json(document: Json) -> AccessFacts:
    """What `facts_to_json` wrote."""
    return FACTS.read(document)


def decision_to_json(decision: Decision) -> Json:
    """The document "decision": granted with its scope, or refused with its reason and what to say."""
    return DECISION.write(decision)


def decision_from_json(document: Json) -> Decision:
    """What `decision_to_json` wrote; its predicate must be the one of its rules."""
    return DECISION.read(document)


def training_facts_to_json(facts: TrainingFacts) -> Json:
    """The document "training_facts": all that a status rests on."""
    return TRAINING_FACTS.write(facts)


def training_facts_from_json(document: Json) -> TrainingFacts:
    """What `training_facts_to_json` wrote."""
    return TRAINING_FACTS.read(document)

"""The documents: which fields each class has in JSON."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import fields_dict

from checkdata.domain.access.decision import AccessFacts, Acting, Decision, Granted, Reason, Refused
from checkdata.domain.access.predicates import Predicate
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import InvalidValue
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    PolicyTeam,
    RelatedService,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning, SecondAddress, User
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.json._kinds import FLAG, TEXT, WHOLE, Address, Day, Id, Kind, ListOf, Maybe, Moment, Tree, Word
from checkdata.json._objects import Document, ObjectOf, OneOf


def _scope(*, predicate: Predicate, **others: Any) -> Scope:  # noqa: ANN401 - the other fields
    scope = Scope(**others)
    if scope.predicate != predicate:
        raise InvalidValue("the predicate is not the one of the organisation and its rules")
    return scope


_NAMED: Final[Mapping[str, Kind]] = {"id": Id(), "name": TEXT}
_ORGANISATION: Final = OneOf(
    "role",
    {
        kind.role.value: ObjectOf(kind, {name: _NAMED[name] for name in fields_dict(kind)})
        for kind in (DeliveryPartner, AppropriateBody, SupportTeam, PolicyTeam, RelatedService)
    },
)
_SECOND_ADDRESS: Final = ObjectOf(SecondAddress, {"email": Address(), "confirmed_at": Maybe(Moment())})
_USER: Final = ObjectOf(
    User,
    {"id": Id(), "email": Address(), "name": TEXT, "suspended": FLAG, "second": Maybe(_SECOND_ADDRESS)},
)
_WARNING: Final = ObjectOf(LapseWarning, {"reason": Word(LapseReason), "told_on": Day(), "ends_on": Day()})
_GRANT: Final = ObjectOf(
    Grant,
    {
        "id": Id(),
        "user_id": Id(),
        "organisation": _ORGANISATION,
        "granted_on": Day(),
        "granted_by": TEXT,
        "reason": TEXT,
        "confirmed_by": Maybe(TEXT),
        "ended_on": Maybe(Day()),
        "nomination_id": Maybe(TEXT),
        "confirmed_on": Maybe(Day()),
        "still_there_on": Maybe(Day()),
        "warning": Maybe(_WARNING),
    },
)
_AGREEMENT: Final = ObjectOf(
    Agreement,
    {
        "id": Id(),
        "lead_provider_id": Id(),
        "delivery_partner_id": Id(),
        "starts_on": Day(),
        "ends_on": Maybe(Day()),
        "first_academic_year": Maybe(WHOLE),
        "last_academic_year": Maybe(WHOLE),
        "covers_unconfirmed": FLAG,
        "ended_on": Maybe(Day()),
        "added_by_hand": FLAG,
    },
)
_RULE: Final = ObjectOf(
    ScopeRule,
    {"lead_provider_id": Maybe(Id()), "first_academic_year": Maybe(WHOLE), "last_academic_year": Maybe(WHOLE)},
)
_SCOPE: Final = ObjectOf(
    Scope,
    {
        "organisation": _ORGANISATION,
        "rules": ListOf(_RULE),
        "agreement_ids": ListOf(TEXT),
        "predicate": Tree(),
    },
    _scope,
)
_GRANTED: Final = ObjectOf(Granted, {"scope": _SCOPE, "holds_until": Maybe(Day()), "rules_version": WHOLE})
_REFUSED: Final = ObjectOf(
    Refused,
    {
        "reason": Word(Reason),
        "message": TEXT,
        "detail": TEXT,
        "hides_existence": FLAG,
        "holds_until": Maybe(Day()),
        "rules_version": WHOLE,
    },
)

ACTING: Final[Document[Acting]] = Document("acting", ObjectOf(Acting, {"user_id": Id(), "organisation": _ORGANISATION}))
FACTS: Final[Document[AccessFacts]] = Document(
    "facts",
    ObjectOf(AccessFacts, {"user": Maybe(_USER), "grants": ListOf(_GRANT), "agreements": ListOf(_AGREEMENT)}),
)
DECISION: Final[Document[Decision]] = Document(
    "decision", OneOf("decision", {"granted": _GRANTED, "refused": _REFUSED})
)
TRAINING_FACTS: Final[Document[TrainingFacts]] = Document(
    "training_facts",
    ObjectOf(
        TrainingFacts,
        {
            "role": Word(ParticipantRole),
            "has_lead_provider": FLAG,
            "has_trn": FLAG,
            "trn_validated": FLAG,
            "programme": Word(Programme),
            "induction_status": Word(InductionStatus),
            "training_status": Word(TrainingStatus),
            "school_transfer": FLAG,
            "starts_on": Day(),
            "ends_on": Maybe(Day()),
            "induction_started_on": Maybe(Day()),
            "induction_completed_on": Maybe(Day()),
            "details_given": Word(DetailsGiven),
            "details_request": Maybe(Word(DetailsRequest)),
            "check_failed": FLAG,
            "eligibility": Maybe(Word(Eligibility)),
            "eligibility_reason": Maybe(Word(EligibilityReason)),
            "mentees": Word(Mentees),
        },
    ),
)

"""The decision point of this service: the words of the standard for its users, participants and listings.

A ``user`` is named by our id or by their address. They may ``can_see`` a ``participant``, and ``can_list`` a
``delivery_partner`` or an ``appropriate_body``. Unless the subject's properties name the ``role`` or the
``organisation`` that the user acts for, each of theirs counts.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.access.verdicts import ActingAs, Verdict
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Role
from checkdata.domain.services.access.answer_services import (
    AnswerServices,
    AskedAccess,
    AskedUser,
    Asker,
    SearchPart,
)
from checkdata.domain.services.sign_in.use_keys import UseKeys
from checkdata.domain.services.task_steps.who_may_see import ListingOwner, Seen
from checkdata.domain.values import ParticipantId, is_identifier
from checkdata.entrypoints.decision_point.ports import DecisionPoint
from checkdata.entrypoints.decision_point.questions import (
    Action,
    ActionSearch,
    Decision,
    Evaluation,
    Properties,
    Resource,
    ResourceSearch,
    Results,
    Semantic,
    Slice,
    Subject,
    SubjectSearch,
)

USER: Final = "user"
PARTICIPANT: Final = "participant"
CAN_SEE: Final = "can_see"
CAN_LIST: Final = "can_list"

_LISTING_OWNERS: Final[Mapping[str, type[ListingOwner]]] = {
    kind.role.value: kind for kind in (DeliveryPartner, AppropriateBody)
}
ACTION_ON: Final[Mapping[str, str]] = {PARTICIPANT: CAN_SEE, **dict.fromkeys(_LISTING_OWNERS, CAN_LIST)}
"""The one action on each type of resource."""

_UNKNOWN_ACTION: Final = Decision(
    allowed=False,
    context={"reason": "unknown_action", "message": "There is no such action on a resource of this type."},
)
_NO_USER: Final = AskedUser(named="")


@frozen(kw_only=True)
class ParticipantDecisions:
    """Decides by `AnswerServices`."""

    services: AnswerServices
    use_keys: UseKeys

    def look_up(self, asked: Evaluation, key: str, /) -> FactsAndRows | None:
        """What decides it, and this key; None for what is no key, so that only keys make storage look for a user."""
        digest = self.use_keys.digest_to_ask_with(key)
        return self.services.look_up(_access(asked), digest) if digest else None

    def evaluate(self, caller: Asker, asked: Evaluation, found: FactsAndRows | None = None, /) -> Decision:
        """Whether the user may."""
        access = _access(asked)
        looked_up = self.services.look_up(access, "") if found is None else found
        return _told(asked, self.services.decide_one(caller, access, looked_up))

    def evaluate_all(self, caller: Asker, asked: list[Evaluation], semantic: Semantic, /) -> list[Decision]:
        """The decisions, in order, up to and including the one that the semantic ends with."""
        accesses = list(map(_access, asked))
        verdicts = self.services.decide_all(caller, accesses, lambda allowed: semantic.ends_with(allowed=allowed))
        return [_told(each, verdict) for each, verdict in zip(asked, verdicts, strict=False)]

    def search_subjects(self, caller: Asker, asked: SubjectSearch, part: Slice, /) -> Results[Subject]:
        """The users who may."""
        seen = _seen(asked.action, asked.resource) if asked.subject.type == USER else None
        acting_as = _acting_as(asked.subject.properties)
        if acting_as is None:
            seen, acting_as = None, ActingAs()
        found, more = self.services.users_who_see(caller, seen, acting_as, _part(part))
        return Results(entities=[Subject(type=USER, id=each) for each in found], more=more)

    def search_resources(self, caller: Asker, asked: ResourceSearch, part: Slice, /) -> Results[Resource]:
        """The participants, or the organisations with a listing, that the user may see."""
        kind = asked.resource.type
        user = _user(asked.subject) if _is_known(asked.action, kind) else _NO_USER
        found, more = self._seen_by(caller, user, kind, _part(part))
        return Results(entities=[Resource(type=kind, id=each) for each in found], more=more)

    def search_actions(self, caller: Asker, asked: ActionSearch, part: Slice, /) -> Results[Action]:
        """The action that the user may take; there is one for each type of resource."""
        action = Action(name=ACTION_ON.get(asked.resource.type, ""))
        access = AskedAccess(_user(asked.subject), _seen(action, asked.resource))
        (verdict,) = self.services.decide_all(caller, [access], lambda _: False)
        is_behind = part.after is None or action.name > part.after
        found = [action] if verdict.allowed and is_behind else []
        return Results(entities=found[: part.limit], more=len(found) > part.limit)

    def _seen_by(self, asker: Asker, user: AskedUser, kind: str, part: SearchPart) -> tuple[Sequence[str], bool]:
        if kind in _LISTING_OWNERS:
            return self.services.listings_seen_by(asker, user, Role(kind), part)
        return self.services.participants_seen_by(asker, user, part)


def _part(part: Slice) -> SearchPart:
    return SearchPart(limit=part.limit, after=part.after)


def _is_known(action: Action, kind: str) -> bool:
    return ACTION_ON.get(kind) == action.name


def _access(asked: Evaluation) -> AskedAccess:
    return AskedAccess(_user(asked.subject), _seen(asked.action, asked.resource))


def _user(subject: Subject) -> AskedUser:
    """The user whom a subject names; one who is not known if it is of another type, or acts in no role of ours."""
    acting_as = _acting_as(subject.properties)
    if subject.type != USER or acting_as is None:
        return _NO_USER
    return AskedUser(named=subject.id, acting_as=acting_as)


def _acting_as(properties: Properties) -> ActingAs | None:
    """The role and the organisation among the properties; None if they can be nobody's."""
    role, organisation = properties.get("role"), properties.get("organisation")
    if not isinstance(organisation, str | None) or not isinstance(role, str | None):
        return None
    if role is not None and role not in _LISTING_OWNERS:
        return None
    return ActingAs(role=None if role is None else Role(role), organisation_id=organisation)


def _seen(action: Action, resource: Resource) -> Seen | None:
    """What a resource is; None for what is not here, or has no such action."""
    if not _is_known(action, resource.type) or not is_identifier(resource.id):
        return None
    if resource.type in _LISTING_OWNERS:
        return _LISTING_OWNERS[resource.type](resource.id)
    return ParticipantId(resource.id)


def _told(asked: Evaluation, verdict: Verdict) -> Decision:
    return _decision(verdict) if _is_known(asked.action, asked.resource.type) else _UNKNOWN_ACTION


def _decision(verdict: Verdict) -> Decision:
    """A verdict with its reasons, and until when it may be kept."""
    context: dict[str, object] = {
        "reason": verdict.reason.value,
        "message": verdict.message,
        "rules_version": verdict.rules_version,
        "holds_until": None if verdict.holds_until is None else verdict.holds_until.isoformat(),
        "agreements": list(verdict.agreement_ids),
    }
    if verdict.acting is not None:
        context["acting"] = {"role": verdict.acting.role.value, "organisation": verdict.acting.organisation.id}
    return Decision(allowed=verdict.allowed, context=context)


_conforms: type[DecisionPoint] = ParticipantDecisions

"""Other services ask what users may see, over every storage: by the rules of the pages, and everything is on record."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import product
from typing import Any, Final

import pytest
from attrs import define, evolve, field

from checkdata.domain.access.decision import Acting, Granted, decide
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.sign_in.api_keys import CallingService, Question
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import EmailAddress, ParticipantId, UserId, london_date
from checkdata.entrypoints.decision_point.participants import ParticipantDecisions
from tests.contracts.test_participants import SCOPES, expected
from tests.integration.decision_point.conftest import Wire
from tests.integration.web.world import (
    ANN,
    BEA,
    BODY,
    CAT,
    DEE,
    ENDED,
    NORTH,
    PEOPLE,
    RECORDS,
    REFERENCES,
    SAM,
    SOUTH,
    World,
    a_record,
    with_feed_and_access,
)

STRANGER: Final = EmailAddress("nobody@nowhere.example")
EVERYONE: Final = (ANN, BEA, CAT, DEE, SAM, STRANGER)
PARTICIPANTS: Final = (*(record.participant_id for record in RECORDS), "p-nobody", "a b", "")
ORGANISATIONS: Final = (NORTH, SOUTH, ENDED, BODY)


DIGEST_OF_ANNS: Final = sha256(b"p-1\np-2\np-3\np-4").hexdigest()
OF_ANYONE: Final = {"role": "", "organisation": "", "after": "", "limit": 100}


@define
class Asking:
    """A service that asks the decision point of a world."""

    world: World
    wire: Wire = field(init=False)

    def __attrs_post_init__(self) -> None:
        composed = self.world.composed
        self.wire = Wire(ParticipantDecisions(services=composed.answer_services, use_keys=composed.use_keys))

    def ask(self, endpoint: str, body: object) -> Any:  # noqa: ANN401 - JSON
        response = self.wire.ask(endpoint, body)
        assert response.status_code == 200, response.text
        return response.json()

    def may_see(self, email: object, participant: str, **acting: object) -> Any:  # noqa: ANN401
        return self.ask("evaluation", sees(email, participant, **acting))

    def found(self, what: str, body: dict[str, Any], limit: int = 1) -> list[str]:
        """What all pages of a search give, in their order."""
        return [each.get("id", each.get("name")) for page in self.pages(what, body, limit) for each in page["results"]]

    def pages(self, what: str, body: dict[str, Any], limit: int) -> Iterator[Any]:
        page: dict[str, object] = {"limit": limit}
        while True:
            told = self.ask(f"search/{what}", {**body, "page": page})
            yield told
            if not told["page"]["next_token"]:
                return
            page = {"token": told["page"]["next_token"]}

    def records(self) -> Sequence[AuditEvent]:
        return self.world.audit(AuditKind.DECISIONS_ASKED)


def user(named: object, **acting: object) -> dict[str, Any]:
    return {"type": "user", "id": str(named), **({"properties": acting} if acting else {})}


def participant(identifier: str) -> dict[str, str]:
    return {"type": "participant", "id": identifier}


def listing(organisation: DeliveryPartner | AppropriateBody) -> dict[str, str]:
    return {"type": organisation.role.value, "id": organisation.id}


def sees(named: object, identifier: str, **acting: object) -> dict[str, Any]:
    return {"subject": user(named, **acting), "action": {"name": "can_see"}, "resource": participant(identifier)}


def lists(named: object, organisation: DeliveryPartner | AppropriateBody) -> dict[str, Any]:
    return {"subject": user(named), "action": {"name": "can_list"}, "resource": listing(organisation)}


@pytest.fixture
def asking(storage: Storage) -> Asking:
    return Asking(with_feed_and_access(World(storage=storage)))


def scopes_of(world: World, email: EmailAddress) -> list[Scope]:
    """What `decide` grants a user, by the listings' own questions."""
    with world.storage.reading() as work:
        holder = work.users.with_email(email)
        if holder is None:
            return []
        facts = work.users.facts(holder.id)
    organisations = {grant.organisation for grant in facts.grants}
    decisions = [decide(Acting(holder.id, each), facts, on=world.now.date()) for each in organisations]
    return [decision.scope for decision in decisions if isinstance(decision, Granted)]


def seen_on_pages(world: World, email: EmailAddress) -> set[str]:
    with world.storage.reading() as work:
        return {
            row.participant_id
            for scope in scopes_of(world, email)
            for row in list(work.participants.rows(ParticipantQuery(scope=scope)))
        }


def user_ids(world: World) -> dict[EmailAddress, str]:
    return {email: world.manage_access.search(str(email))[0].user.id for email, _, _ in PEOPLE}


def test_a_user_may_see_whom_the_pages_show_them(asking: Asking) -> None:
    for email in EVERYONE:
        shown = seen_on_pages(asking.world, email)
        body = {"subject": user(email), "action": {"name": "can_see"}}
        evaluations = [{"resource": participant(each)} for each in PARTICIPANTS]
        told = asking.ask("evaluations", {**body, "evaluations": evaluations})["evaluations"]
        assert {each for each, one in zip(PARTICIPANTS, told, strict=True) if one["decision"]} == shown


def test_a_user_is_named_by_id_or_by_address_in_any_case(asking: Asking) -> None:
    named = user_ids(asking.world)[ANN]
    answers = [asking.may_see(each, "p-1") for each in (named, ANN, str(ANN).upper(), f" {ANN}")]
    assert [each["decision"] for each in answers] == [True] * 4
    assert answers == [answers[0]] * 4


def test_each_search_gives_exactly_what_is_allowed_when_it_is_evaluated(asking: Asking) -> None:
    ids = user_ids(asking.world)
    can_see = {"action": {"name": "can_see"}}
    for each in PARTICIPANTS:
        wanted = {"subject": {"type": "user"}, "resource": participant(each), **can_see}
        assert asking.found("subject", wanted) == sorted(
            ids[email] for email in ids if each in seen_on_pages(asking.world, email)
        )
    for email in EVERYONE:
        wanted = {"subject": user(email), "resource": {"type": "participant"}, **can_see}
        shown = sorted(seen_on_pages(asking.world, email))
        assert asking.found("resource", wanted) == asking.found("resource", wanted, limit=1000) == shown
        for each in PARTICIPANTS:
            actions = asking.found("action", {"subject": user(email), "resource": participant(each)})
            assert actions == (["can_see"] if each in shown else [])


def test_a_listing_may_be_listed_by_those_who_may_act_for_its_organisation_now(asking: Asking) -> None:
    ids, can_list = user_ids(asking.world), {"action": {"name": "can_list"}}
    may: dict[DeliveryPartner | AppropriateBody, list[EmailAddress]]
    may = {NORTH: [ANN, CAT], SOUTH: [CAT], ENDED: [], BODY: [BEA, CAT]}
    for organisation, holders in may.items():
        allowed = [email for email in EVERYONE if asking.ask("evaluation", lists(email, organisation))["decision"]]
        assert allowed == holders
        wanted = {"subject": {"type": "user"}, "resource": listing(organisation), **can_list}
        assert asking.found("subject", wanted) == sorted(ids[email] for email in holders)
    for email in EVERYONE:
        for kind in ("delivery_partner", "appropriate_body"):
            wanted = {"subject": user(email), "resource": {"type": kind}, **can_list}
            theirs = [each.id for each, holders in may.items() if email in holders and each.role.value == kind]
            assert asking.found("resource", wanted) == sorted(theirs)


def test_only_the_role_and_organisation_count_that_the_subject_names(asking: Asking) -> None:
    def may(identifier: str, **acting: object) -> bool:
        decision: bool = asking.may_see(CAT, identifier, **acting)["decision"]
        return decision

    assert may("p-5", role="delivery_partner", organisation=SOUTH.id)
    assert not may("p-5", role="appropriate_body")
    assert not may("p-5", organisation=NORTH.id)
    assert may("p-3", role="delivery_partner")
    assert not may("p-3", role="appropriate_body", organisation=BODY.id)
    odd: list[dict[str, object]] = [{"role": "support"}, {"role": "x"}, {"role": 1}, {"organisation": []}, {"role": ""}]
    assert [may("p-1", **each) for each in odd] == [False] * len(odd)
    wanted = {"action": {"name": "can_see"}, "resource": {"type": "participant"}}
    body = {"subject": user(CAT, role="appropriate_body"), **wanted}
    assert asking.found("resource", body) == ["p-1", "p-2", "p-4"]


def test_a_yes_says_what_it_rests_on_and_until_when_it_holds(asking: Asking) -> None:
    asking.world.load(RECORDS, ending(date(2024, 8, 31)), wider=True)
    assert asking.may_see(ANN, "p-1") == {
        "decision": True,
        "context": {
            "reason": "granted",
            "message": "You have access.",
            "rules_version": 1,
            "holds_until": "2024-09-01",
            "agreements": ["ag-dp-north"],
            "acting": {"role": "delivery_partner", "organisation": "dp-north"},
        },
    }
    assert asking.may_see(CAT, "p-1")["context"]["holds_until"] is None  # the body needs no agreement


def ending(day: date) -> Any:  # noqa: ANN401 - references
    return evolve(REFERENCES, agreements=[evolve(each, ends_on=day) for each in REFERENCES.agreements or ()])


def test_a_no_says_why_where_its_user_may_know(asking: Asking) -> None:
    assert asking.may_see(DEE, "p-6")["context"]["reason"] == "no_agreement"
    assert asking.may_see(ANN, "p-5")["context"]["reason"] == "out_of_scope"
    assert asking.may_see(STRANGER, "p-5")["context"] == {
        "reason": "no_access",
        "message": "You do not have access to this data.",
        "rules_version": 1,
        "holds_until": "2024-06-04",
        "agreements": [],
    }


def test_nothing_tells_unknown_users_from_those_without_access(asking: Asking) -> None:
    ann = user_ids(asking.world)[ANN]
    asking.world.manage_access.suspend(ANN, reason="Ticket 13")
    unlike = [STRANGER, "no-such-id", "", "\0", "a\ud800", "@", "@@", ANN, ann, SAM]
    answers = [asking.wire.ask("evaluation", sees(each, "p-1")).content for each in unlike]
    assert len(set(answers)) == 1
    resource = {"action": {"name": "can_see"}, "resource": {"type": "participant"}}
    pages = [asking.wire.ask("search/resource", {"subject": user(each), **resource}).content for each in unlike]
    assert len(set(pages)) == 1


def test_nothing_tells_unknown_participants_from_those_of_others(asking: Asking) -> None:
    unseen = ["p-5", "p-6", "p-nobody", "", "a b", "\0", "x" * 65]
    assert len({asking.wire.ask("evaluation", sees(ANN, each)).content for each in unseen}) == 1
    subjects = {"subject": {"type": "user"}, "action": {"name": "can_see"}}
    nobodys = ["p-6", "p-nobody", "", "\0"]
    answers = [asking.wire.ask("search/subject", {**subjects, "resource": participant(each)}) for each in nobodys]
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    "body",
    [
        {**sees(ANN, "p-1"), "action": {"name": "can_list"}},
        {**sees(ANN, "p-1"), "action": {"name": "CAN_SEE"}},
        {**sees(ANN, "p-1"), "resource": {"type": "school", "id": "100001"}},
        {**lists(ANN, NORTH), "action": {"name": "can_see"}},
    ],
)
def test_nobody_takes_an_action_that_there_is_not(asking: Asking, body: dict[str, Any]) -> None:
    told = asking.ask("evaluation", body)
    assert (told["decision"], told["context"]["reason"]) == (False, "unknown_action")
    assert asking.found("subject", {**body, "subject": {"type": "user"}}) == []
    assert asking.found("resource", {**body, "resource": {"type": body["resource"]["type"]}}) == []


def test_the_very_next_request_is_decided_again(asking: Asking) -> None:
    assert asking.may_see(ANN, "p-1")["decision"]
    asking.world.manage_access.remove(ANN, reason="Ticket 14")
    assert not asking.may_see(ANN, "p-1")["decision"]
    assert asking.found("subject", {**sees(ANN, "p-1"), "subject": {"type": "user"}}) == sorted(
        [user_ids(asking.world)[BEA], user_ids(asking.world)[CAT]]
    )


def test_everyone_who_is_visible_throughout_is_found_once_whatever_is_imported_between_pages(asking: Asking) -> None:
    world = asking.world
    body = {"subject": user(CAT), "action": {"name": "can_see"}, "resource": {"type": "participant"}}
    people = {number: a_record(number, f"Name {number:03}") for number in range(100, 130)}
    world.pass_time(days=1)
    world.load([*RECORDS, *people.values()], complete=True)
    before, found = seen_on_pages(world, CAT), list[str]()
    for number, page in enumerate(asking.pages("resource", body, limit=3)):
        found += [each["id"] for each in page["results"]]
        _renamed_moved_left_and_joined(people, number)
        world.pass_time(days=1)
        world.load([*RECORDS, *people.values()], complete=True)
        before &= seen_on_pages(world, CAT)
    assert len(found) == len(set(found))
    assert before <= set(found)
    assert len(before) > 15


def _renamed_moved_left_and_joined(people: dict[int, TrainingRecord], step: int) -> None:
    """What imports do to a listing: every name changes, so every place in it does."""
    for number, record in people.items():
        people[number] = evolve(record, full_name=f"Name {(number * 7 + step * 13) % 100:03} {number}")
    people.pop(101 + step, None)
    people[200 + step] = a_record(200 + step, f"Aa New {step}")


def test_an_import_between_pages_shows_in_the_next_page_and_a_revoked_grant_ends_them(asking: Asking) -> None:
    body = {"subject": user(ANN), "action": {"name": "can_see"}, "resource": {"type": "participant"}}
    pages = asking.pages("resource", body, limit=1)
    assert [each["id"] for each in next(pages)["results"]] == ["p-1"]
    asking.world.manage_access.remove(ANN, reason="Ticket 14")
    assert [page["results"] for page in pages] == [[]]


def test_each_request_is_on_record_once_with_who_asked_whom_about_and_what_was_told(asking: Asking) -> None:
    ids = user_ids(asking.world)
    asking.may_see(ANN, "p-1")
    asking.may_see(ANN, "p-5")
    asking.may_see(STRANGER, "p-1")
    evaluations = [sees(ANN, "p-2"), sees(BEA, "p-3"), lists(CAT, SOUTH), sees(ANN, "a name")]
    asking.ask("evaluations", {"evaluations": evaluations})
    asking.ask("search/resource", {**sees(ANN, "p-1"), "resource": {"type": "participant"}})
    asking.ask("search/subject", {**sees(ANN, "p-1"), "subject": {"type": "user"}})
    asking.ask("search/action", {"subject": user(ANN), "resource": participant("p-1")})
    ann, bea, cat = (ids[each] for each in (ANN, BEA, CAT))
    events = asking.records()
    assert [(event.subject, event.participant_id) for event in events] == [
        (ann, "p-1"),
        (ann, "p-5"),
        (None, "p-1"),
        (None, None),
        (ann, None),
        (None, "p-1"),
        (ann, "p-1"),
    ]
    told = [{name: word for name, word in event.details.items() if name not in {"service", "key"}} for event in events]
    assert told == [
        {"asked": "decisions", "allowed": f"{ann}/p-1", "refused": ""},
        {"asked": "decisions", "allowed": "", "refused": f"{ann}/p-5"},
        {"asked": "decisions", "allowed": "", "refused": "/p-1"},
        {
            "asked": "decisions",
            "allowed": f"{ann}/p-2 {cat}/delivery_partner:dp-south",
            "refused": f"{bea}/p-3 {ann}/",
        },
        {"asked": "participants", **OF_ANYONE, "rows": 4, "bytes": 15, "sha256": DIGEST_OF_ANNS},
        {"asked": "users", **OF_ANYONE, "rows": 3},
        {"asked": "decisions", "allowed": f"{ann}/p-1", "refused": ""},
    ]
    assert {(event.details["service"], event.details["key"]) for event in events} == {("register", "id of a-key")}
    assert {event.actor for event in events} == {None}
    assert all(event.import_id for event in events)


def test_each_page_of_a_search_is_on_record_with_for_whom_and_behind_whom_it_was_asked(asking: Asking) -> None:
    acting = {"role": "delivery_partner", "organisation": NORTH.id}
    body = {**sees(ANN, "p-1", **acting), "resource": {"type": "participant"}}
    found = asking.found("resource", body, limit=2)
    told = [{name: event.details[name] for name in ("after", "limit", "rows", *acting)} for event in asking.records()]
    assert told == [{"after": after, "limit": 2, "rows": 2, **acting} for after in ("", *found[1:-1:2])]
    asking.ask("search/resource", {**body, "subject": user(ANN, organisation="a name")})
    assert asking.records()[-1].details["organisation"] == ""


def test_a_batch_of_which_nothing_can_be_read_is_on_record_too(asking: Asking) -> None:
    told = asking.ask("evaluations", {"evaluations": [{"subject": "nobody"}]})
    assert told["evaluations"][0]["decision"] is False
    [event] = asking.records()
    assert (event.details["allowed"], event.details["refused"]) == ("", "")


def test_what_services_ask_is_not_among_what_was_done_to_a_user(asking: Asking) -> None:
    ann = UserId(user_ids(asking.world)[ANN])
    asking.may_see(ANN, "p-1")
    with asking.world.storage.reading() as work:
        kinds = [event.kind for event in work.audit.about(ann)]
    assert kinds == [AuditKind.GRANT_ADDED]


def test_ids_behind_another_are_those_in_scope_in_the_order_of_code_points(listed: Storage) -> None:
    for scope in SCOPES.values():
        every = sorted(row.participant_id for row in expected(ParticipantQuery(scope=scope)))
        with listed.reading() as work:
            assert list(work.participants.ids_behind(scope, None, 1000)) == every
            for after in (*every[::5], ParticipantId("p1~"), ParticipantId("")):
                behind = [each for each in every if each > after]
                assert list(work.participants.ids_behind(scope, after, 3)) == behind[:3]


@pytest.mark.parametrize("asked_before", [False, True])
def test_facts_and_rows_of_one_question_are_those_of_several(asking: Asking, asked_before: bool) -> None:  # noqa: FBT001
    world = asking.world
    users = user_ids(world)
    named = [*map(str, users), *users.values(), str(STRANGER), "", "a\0b", "\ud800", "@"]
    granted = [scope for each in users for scope in scopes_of(world, each)]
    scopes = [*granted, *(evolve(scope, rules=()) for scope in granted)]
    covered = set[bool]()
    for name, each in product(named, map(ParticipantId, PARTICIPANTS)):
        with world.storage.reading() as work:
            if asked_before:
                assert work.participants.as_of()
            found = work.users.facts_and_rows(name, each)
        with world.storage.reading() as work:
            assert found.facts == work.users.facts_about(name)
            assert found.import_id == id_of(work.participants.as_of())
            theirs = {grant.organisation for grant in found.facts.grants}
            for scope in (scope for scope in scopes if scope.organisation in theirs):
                assert found.covered_by(scope) == work.participants.covers(scope, each)
                covered.add(found.covered_by(scope))
    assert covered == {True, False}


@pytest.mark.parametrize("asked_before", [False, True])
def test_the_key_with_a_digest_comes_with_facts_and_rows_whoever_is_asked_about(
    asking: Asking,
    asked_before: bool,  # noqa: FBT001
) -> None:
    world = asking.world
    keys = world.composed.use_keys
    new = NewKey(name="Key", expires_on=london_date(world.clock()) + timedelta(days=1), reason="To ask")
    services = [CallingService(name, [Question.EVALUATION]) for name in ("Register", "Payments")]
    got = [world.composed.issue_keys.issue_to_service(service, new) for service in services]
    for key, named in product(got, (str(ANN), str(STRANGER), "nobody", "a\0b")):
        with world.storage.reading() as work:
            if asked_before:
                assert work.participants.as_of()
            found = work.users.facts_and_rows(named, ParticipantId("p-1"), keys.digest_to_ask_with(key.secret))
            assert found.key == work.api_keys.get(key.key.id)
    for digest in ("", "f" * 64, got[0].key.id):
        with world.storage.reading() as work:
            assert work.users.facts_and_rows(str(ANN), ParticipantId("p-1"), digest).key is None


def test_there_are_facts_and_no_rows_before_the_first_import(storage: Storage) -> None:
    with storage.reading() as work:
        found = work.users.facts_and_rows("nobody", ParticipantId("p-1"))
    assert (found.facts.user, found.rows, found.import_id) == (None, {}, None)

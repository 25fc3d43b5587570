"""One strategy for each kind of value, the hard ones first, over a small world in which ids meet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product, starmap
from typing import Any, Final

from attrs import evolve
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.filters import FILTER_NAMED, word_of
from checkdata.domain.listing.orders import Direction, Order, Sort
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant, Names, list_participant
from checkdata.domain.listing.searches import Search
from checkdata.domain.people.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    PolicyTeam,
    RelatedService,
    School,
    SupportTeam,
)
from checkdata.domain.people.users import Grant, User
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    InductionType,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training.records import Partnership, TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import EmailAddress, LeadProviderId, ParticipantId, RecordId, UserId

TODAY: Final = date(2024, 9, 2)
NOON: Final = datetime(2024, 9, 2, 12, tzinfo=UTC)

HARD_NAMES: Final = (
    "Siobhán O'Neill",
    "Siobhan O’Neill",
    "Zoë Smith",
    "Zoe\u0308 SMITH",
    "Łukasz Żółć",
    "İstanbul Işık",
    "ISTANBUL ılık",
    "Jürgen Weiß",
    "JÜRGEN WEISS",
    "Đorđe Ærø Þórsson œuvre",
    "Anne-Marie D‑Arcy",
    "x\u0323\u0307 marks",
    "محمد علي",
    "יעל כהן",
    "王小明",
    "Ａｄａ ﬁne",
    "😀 Smile 👩‍🏫",
    "100% Sure",
    "Snake_Case",
    "Back\\slash",
    'The "Rock" Smith',
    "Smith, John; Jr",
    "Jo Smith Jones",
    "Jo Smith-Jones",
    "Ðorðe Ħal Ɗan Əliyev ʿAlī",
    "Kim\u200b\u3164\u202cLee",
    "=1+1",
    "+44 Plus",
    "-Minus",
    "@handle",
    "＝full",
    "Two  spaces",
    "No\u00a0break",
    "'",
    "-",
    "a",
    "B",
    "",
)
"""Names on which foldings, databases and spreadsheets disagree."""

LEAD_PROVIDERS: Final = (
    LeadProvider(LeadProviderId("ambition"), "Ambition", "confirm@ambition.example"),
    LeadProvider(LeadProviderId("best-practice"), "Best Practice Élan", ""),
    LeadProvider(LeadProviderId("TeachFirst"), "Teach 'First' 100%", "confirm@teach.example"),
)
DELIVERY_PARTNERS: Final = (
    DeliveryPartner("north", "North & West Hub"),
    DeliveryPartner("both", "Zoë's Teaching School"),
    DeliveryPartner("South_1", "South_1"),
)
APPROPRIATE_BODIES: Final = (
    AppropriateBody("both", "Zoë's Teaching School"),
    AppropriateBody("borough", "Borough Council"),
)
SCHOOLS: Final = (
    School("100001", "St Mary's"),
    School("100002", "ST. MARYS"),
    School("123456", "Łódź Academy"),
    School("234567", "50% School_"),
    School("100005", "École “Ω”"),
)
NAMES: Final = Names({s.urn: s.name for s in SCHOOLS}, {lead.id: lead.name for lead in LEAD_PROVIDERS})
VIEWERS: Final[tuple[Viewer, ...]] = (*DELIVERY_PARTNERS, *APPROPRIATE_BODIES)
ORGANISATIONS: Final[tuple[Organisation, ...]] = (*VIEWERS, SupportTeam(), PolicyTeam(), RelatedService("npq"))
YEARS: Final = (2021, 2022, 2023)
TRNS: Final = ("0012345", "1234567", "1234568", "7654321", "0100001")
BIRTHDAYS: Final = (date(1990, 1, 1), date(1991, 2, 3))
USER_IDS: Final = tuple(map(UserId, ("ada", "bea", "Ceri", "dee")))


def day(offset: int) -> date:
    """The day so many days after TODAY."""
    return TODAY + timedelta(days=offset)


# Strategies are made once: hypothesis takes longer to check a new one than to draw from it.
_DAYS: Final = st.integers(-6, 6).map(day) | st.sampled_from([-800, -366, -365, -364, 364, 365, 366, 800]).map(day)
_PRINTABLE: Final = st.characters(exclude_categories=["Cc", "Cs"])
_NAMES: Final = (
    st.sampled_from(HARD_NAMES) | st.text("aAbzZ éÉ'-%_\\łıİß", max_size=8) | st.text(_PRINTABLE, max_size=12)
)
_LEAD_PROVIDER_IDS: Final = st.sampled_from([lead.id for lead in LEAD_PROVIDERS])
_PARTNER_IDS: Final = st.sampled_from([partner.id for partner in DELIVERY_PARTNERS])
_YEARS: Final = st.sampled_from(YEARS)
_PARTICIPANT_EMAILS: Final = st.sampled_from(
    ["", "o'neill@school.example", "A-B_C@École.example", "100%@x.y", "zoe@school.example"]
)
_EMAIL_ADDRESSES: Final = st.lists(st.text("abz09+_'%-", min_size=1, max_size=4), min_size=1, max_size=3).map(
    lambda atoms: EmailAddress.of(f"{'.'.join(atoms)}@partner.example")
)
_ATOMS: Final = st.text("abz09!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=64)
_LABELS: Final = st.from_regex(r"\A[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_MAILABLE_ADDRESSES: Final = st.builds(
    lambda atoms, labels: EmailAddress(f"{'.'.join(atoms)}@{'.'.join(labels)}"),
    st.lists(_ATOMS, min_size=1, max_size=3),
    st.lists(_LABELS, min_size=2, max_size=5),
).filter(lambda address: address.mailable)
_IDS: Final = st.integers(0, 2**64).map(str)


def days() -> SearchStrategy[date]:
    """Days about TODAY, near enough to meet each other, and a few far away."""
    return _DAYS


def names() -> SearchStrategy[str]:
    """Names, the hard ones first; like all that a feed holds, without control characters."""
    return _NAMES


def email_addresses() -> SearchStrategy[EmailAddress]:
    """Addresses of users."""
    return _EMAIL_ADDRESSES


def mailable_addresses() -> SearchStrategy[EmailAddress]:
    """Addresses of every shape that is taken, up to the longest."""
    return _MAILABLE_ADDRESSES


def organisations() -> SearchStrategy[Organisation]:
    """Organisations of every role; one id is in two of them."""
    return _ORGANISATIONS


def users() -> SearchStrategy[User]:
    """Users of a few ids."""
    return _USERS


def grants() -> SearchStrategy[Grant]:
    """Grants of a few users at a few organisations, active, ended or to come."""
    return _GRANTS


def agreements() -> SearchStrategy[Agreement]:
    """Agreements between a few lead providers and partners, in force, ended or to come."""
    return _AGREEMENTS


def scopes() -> SearchStrategy[Scope]:
    """Scopes of partners and bodies, wide, narrow and empty; a team's covers nothing."""
    return _SCOPES


def training_records() -> SearchStrategy[TrainingRecord]:
    """Training records as a feed gives them, in a world where participants, organisations and TRNs are few."""
    return _TRAINING_RECORDS


_ORGANISATIONS: Final[SearchStrategy[Organisation]] = st.sampled_from(ORGANISATIONS)
_USERS: Final = st.builds(
    User, id=st.sampled_from(USER_IDS), email=_EMAIL_ADDRESSES, name=_NAMES, suspended=st.booleans()
)
_GRANTS: Final = st.builds(
    Grant,
    id=_IDS,
    user_id=st.sampled_from(USER_IDS),
    organisation=_ORGANISATIONS,
    granted_on=_DAYS,
    granted_by=st.just("support"),
    reason=_NAMES,
    confirmed_by=st.none() | _LEAD_PROVIDER_IDS,
    ended_on=st.none() | _DAYS,
)


def _agreement(starts_on: date, lasts: int | None, **fields: Any) -> Agreement:  # noqa: ANN401 - any field
    ends_on = None if lasts is None else starts_on + timedelta(days=lasts)
    return Agreement(starts_on=starts_on, ends_on=ends_on, **fields)


_AGREEMENTS: Final = st.builds(
    _agreement,
    id=_IDS,
    lead_provider_id=_LEAD_PROVIDER_IDS,
    delivery_partner_id=_PARTNER_IDS,
    starts_on=_DAYS,
    lasts=st.none() | st.integers(0, 12) | st.just(800),
    first_academic_year=st.none() | _YEARS,
    last_academic_year=st.none() | _YEARS,
    covers_unconfirmed=st.booleans(),
)
_SCOPE_RULES: Final = st.builds(
    ScopeRule,
    lead_provider_id=st.none() | _LEAD_PROVIDER_IDS,
    first_academic_year=st.none() | _YEARS,
    last_academic_year=st.none() | _YEARS,
)
_SCOPES: Final = st.builds(Scope, organisation=_ORGANISATIONS, rules=st.lists(_SCOPE_RULES, max_size=3).map(tuple))


def _as_a_feed_has_it(record: TrainingRecord) -> TrainingRecord:
    """No partnership without a partner, and no TRN validated without a TRN."""
    return evolve(
        record,
        partnership=record.partnership if record.delivery_partner_id else None,
        trn_validated=record.trn_validated if record.trn else None,
    )


_TRAINING_RECORDS: Final = st.builds(
    TrainingRecord,
    record_id=st.sampled_from("abcdef").map(RecordId),
    participant_id=st.sampled_from(["p1", "P2", "p-3"]).map(ParticipantId),
    role=st.sampled_from(ParticipantRole),
    full_name=_NAMES,
    email=_PARTICIPANT_EMAILS,
    date_of_birth=st.sampled_from([None, *BIRTHDAYS]),
    trn=st.sampled_from([None, *TRNS]),
    trn_validated=st.sampled_from([None, True, False]),
    school_urn=st.sampled_from([school.urn for school in SCHOOLS]),
    academic_year=_YEARS,
    lead_provider_id=st.none() | _LEAD_PROVIDER_IDS,
    delivery_partner_id=st.none() | _PARTNER_IDS,
    appropriate_body_id=st.sampled_from([None, *(body.id for body in APPROPRIATE_BODIES)]),
    partnership=st.sampled_from([Partnership.CONFIRMED, *Partnership]),
    programme=st.sampled_from(Programme),
    induction_tutor_email=_PARTICIPANT_EMAILS,
    induction_status=st.sampled_from([InductionStatus.ACTIVE, *InductionStatus]),
    training_status=st.sampled_from([TrainingStatus.ACTIVE, *TrainingStatus]),
    school_transfer=st.booleans(),
    starts_on=_DAYS,
    ends_on=st.none() | _DAYS,
    induction_started_on=st.none() | _DAYS,
    induction_completed_on=st.none() | _DAYS,
    details_given=st.sampled_from(DetailsGiven),
    details_request=st.sampled_from([None, *DetailsRequest]),
    check_failed=st.booleans(),
    eligibility=st.sampled_from([None, *Eligibility]),
    eligibility_reason=st.sampled_from([None, *EligibilityReason]),
    mentees=st.sampled_from(Mentees),
    updated_at=st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours)),
).map(_as_a_feed_has_it)


@st.composite
def careers(draw: DrawFn) -> list[TrainingRecord]:
    """All the training records of one participant: one role, each record its own id."""
    role = draw(_ROLES)
    records = draw(_SOME_RECORDS)
    return [evolve(record, participant_id=ParticipantId("p1"), role=role) for record in records]


@st.composite
def listed_participants(draw: DrawFn) -> ListedParticipant:
    """Rows of listings, each as the organisation in whose listing it is may see it."""
    record, viewer, state = draw(_LISTED)
    return list_participant(record, viewer, state, NAMES, shows_trn=True, before=None, today=TODAY).listed


_ROLES: Final = st.sampled_from(ParticipantRole)
_SOME_RECORDS: Final = st.lists(_TRAINING_RECORDS, min_size=1, max_size=4, unique_by=lambda record: record.record_id)
_LISTED_RECORDS: Final = st.builds(
    TrainingRecord,
    record_id=st.just(RecordId("a")),
    participant_id=st.sampled_from(["p1", "P2", "p-3"]).map(ParticipantId),
    role=_ROLES,
    full_name=_NAMES,
    email=_PARTICIPANT_EMAILS,
    trn=st.sampled_from([None, *TRNS]),
    school_urn=st.sampled_from([school.urn for school in SCHOOLS]),
    academic_year=_YEARS,
    lead_provider_id=st.none() | _LEAD_PROVIDER_IDS,
    delivery_partner_id=_PARTNER_IDS,
    starts_on=st.just(TODAY),
    updated_at=st.just(NOON),
)
_LISTED: Final = st.tuples(_LISTED_RECORDS, st.sampled_from(VIEWERS), st.sampled_from(TrainingState))
_ANY_SEARCH: Final = (
    st.just("")
    | st.lists(st.sampled_from(TRNS), min_size=2, max_size=3).map(" ".join)
    | st.sampled_from(["%", "_", "\\", '"', "12/34567", "oneill", "st mary", "@school", "i", "ss", "100005"])
    | st.text(_PRINTABLE, max_size=12)
)


@st.composite
def searches(draw: DrawFn, rows: Sequence[ListedParticipant] = ()) -> str:
    """Searches that are understood: pieces cut from what *rows* show, lists of TRNs, and anything."""
    shown = [text for row in rows for text in (row.full_name, row.school, row.trn, row.email, row.school_urn) if text]
    text = draw(_pieces(shown) | _ANY_SEARCH if shown else _ANY_SEARCH)
    assume(_is_understood(text))
    return text


@st.composite
def _pieces(draw: DrawFn, texts: Sequence[str]) -> str:
    """One or two pieces of the texts, in any case."""
    pieces = []
    for text in draw(st.lists(st.sampled_from(texts), min_size=1, max_size=2)):
        first = draw(st.integers(0, len(text) - 1))
        piece = text[first : draw(st.integers(first + 1, len(text)))]
        pieces.append(draw(st.sampled_from([piece, piece.upper(), piece.lower()])))
    return " ".join(pieces)


def _is_understood(text: str) -> bool:
    try:
        Search.of(text)
    except InvalidQuery:
        return False
    return True


class _Rows(tuple[ListedParticipant, ...]):
    """Rows that a strategy is made of, of which its text tells only the number: all of them are too long."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{len(self)} rows"


def queries(rows: Sequence[ListedParticipant] = (), within: Scope | None = None) -> SearchStrategy[ParticipantQuery]:
    """Queries within any scope, or one, with searches that may find something among *rows*."""
    return _queries(_Rows(rows), within)


@st.composite
def _queries(draw: DrawFn, rows: _Rows, within: Scope | None) -> ParticipantQuery:
    return ParticipantQuery(
        scope=within or draw(scopes()),
        search=Search.of(draw(searches(rows))),
        chosen=draw(_CHOSEN),
        order=draw(_ORDERS),
    )


def _in_order(name: str, values: Iterable[object]) -> tuple[object, ...]:
    return FILTER_NAMED[name].values_of(word_of(values))


_VALUES: Final[Mapping[str, Sequence[object]]] = {
    "role": tuple(ParticipantRole),
    "academic_year": YEARS,
    "status": tuple(Status),
    "next": tuple(WhoActs),
    "induction_type": tuple(InductionType),
    "lead_provider": tuple(lead.id for lead in LEAD_PROVIDERS),
}
_CHOSEN: Final = st.fixed_dictionaries(
    {},
    optional={
        name: st.sets(st.sampled_from(values), min_size=1).map(partial(_in_order, name))
        for name, values in _VALUES.items()
    },
)
_ORDERS: Final = st.sampled_from([Order(), *starmap(Order, product(Sort, Direction))])

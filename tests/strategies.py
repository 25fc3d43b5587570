"""One strategy for each kind of value, the hard ones first, over a small world in which ids meet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.access import Scope, ScopeRule
from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listings import ListedParticipant, Names, list_participant
from checkdata.domain.organisations import (
    Agreement,
    AppropriateBody,
    DeliveryPartner,
    LeadProvider,
    Organisation,
    PolicyTeam,
    School,
    SupportTeam,
)
from checkdata.domain.participants import Partnership, TrainingRecord, Viewer
from checkdata.domain.queries import ParticipantQuery, Search
from checkdata.domain.statuses import Status
from checkdata.domain.training_facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training_states import TrainingState
from checkdata.domain.users import Grant, User
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
ORGANISATIONS: Final[tuple[Organisation, ...]] = (*VIEWERS, SupportTeam(), PolicyTeam())
YEARS: Final = (2021, 2022, 2023)
TRNS: Final = ("0012345", "1234567", "1234568", "7654321", "0100001")
USER_IDS: Final = tuple(map(UserId, ("ada", "bea", "Ceri", "dee")))


def day(offset: int) -> date:
    """The day so many days after TODAY."""
    return TODAY + timedelta(days=offset)


def days() -> SearchStrategy[date]:
    """Days about TODAY, near enough to meet each other, and a few far away."""
    return (st.integers(-6, 6) | st.sampled_from([-800, -366, -365, -364, 364, 365, 366, 800])).map(day)


def moments() -> SearchStrategy[datetime]:
    """Moments about NOON, some of them equal."""
    return st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours))


def printable(*, min_size: int = 0, max_size: int = 12) -> SearchStrategy[str]:
    """Any text that a feed may hold: no control characters."""
    return st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=min_size, max_size=max_size)


def names() -> SearchStrategy[str]:
    """Names, the hard ones first."""
    return st.sampled_from(HARD_NAMES) | st.text("aAbzZ éÉ'-%_\\łıİß", max_size=8) | printable()


def participant_emails() -> SearchStrategy[str]:
    """Addresses as a school gave them, to be shown: blank, or ``x@y.z``."""
    return st.sampled_from(["", "o'neill@school.example", "A-B_C@École.example", "100%@x.y", "zoe@school.example"])


def email_addresses() -> SearchStrategy[EmailAddress]:
    """Addresses of users."""
    local = st.text("abz09.+_'%-", min_size=1, max_size=8)
    return st.builds(lambda name: EmailAddress.of(f"{name}@partner.example"), local)


def trns() -> SearchStrategy[str | None]:
    """TRNs, few enough that two records share one."""
    return st.none() | st.sampled_from(TRNS)


def users() -> SearchStrategy[User]:
    """Users of a few ids."""
    return st.builds(User, id=st.sampled_from(USER_IDS), email=email_addresses(), name=names(), suspended=st.booleans())


def organisations() -> SearchStrategy[Organisation]:
    """Organisations of every role; one id is in two of them."""
    return st.sampled_from(ORGANISATIONS)


def grants() -> SearchStrategy[Grant]:
    """Grants of a few users at a few organisations, active, ended or to come."""
    return st.builds(
        Grant,
        id=st.uuids().map(str),
        user_id=st.sampled_from(USER_IDS),
        organisation=organisations(),
        granted_on=days(),
        granted_by=st.just("support"),
        reason=names(),
        confirmed_by=st.none() | st.sampled_from([lead.id for lead in LEAD_PROVIDERS]),
        ended_on=st.none() | days(),
    )


@st.composite
def agreements(draw: DrawFn) -> Agreement:
    """Agreements between a few lead providers and partners, in force, ended or to come."""
    starts_on = draw(days())
    return Agreement(
        id=draw(st.uuids().map(str)),
        lead_provider_id=draw(st.sampled_from(LEAD_PROVIDERS)).id,
        delivery_partner_id=draw(st.sampled_from(DELIVERY_PARTNERS)).id,
        starts_on=starts_on,
        ends_on=draw(st.none() | days().filter(lambda ends_on: ends_on >= starts_on)),
        first_academic_year=draw(st.none() | st.sampled_from(YEARS)),
        last_academic_year=draw(st.none() | st.sampled_from(YEARS)),
        covers_unconfirmed=draw(st.booleans()),
    )


def scope_rules() -> SearchStrategy[ScopeRule]:
    """Rules of scopes."""
    return st.builds(
        ScopeRule,
        lead_provider_id=st.none() | st.sampled_from([lead.id for lead in LEAD_PROVIDERS]),
        first_academic_year=st.none() | st.sampled_from(YEARS),
        last_academic_year=st.none() | st.sampled_from(YEARS),
    )


def scopes() -> SearchStrategy[Scope]:
    """Scopes of partners and bodies, wide, narrow and empty; a team's covers nothing."""
    rules = st.lists(scope_rules(), max_size=3).map(tuple)
    return st.builds(Scope, organisation=organisations(), rules=rules)


@st.composite
def training_records(
    draw: DrawFn,
    record_ids: SearchStrategy[str] | None = None,
    participant_ids: SearchStrategy[str] | None = None,
    roles: SearchStrategy[ParticipantRole] | None = None,
) -> TrainingRecord:
    """Training records as a feed gives them, in a world where organisations, schools and TRNs are few."""
    partner = draw(st.none() | st.sampled_from(DELIVERY_PARTNERS))
    body = draw(st.none() | st.sampled_from(APPROPRIATE_BODIES))
    lead = draw(st.none() | st.sampled_from(LEAD_PROVIDERS))
    trn = draw(trns())
    return TrainingRecord(
        record_id=RecordId(draw(record_ids or st.sampled_from("abcdef"))),
        participant_id=ParticipantId(draw(participant_ids or st.sampled_from(["p1", "P2", "p-3"]))),
        role=draw(roles or st.sampled_from(ParticipantRole)),
        full_name=draw(names()),
        email=draw(participant_emails()),
        date_of_birth=draw(st.none() | st.sampled_from([date(1990, 1, 1), date(1991, 2, 3)])),
        trn=trn,
        trn_validated=draw(st.sampled_from([None, True, False] if trn else [None, False])),
        school_urn=draw(st.sampled_from(SCHOOLS)).urn,
        academic_year=draw(st.sampled_from(YEARS)),
        lead_provider_id=lead.id if lead else None,
        delivery_partner_id=partner.id if partner else None,
        appropriate_body_id=body.id if body else None,
        partnership=draw(st.sampled_from([Partnership.CONFIRMED, *Partnership])) if partner else None,
        programme=draw(st.sampled_from(Programme)),
        induction_tutor_email=draw(participant_emails()),
        induction_status=draw(st.sampled_from([InductionStatus.ACTIVE, *InductionStatus])),
        training_status=draw(st.sampled_from([TrainingStatus.ACTIVE, *TrainingStatus])),
        school_transfer=draw(st.booleans()),
        starts_on=draw(days()),
        ends_on=draw(st.none() | days()),
        induction_started_on=draw(st.none() | days()),
        induction_completed_on=draw(st.none() | days()),
        details_given=draw(st.sampled_from(DetailsGiven)),
        details_request=draw(st.none() | st.sampled_from(DetailsRequest)),
        check_failed=draw(st.booleans()),
        eligibility=draw(st.none() | st.sampled_from(Eligibility)),
        eligibility_reason=draw(st.none() | st.sampled_from(EligibilityReason)),
        mentees=draw(st.sampled_from(Mentees)),
        updated_at=draw(moments()),
    )


@st.composite
def careers(draw: DrawFn, *, max_size: int = 4) -> list[TrainingRecord]:
    """All the training records of one participant: one role, each record its own id."""
    role = draw(st.sampled_from(ParticipantRole))
    ids = draw(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=max_size, unique=True))
    return [
        draw(training_records(record_ids=st.just(i), participant_ids=st.just("p1"), roles=st.just(role))) for i in ids
    ]


@st.composite
def listed_participants(draw: DrawFn) -> ListedParticipant:
    """Rows of listings, each as the organisation in whose listing it is may see it."""
    viewer = draw(st.sampled_from(VIEWERS))
    record = TrainingRecord(
        record_id=RecordId("a"),
        participant_id=ParticipantId(draw(st.sampled_from(["p1", "P2", "p-3"]))),
        role=draw(st.sampled_from(ParticipantRole)),
        full_name=draw(names()),
        email=draw(participant_emails()),
        trn=draw(trns()),
        school_urn=draw(st.sampled_from(SCHOOLS)).urn,
        academic_year=draw(st.sampled_from(YEARS)),
        lead_provider_id=draw(st.none() | st.sampled_from([lead.id for lead in LEAD_PROVIDERS])),
        delivery_partner_id=viewer.id,
        starts_on=TODAY,
        updated_at=NOON,
    )
    state = draw(st.sampled_from(TrainingState))
    return list_participant(record, viewer, state, NAMES, trn_validated=True, before=None, today=TODAY).listed


@st.composite
def searches(draw: DrawFn, rows: Sequence[ListedParticipant] = ()) -> str:
    """Searches that are understood: pieces cut from what *rows* show, lists of TRNs, and anything."""
    shown = [text for row in rows for text in (row.full_name, row.school, row.trn, row.email, row.school_urn) if text]
    text = draw(
        st.just("")
        | (_pieces(shown) if shown else st.nothing())
        | st.lists(st.sampled_from(TRNS), min_size=2, max_size=3).map(" ".join)
        | st.sampled_from(["%", "_", "\\", '"', "12/34567", "oneill", "st mary", "@school", "i", "ss"])
        | printable()
    )
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


@st.composite
def queries(draw: DrawFn, rows: Sequence[ListedParticipant] = (), within: Scope | None = None) -> ParticipantQuery:
    """Queries within any scope, or one, with searches that may find something among *rows*."""
    return ParticipantQuery(
        scope=within or draw(scopes()),
        search=Search.of(draw(searches(rows))),
        role=draw(st.none() | st.sampled_from(ParticipantRole)),
        academic_year=draw(st.none() | st.sampled_from(YEARS)),
        status=draw(st.none() | st.sampled_from(Status)),
    )

"""The made-up schools of the demo, each with whom it trains and inducts its teachers."""

from random import Random
from typing import Final, NamedTuple

from checkdata.entrypoints.demo.names import words_with_dashes
from checkdata.entrypoints.demo.organisations import (
    BOTH_BODY,
    BOTH_PARTNER,
    EASTERN_BODY,
    PENNINE_BODY,
    SCHOOLS_OF,
    WESSEX_BODY,
)
from checkdata.entrypoints.demo.random_draws import draw_one, one_in
from checkdata.entrypoints.demo.rows import Programme

SCHOOL_COUNT: Final = 400
FIRST_URN: Final = 170_101  # above the numbers that real schools have

AWKWARD_SCHOOL_NAMES: Final = (
    "St Mary's Church of England Primary School",
    "St Mary\u2019s Catholic Primary School",
    (
        "The Blessed Virgin Mary and All Saints' Church of England and Roman Catholic (Voluntary "
        "Aided) Joint Primary School and Nursery, Ashby-under-Wold"
    ),
    "Queen Elizabeth's Girls' Grammar School",
    'The "Old Library" Free School',
    "SS Peter & Paul's Catholic Academy",
    "Sacré Cœur Catholic High School",
    "Ñandú International School, London",
    "School 21½",
    "Dr Thos. O'Hara's Foundation (1627)",
)

PLACES: Final = (
    "Alderbrook,Ashcombe,Barrowby,Beckwith Hill,Birchfield,Blackthorn,Bramley Park,Broadmere,"
    "Burnside,Calder Bridge,Castleton,Chapel Lane,Cherry Orchard,Cleeve,Cold Norton,Copthorne,"
    "Deepdale,Dunsford,Eastfield,Elmswell,Fairlawn,Far Cotton,Fernhill,Foxholes,Gatehead,"
    "Glebe Farm,Great Oakley,Greenways,Hadrian's Wall,Harrowgate Hill,Hawthorn Bank,Heatherside,"
    "High Wycliffe,Hollingwell,Ivybridge Road,King's Meadow,Kirkby-in-Aire,Langmoor,Larkrise,"
    "Little Stoke,Longbeck,Lower Wharfe,Manor Road,Marsh Green,Millfield,Moorside,Netherfield,"
    "Newton-le-Moors,Oakhurst,Orchard Way,Peover Hey,Priory Fields,Queensway,Ravensworth,"
    "Redcliffe,Riverside,Saltersgate,Sandhills,Shepherd's Well,Southmead,Stanley Road,Stoke Ash,"
    "Swanmore,Thornaby Moor,Tideswell,Upper Batley,Waterside,Wellesbourne,West Fold,Woodlands"
)

SAINTS: Final = (
    "St Mary's,St Mary's,St Mary's,St John's,St John's,St Peter's,St Joseph's,St Anne's,"
    "St Cuthbert's,All Saints',Holy Trinity,Our Lady of Lourdes,St Thomas More,St Bede's"
)

SHAPES: Final = {
    "{saint} Church of England Primary School": 8,
    "{saint} Catholic Primary School": 5,
    "{saint} Church of England Primary School, {place}": 9,
    "{saint} Catholic Academy, {place}": 4,
    "{place} Primary School": 26,
    "{place} Community Primary School": 8,
    "{place} Infant and Nursery School": 6,
    "{place} Junior School": 6,
    "{place} Church of England (Voluntary Controlled) First School": 3,
    "{place} Academy": 9,
    "{place} High School": 6,
    "{place} Community College": 3,
    "{place} School for Girls": 2,
    "{place} Special School and Specialist College": 2,
    "{place} UTC": 1,
}

PROGRAMMES: Final[dict[Programme, float]] = {"fip": 89, "cip": 7, "diy": 4}
BODIES: Final = {PENNINE_BODY: 40, WESSEX_BODY: 30, EASTERN_BODY: 20, BOTH_BODY: 10}


class DemoSchool(NamedTuple):
    """A school: `lead_provider_id`, partner and tutor's address are blank where it has none."""

    urn: str
    name: str
    programme: Programme
    lead_provider_id: str
    delivery_partner_id: str
    appropriate_body_id: str
    mail_domain: str
    induction_tutor_email: str


def made_up_schools(chance: Random) -> tuple[DemoSchool, ...]:
    """Return `SCHOOL_COUNT` schools; some share a name, none a URN."""
    return tuple(_school(number, chance) for number in range(SCHOOL_COUNT))


def _school(number: int, chance: Random) -> DemoSchool:
    urn = str(FIRST_URN + 37 * number)
    name = _name(number, chance)
    programme = draw_one(PROGRAMMES, chance)
    partner, lead_provider = draw_one(SCHOOLS_OF, chance)
    has_partner = programme == "fip" or one_in(2, chance)
    mail_domain = f"{'-'.join(words_with_dashes(name).split('-')[:2])}-{urn}.example"
    return DemoSchool(
        urn=urn,
        name=name,
        programme=programme,
        lead_provider_id=lead_provider if programme == "fip" else "",
        delivery_partner_id=partner if has_partner else "",
        appropriate_body_id=BOTH_BODY if partner == BOTH_PARTNER else draw_one(BODIES, chance),
        mail_domain=mail_domain,
        induction_tutor_email="" if one_in(20, chance) else f"induction@{mail_domain}",
    )


def _name(number: int, chance: Random) -> str:
    if number < len(AWKWARD_SCHOOL_NAMES):
        return AWKWARD_SCHOOL_NAMES[number]
    shape = draw_one(SHAPES, chance)
    return shape.format(saint=chance.choice(SAINTS.split(",")), place=chance.choice(PLACES.split(",")))

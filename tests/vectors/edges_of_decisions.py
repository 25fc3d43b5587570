"""What there is to be got wrong in a question about access, in words."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from checkdata.entrypoints.conformance.answers import answer_to
from tests.vectors.confusions import CONFUSIONS, confusions

Json = dict[str, Any]

_REASONS: Final = ("unknown_user", "suspended", "no_grant", "no_agreement")
_ROLES: Final = ("delivery_partner", "appropriate_body", "support", "policy", "related_service")
_TURNS: Final = (
    "granted turns granted",
    "granted turns no_grant",
    "granted turns no_agreement",
    "no_grant turns granted",
    "no_grant turns no_agreement",
    "no_agreement turns granted",
    "no_agreement turns no_grant",
)
_TURNING: Final = (
    "on the first day of a grant",
    "on the day a grant ends",
    "on the first day of an agreement",
    "after the last day of an agreement",
    "on the day an agreement is ended by hand",
)
_OF_DAYS: Final = ("is tomorrow", "is today", "was yesterday")
_ONLY_IN_ROWS: Final = {
    *("space", "a word for nothing", "zeros in front", "quotation marks"),
    *("a wildcard in the id", "a wildcard in the other", "a name that objects of JavaScript have"),
}

EDGES_OF_DECISIONS: Final = frozenset(
    {
        *(f"refused: {reason}" for reason in _REASONS),
        *(f"granted to {role}" for role in _ROLES),
        *_TURNS,
        *(f"{outcome} for good" for outcome in (*_REASONS, "granted")),
        *(f"the answer turns {moment}" for moment in _TURNING),
        *("no user", "another user"),
        *(f"a grant's first day {day}" for day in _OF_DAYS),
        *(f"the day a grant ended {day}" for day in _OF_DAYS),
        *("a grant of another user", "a grant for another organisation", "a grant in another role"),
        *("a grant that is never active", "a grant under another name", "two grants, one active"),
        *(f"an agreement's first day {day}" for day in _OF_DAYS),
        *(f"an agreement's last day {day}" for day in _OF_DAYS),
        *(f"the day an agreement was ended by hand {day}" for day in _OF_DAYS),
        *("ended by hand after its last day", "ended by hand before it began"),
        *("an agreement in force up to the calendar's last day", "asked on the calendar's last day"),
        *("asked on the calendar's first day", "asked on 29 February"),
        *("an agreement of another partner in force", "two lead providers", "two agreements that give the same"),
        *("a turning day on which nothing turns", "no agreements", "no grants"),
        *(f"academic years {span}" for span in ("without bounds", "from", "up to", "one", "several", "backwards")),
        *("unconfirmed covered", "unconfirmed not covered"),
        *(f"a lead provider that is {blank}, {seen}" for blank in ("null", "empty") for seen in ("seen", "not seen")),
        *(f"the year {place}" for place in ("before the first", "that is first", "that is last", "after the last")),
        *(f"no year, {seen}" for seen in ("seen", "not seen")),
        *("year 0", "a year below 0", "a year of five digits"),
        *(f"{name} is a number or a truth value" for name in ("partner", "lead provider", "body")),
        *(f"role {role!r}" for role in ("ect", "ECT", "mentor", "ect ", "", None)),
        *(f"row's partner: {kind}" for kind in CONFUSIONS),
        *(f"row's lead provider: {kind}" for kind in CONFUSIONS),
        *(f"agreement's partner: {kind}" for kind in CONFUSIONS if kind not in _ONLY_IN_ROWS),
        *(f"grant's organisation: {kind}" for kind in CONFUSIONS if kind not in _ONLY_IN_ROWS),
        *(f"grant's user: {kind}" for kind in CONFUSIONS if kind not in _ONLY_IN_ROWS),
    }
)
"""What at least one vector has."""


def edges_of_decision(question: Json, answer: Json) -> Iterator[str]:
    """The edges of one question, of what its answer depends on: not of what is behind a refusal for another reason."""
    acting, facts, on = question["acting"], question["facts"], date.fromisoformat(question["on"])
    yield from _edges_of_outcome(question, answer)
    if until := answer["decision"]["holds_until"]:
        yield from _edges_of_turning(facts, until)
    yield from _edges_of_user(acting, facts["user"])
    outcome = _outcome(answer)
    if outcome not in {"unknown_user", "suspended"}:
        ours = [grant for grant in facts["grants"] if _is_same_grant(grant, acting)]
        yield from _edges_of_grants(facts["grants"], ours, acting, on)
    if outcome in {"granted", "no_agreement"} and acting["organisation"]["role"] == "delivery_partner":
        yield from _edges_of_agreements(facts["agreements"], acting["organisation"]["id"], on)
    if on == date.max:
        yield "asked on the calendar's last day"
    if on == date.min:
        yield "asked on the calendar's first day"
    if (on.month, on.day) == (2, 29):
        yield "asked on 29 February"
    if answer["decision"]["decision"] == "granted":
        yield from _edges_of_rows(question, answer)


def _outcome(answer: Json) -> str:
    return str(answer["decision"].get("reason", "granted"))


def _edges_of_outcome(question: Json, answer: Json) -> Iterator[str]:
    decision, outcome = answer["decision"], _outcome(answer)
    yield f"granted to {question['acting']['organisation']['role']}" if outcome == "granted" else f"refused: {outcome}"
    until = decision["holds_until"]
    yield f"{outcome} turns {_outcome(dict(answer_to({**question, 'on': until})))}" if until else f"{outcome} for good"
    days = {each[name] for each in question["facts"]["agreements"] for name in ("starts_on", "ended_on") if each[name]}
    if outcome == "granted" and any(question["on"] < day < (until or "9999") for day in days):
        yield "a turning day on which nothing turns"


def _edges_of_turning(facts: Json, until: str) -> Iterator[str]:
    """What turns the answer, where only one thing may."""
    the_day_before = date.fromordinal(date.fromisoformat(until).toordinal() - 1).isoformat()
    days = [
        *(each["granted_on"] == until for each in facts["grants"]),
        *(each["ended_on"] == until for each in facts["grants"]),
        *(each["starts_on"] == until for each in facts["agreements"]),
        *(each["ends_on"] == the_day_before for each in facts["agreements"]),
        *(each["ended_on"] == until for each in facts["agreements"]),
    ]
    number = [len(facts["grants"])] * 2 + [len(facts["agreements"])] * 3
    names = [name for name, times in zip(_TURNING, number, strict=True) for _ in range(times)]
    if sum(days) == 1:
        yield f"the answer turns {names[days.index(True)]}"


def _edges_of_user(acting: Json, user: Json | None) -> Iterator[str]:
    if user is None:
        yield "no user"
    elif user["id"] != acting["user_id"]:
        yield "another user"


def _is_same_organisation(one: Json, other: Json) -> bool:
    return (one["role"], one.get("id")) == (other["role"], other.get("id"))


def _is_same_grant(grant: Json, acting: Json) -> bool:
    is_users = grant["user_id"] == acting["user_id"]
    return is_users and _is_same_organisation(grant["organisation"], acting["organisation"])


def _is_active(grant: Json, on: date) -> bool:
    day = on.isoformat()
    return grant["granted_on"] <= day and (grant["ended_on"] is None or day < grant["ended_on"])


def place_of(day: str | None, on: date) -> Iterator[str]:
    """The words of a day, if it is next to today."""
    if day is None:
        return
    days = (date.fromisoformat(day) - on).days
    yield from {1: ["is tomorrow"], 0: ["is today"], -1: ["was yesterday"]}.get(days, [])


def _edges_of_grants(grants: Sequence[Json], ours: Sequence[Json], acting: Json, on: date) -> Iterator[str]:
    if not grants:
        yield "no grants"
    active = [grant for grant in ours if _is_active(grant, on)]
    if len(ours) - len(active) == 1 == len(active):
        yield "two grants, one active"
    for grant in ours if len(ours) == 1 else ():
        yield from (f"a grant's first day {place}" for place in place_of(grant["granted_on"], on))
        yield from (f"the day a grant ended {place}" for place in place_of(grant["ended_on"], on))
        if grant["ended_on"] and grant["ended_on"] <= grant["granted_on"]:
            yield "a grant that is never active"
        if grant["organisation"].get("name") != acting["organisation"].get("name"):
            yield "a grant under another name"
    for grant in grants if not ours else ():
        if _is_active(grant, on):
            yield from _edges_of_others_grant(grant, acting)


def _edges_of_others_grant(grant: Json, acting: Json) -> Iterator[str]:
    """Of a grant that counts, but for whose it is or what it is for."""
    asked, given = acting["organisation"], grant["organisation"]
    is_users = grant["user_id"] == acting["user_id"]
    if not is_users and _is_same_organisation(asked, given):
        yield "a grant of another user"
        yield from (f"grant's user: {kind}" for kind in confusions(acting["user_id"], grant["user_id"]))
    if is_users and asked["role"] == given["role"]:
        yield "a grant for another organisation"
        yield from (f"grant's organisation: {kind}" for kind in confusions(asked["id"], given["id"]))
    if is_users and asked["role"] != given["role"] and asked.get("id") == given.get("id"):
        yield "a grant in another role"


def _is_in_force(agreement: Json, on: date) -> bool:
    day, last, ended = on.isoformat(), agreement["ends_on"], agreement["ended_on"]
    return agreement["starts_on"] <= day and (last is None or day <= last) and (ended is None or day < ended)


def _edges_of_agreements(agreements: Sequence[Json], partner: str, on: date) -> Iterator[str]:
    ours = [each for each in agreements if each["delivery_partner_id"] == partner]
    if not agreements:
        yield "no agreements"
    in_force = [each for each in ours if _is_in_force(each, on)]
    if len({each["lead_provider_id"] for each in in_force}) > 1:
        yield "two lead providers"
    given = [[each[name] for name in each if name.endswith(("year", "lead_provider_id", "ed"))] for each in in_force]
    if any(given.count(each) > 1 for each in given):
        yield "two agreements that give the same"
    for agreement in agreements if not ours else ():
        if _is_in_force(agreement, on):
            yield "an agreement of another partner in force"
            other = agreement["delivery_partner_id"]
            yield from (f"agreement's partner: {kind}" for kind in confusions(partner, other))
    for agreement in ours if len(ours) == 1 else ():
        yield from _edges_of_agreement(agreement, on)
    for agreement in in_force if len(in_force) == 1 else ():
        yield f"unconfirmed {'' if agreement['covers_unconfirmed'] else 'not '}covered"
        yield f"academic years {_span(agreement['first_academic_year'], agreement['last_academic_year'])}"


def _edges_of_agreement(agreement: Json, on: date) -> Iterator[str]:
    first, last, ended = agreement["starts_on"], agreement["ends_on"], agreement["ended_on"]
    yield from (f"an agreement's first day {place}" for place in place_of(first, on))
    yield from (f"an agreement's last day {place}" for place in place_of(last, on))
    yield from (f"the day an agreement was ended by hand {place}" for place in place_of(ended, on))
    if ended and last and last < ended:
        yield "ended by hand after its last day"
    if ended and ended < first:
        yield "ended by hand before it began"
    if last == date.max.isoformat() and _is_in_force(agreement, on):
        yield "an agreement in force up to the calendar's last day"


def _span(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return "up to" if last is not None else "from" if first is not None else "without bounds"
    return "one" if first == last else "several" if first < last else "backwards"


def _edges_of_rows(question: Json, answer: Json) -> Iterator[str]:
    organisation = question["acting"]["organisation"]
    ids = answer["decision"]["scope"]["agreement_ids"]
    agreements = [each for each in question["facts"]["agreements"] if each["id"] in ids]
    for row, is_covered in zip(question["rows"], answer["covered"], strict=True):
        seen = "seen" if is_covered else "not seen"
        if organisation["role"] == "appropriate_body":
            if row["appropriate_body_id"] == organisation["id"]:
                yield f"role {row['role']!r}"
            yield from _near("body", organisation["id"], row["appropriate_body_id"])
        elif organisation["role"] == "delivery_partner" and len(agreements) == 1:
            yield from _edges_of_row(row, organisation["id"], agreements[0], seen)


def _edges_of_row(row: Json, partner: str, agreement: Json, seen: str) -> Iterator[str]:
    lead, year = row["lead_provider_id"], row["academic_year"]
    first, last = agreement["first_academic_year"], agreement["last_academic_year"]
    is_partners = row["delivery_partner_id"] == partner and type(row["delivery_partner_id"]) is str
    is_leads = lead == agreement["lead_provider_id"] and type(lead) is str
    in_years = (first is None or (year is not None and year >= first)) and (
        last is None or (year is not None and year <= last)
    )
    if not is_partners and is_leads and in_years:
        yield from _near("partner", partner, row["delivery_partner_id"])
    if is_partners and not is_leads and in_years:
        yield from _near("lead provider", agreement["lead_provider_id"], lead)
        if lead is None or lead == "":
            yield f"a lead provider that is {'null' if lead is None else 'empty'}, {seen}"
    if is_partners and is_leads:
        yield from _edges_of_year(year, first, last, seen)


def _edges_of_year(year: int | None, first: int | None, last: int | None, seen: str) -> Iterator[str]:
    if year is None:
        yield f"no year, {seen}"
        return
    if first is not None:
        yield from {first - 1: ["the year before the first"], first: ["the year that is first"]}.get(year, [])
    if last is not None:
        yield from {last: ["the year that is last"], last + 1: ["the year after the last"]}.get(year, [])
    if year == 0:
        yield "year 0"
    if year < 0:
        yield "a year below 0"
    if year == 99_999:
        yield "a year of five digits"


def _near(name: str, wanted: str, given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield from (f"row's {name}: {kind}" for kind in confusions(wanted, given))
    elif given is not None:
        yield f"{name} is a number or a truth value"

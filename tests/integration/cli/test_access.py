"""The commands about access: the original list, agreements, reviews, nominations and explanations."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from checkdata.domain.access.decision import Acting, Granted, decide
from checkdata.domain.access.proposals import Proposal
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Role, SupportTeam
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.values import EmailAddress, LeadProviderId, london_date
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.demo.organisations import CONFIRMING_LEAD_PROVIDER, ENDED_PARTNER, NORTH_HUB
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.integration.cli.test_users import JO, add, listed, partner
from tests.recent_events import recent

LEAD = CONFIRMING_LEAD_PROVIDER[NORTH_HUB]
REASON = ("--reason", "Ticket 12")


@contextmanager
def composed(command: Command) -> Iterator[Composition]:
    """The use cases over the database of the commands."""
    with closing(Composition(read_settings(command.variables))) as composition:
        yield composition


def recorded(command: Command, kind: AuditKind) -> int:
    """How many events of a kind are on record."""
    with composed(command) as composition, composition.storage.reading() as work:
        return len([event for event in recent(work, 1000) if event.kind is kind])


def somebody_elsewhere(command: Command) -> str:
    """A participant whom the northern hub's list never showed."""
    with composed(command) as composition, composition.storage.reading() as work:
        partners = [partner.id for partner in work.organisations.all(Role.DELIVERY_PARTNER) if partner.id != NORTH_HUB]
        trails = [trail for partner in partners for trail in work.trails.of_partner(partner)]
        return next(
            trail.stood[0].listed.participant_id
            for trail in trails
            if (Role.DELIVERY_PARTNER, NORTH_HUB)
            not in work.trails.trail(trail.stood[0].listed.participant_id).organisations
        )


def original_list(folder: Path, *rows: str, header: str = "email,name,delivery_partner_id") -> Path:
    path = folder / "named.csv"
    path.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    return path


def agreements(command: Command) -> dict[str, list[str]]:
    header, *rows = command.done("agreements", "list").out.splitlines()
    assert header.split("\t")[0] == "Id"
    return {row.split("\t")[0]: row.split("\t")[1:] for row in rows}


def is_northern(cells: list[str]) -> bool:
    """Whether an agreement is in force and lets the northern hub's users in."""
    return NORTH_HUB in cells[0] and cells[-1] == "in force"


def northern(command: Command) -> str:
    """The id of such an agreement."""
    return next(found for found, cells in agreements(command).items() if is_northern(cells))


def test_the_original_list_is_loaded_once_and_its_bad_rows_are_told(loaded: Command, tmp_path: Path) -> None:
    path = original_list(
        tmp_path,
        f"{JO},Jo Lee,{NORTH_HUB}",
        f"not an address,Ann,{NORTH_HUB}",
        f"ann@hub.example,Ann,{ENDED_PARTNER}",
        "ann@hub.example,Ann",
        f" JO@hub.example,Jo Lee,{NORTH_HUB}",
    )
    load = ("users", "import", path, "--confirmed-by", LEAD)
    ended = loaded.done(*load, code=1)
    assert ended.out == "1 given access, 1 had it already, 3 refused.\n"
    assert [line.split(":")[0] for line in ended.err.splitlines()] == ["Line 3", "Line 4", "Line 5"]
    assert "That lead provider has no data-sharing agreement in force" in ended.err
    assert "ann@" not in ended.said
    again = loaded.done(*load, code=1)
    assert again.out == "0 given access, 2 had it already, 3 refused.\n"
    [row] = listed(loaded)
    assert (row[0], row[5]) == (JO, LEAD)
    assert recorded(loaded, AuditKind.GRANT_ADDED) == 1


def test_an_operator_changes_an_address_and_that_is_on_record_as_an_operators(loaded: Command) -> None:
    add(loaded, *partner())
    change = ("users", "change-address", "--email", JO, *REASON)
    assert "correct format" in loaded.done(*change, "--to", "jo", code=2).err
    assert loaded.done(*change, "--to", "eve@elsewhere.example").out.startswith("Done: they are signed out everywhere")
    assert [row[0] for row in listed(loaded)] == ["eve@elsewhere.example"]
    with composed(loaded) as composition, composition.storage.reading() as work:
        [event] = [event for event in recent(work, 1000) if event.kind is AuditKind.ADDRESS_CHANGED]
    assert event.actor is None


def test_an_operator_adds_a_second_address_that_waits_for_its_holder_and_removes_it(loaded: Command) -> None:
    add(loaded, *partner())
    second = "jo@trust.example"
    added = loaded.done("users", "add-address", "--email", JO, "--to", second, *REASON)
    assert "sent to the second address" in added.out
    assert [row[0] for row in listed(loaded)] == [f"{JO}, {second} (not confirmed)"]
    _, *rows = csv.reader(loaded.done("users", "list", "--csv").out.splitlines())
    assert [(row[0], row[-1]) for row in rows] == [(JO, f"{second} (not confirmed)")]
    remove = ("users", "remove-address", "--email", JO, *REASON)
    assert loaded.done(*remove).out.startswith("Done: no one can sign in with the second address")
    assert "no second address" in loaded.done(*remove, code=2).err
    assert [row[0] for row in listed(loaded)] == [JO]


def test_a_dry_run_tells_the_same_and_changes_nothing(loaded: Command, tmp_path: Path) -> None:
    path = original_list(tmp_path, f"{JO},Jo Lee,{NORTH_HUB}")
    ended = loaded.done("users", "import", path, "--confirmed-by", LEAD, "--dry-run")
    assert ended.out.startswith("1 would be given access, 0 had it already, 0 refused.")
    assert listed(loaded) == []
    assert recorded(loaded, AuditKind.GRANT_ADDED) == 0


def test_a_list_that_can_not_be_loaded_is_refused_whole(loaded: Command, tmp_path: Path) -> None:
    row, load = f"{JO},Jo Lee,{NORTH_HUB}", ("users", "import", tmp_path / "named.csv", "--confirmed-by")
    assert "can't be read" in loaded.done(*load, LEAD, code=2).err
    original_list(tmp_path, row)
    assert "There is no lead provider with the id “lp-nobody”." in loaded.done(*load, "lp-nobody", code=2).err
    original_list(tmp_path, row, header="email,name")
    sentence = "needs a header row with the columns email, name, delivery_partner_id, each once."
    assert sentence in loaded.done(*load, LEAD, code=2).err
    assert listed(loaded) == []


def test_an_agreement_that_is_added_lets_its_lead_provider_confirm_users(loaded: Command) -> None:
    before = recorded(loaded, AuditKind.AGREEMENT_ADDED)
    assert "no data-sharing agreement" in add(loaded, *partner(NORTH_HUB, "lp-larkfield"), code=2).err
    ended = loaded.done(
        *("agreements", "add", "--lead-provider", "lp-larkfield", "--delivery-partner", NORTH_HUB),
        *("--starts-on", "2021-09-01", "--first-academic-year", "2022", "--not-unconfirmed", *REASON),
    )
    assert re.search(
        r"No participant comes into view\.|participants newly in view: \d+, beside \d+; users: 0", ended.err
    )
    added = ended.out.removeprefix("Added: ").strip()
    assert agreements(loaded)[added][2:] == ["2021-09-01", "", "2022", "", "no", "in force"]
    add(loaded, *partner(NORTH_HUB, "lp-larkfield"))
    assert recorded(loaded, AuditKind.AGREEMENT_ADDED) == before + 1
    assert loaded.done("agreements", "history", added).out.splitlines()[1].split("\t")[1:] == [
        *("an operator", NORTH_HUB, "lp-larkfield", "2021-09-01", "", "2022", "", "no", "no")
    ]


def test_a_draft_is_listed_as_one_and_lets_no_one_confirm_users(loaded: Command) -> None:
    before = recorded(loaded, AuditKind.AGREEMENT_ADDED)
    words = ("users", "add", "--email", "sue@dfe.example", "--name", "Sue", "--role", "support", *REASON)
    loaded.done(*words)
    with composed(loaded) as composition:
        [sue] = composition.manage_access.search("sue@dfe.example")
        new = NewAgreement(
            lead_provider_id=LeadProviderId("lp-larkfield"),
            delivery_partner_id=NORTH_HUB,
            starts_on=date(2021, 9, 1),
            reason="Signed",
        )
        draft = composition.manage_agreements.add(new, by=sue.user.id)
    assert isinstance(draft, Proposal)
    assert [cells[-1] for cells in agreements(loaded).values()].count("draft") == 1
    assert "no data-sharing agreement" in add(loaded, *partner(NORTH_HUB, "lp-larkfield"), code=2).err
    assert recorded(loaded, AuditKind.AGREEMENT_ADDED) == before


def test_an_agreement_that_can_not_be_is_refused(loaded: Command) -> None:
    words = ("--delivery-partner", NORTH_HUB, "--starts-on", "2024-09-01", *REASON)
    ended = loaded.done("agreements", "add", "--lead-provider", "lp-nobody", *words, code=2)
    assert "There is no lead provider with this id." in ended.err
    ended = loaded.done("agreements", "add", "--lead-provider", LEAD, *words, "--ends-on", "2024-08-31", code=2)
    assert "The last day cannot be before the first day." in ended.err


def test_what_ending_an_agreement_does_is_said_and_nothing_ends_without_a_yes(loaded: Command) -> None:
    add(loaded, *partner())
    ending = ("agreements", "end", northern(loaded), *REASON)
    ended = loaded.done(*ending, code=2)
    assert "Participants who leave view: " in ended.out
    assert "Use --yes if there is no one to ask." in ended.err
    assert recorded(loaded, AuditKind.AGREEMENT_ENDED) == 0


def test_a_user_who_was_said_to_lose_access_loses_it(loaded: Command) -> None:
    add(loaded, *partner())
    before, said = seen_by_jo(loaded), 0
    assert before
    while ending := [found for found, cells in agreements(loaded).items() if is_northern(cells)]:
        ended = loaded.done("agreements", "end", ending[0], *REASON, "--yes")
        said += int(ended.out.partition("Participants who leave view: ")[2].split()[0])
        assert agreements(loaded)[ending[0]][-1] == "ended"
    assert f"Users who lose access: 1\n  {JO}\n" in ended.out
    assert (said, seen_by_jo(loaded)) == (before, 0)


def seen_by_jo(command: Command) -> int:
    """How many participants Jo sees now."""
    with composed(command) as composition, composition.storage.reading() as work:
        user = work.users.with_email(EmailAddress(JO))
        assert user is not None
        facts = work.users.facts(user.id)
        decision = decide(Acting(user.id, facts.grants[0].organisation), facts, on=london_date(composition.clock()))
        return work.participants.count(ParticipantQuery(scope=decision.scope)) if isinstance(decision, Granted) else 0


def test_an_end_that_can_not_be_is_refused(loaded: Command) -> None:
    end = ("agreements", "end")
    assert "There is no such agreement." in loaded.done(*end, "nothing", "--yes", *REASON, code=2).err
    assert "There is no such agreement." in loaded.done("agreements", "history", "nothing", code=2).err
    for last_day in ("2001-01-01", "9999-12-31"):
        ended = loaded.done(*end, northern(loaded), "--last-day", last_day, *REASON, "--yes", code=2)
        assert "The last day" in ended.err


def test_the_access_review_is_a_table_and_the_same_as_csv(loaded: Command) -> None:
    add(loaded, *partner())
    assert loaded.done("access", "review").out.count("\n") == 1, "what was given today is not to be reviewed"
    loaded.variables["CHECKDATA_CONFIRMED_DAYS"] = "1"
    with composed(loaded) as composition:
        now = composition.clock()
        composition.clock = lambda: now.replace(year=now.year - 1, day=1)
        access = NewAccess(
            email=EmailAddress("=ann@hub.example"),
            name="=cmd()",
            role=Role.DELIVERY_PARTNER,
            organisation_id=NORTH_HUB,
            confirmed_by=LEAD,
            reason="Ticket 12",
        )
        composition.manage_access.add(access)
    header, row = (line.split("\t") for line in loaded.done("access", "review").out.splitlines())
    assert dict(zip(header, row, strict=True))["Why"] == "unused, confirmed long ago"
    assert row[1:3] == ["=ann@hub.example", "=cmd()"]
    rows = list(csv.reader(io.StringIO(loaded.done("access", "review", "--csv").out)))
    assert rows == [header, [cell if cell[:1] != "=" else f"'{cell}" for cell in row]]


def test_nominations_are_listed_with_what_they_wait_for(loaded: Command) -> None:
    add(loaded, "--role", "support", email="sam@support.example")
    with composed(loaded) as composition:
        [sam] = composition.manage_access.search("sam@")
        nomination = MailedNomination(
            email=EmailAddress(JO),
            name="Jo Lee",
            role=Role.DELIVERY_PARTNER,
            organisation_id=NORTH_HUB,
            nominated_by=EmailAddress("boss@hub.example"),
            reference="Mail 1",
        )
        composition.nominate.receive(nomination, by=Acting(sam.user.id, SupportTeam()))
    header, row = loaded.done("nominations").out.splitlines()
    told = dict(zip(header.split("\t"), row.split("\t"), strict=True))
    assert (told["Nominee"], told["State"], told["Days"]) == (JO, "received", "0")
    assert (told["Next step"], told["Whose"]) == ("escalate", "support")


def test_why_a_user_sees_a_participant_is_told_rule_by_rule(loaded: Command) -> None:
    add(loaded, *partner())
    elsewhere = somebody_elsewhere(loaded)
    ended = loaded.done("explain", JO, elsewhere)
    assert ended.out.startswith(f"{JO} can't see participant {elsewhere} on 20")
    assert "  yes  They are a user of the service.\n" in ended.out
    assert "  no   No current training record links the participant to Northern Moors" in ended.out
    loaded.done("users", "suspend", "--email", JO, *REASON)
    assert "  no   Their access is suspended.\n" in loaded.done("explain", JO, elsewhere).out
    before = loaded.done("explain", JO, elsewhere, "--on", "2020-01-01").out
    assert "on 1 January 2020" in before
    other = loaded.done("explain", JO, elsewhere, "--role", "delivery_partner", "--organisation", ENDED_PARTNER).out
    assert f"({ENDED_PARTNER})" in other
    assert recorded(loaded, AuditKind.ACCESS_EXPLAINED) == 4


def test_a_moment_before_the_first_import_knew_no_user_and_no_participant(loaded: Command) -> None:
    add(loaded, *partner())
    elsewhere = somebody_elsewhere(loaded)
    said = loaded.done("explain", JO, elsewhere, "--as-known-at", "2020-06-01T10:00").out
    assert said.startswith(
        f"{JO} can't see participant {elsewhere} on 2020-06-01, by what was known at 2020-06-01T10:00:00.\n"
    )
    assert "They do not have access for Northern Moors" in said


def test_what_can_not_be_explained_is_refused(loaded: Command) -> None:
    add(loaded, *partner())
    one = somebody_elsewhere(loaded)
    for words, sentence in (
        (("nobody@hub.example", one), "No user has this email address."),
        (("nobody", "p-1"), "Enter an email address in the correct format"),
        ((JO, "p-nobody"), "No participant has this id."),
        ((JO, "Ada Bold"), "Enter the school too, by its name or URN"),
        ((JO, "7777777"), "Nobody was ever shown with this TRN."),
        ((JO, one, "--on", "2199-01-01"), "Choose today or a day in the past."),
        ((JO, one, "--on", "2020-01-01", "--as-known-at", "2199-01-01T10:00"), "Choose a moment in the past."),
        ((JO, one, "--role", "delivery_partner", "--organisation", "dp-nowhere"), "There is no such organisation."),
    ):
        assert sentence in loaded.done("explain", *words, code=2).err
    assert recorded(loaded, AuditKind.ACCESS_EXPLAINED) == 0

import csv
from contextlib import closing

import pytest
from attrs import evolve

from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.demo.organisations import (
    BOTH_BODY,
    BOTH_PARTNER,
    CONFIRMING_LEAD_PROVIDER,
    ENDED_PARTNER,
    ENDED_PARTNER_LEAD_PROVIDER,
    NORTH_HUB,
    SEVERN_VALE,
)
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command, Ended

JO = "jo@hub.example"
REASON = ("--reason", "Ticket 12")
BODY = ("--role", "appropriate_body", "--organisation", BOTH_BODY)
SUPPORT = ("--role", "support")


def partner(organisation: str = NORTH_HUB, confirmed_by: str | None = None) -> tuple[str, ...]:
    lead_provider = CONFIRMING_LEAD_PROVIDER.get(organisation, "") if confirmed_by is None else confirmed_by
    return ("--role", "delivery_partner", "--organisation", organisation, "--confirmed-by", lead_provider)


def add(command: Command, *access: str, email: str = JO, code: int = 0) -> Ended:
    return command.done("users", "add", "--email", email, "--name", "Jo Lee", *access, *REASON, code=code)


def listed(command: Command) -> list[list[str]]:
    header, *rows = command.done("users", "list").out.splitlines()
    assert header.split("\t") == ["Email", "Name", "Role", "Organisation", "Since", "Confirmed by", "State"]
    return [row.split("\t") for row in rows]


def test_a_user_who_is_added_is_listed_with_their_confirmer(loaded: Command) -> None:
    assert add(loaded, *partner()).out.startswith("Done: they can sign in")
    [[email, name, role, organisation, _, confirmed_by, state]] = listed(loaded)
    assert (email, name, role, state) == (JO, "Jo Lee", "delivery partner", "active")
    assert organisation == "Northern Moors Teaching School Hub (dp-north-hub)"
    assert confirmed_by == CONFIRMING_LEAD_PROVIDER[NORTH_HUB]


def test_the_csv_of_users_has_roles_and_organisations_by_their_ids_in_the_order_of_names(loaded: Command) -> None:
    add(loaded, *partner())
    add(loaded, *SUPPORT)
    loaded.done("users", "add", "--email", "a@hub.example", "--name", "Zoë =Cole", *BODY, *REASON)
    header, *rows = csv.reader(loaded.done("users", "list", "--csv").out.splitlines())
    names = "Email,Name,Role,Organisation id,Organisation,Since,Confirmed by,State,Second email"
    assert header == names.split(",")
    of_jo = sorted(rows[:2])
    assert [row[:4] for row in (*of_jo, rows[2])] == [
        [JO, "Jo Lee", "delivery_partner", NORTH_HUB],
        [JO, "Jo Lee", "support", ""],
        ["a@hub.example", "Zoë =Cole", "appropriate_body", BOTH_BODY],
    ]
    assert (of_jo[0][4], of_jo[0][6]) == ("Northern Moors Teaching School Hub", CONFIRMING_LEAD_PROVIDER[NORTH_HUB])


def test_roles_are_given_one_by_one(loaded: Command) -> None:
    for access in (partner(BOTH_PARTNER), BODY, SUPPORT, ("--role", "policy")):
        add(loaded, *access)
    assert [row[2] for row in listed(loaded)].count("delivery partner") == 1
    assert {row[2] for row in listed(loaded)} == {"delivery partner", "appropriate body", "support", "policy"}


def test_a_role_in_a_related_service_is_given_where_settings_name_it(loaded: Command) -> None:
    access = ("--role", "related_service", "--organisation", "npq")
    assert "There is no related service with the id “npq”." in add(loaded, *access, code=2).err
    loaded.variables["CHECKDATA_RELATED_SERVICES"] = "npq NPQ data https://npq.example.org"
    add(loaded, *access)
    assert [row[2:4] for row in listed(loaded)] == [["related service", "npq"]]
    loaded.done("users", "remove", "--email", JO, "--role", "related_service", *REASON)
    assert listed(loaded)[0][-1] != "active"


def test_an_address_is_one_user_however_it_is_typed(loaded: Command) -> None:
    add(loaded, *partner())
    add(loaded, *BODY, email=" JO@Hub.example ")
    assert {row[0] for row in listed(loaded)} == {JO}


@pytest.mark.parametrize(
    ("access", "sentence"),
    [
        (partner()[:4], "Enter the lead provider that confirmed this user."),
        (partner(NORTH_HUB, "lp-larkfield"), "That lead provider has no data-sharing agreement in force"),
        (partner(NORTH_HUB, "lp-nobody"), "That lead provider has no data-sharing agreement in force"),
        (
            partner(ENDED_PARTNER, ENDED_PARTNER_LEAD_PROVIDER),
            "That lead provider has no data-sharing agreement in force",
        ),
        (partner("dp-nowhere", "lp-kestrel"), "There is no delivery partner with the id “dp-nowhere”."),
        (("--role", "delivery_partner"), "There is no delivery partner with the id “”."),
        (("--role", "appropriate_body", "--organisation", NORTH_HUB), "There is no appropriate body with the id"),
        ((*BODY, "--confirmed-by", "lp-kestrel"), "Only a delivery partner's user is confirmed"),
    ],
)
def test_access_that_the_rules_do_not_allow_is_refused_with_2(
    loaded: Command, access: tuple[str, ...], sentence: str
) -> None:
    ended = add(loaded, *access, code=2)
    assert sentence in ended.err
    assert JO not in ended.said
    assert listed(loaded) == []


@pytest.mark.parametrize("email", ["jo", "jo@hub", "jo@hub.example\nBcc: x@y.example", "jö@hub.example", ""])
def test_an_address_that_is_none_is_refused_with_2(loaded: Command, email: str) -> None:
    ended = add(loaded, *SUPPORT, email=email, code=2)
    assert "Enter an email address in the correct format, like name@example.com" in ended.err


def test_a_change_without_a_reason_is_refused_with_2(loaded: Command) -> None:
    ended = loaded.done("users", "add", "--email", JO, "--name", "Jo", *SUPPORT, "--reason", " ", code=2)
    assert "Enter a reason" in ended.err


def test_the_same_access_twice_is_refused_with_2(loaded: Command) -> None:
    add(loaded, *partner())
    assert "already has this access" in add(loaded, *partner(), code=2).err
    assert len(listed(loaded)) == 1


def test_a_removed_user_has_no_access(loaded: Command) -> None:
    add(loaded, *partner())
    add(loaded, *BODY)
    ended = loaded.done("users", "remove", "--email", JO, *REASON)
    assert ended.out.count("Removed: ") == 2
    assert [row[-1] for row in listed(loaded)] == ["no access"]


def test_one_role_can_be_removed_and_the_other_stays(loaded: Command) -> None:
    add(loaded, *partner())
    add(loaded, *partner(SEVERN_VALE))
    add(loaded, *BODY)
    loaded.done("users", "remove", "--email", JO, "--role", "delivery_partner", "--organisation", NORTH_HUB, *REASON)
    assert {row[3].rpartition("(")[2] for row in listed(loaded)} == {f"{SEVERN_VALE})", f"{BOTH_BODY})"}


def test_access_that_is_not_there_can_not_be_removed(loaded: Command) -> None:
    add(loaded, *partner())
    remove = ("users", "remove", "--email", JO, *REASON)
    assert "does not have this access" in loaded.done(*remove, "--role", "support", code=2).err
    loaded.done(*remove)
    assert "does not have this access" in loaded.done(*remove, code=2).err


def test_a_suspended_user_is_listed_so_until_reinstated(loaded: Command) -> None:
    add(loaded, *partner())
    loaded.done("users", "suspend", "--email", JO, *REASON)
    assert [row[-1] for row in listed(loaded)] == ["suspended"]
    assert "already suspended" in loaded.done("users", "suspend", "--email", JO, *REASON, code=2).err
    assert "Reinstate them" in add(loaded, *BODY, code=2).err
    loaded.done("users", "reinstate", "--email", JO, *REASON)
    assert [row[-1] for row in listed(loaded)] == ["active"]
    assert "not suspended" in loaded.done("users", "reinstate", "--email", JO, *REASON, code=2).err


def test_a_user_whose_address_would_not_be_taken_any_more_is_suspended_by_it_all_the_same(loaded: Command) -> None:
    add(loaded, *SUPPORT)
    with closing(Composition(read_settings(loaded.variables))) as composed, composed.storage.writing() as work:
        user = work.users.with_email(EmailAddress(JO))
        assert user
        work.users.replace(evolve(user, email=EmailAddress("a:b@x.example")))
        work.commit()
    loaded.done("users", "suspend", "--email", " A:b@x.example", *REASON)
    assert [(row[0], row[-1]) for row in listed(loaded)] == [("a:b@x.example", "suspended")]


@pytest.mark.parametrize("what", ["remove", "suspend", "reinstate"])
def test_an_unknown_user_is_told_without_the_address(loaded: Command, what: str) -> None:
    ended = loaded.done("users", what, "--email", "nobody@hub.example", *REASON, code=2)
    assert "No user has this email address." in ended.err
    assert "nobody@" not in ended.said


def test_a_user_who_is_added_and_removed_is_mailed_both(loaded: Command) -> None:
    add(loaded, *partner())
    loaded.done("users", "remove", "--email", JO, *REASON)
    assert loaded.done("send").out == "2 sent, 0 not sent.\n"
    mails = "".join(path.read_text() for path in (loaded.folder / "data" / "checkdata" / "mailbox").glob("*.eml"))
    assert "Subject: You can now sign in to" in mails
    assert "Subject: Your access to" in mails

"""Every command that keeps text as it was typed refuses characters that cannot be seen, and changes nothing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from checkdata import london_today
from tests.integration.cli.command import Command

COMMANDS: Final = Path(__file__).parents[3] / "src" / "checkdata" / "entrypoints" / "cli"
LARKFIELD: Final = "lp-larkfield"
REFUSED: Final = "must not have characters that cannot be seen"
AN_AGREEMENT: Final = "an agreement in force"
"""In whose place comes the id of one."""

JO: Final = ("--email", "jo@hub.example")
SUPPORT: Final = ("--role", "support")
KEY: Final = ("--may", "evaluation", "--expires", (london_today() + timedelta(days=30)).isoformat())
AGREEMENT: Final = ("--lead-provider", LARKFIELD, "--delivery-partner", "dp-1", "--starts-on", "2024-09-01")

KEPT: Final = (
    ("users", "add", *JO, *SUPPORT, "--reason", "Ticket 12", "--name"),
    ("users", "add", *JO, *SUPPORT, "--name", "Jo Lee", "--reason"),
    ("users", "remove", *JO, "--reason"),
    ("users", "suspend", *JO, "--reason"),
    ("users", "reinstate", *JO, "--reason"),
    ("users", "change-address", *JO, "--to", "jo@newhub.example", "--reason"),
    ("users", "add-address", *JO, "--to", "jo@trust.example", "--reason"),
    ("users", "remove-address", *JO, "--reason"),
    ("keys", "issue", *KEY, "--service", "Register", "--name", "Production", "--reason"),
    ("keys", "issue", *KEY, "--service", "Register", "--reason", "Ticket 12", "--name"),
    ("keys", "issue", *KEY, "--name", "Production", "--reason", "Ticket 12", "--service"),
    ("keys", "revoke", "k-1", "--reason"),
    ("agreements", "add", *AGREEMENT, "--reason"),
    ("agreements", "end", AN_AGREEMENT, "--yes", "--reason"),
)
"""Each ends with the option whose text is kept."""


def test_every_command_that_keeps_text_is_known_here() -> None:
    sources = {path.stem: path.read_text() for path in COMMANDS.glob("*.py")}
    reasons = {name: len(re.findall(r": ReasonOption\b", text)) for name, text in sources.items()}
    assert {name: number for name, number in reasons.items() if number} == {"users": 7, "agreements": 2, "keys": 2}
    assert {name for name, text in sources.items() if '"--name"' in text} == {"users", "keys"}
    assert len(KEPT) == sum(reasons.values()) + 3


@pytest.mark.parametrize("unseen", ["\x02", "\u202e", "\u200b", "\x1b[2J"], ids=ascii)
@pytest.mark.parametrize("arguments", KEPT, ids=lambda arguments: " ".join((*arguments[:2], arguments[-1])))
def test_text_that_cannot_be_seen_is_refused_with_2(loaded: Command, arguments: tuple[str, ...], unseen: str) -> None:
    before, one = loaded.done("users", "list").out, loaded.done("agreements", "list").out.splitlines()[1].split("\t")[0]
    arguments = tuple(one if argument == AN_AGREEMENT else argument for argument in arguments)
    assert REFUSED in " ".join(loaded.done(*arguments, f"Ticket {unseen} 12", code=2).err.split())
    assert loaded.done("users", "list").out == before


def test_a_name_that_cannot_be_seen_in_a_list_of_users_refuses_only_its_line(loaded: Command, tmp_path: Path) -> None:
    file = tmp_path / "users.csv"
    file.write_text("email,name,delivery_partner_id\nnew@hub.example,New\u202eUser,no-such\n")
    assert "all of which can be seen" in loaded.done("users", "import", file, "--confirmed-by", LARKFIELD, code=1).err

"""``checkdata purge``."""

from typing import Annotated, Final

import typer

from checkdata.entrypoints.cli.use_cases import composition

_NAMES: Final = {
    "sessions": "sessions that are over",
    "links": "links that are over",
    "api_keys": "API keys",
    "link_requests": "counts of requested sign-in links",
    "mail_texts": "texts of mail",
    "mails": "records of mail",
    "nominations": "nominations that gave no access",
    "proposals": "changes proposed by support",
    "teacher_checks": "answers and messages about TRNs",
    "past_counts": "counts of earlier days",
    "past_rows": "past versions of rows",
    "users": "users without access",
    "recalls": "recalls of files",
    "audit_events": "events of the audit log",
}


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be deleted, and delete nothing.")] = False,
) -> None:
    """Delete what is past its time. Run it once a day.

    Sessions, links and mail, nominations that gave no access, changes that support proposed, and of the audit log the
    oldest sealed segments with the receipts of files, the past versions of rows and the users without access of whom
    it then tells nothing. On PostgreSQL it is done as the owner of the tables, where CHECKDATA_OWNER_DATABASE_URL names
    one; afterwards `checkdata audit verify` starts from a signed anchor.
    """
    with composition() as composed:
        counts = composed.purge.purge(dry_run=dry_run)
    for name, number in counts.items():
        typer.echo(f"{number:,} {_NAMES[name]}")
    typer.echo("Nothing was deleted." if dry_run or not any(counts.values()) else "Deleted.")

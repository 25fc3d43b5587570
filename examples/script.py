"""A script over a service's own tables: whom a user sees, why not, and until when.

sqlite3 service.sqlite < examples/tables.sql
python examples/script.py service.sqlite u1 dp-north
"""

import sqlite3
import sys
from contextlib import closing

from checkdata import Acting, DeliveryPartner, UserId, decide, london_today
from facts import facts_of

COLUMNS = {
    "delivery_partner_id": "partner_id",
    "lead_provider_id": "lead_provider_id",
    "academic_year": "academic_year",
}


def main(path: str, user_id: str, partner_id: str) -> None:
    """Print the user's trainees, or end with the refusal's own words."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        facts = facts_of(
            database.execute("SELECT * FROM users WHERE id = ?", [user_id]).fetchone(),
            database.execute("SELECT * FROM memberships WHERE user_id = ?", [user_id]),
            database.execute("SELECT * FROM data_sharing_agreements WHERE partner_id = ?", [partner_id]),
        )
        decision = decide(Acting(UserId(user_id), DeliveryPartner(partner_id)), facts, on=london_today())
        if not decision:
            sys.exit(decision.message)  # decision.reason and decision.detail are for the log and support
        trainees = map(dict, database.execute("SELECT * FROM trainees ORDER BY name"))
        for trainee in decision.scope.filter(trainees, COLUMNS):
            print(trainee["trn"], trainee["name"])
    until = f"{decision.holds_until} or " if decision.holds_until else ""
    print(f"This holds until {until}a table changes.", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])

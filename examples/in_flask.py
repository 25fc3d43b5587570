"""Flask over SQL that it writes itself: the scope as a text and its parameters, and decisions that are kept.

sqlite3 service.sqlite < examples/tables.sql
SERVICE_DATABASE=service.sqlite flask --app examples/in_flask.py run
curl -H 'X-User: u1' 'http://127.0.0.1:5000/partners/dp-north/trainees?name=a'
"""

import os
import sqlite3
from contextlib import closing
from datetime import date

from flask import Flask, Response, abort, jsonify, request

from checkdata import AccessFacts, Acting, Decision, decide, london_today
from checkdata.raw_sql import where
from facts import acting_of, facts_of

app = Flask(__name__)
COLUMNS = {
    "delivery_partner_id": "partner_id",
    "lead_provider_id": "lead_provider_id",
    "academic_year": "academic_year",
}
KEPT: dict[Acting, tuple[str, date, Decision]] = {}
"""The last grant to each user and partner, with the version of the facts and the day that it was made for."""
MOST_KEPT = 10_000


@app.get("/partners/<partner_id>/trainees")
def trainees(partner_id: str) -> Response | tuple[Response, int]:
    """The partner's trainees with this in their name, as far as its agreements cover them."""
    acting = acting_of(request.headers.get("X-User", ""), partner_id)  # take the user from your own session
    if acting is None:
        abort(404)
    with closing(sqlite3.connect(os.environ["SERVICE_DATABASE"])) as database:
        database.row_factory = sqlite3.Row
        decision = decided(acting, facts_in(database, acting))
        if not decision:
            app.logger.info("refused: %s", decision.reason.value)
            if decision.hides_existence:
                abort(404)
            return jsonify(reason=decision.reason.value, message=decision.message), 403
        text, values = where(decision.scope, COLUMNS, "qmark")
        found = database.execute(
            f"SELECT trn, name FROM trainees WHERE {text} AND instr(lower(name), lower(?)) ORDER BY name",
            [*values, request.args.get("name", "")],
        )
        return jsonify([dict(row) for row in found])


def decided(acting: Acting, facts: AccessFacts) -> Decision:
    """The decision; a kept one holds from its day to the one before its `holds_until`, while no fact changes."""
    today, version = london_today(), facts.version
    if acting in KEPT:
        made_from, since, kept = KEPT[acting]
        if made_from == version and since <= today and (kept.holds_until is None or today < kept.holds_until):
            return kept
    decision = decide(acting, facts, on=today)
    if decision:  # a refusal is not kept: a user can ask for any number of partners that are not there
        if len(KEPT) >= MOST_KEPT:
            KEPT.clear()
        KEPT[acting] = version, today, decision
    return decision


def facts_in(database: sqlite3.Connection, acting: Acting) -> AccessFacts:
    """What a decision about this user and partner needs."""
    return facts_of(
        database.execute("SELECT * FROM users WHERE id = ?", [acting.user_id]).fetchone(),
        database.execute("SELECT * FROM memberships WHERE user_id = ?", [acting.user_id]),
        database.execute("SELECT * FROM data_sharing_agreements WHERE partner_id = ?", [acting.organisation.id]),
    )

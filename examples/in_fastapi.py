"""FastAPI over tables of its own, by SQLAlchemy's ORM: the database finds the rows that a user may see.

sqlite3 service.sqlite < examples/tables.sql
SERVICE_DATABASE=sqlite:///service.sqlite uvicorn --app-dir examples in_fastapi:app
curl -H 'X-User: u1' http://127.0.0.1:8000/partners/dp-north/trainees
"""

import os
from collections.abc import Sequence
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from checkdata import AccessFacts, Granted, decide, london_today
from checkdata.sql import where
from facts import acting_of, facts_of

engine = create_engine(os.environ["SERVICE_DATABASE"])
app = FastAPI(title="Trainees")


class Model(DeclarativeBase):
    """The tables of this service."""


class Trainee(Model):
    """A person whom a partner trains."""

    __tablename__ = "trainees"
    trn: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    partner_id: Mapped[str | None]
    lead_provider_id: Mapped[str | None]
    academic_year: Mapped[int | None]


Model.metadata.reflect(engine)  # the tables that need no class here
COLUMNS = {
    "delivery_partner_id": Trainee.partner_id,
    "lead_provider_id": Trainee.lead_provider_id,
    "academic_year": Trainee.academic_year,
}


@app.get("/partners/{partner_id}/trainees")
def trainees(
    partner_id: str, x_user: Annotated[str, Header(description="Who signed in; take it from your own session")]
) -> Sequence[dict[str, str]]:
    """The partner's trainees, as far as its agreements cover them."""
    with Session(engine) as session:
        scope = granted(facts_in(session, x_user, partner_id), x_user, partner_id).scope
        found = session.scalars(select(Trainee).where(where(scope, COLUMNS)).order_by(Trainee.name))
        return [{"trn": trainee.trn, "name": trainee.name} for trainee in found]


def facts_in(session: Session, user_id: str, partner_id: str) -> AccessFacts:
    """What a decision about this user and partner needs."""
    users, members, agreements = (Model.metadata.tables[n] for n in ("users", "memberships", "data_sharing_agreements"))
    return facts_of(
        session.execute(select(users).where(users.c.id == user_id)).mappings().one_or_none(),
        session.execute(select(members).where(members.c.user_id == user_id)).mappings(),
        session.execute(select(agreements).where(agreements.c.partner_id == partner_id)).mappings(),
    )


def granted(facts: AccessFacts, user_id: str, partner_id: str) -> Granted:
    """The decision; a refusal is 403 with its reason, or 404 where even that the partner is there must not be told."""
    acting = acting_of(user_id, partner_id)
    if acting is None:
        raise HTTPException(404, "Not found")
    decision = decide(acting, facts, on=london_today())
    if not decision:
        told = {"reason": decision.reason.value, "message": decision.message}
        raise HTTPException(404, "Not found") if decision.hides_existence else HTTPException(403, told)
    return decision

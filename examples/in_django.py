"""Django over models of its own: a query set that holds what a user may see, to filter and page further.

sqlite3 service.sqlite < examples/tables.sql
SERVICE_DATABASE=service.sqlite python examples/in_django.py runserver --noreload
curl -H 'X-User: u1' http://127.0.0.1:8000/partners/dp-north/trainees
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.db import connection, models
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path

from checkdata import decide, london_today
from checkdata.django import q
from facts import Row, acting_of, facts_of

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SERVICE_DATABASE"]}},
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
)
django.setup()


class Trainee(models.Model):  # noqa: DJ008 - no page shows one
    """A person whom a partner trains."""

    trn: "models.TextField[str, str]" = models.TextField(primary_key=True)
    name: "models.TextField[str, str]" = models.TextField()
    partner_id: "models.TextField[str | None, str | None]" = models.TextField(null=True)
    lead_provider_id: "models.TextField[str | None, str | None]" = models.TextField(null=True)
    academic_year: "models.IntegerField[int | None, int | None]" = models.IntegerField(null=True)

    class Meta:
        """The table is there already."""

        app_label, db_table, managed = "trainees", "trainees", False


FIELDS = {"delivery_partner_id": "partner_id", "lead_provider_id": "lead_provider_id", "academic_year": "academic_year"}


def trainees(request: HttpRequest, partner_id: str) -> JsonResponse:
    """The partner's trainees, as far as its agreements cover them."""
    acting = acting_of(request.headers.get("X-User", ""), partner_id)  # take it from your own session: request.user
    if acting is None:
        raise Http404
    facts = facts_of(
        next(iter(rows("SELECT * FROM users WHERE id = %s", acting.user_id)), None),
        rows("SELECT * FROM memberships WHERE user_id = %s", acting.user_id),
        rows("SELECT * FROM data_sharing_agreements WHERE partner_id = %s", partner_id),
    )
    decision = decide(acting, facts, on=london_today())
    if not decision:
        if decision.hides_existence:
            raise Http404
        return JsonResponse({"reason": decision.reason.value, "message": decision.message}, status=403)
    found = Trainee.objects.filter(q(decision.scope, FIELDS)).order_by("name")
    return JsonResponse(list(found.values("trn", "name")), safe=False)


def rows(statement: str, *values: str) -> list[Row]:
    """Rows of tables that have no model here."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [dict(zip((column[0] for column in cursor.description), row, strict=True)) for row in cursor]


urlpatterns = [path("partners/<str:partner_id>/trainees", trainees)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)

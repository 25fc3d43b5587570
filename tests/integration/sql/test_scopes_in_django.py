"""A scope in another service's models of Django: `q` finds the rows that `Scope.covers` gives, or is an error."""

from collections.abc import Iterator
from itertools import product
from typing import Final

import django
import pytest
from django.conf import settings as django_settings
from django.db import connections, models
from hypothesis import HealthCheck, given, settings
from sqlalchemy import make_url

from checkdata import DeliveryPartner, Scope, SupportTeam
from checkdata.django import q
from tests.integration.sql.planted_faults import FAULTS, IN_DJANGO, SCOPES, by_the_collation, folding_case
from tests.integration.sql.test_scopes_in_tables import IDS, PARTNER, YEARS, scopes

if not django_settings.configured:
    django_settings.configure(DATABASES={}, USE_TZ=True)
    django.setup()


class Trainee(models.Model):
    """A service's own, whose partners and leads are compared without case where they are stored."""

    partner: "models.TextField[str | None, str | None]" = models.TextField(null=True)  # noqa: DJ001 - NULL is what is tested
    lead: "models.TextField[str | None, str | None]" = models.TextField(null=True)  # noqa: DJ001 - NULL is what is tested
    year: "models.IntegerField[int | None, int | None]" = models.IntegerField(null=True)
    body: "models.CharField[str | None, str | None]" = models.CharField(max_length=9, null=True)  # noqa: DJ001 - NULL is what is tested
    role: "models.CharField[str | None, str | None]" = models.CharField(max_length=9, null=True)  # noqa: DJ001 - NULL is what is tested
    number: "models.IntegerField[int, int]" = models.IntegerField(default=12)

    class Meta:
        app_label = "tests"

    def __str__(self) -> str:
        return f"{self.pk}"


FIELDS: Final = {
    "delivery_partner_id": "partner",
    "lead_provider_id": "lead",
    "academic_year": "year",
    "appropriate_body_id": "body",
    "role": "role",
}


TABLE: Final = {
    "sqlite": "id integer PRIMARY KEY, {} TEXT COLLATE NOCASE, {} TEXT COLLATE NOCASE, year int, {} TEXT, {} TEXT",
    "postgresql": "id serial PRIMARY KEY, {} citext, {} citext, year int, {} text, {} text",
}


@pytest.fixture
def alias(database_url: str) -> Iterator[str]:
    """The alias of a database with trainees in it."""
    url = make_url(database_url)
    name = url.get_backend_name()
    engine = {"ENGINE": f"django.db.backends.{'sqlite3' if name == 'sqlite' else name}", "NAME": url.database}
    host = url.host or url.query.get("host")
    server = {"USER": url.username, "PASSWORD": url.password, "HOST": host, "PORT": url.port}
    engine |= {key: str(value) for key, value in server.items() if value}
    connections.settings[name] = connections.configure_settings({"default": {}, name: engine})[name]
    with connections[name].cursor() as cursor:
        if name == "postgresql":
            cursor.execute("CREATE EXTENSION citext")
        columns = TABLE[name].format("partner", "lead", "body", "role")
        cursor.execute(f"CREATE TABLE tests_trainee ({columns}, number int)")
    Trainee.objects.using(name).bulk_create(
        [
            *(Trainee(partner=a, lead=b, year=year) for a, b, year in product(IDS, IDS, YEARS)),
            *(Trainee(body=body, role=role) for body, role in product(IDS, (None, "", "ect", "ECT", "mentor"))),
        ]
    )
    yield name
    connections[name].close()
    del connections[name], connections.settings[name]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(scope=scopes)
def test_a_query_set_has_the_rows_that_are_covered(alias: str, scope: Scope) -> None:
    trainees = Trainee.objects.using(alias).order_by("pk")
    assert list(trainees.filter(q(scope, FIELDS))) == scope.filter(trainees, FIELDS)


def test_a_scope_that_covers_nothing_finds_nothing(alias: str) -> None:
    for scope in (Scope(organisation=SupportTeam()), Scope(organisation=DeliveryPartner("a"))):
        assert not Trainee.objects.using(alias).filter(q(scope, FIELDS)).exists()


@pytest.mark.parametrize(("field", "named"), [("lead_provider_id", "number"), ("academic_year", "role")])
def test_a_field_of_another_type_is_an_error_that_names_it(field: str, named: str) -> None:
    with pytest.raises(TypeError, match=f"^{field}: expected a .*Field, not"):
        Trainee.objects.filter(q(PARTNER, {**FIELDS, field: named}))


def test_every_field_that_a_role_may_need_is_demanded() -> None:
    with pytest.raises(TypeError, match="columns: no column for academic_year"):
        q(Scope(organisation=DeliveryPartner("a")), {"delivery_partner_id": "partner", "lead_provider_id": "lead"})


def notices(alias: str) -> bool:
    """Whether the suite finds the translation wrong."""
    suite = test_a_query_set_has_the_rows_that_are_covered.hypothesis.inner_test  # type: ignore[attr-defined]
    try:
        for scope in SCOPES:
            suite(alias, scope)
    except AssertionError:
        return True
    return False


def test_without_a_fault_the_suite_finds_none(alias: str) -> None:
    assert not notices(alias)


def test_the_suite_notices_each_fault_that_is_planted(alias: str) -> None:
    for fault in FAULTS:
        with pytest.MonkeyPatch.context() as patch:
            for name, wrong in fault(IN_DJANGO).items():
                patch.setattr(IN_DJANGO.condition, name, wrong)
            assert notices(alias), fault.__name__


def test_the_suite_notices_texts_that_are_compared_without_case(alias: str) -> None:
    for wrong in (folding_case, by_the_collation):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(IN_DJANGO.module, "same_text", wrong)
            assert notices(alias), wrong.__name__

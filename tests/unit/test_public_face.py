"""What other services may import: its names, its signatures, and what it costs to import."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

import checkdata

ROOT: Final = Path(__file__).parents[2]
NAMES: Final = {
    "checkdata": """
        AccessFacts AccessRefused Acting Agreement AppropriateBody CheckdataError Choice ChosenColumns Decision
        DeliveryPartner DetailsGiven DetailsRequest Eligibility EligibilityReason EmailAddress Explanation
        Finding Grant Granted InductionStatus InductionType InvalidValue LapseReason LapseWarning LeadProvider
        LeadProviderId ListedParticipant Mentees Organisation ParticipantId ParticipantRole Partnership
        PolicyTeam Programme Reason Reconciliation RecordId Refused RelatedService Role School Scope ScopeRule
        SecondAddress Similarity Status StatusGroup SupportTeam TimeLimit TrainingFacts TrainingRecord
        TrainingState TrainingStatus UploadedList UploadedRow User UserId WhoActs __version__ available
        choose_record decide explain london_today reconcile require scope_of search_key status_of training_state
        """,
    "checkdata.django": "q",
    "checkdata.json": """
        SchemaName acting_from_json acting_to_json decision_from_json decision_to_json facts_from_json facts_to_json
        predicate_from_json predicate_to_json schema training_facts_from_json training_facts_to_json
        """,
    "checkdata.ports": """
        AgreementHistory ApiKeys AuditChain AuditLog BoundAccounts ChangeNotes Clock Confirmations Counts
        DeliveryFailed DeliveryRefused Derive ExportFolder Feed FeedStore IdentityProvider JobRuns LinkRequests
        Mailer Message Nominations Notices Organisations Outbox ParticipantTrails Participants Proposals
        ReadBounce ReadList ReadTeacherMessage Recalls Receipts RegisterFiles Rejections Relisted Retention
        SchoolRegister SignIns Storage StorageConflict StorageUnavailable TeacherChecks TeacherDirectory Tokens
        UnitOfWork Users WorkbookWriter
        """,
    "checkdata.predicates": """
        AllOf AnyOf AtLeast AtMost Blank Equals Predicate Visitor fold from_json holds to_json
        """,
    "checkdata.raw_sql": "ByName ByPosition where",
    "checkdata.sql": "where",
    "checkdata.testing": """
        ClockContract MailerContract OrganisationsContract Post StorageContract TokensContract UsersContract
        """,
    "checkdata.web": """
        Settings WrongSetting create_app mailer_of read_settings storage_of tokens_of utc_now
        """,
}
SIGNATURES: Final = {
    "checkdata.decide": "acting, facts, *, on",
    "checkdata.require": "acting, facts, *, on",
    "checkdata.available": "user_id, facts, *, on",
    "checkdata.explain": "acting, participant, facts, *, on",
    "checkdata.scope_of": "organisation, agreements, *, on",
    "checkdata.london_today": "",
    "checkdata.choose_record": "records, viewer, today",
    "checkdata.training_state": "facts, today",
    "checkdata.status_of": "state",
    "checkdata.reconcile": "uploaded_list, columns, participants, similarity, limit, *, kin=None",
    "checkdata.AccessFacts": "*, user, grants, agreements",
    "checkdata.Granted": "*, scope, holds_until, rules_version=1",
    "checkdata.Refused": "*, reason, message, detail, hides_existence, holds_until=None, rules_version=1",
    "checkdata.Scope.covers": "self, row, fields=None",
    "checkdata.Scope.filter": "self, rows, fields=None",
    "checkdata.predicates.fold": "predicate, visitor",
    "checkdata.predicates.to_json": "predicate",
    "checkdata.predicates.from_json": "condition",
    "checkdata.json.acting_from_json": "document",
    "checkdata.json.acting_to_json": "acting",
    "checkdata.json.decision_from_json": "document",
    "checkdata.json.decision_to_json": "decision",
    "checkdata.json.facts_from_json": "document",
    "checkdata.json.facts_to_json": "facts",
    "checkdata.json.predicate_from_json": "condition",
    "checkdata.json.predicate_to_json": "predicate",
    "checkdata.json.schema": "name",
    "checkdata.json.training_facts_from_json": "document",
    "checkdata.json.training_facts_to_json": "facts",
    "checkdata.sql.where": "scope, columns, *, dialect=None",
    "checkdata.django.q": "scope, fields",
    "checkdata.raw_sql.where": "scope, columns, paramstyle, *, dialect=None, first=1",
    "checkdata.web.create_app": "storage, mailer, tokens, clock, settings",
    "checkdata.web.mailer_of": "settings, clock",
    "checkdata.web.read_settings": "environment, *, port=8000",
    "checkdata.web.storage_of": "settings",
    "checkdata.web.tokens_of": "settings",
    "checkdata.web.utc_now": "",
}


@pytest.mark.parametrize("module", NAMES)
def test_a_public_module_has_these_names_and_no_others(module: str) -> None:
    public = import_module(module)
    assert sorted(public.__all__) == sorted(NAMES[module].split())
    for name in public.__all__:
        assert hasattr(public, name)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_public_function_takes_these_parameters(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    parent = getattr(checkdata, "Scope") if module == "checkdata.Scope" else import_module(module)  # noqa: B009
    signature = inspect.signature(getattr(parent, attribute))
    bare = [each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()]
    assert str(inspect.Signature(bare)) == f"({SIGNATURES[name]})"


def test_every_public_name_says_what_it_is() -> None:
    kinds = [getattr(import_module(module), name) for module, names in NAMES.items() for name in names.split()]
    assert [thing for thing in kinds if inspect.isroutine(thing) or inspect.isclass(thing) if not thing.__doc__] == []


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_importing_the_rules_loads_nothing_that_deciding_does_not_need() -> None:
    loaded = loaded_by("import checkdata; checkdata.decide")
    assert {name for name in loaded if name.startswith("checkdata.")} <= {
        "checkdata.domain",
        "checkdata.domain.access",
        *(f"checkdata.domain.access.{name}" for name in ("decision", "predicates", "scope", "turning_days")),
        "checkdata.domain.checked_fields",
        "checkdata.domain.errors",
        "checkdata.domain.form_digest",
        "checkdata.domain.people",
        "checkdata.domain.people.mailboxes",
        "checkdata.domain.people.organisations",
        "checkdata.domain.people.users",
        "checkdata.domain.values",
    }
    others = {"hashlib", "json", "sqlalchemy", "importlib.metadata", "django", "asyncio", "subprocess", "zoneinfo"}
    assert loaded & others - loaded_by("import attrs") == set()


def test_the_translation_for_sqlalchemy_does_not_load_the_storage() -> None:
    assert not any(
        name.startswith(("checkdata.adapters", "alembic", "psycopg")) for name in loaded_by("import checkdata.sql")
    )


def test_the_version_is_said_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", checkdata.__version__)


def public_only(code: str) -> list[str]:
    """The names of ours that it imports and that are not public."""
    wrong = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "checkdata":
            public = NAMES.get(node.module or "", "").split()
            modules = {name.rpartition(".")[2] for name in NAMES} if node.module == "checkdata" else set()
            wrong += [f"{node.module}.{each.name}" for each in node.names if each.name not in {*public, *modules}]
        if isinstance(node, ast.Import):
            wrong += [each.name for each in node.names if each.name.startswith("checkdata") and each.name not in NAMES]
    return wrong

"""The composition root: the only place that chooses adapters and gives them to the use cases."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from attrs import define
from sqlalchemy import Engine

from checkdata.adapters.founding_users_csv import read_user_list
from checkdata.adapters.sql import (
    PROBES,
    SqlStorage,
    grant_service_rights,
    is_unrestricted,
    migrate,
    migrate_down,
    role_of_url,
    way_back,
)
from checkdata.adapters.tokens import SecretTokens
from checkdata.domain.errors import InvalidValue
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser
from checkdata.domain.ports import Mailer, Storage, Tokens
from checkdata.domain.services.access.load_founding_users import LoadFoundingUsers
from checkdata.domain.services.audit.purge import Purge
from checkdata.domain.services.feed.check_trns import CheckTrns
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.services.feed.import_schools import ImportSchools
from checkdata.domain.services.mail.record_bounces import RecordBounces
from checkdata.entrypoints.analytics.sending import END_OF_COMMAND_SECONDS, END_SECONDS
from checkdata.entrypoints.analytics.storage import StorageThatTells
from checkdata.entrypoints.analytics.telling import Analytics
from checkdata.entrypoints.composition.database import DatabaseComposition, check_role, opened_engine
from checkdata.entrypoints.composition.reports import analytics_of, spans_of
from checkdata.entrypoints.composition.use_cases import UseCases
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.mail_account import NOTIFY_FORM, NotifyTemplates
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.spans.recording import Spans
from checkdata.entrypoints.spans.storage import StorageInSteps


@define(slots=False)
class Composition(DatabaseComposition, UseCases):
    """The use cases over the adapters that *settings* choose; each is made when it is first asked for.

    Raises `WrongSetting` where what is asked for needs a setting that is missing or wrong.
    """

    @cached_property
    def storage(self) -> Storage:
        """The units of work on the database; who watches is told of its questions and of what goes on record."""
        storage = self._told(SqlStorage(self.engine))
        return storage if self.spans is None else StorageInSteps(storage, self.spans)

    @cached_property
    def spans(self) -> Spans | None:
        """What records the steps of requests, if the settings ask for it."""
        return spans_of(self.settings) if self.serving else None

    @cached_property
    def analytics(self) -> Analytics | None:
        """What tells analysts of requests and of what goes on record, if the settings ask for it."""
        return analytics_of(self.settings, END_SECONDS if self.serving else END_OF_COMMAND_SECONDS)

    def _told(self, storage: Storage) -> Storage:
        return storage if self.analytics is None else StorageThatTells(storage, self.analytics.on_record)

    @cached_property
    def owners_engine(self) -> Engine:
        """The database as the owner of its tables; only the owner migrates, imports and purges."""
        url = self.settings.owner_database_url
        return self.engine if url is None else opened_engine(declared.OWNER_DATABASE_URL.name, url)

    @cached_property
    def owners_storage(self) -> Storage:
        """The owner's units of work."""
        return self._told(SqlStorage(self.owners_engine))

    def close(self) -> None:
        """Give the connections to the database back, the owner's too, if there are any."""
        super().close()
        for engine in {"owners_engine", "probed_engine"} & set(self.__dict__):
            getattr(self, engine).dispose()

    @cached_property
    def tokens(self) -> Tokens:
        """The tokens of links and sessions."""
        return SecretTokens(self.settings.required_secret_keys)

    @cached_property
    def mailer(self) -> Mailer:
        """GOV.UK Notify, an SMTP server, or a folder in development."""
        from checkdata.entrypoints.composition.mail import mailer_of  # noqa: PLC0415 - pages need no mail

        return mailer_of(self.settings, self.clock)

    @property
    def import_feed(self) -> ImportFeed:
        """Loading feeds and deriving statuses, as the owner of the tables."""
        return ImportFeed(
            storage=self.owners_storage,
            clock=self.clock,
            kept_months=self.settings.kept_months,
            wider_percent=self.settings.wider_percent,
        )

    def check_trns(self, extract: Path | None) -> CheckTrns:
        """Asking about TRNs as the owner of the tables, of an extract where one is given."""
        from checkdata.entrypoints.composition import teachers  # noqa: PLC0415 - extras of its own

        return CheckTrns(
            storage=self.owners_storage,
            clock=self.clock,
            directory=teachers.asked_at_trs(self.settings) if extract is None else teachers.asked_in(extract),
            answers_hold=self.settings.trs_answers_hold,
        )

    def try_trs(self) -> None:
        """Ask the Teaching Record System once about nobody; `TeachersRefused` or `TeachersUnavailable` if it fails."""
        from checkdata.entrypoints.composition.teachers import try_trs  # noqa: PLC0415 - as above

        try_trs(self.settings)

    @property
    def import_schools(self) -> ImportSchools:
        """Loading the register of schools, as the owner of the tables."""
        return ImportSchools(storage=self.owners_storage, clock=self.clock)

    @property
    def purge(self) -> Purge:
        """Deleting what is past its time, as the owner of the tables."""
        return Purge(
            storage=self.owners_storage,
            clock=self.clock,
            keys=self.settings.sealing_keys,
            kept_for=self.settings.kept_for,
            lifetimes=self.settings.lifetimes,
        )

    @property
    def record_bounces(self) -> RecordBounces:
        """Mail that came back."""
        from checkdata.entrypoints.composition.mail import read_bounce  # noqa: PLC0415 - as above

        return RecordBounces(storage=self.storage, clock=self.clock, read=read_bounce)

    def notify_faults(self) -> Sequence[str]:
        """What is wrong with the key and the templates of Notify; `WrongSetting` if mail does not go through it."""
        from checkdata.entrypoints.composition.mail import notify_mailer  # noqa: PLC0415 - as above

        if not isinstance(self.settings.email, NotifyTemplates):
            raise WrongSetting(declared.EMAIL.name, f"must be {NOTIFY_FORM}: mail does not go through Notify")
        return notify_mailer(self.settings, self.settings.email).faults()

    def mail_faults(self) -> Sequence[str]:
        """What keeps the mail service from taking our mail, a sentence each; no mail is sent."""
        from checkdata.entrypoints.composition.mail import faults_of_mail  # noqa: PLC0415 - as above

        return faults_of_mail(self.settings, self.clock)

    @property
    def load_founding_users(self) -> LoadFoundingUsers:
        """Loading the users whom a lead provider named."""
        return LoadFoundingUsers(storage=self.storage, clock=self.clock)

    def migrate(self) -> None:
        """Bring the database to the tables of this version, and give the service's role the rights that it needs.

        A role other than the owner's may add to the audit log and never change it (security.md 39), and read the rows
        of listings of one organisation at a time (security.md 29).
        """
        migrate(self.owners_engine)
        self.let_serve()

    def way_back(self, revision: str) -> Mapping[str, str]:
        """The migrations that a way back to *revision* undoes, and what each loses; `InvalidValue` if there is none."""
        return way_back(self.owners_engine, revision)

    def migrate_back(self, revision: str) -> None:
        """Undo the migrations after *revision*, with what they lose."""
        migrate_down(self.owners_engine, revision)

    def let_serve(self) -> None:
        """Give the service's role the rights that it needs, where it is not the owner's."""
        if self.settings.owner_database_url is None:
            return
        name = declared.OWNER_DATABASE_URL.name
        role, owner = role_of_url(self.settings.database_url), self.owners_engine.url.username
        if not role or role == owner or self.owners_engine.dialect.name != "postgresql":
            raise WrongSetting(name, "is for PostgreSQL, and must name another role than CHECKDATA_DATABASE_URL does")
        try:
            grant_service_rights(self.owners_engine, role)
        except InvalidValue as error:
            raise WrongSetting(declared.DATABASE_URL.name, f"names a role that cannot be used: {error}") from None

    @cached_property
    def probed_engine(self) -> Engine:
        """The database for health checks: without the pool of pages, and with short waits."""
        return opened_engine(declared.DATABASE_URL.name, self.settings.database_url, PROBES)

    def probed_storage(self) -> Storage:
        """The storage for a check of health, new each time."""
        return SqlStorage(self.probed_engine)

    @property
    def may_refresh(self) -> bool:
        """Whether this process can refresh statuses: on PostgreSQL only as the owner of the tables."""
        if self.settings.owner_database_url is not None or self.engine.dialect.name != "postgresql":
            return True
        return is_unrestricted(self.engine)

    def check_role(self) -> None:
        """Check that the database restricts the service to what it needs; raise `WrongSetting` if it does not."""
        check_role(self.engine, self.settings)


def users_listed_in(path: Path) -> Sequence[ListedUser | RefusedUser]:
    """The rows of a list of users; `ChangeRefused` if the file is not such a list."""
    return read_user_list(path)

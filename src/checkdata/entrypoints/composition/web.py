"""Composes the web application; loaded only by processes that answer pages."""

import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from functools import partial

from attrs import evolve
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool

from checkdata.adapters.spreadsheets import close_names, read_list, workbook
from checkdata.adapters.sql import SqlStorage
from checkdata.domain.ports import Clock, Mailer, Storage, Tokens
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.compare_lists import CompareLists
from checkdata.domain.services.listing.follow_changes import FollowChanges
from checkdata.domain.services.listing.follow_schools import FollowSchools
from checkdata.domain.services.listing.help_search import HelpSearch
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.services.listing.read_listing import ReadListing
from checkdata.domain.services.listing.view_overview import ViewOverview
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.entrypoints.composition.beside_pages import work_beside_pages
from checkdata.entrypoints.composition.database import check_role
from checkdata.entrypoints.composition.metrics import measures_of
from checkdata.entrypoints.composition.reports import begin_log
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.composition.sign_in import sign_in_by_code, sign_in_by_provider
from checkdata.entrypoints.composition.use_cases import GivenPorts, UseCases
from checkdata.entrypoints.json_log import keep_quiet
from checkdata.entrypoints.metrics.measures import Measures
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import Settings, read_settings
from checkdata.entrypoints.settings.mail_account import MailboxFolder
from checkdata.entrypoints.web.app import application
from checkdata.entrypoints.web.settings import DemoUser, MailboxMail, WebServices, WebSettings


def create_app(storage: Storage, mailer: Mailer, tokens: Tokens, clock: Clock, settings: Settings) -> Starlette:
    """The web application over these ports, for any ASGI server, or to be mounted in another application.

    It is mounted below the path of the base address in *settings*, or served there; asked for by another path, it
    finds nothing, and logs why. *clock* tells the time in UTC.

    Its lifespan does the work beside the pages: it sends mail, seals the audit log, lets nominations expire and access
    lapse, recalls files and notes changes. Frameworks run the lifespan of the outermost application only, so that one
    runs ``app.router.lifespan_context(app)`` within its own. It does not begin where the storage can't serve, or where
    a role of PostgreSQL may do more than it needs, unless the settings allow that; at its end it gives the connections
    of `checkdata.web.storage_of` back. The access log of uvicorn, which would have links and searches, is switched off.

    Several applications over one storage share no state.
    """
    keep_quiet()
    composed = GivenPorts(storage=storage, mailer=mailer, tokens=tokens, clock=clock, settings=settings)
    return web_app(composed, measures=measures_of(composed))


def web_app(composed: UseCases, demo_users: Sequence[DemoUser] = (), measures: Measures | None = None) -> Starlette:
    """The web application; with users of the demo it has their list on the start page, and the mailbox page."""
    mailbox = _mailbox(composed.settings) if demo_users else None
    if measures is not None and composed.analytics is not None:
        composed.analytics.sender.tell = measures.events
    return application(
        evolve(services_of(composed, mailbox), measures=measures),
        settings_of(composed.settings, demo_users),
        partial(_work_beside_pages, composed),
    )


def services_of(composed: UseCases, mailbox: Callable[[], Sequence[MailboxMail]] | None = None) -> WebServices:
    """What pages call; *mailbox* lists the mails of the demo."""
    return WebServices(
        sign_in=SignIn(
            storage=composed.storage,
            tokens=composed.tokens,
            clock=composed.clock,
            lifetimes=composed.settings.lifetimes,
            limits=composed.settings.limits,
        ),
        check_participants=CheckParticipants(storage=composed.storage, clock=composed.clock, workbook=workbook),
        view_overview=ViewOverview(storage=composed.storage),
        follow_schools=FollowSchools(storage=composed.storage),
        look_up_participant=LookUpParticipant(storage=composed.storage, clock=composed.clock),
        follow_changes=FollowChanges(storage=composed.storage, clock=composed.clock),
        read_listing=ReadListing(storage=composed.storage, clock=composed.clock),
        note_changes=composed.note_changes,
        help_search=HelpSearch(storage=composed.storage, clock=composed.clock, similarity=close_names),
        compare_lists=CompareLists(
            storage=composed.storage,
            clock=composed.clock,
            read_list=read_list,
            similarity=close_names,
            workbook=workbook,
        ),
        manage_access=composed.manage_access,
        manage_agreements=composed.manage_agreements,
        confirm_changes=composed.confirm_changes,
        search_log=composed.search_log,
        request_help=composed.request_help,
        record_receipts=composed.record_receipts,
        hear_of_teachers=composed.hear_of_teachers,
        trace=composed.trace,
        find_participant=composed.find_participant,
        make_statement=composed.make_statement,
        find_wrongly_seen=composed.find_wrongly_seen,
        recall_files=composed.recall_files,
        confirm_deletion=composed.confirm_deletion,
        review_access=composed.review_access,
        explain_access=composed.explain_access,
        help_users=composed.help_users,
        service_notices=composed.service_notices,
        state_of_users=composed.state_of_users,
        issue_keys=composed.issue_keys,
        use_keys=composed.use_keys,
        nominate=composed.nominate,
        nomination_queue=composed.nomination_queue,
        keep_team=composed.keep_team,
        answer_by_link=composed.answer_by_link,
        check_health=composed.check_health,
        sign_in_by_code=sign_in_by_code(composed),
        sign_in_by_provider=sign_in_by_provider(composed),
        mailbox=mailbox,
        spans=composed.spans,
        analytics=composed.analytics,
    )


def settings_of(settings: Settings, demo_users: Sequence[DemoUser] = ()) -> WebSettings:
    """As much of the settings as pages may know."""
    return WebSettings(
        base=settings.base,
        secret_keys=settings.required_secret_keys,
        commit=settings.commit,
        support_email=settings.support_email,
        govuk=settings.govuk,
        demo_users=demo_users,
        kept_for=settings.kept_for,
        kept_months=settings.kept_months,
        related_services=settings.related_services,
        receipts_token=settings.receipts_token,
        provider_origin=None if settings.dfe_sign_in is None else settings.dfe_sign_in.origin,
        metrics_token=settings.metrics_token,
    )


@asynccontextmanager
async def _work_beside_pages(composed: UseCases, _: Starlette) -> AsyncIterator[None]:
    begun = ExitStack()
    try:  # in threads, because the loop is another service's too
        await run_in_threadpool(_begin, composed, begun)
        yield
    finally:
        await run_in_threadpool(begun.close)


def _begin(composed: UseCases, begun: ExitStack) -> None:
    if isinstance(composed.storage, SqlStorage):
        begun.callback(composed.storage.engine.dispose)
    composed.check_ready()
    if isinstance(composed.storage, SqlStorage):
        check_role(composed.storage.engine, composed.settings)
    begun.enter_context(run_together(*work_beside_pages(composed)))


def web_app_from_environment() -> Starlette:
    """The web application as one of several workers makes it, in a process of its own."""
    composed = Composition(read_settings(os.environ), serving=True)
    begin_log(composed.settings)
    return web_app(composed, measures=measures_of(composed))


def _mailbox(settings: Settings) -> Callable[[], Sequence[MailboxMail]]:
    """Reads the mails in the mailbox folder; there are none if mail goes to a server."""
    from checkdata.adapters.email import Mailbox  # noqa: PLC0415 - only the demo needs it

    def mails() -> Sequence[MailboxMail]:
        letters = Mailbox(settings.email.folder).letters() if isinstance(settings.email, MailboxFolder) else ()
        return [MailboxMail(to=mail.to, subject=mail.subject, text=mail.body, at=mail.sent_at) for mail in letters]

    return mails

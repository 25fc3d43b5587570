"""The web application: one expression that names every address, its rule of access and its page."""

from functools import partial
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route

from checkdata.domain.organisations import Role
from checkdata.entrypoints.web.gate import ActingAs, Gate, Public, SignedIn
from checkdata.entrypoints.web.pages import (
    changes,
    choosing,
    confirming,
    downloads,
    guidance,
    health,
    lead_provider_answers,
    mailbox,
    nominating,
    nomination_steps,
    nominations,
    participant,
    participants,
    reconcile,
    session,
    sign_in,
    start,
    support_agreements,
    support_audit,
    support_changes,
    support_explain,
    support_help,
    support_reviews,
    support_tracing,
    support_users,
)
from checkdata.entrypoints.web.pages.errors import ErrorPages, handlers
from checkdata.entrypoints.web.security.cookies import Cookies
from checkdata.entrypoints.web.security.headers import SecurityHeaders
from checkdata.entrypoints.web.security.perimeter import Perimeter
from checkdata.entrypoints.web.security.request_log import RequestLog
from checkdata.entrypoints.web.settings import WebServices, WebSettings
from checkdata.entrypoints.web.site import Site
from checkdata.entrypoints.web.static_files import CachedFiles

STATIC: Final = Path(__file__).parent / "static"


def create_app(services: WebServices, settings: WebSettings) -> Starlette:
    """The application over these services, to be served at the base address of the settings.

    Raises `ValueError` for a mailbox together with an https base (security.md 44).
    """
    if services.mailbox is not None and settings.secure:
        raise ValueError("The mailbox shows sign-in links to anybody, so it needs a base URL on this machine.")
    site = Site(services=services, settings=settings, cookies=Cookies(settings.secure))
    pages = ErrorPages(site)
    gate = partial(Gate, site)
    partner, body = partial(ActingAs, Role.DELIVERY_PARTNER), partial(ActingAs, Role.APPROPRIATE_BODY)
    support, policy = partial(ActingAs, Role.SUPPORT), partial(ActingAs, Role.POLICY)
    get, post, both = ["GET"], ["POST"], ["GET", "POST"]
    app = Starlette(
        routes=[
            Route("/", gate(Public(start.start)), methods=get),
            Route("/healthcheck", gate(Public(health.healthcheck)), methods=get),
            Route("/mailbox", gate(Public(mailbox.mails)), methods=get),
            Route("/sign-in", gate(Public(sign_in.form)), methods=get),
            Route("/sign-in", gate(Public(sign_in.send_link)), methods=post),
            Route("/sign-in/check-your-email", gate(Public(sign_in.check_your_email)), methods=get),
            Route("/sign-in/{token}", gate(Public(sign_in.link)), methods=get),
            Route("/sign-in/{token}", gate(Public(sign_in.use_link)), methods=post),
            Route("/sign-out", gate(Public(choosing.sign_out)), methods=post),
            Route("/signed-out", gate(Public(choosing.signed_out)), methods=get),
            Route("/confirm", gate(Public(confirming.question)), methods=get),
            Route("/confirm", gate(Public(confirming.answer)), methods=post),
            Route("/confirm/answered", gate(Public(confirming.answered)), methods=get),
            Route("/confirm/sent-again", gate(Public(confirming.sent_again)), methods=get),
            Route("/confirm/{token}", gate(Public(confirming.link)), methods=get),
            Route("/confirm/{token}", gate(Public(confirming.use_link)), methods=post),
            Route("/stay-signed-in", gate(SignedIn(session.stay_signed_in)), methods=post),
            Route("/help/statuses", gate(Public(guidance.statuses)), methods=get),
            Route("/help/wrong-data", gate(Public(guidance.wrong_data)), methods=get),
            Route("/help/contact", gate(Public(guidance.contact)), methods=get),
            Route("/help/accessibility", gate(Public(guidance.accessibility)), methods=get),
            Route("/help/privacy", gate(Public(guidance.privacy)), methods=get),
            Route("/help/cookies", gate(Public(guidance.cookies)), methods=get),
            Route("/change-role", gate(SignedIn(choosing.change)), methods=get),
            Route("/choose-role", gate(SignedIn(choosing.roles)), methods=get),
            Route("/choose-role", gate(SignedIn(choosing.choose_role)), methods=post),
            Route("/choose-organisation", gate(SignedIn(choosing.organisations)), methods=get),
            Route("/choose-organisation", gate(SignedIn(choosing.choose_organisation)), methods=post),
            Route("/participants", gate(partner(participants.listing)), methods=get),
            Route("/participants.csv", gate(partner(downloads.csv)), methods=get),
            Route("/participants.xlsx", gate(partner(downloads.excel)), methods=get),
            Route("/participants/contacts.csv", gate(partner(downloads.contacts)), methods=get),
            Route("/participants/{participant_id:path}", gate(partner(participant.participant)), methods=get),
            Route("/changes", gate(partner(changes.changes)), methods=get),
            Route("/changes.csv", gate(partner(changes.csv)), methods=get),
            Route("/downloads", gate(partner(downloads.offered)), methods=get),
            Route("/reconcile", gate(partner(reconcile.upload), reconcile.UPLOAD), methods=both),
            Route("/reconcile/columns", gate(partner(reconcile.columns), reconcile.STEP), methods=both),
            Route("/reconcile/result", gate(partner(reconcile.result), reconcile.STEP), methods=both),
            Route("/reconcile/result.csv", gate(partner(reconcile.result_csv), reconcile.STEP), methods=both),
            Route("/reconcile/result.xlsx", gate(partner(reconcile.result_excel), reconcile.STEP), methods=both),
            Route("/ects", gate(body(participants.listing)), methods=get),
            Route("/ects.csv", gate(body(downloads.csv)), methods=get),
            Route("/ects.xlsx", gate(body(downloads.excel)), methods=get),
            Route("/ects/downloads", gate(body(downloads.offered)), methods=get),
            Route("/ects/changes", gate(body(changes.changes)), methods=get),
            Route("/ects/changes.csv", gate(body(changes.csv)), methods=get),
            Route("/ects/{participant_id:path}", gate(body(participant.participant)), methods=get),
            Route("/nominate", gate(partner(nominating.nominate)), methods=both),
            Route("/nominate/{nomination_id}/withdraw", gate(partner(nominating.withdraw)), methods=both),
            Route("/policy", gate(policy(nominations.policy_home)), methods=get),
            Route("/policy/nominations", gate(policy(nominations.queue)), methods=get),
            Route("/policy/nominations/{nomination_id}", gate(policy(nominations.nomination)), methods=get),
            Route(
                "/policy/nominations/{nomination_id}/ask",
                gate(policy(lead_provider_answers.ask_lead_provider)),
                methods=both,
            ),
            Route(
                "/policy/nominations/{nomination_id}/answer", gate(policy(lead_provider_answers.answer)), methods=both
            ),
            Route(
                "/policy/nominations/{nomination_id}/withdraw", gate(policy(nomination_steps.withdraw)), methods=both
            ),
            Route("/support/users", gate(support(support_users.users)), methods=get),
            Route("/support/users/add", gate(support(nominating.receive_instead)), methods=get),
            Route("/support/users/{user_id}", gate(support(support_users.user)), methods=get),
            Route("/support/users/{user_id}/remove", gate(support(support_changes.remove)), methods=both),
            Route("/support/users/{user_id}/suspend", gate(support(support_changes.suspend)), methods=both),
            Route("/support/users/{user_id}/reinstate", gate(support(support_changes.reinstate)), methods=both),
            Route("/support/users/{user_id}/address", gate(support(support_help.change_address)), methods=both),
            Route("/support/users/{user_id}/end-sessions", gate(support(support_help.end_sessions)), methods=both),
            Route("/support/users/{user_id}/send-again", gate(support(support_help.send_again)), methods=post),
            Route("/support/agreements", gate(support(support_agreements.agreements)), methods=get),
            Route("/support/agreements/add", gate(support(support_agreements.add)), methods=both),
            Route("/support/agreements/{agreement_id}", gate(support(support_agreements.agreement)), methods=get),
            Route("/support/agreements/{agreement_id}/end", gate(support(support_agreements.end)), methods=both),
            Route("/support/access-review", gate(support(support_reviews.access_review)), methods=get),
            Route("/support/access-review/{grant_id}/keep", gate(support(support_reviews.keep)), methods=both),
            Route("/support/access-review/{grant_id}/remove", gate(support(support_reviews.remove)), methods=both),
            Route("/support/explain", gate(support(support_explain.explain)), methods=both),
            Route("/support/nominations", gate(support(nominations.queue)), methods=get),
            Route("/support/nominations/add", gate(support(nominating.receive)), methods=both),
            Route("/support/nominations/{nomination_id}", gate(support(nominations.nomination)), methods=get),
            Route(
                "/support/nominations/{nomination_id}/escalate", gate(support(nomination_steps.escalate)), methods=both
            ),
            Route("/support/nominations/{nomination_id}/grant", gate(support(nomination_steps.grant)), methods=both),
            Route(
                "/support/nominations/{nomination_id}/withdraw", gate(support(nomination_steps.withdraw)), methods=both
            ),
            Route("/support/agreements/{agreement_id}/files", gate(support(support_tracing.files)), methods=get),
            Route("/support/audit", gate(support(support_audit.audit)), methods=get),
            Route("/support/audit/seen", gate(support(support_tracing.seen)), methods=both),
            Mount("/static", CachedFiles(directory=STATIC), middleware=[Middleware(GZipMiddleware)]),
            Mount("/assets", CachedFiles(directory=STATIC / "govuk" / "assets")),
        ],
        middleware=[
            Middleware(RequestLog),
            Middleware(SecurityHeaders, secure=settings.secure),
            Middleware(Perimeter, hosts=settings.hosts, refuse=pages.outermost),
        ],
        exception_handlers=handlers(pages),
    )
    app.router.redirect_slashes = False  # it would lead to whole addresses, with the scheme that a proxy speaks
    return app

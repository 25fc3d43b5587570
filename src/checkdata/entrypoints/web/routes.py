"""The route table: every address of the web application, grouped by the users who may request it."""

from collections.abc import Callable, Sequence
from functools import partial

from starlette.convertors import PathConvertor, register_url_convertor
from starlette.responses import Response
from starlette.routing import Route

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.api import openapi
from checkdata.entrypoints.web.api.endpoint import api_routes
from checkdata.entrypoints.web.gate import Access, ActingAs, Ask, ByToken, Public, SignedIn
from checkdata.entrypoints.web.guarded_routes import GuardedRoutes
from checkdata.entrypoints.web.measured_requests import scraped_routes
from checkdata.entrypoints.web.pages import (
    answer_by_link,
    change_notes,
    changes,
    chase,
    choose_organisation,
    downloads,
    files_to_delete,
    guidance,
    health,
    help_request,
    lead_provider_answers,
    mailbox,
    nominate,
    nomination_steps,
    nominations,
    notify_receipts,
    overview,
    own_keys,
    participant,
    participants,
    reconcile,
    related_service,
    schools,
    sign_in,
    sign_in_by_provider,
    start,
    stay_signed_in,
    teacher_messages,
    team,
)
from checkdata.entrypoints.web.pages.support import (
    access_changes,
    access_review,
    agreements,
    audit_log,
    explain,
    find_participant,
    help_user,
    home,
    keys,
    notices,
    proposals,
    recalls,
    statement,
    tracing,
    undelivered_mail,
    users,
    wrongly_seen,
)
from checkdata.entrypoints.web.presentation.addresses import (
    KEYS,
    PROVIDER_RETURN,
    RECONCILE,
    RELATED_SERVICE,
    STOP_NOTES,
)
from checkdata.entrypoints.web.site import Site

PublicPage = Callable[[Ask], Response]
UsersPage = Callable[[Ask, Visit], Response]
RolesPage = Callable[[Ask, Access], Response]


class RestOfPath(PathConvertor):
    """The rest of an address, slashes too, because an id may have them. It cannot be empty."""

    regex = ".+"


register_url_convertor("rest", RestOfPath())


def routes(site: Site) -> Sequence[Route]:
    """All routes, each behind its rule; the first that matches an address answers."""

    def of(role: Role) -> GuardedRoutes[RolesPage]:
        return GuardedRoutes(site, partial(ActingAs, role))

    return [
        *health.Health(health.Lookout(site.services.check_health), site.settings.commit).routes,
        *_for_notify(site),
        *_for_trs(site),
        *scraped_routes(site.services.measures, site.settings.metrics_token),
        *_public(GuardedRoutes(site, Public)),
        *_by_token(GuardedRoutes(site, ByToken)),
        *_signed_in(GuardedRoutes(site, SignedIn)),
        *_of_partners(of(Role.DELIVERY_PARTNER)),
        *_of_bodies(of(Role.APPROPRIATE_BODY)),
        *_of_policy(of(Role.POLICY)),
        *_of_support(of(Role.SUPPORT)),
        of(Role.RELATED_SERVICE).get(RELATED_SERVICE, related_service.hand_over),
        *api_routes(site),
    ]


def _for_notify(site: Site) -> Sequence[Route]:
    """The address for receipts, where there is a token for it."""
    if (token := site.settings.receipts_token) is None:
        return []
    receipts = notify_receipts.Receipts(lambda body: site.services.record_receipts.note([body]), token)
    return [Route(notify_receipts.PATH, receipts.received, methods=["POST"])]


def _for_trs(site: Site) -> Sequence[Route]:
    """The address for webhooks, where they are taken."""
    if site.services.hear_of_teachers is None:
        return []
    messages = teacher_messages.TeacherMessages(site.services.hear_of_teachers.hear)
    return [Route(teacher_messages.PATH, messages.received, methods=["POST"])]


def _public(public: GuardedRoutes[PublicPage]) -> Sequence[Route]:
    """Pages that need no sign-in."""
    return [
        public.get("/", start.start),
        public.get("/mailbox", mailbox.mails),
        public.get("/sign-in", sign_in.form),
        public.post("/sign-in", sign_in.send_link),
        public.get("/sign-in/check-your-email", sign_in.check_your_email),
        public.post("/sign-in/check-your-email", sign_in.use_code),
        public.get(PROVIDER_RETURN, sign_in_by_provider.come_back),
        public.get("/sign-in/{token}", sign_in.sign_in_link_page),
        public.post("/sign-in/{token}", sign_in.use_sign_in_link),
        public.post("/sign-out", choose_organisation.sign_out),
        public.get("/signed-out", choose_organisation.signed_out),
        public.get("/confirm", answer_by_link.question),
        public.post("/confirm", answer_by_link.record_answer),
        public.get("/confirm/answered", answer_by_link.answered),
        public.get("/confirm/sent-again", answer_by_link.sent_again),
        public.get("/confirm/{token}", answer_by_link.confirmation_link_page),
        public.post("/confirm/{token}", answer_by_link.use_confirmation_link),
        public.get(openapi.OPENAPI, openapi.document),
        public.get("/help/statuses", guidance.statuses),
        public.get("/help/wrong-data", guidance.wrong_data),
        public.get("/help/contact", guidance.contact),
        public.get("/help/roles", guidance.roles),
        public.get("/help/accessibility", guidance.accessibility),
        public.get("/help/privacy", guidance.privacy),
        public.get("/help/cookies", guidance.cookies),
    ]


def _by_token(linked: GuardedRoutes[PublicPage]) -> Sequence[Route]:
    """Pages whose address proves who asks."""
    return [
        linked.get(f"{STOP_NOTES}/{{token}}", change_notes.stop_link_page),
        linked.post(f"{STOP_NOTES}/{{token}}", change_notes.stop_notes),
    ]


def _signed_in(user: GuardedRoutes[UsersPage]) -> Sequence[Route]:
    """Pages for every signed-in user."""
    return [
        user.post("/stay-signed-in", stay_signed_in.stay_signed_in),
        user.get("/change-role", choose_organisation.change),
        user.get("/choose-role", choose_organisation.roles),
        user.post("/choose-role", choose_organisation.choose_role),
        user.get("/choose-organisation", choose_organisation.organisations),
        user.post("/choose-organisation", choose_organisation.choose_organisation),
        user.both("/help/request", help_request.help_request),
        user.both("/files-to-delete", files_to_delete.files_to_delete),
    ]


def _of_partners(partner: GuardedRoutes[RolesPage]) -> Sequence[Route]:
    """Pages of delivery partners' users."""
    return [
        partner.get("/overview", overview.overview),
        partner.get("/schools", schools.schools),
        partner.get("/schools/{urn}", schools.school),
        partner.both("/participants", participants.listing),
        partner.get("/participants.csv", downloads.csv_download),
        partner.get("/participants.xlsx", downloads.excel_download),
        partner.get("/participants/extended.csv", downloads.extended_csv),
        partner.get("/participants/extended.xlsx", downloads.extended_excel),
        partner.get("/participants/contacts.csv", downloads.communication_list),
        partner.get("/participants/all-contacts.csv", downloads.communication_list_of_all),
        partner.get("/participants/{participant_id:rest}", participant.participant),
        partner.both("/changes", changes.changes),
        partner.get("/changes.csv", changes.changes_csv),
        partner.both("/changes/emails", change_notes.choose_notes),
        partner.get("/downloads", downloads.offered),
        *_reconciling(partner, RECONCILE[Role.DELIVERY_PARTNER]),
        partner.get("/chase", chase.chase_list),
        partner.get("/chase.xlsx", chase.chase_workbook),
        *_own_keys(partner, KEYS[Role.DELIVERY_PARTNER]),
        partner.both("/team", team.team),
        partner.both("/team/{user_id}/left", team.has_left),
        partner.both("/nominate", nominate.nominate),
        partner.both("/nominate/{nomination_id}/withdraw", nominate.withdraw_own),
    ]


def _of_bodies(body: GuardedRoutes[RolesPage]) -> Sequence[Route]:
    """Pages of appropriate bodies' users."""
    return [
        body.both("/ects", participants.listing),
        body.get("/ects.csv", downloads.csv_download),
        body.get("/ects.xlsx", downloads.excel_download),
        body.get("/ects/extended.csv", downloads.extended_csv),
        body.get("/ects/extended.xlsx", downloads.extended_excel),
        body.get("/ects/contacts.csv", downloads.communication_list),
        body.get("/ects/all-contacts.csv", downloads.communication_list_of_all),
        body.get("/ects/downloads", downloads.offered),
        body.get("/ects/chase", chase.chase_list),
        body.get("/ects/chase.xlsx", chase.chase_workbook),
        body.both("/ects/changes", changes.changes),
        body.get("/ects/changes.csv", changes.changes_csv),
        body.both("/ects/changes/emails", change_notes.choose_notes),
        *_reconciling(body, RECONCILE[Role.APPROPRIATE_BODY]),
        *_own_keys(body, KEYS[Role.APPROPRIATE_BODY]),
        body.both("/ects/team", team.team),
        body.both("/ects/team/{user_id}/left", team.has_left),
        body.both("/ects/nominate", nominate.nominate),
        body.both("/ects/nominate/{nomination_id}/withdraw", nominate.withdraw_own),
        body.get("/ects/overview", overview.overview),
        body.get("/ects/schools", schools.schools),
        body.get("/ects/schools/{urn}", schools.school),
        body.get("/ects/{participant_id:rest}", participant.participant),
    ]


def _own_keys(user: GuardedRoutes[RolesPage], path: str) -> Sequence[Route]:
    """The API keys under the access with which a user acts."""
    return [
        user.get(path, own_keys.own_keys),
        user.post(f"{path}/{{key_id}}/collect", own_keys.collect),
        user.both(f"{path}/{{key_id}}/revoke", own_keys.revoke_own),
    ]


def _reconciling(user: GuardedRoutes[RolesPage], path: str) -> Sequence[Route]:
    """The steps in which a user's own list is compared."""
    return [
        user.both(path, reconcile.upload, reconcile.UPLOAD),
        user.both(f"{path}/columns", reconcile.columns, reconcile.STEP),
        user.both(f"{path}/result", reconcile.result, reconcile.STEP),
        user.both(f"{path}/result.csv", reconcile.result_csv, reconcile.STEP),
        user.both(f"{path}/result.xlsx", reconcile.result_excel, reconcile.STEP),
    ]


def _of_policy(policy: GuardedRoutes[RolesPage]) -> Sequence[Route]:
    """Pages of policy users."""
    return [
        policy.get("/policy", nominations.policy_home),
        policy.get("/policy/nominations", nominations.queue),
        policy.get("/policy/nominations/{nomination_id}", nominations.nomination),
        policy.both("/policy/nominations/{nomination_id}/ask", lead_provider_answers.choose_lead_provider),
        policy.both("/policy/nominations/{nomination_id}/answer", lead_provider_answers.answer_for_lead_provider),
        policy.both("/policy/nominations/{nomination_id}/name", nomination_steps.correct_name),
        policy.both("/policy/nominations/{nomination_id}/withdraw", nomination_steps.withdraw),
    ]


def _of_support(support: GuardedRoutes[RolesPage]) -> Sequence[Route]:
    """Pages of support users."""
    return [
        support.get("/support", home.home),
        support.get("/support/recalls", home.recalls),
        support.both("/support/notice", notices.notices),
        support.post("/support/notice/end", notices.end_notice),
        support.both("/support/participants", find_participant.find_participant_page),
        support.get("/support/users", users.users),
        support.get("/support/users/add", nominate.old_add_user_address),
        support.get("/support/users/undelivered", undelivered_mail.undelivered),
        support.post("/support/users/undelivered", undelivered_mail.send_undelivered_again),
        support.get("/support/users/{user_id}", users.user),
        support.both("/support/users/{user_id}/remove", access_changes.confirm_removal),
        support.both("/support/users/{user_id}/suspend", access_changes.confirm_suspension),
        support.both("/support/users/{user_id}/reinstate", access_changes.confirm_reinstatement),
        support.both("/support/users/{user_id}/address", help_user.change_address),
        support.both("/support/users/{user_id}/nominate-address", help_user.nominate_address),
        support.both("/support/users/{user_id}/remove-address", help_user.remove_second_address),
        support.both("/support/users/{user_id}/issue-key", keys.issue_key),
        support.get("/support/keys", keys.keys),
        support.both("/support/keys/{key_id}/revoke", keys.revoke_key),
        support.both("/support/users/{user_id}/end-sessions", help_user.end_sessions),
        support.post("/support/users/{user_id}/send-again", help_user.send_mail_again),
        support.get("/support/proposals", proposals.proposals),
        support.get("/support/proposals/{proposal_id}", proposals.proposal),
        support.both("/support/proposals/{proposal_id}/confirm", proposals.confirm),
        support.both("/support/proposals/{proposal_id}/refuse", proposals.refuse),
        support.both("/support/proposals/{proposal_id}/withdraw", proposals.withdraw),
        support.get("/support/agreements", agreements.agreements_found),
        support.both("/support/agreements/add", agreements.add_agreement_form),
        support.get("/support/agreements/{agreement_id}", agreements.agreement),
        support.both("/support/agreements/{agreement_id}/end", agreements.confirm_end),
        support.get("/support/access-review", access_review.access_review),
        support.both("/support/access-review/{grant_id}/keep", access_review.keep_reviewed),
        support.both("/support/access-review/{grant_id}/remove", access_review.remove_reviewed),
        support.both("/support/explain", explain.explanation_page),
        support.get("/support/nominations", nominations.queue),
        support.both("/support/nominations/add", nominate.receive_by_mail),
        support.get("/support/nominations/{nomination_id}", nominations.nomination),
        support.both("/support/nominations/{nomination_id}/escalate", nomination_steps.escalate),
        support.both("/support/nominations/{nomination_id}/name", nomination_steps.correct_name),
        support.both("/support/nominations/{nomination_id}/grant", nomination_steps.grant),
        support.both("/support/nominations/{nomination_id}/withdraw", nomination_steps.withdraw),
        support.get("/support/agreements/{agreement_id}/files", tracing.files_of_agreement),
        support.both("/support/recalls/{file_id}/deleted", recalls.confirm_deleted),
        support.get("/support/audit", audit_log.audit),
        support.both("/support/audit/seen", tracing.sightings_page),
        support.both("/support/audit/statement", statement.statement_page),
        support.both("/support/audit/wrongly-seen", wrongly_seen.wrongly_seen_page),
    ]

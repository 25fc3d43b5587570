"""Users look at participants while terms, access and records change; who saw whom, and could, stays known for ever."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import islice
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from checkdata.adapters.spreadsheets import close_names, read_list, workbook
from checkdata.domain.access.decision import AccessRefused, Acting, require
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import Sighting, SightingKind
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.reconciliation.result_pages import WantedPage
from checkdata.domain.reconciliation.result_rows import Outcome
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.compare_lists import CompareLists
from checkdata.domain.services.listing.follow_changes import FollowChanges, WantedChanges
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.values import EmailAddress, ParticipantId, UserId
from tests.access_world import BOSS, LEAD, NORTH, REFERENCES, SOUTH, AccessWorld, a_record
from tests.integration.seen_machine_notes import (
    COLUMNS,
    FILTERS,
    KINDS,
    LIST,
    NAMES,
    PARTICIPANTS,
    RECORD_CHANGES,
    SCHOOLS,
    SEARCHES,
    TERMS,
    USERS,
    WHO,
    YEARS,
    Key,
    Look,
    Snapshot,
    addressed,
)


class SeenMachine(RuleBasedStateMachine):
    """Notes what every page and file really showed, and compares what the log tells of it with that."""

    def __init__(self, storage: Storage, leave: ExitStack) -> None:
        super().__init__()
        self._leave = leave
        self.world = AccessWorld(storage=storage)
        self.records = {name: addressed(a_record(name)) for name in NAMES}
        self.looks: list[Look] = []
        self.snapshots: list[Snapshot] = []
        self.agreements: Sequence[Agreement] = REFERENCES.agreements or ()
        self._load()
        for email, organisation in WHO.items():
            if organisation == SOUTH:
                self._attempt(lambda: self._add_agreement(SOUTH.id, None))
            if email != BOSS:
                self._give(email)

    def teardown(self) -> None:
        self._leave.close()

    # What users look at

    @rule(who=USERS, filters=FILTERS, search=SEARCHES, school=SCHOOLS)
    def look_at_a_list(self, who: EmailAddress, filters: dict[str, str], search: str, school: str) -> None:
        def look(acting: Acting, scope: Scope) -> None:
            query = evolve(ParticipantQuery.of(scope, search=search, **filters), school_urn=school)
            rows = self._checking.page(acting, query).page.participants
            self._note(acting, SightingKind.LIST, (row.participant_id for row in rows), exact=not search)

        self._looking(who, look)

    @rule(who=USERS, filters=FILTERS, days=st.integers(0, 20))
    def look_at_changes(self, who: EmailAddress, filters: dict[str, str], days: int) -> None:
        def look(acting: Acting, scope: Scope) -> None:
            wanted = WantedChanges(
                query=ParticipantQuery.of(scope, **filters), since=self.world.now - timedelta(days=days)
            )
            changes = self._following.page(acting, wanted).changes
            self._note(acting, SightingKind.CHANGES, (one.now.participant_id for one in changes), exact=False)

        self._looking(who, look)

    @rule(who=USERS, name=PARTICIPANTS)
    def open_a_page(self, who: EmailAddress, name: str) -> None:
        def look(acting: Acting, scope: Scope) -> None:
            looking = LookUpParticipant(storage=self.world.storage, clock=self.world.clock)
            found = looking.participant(acting, scope, ParticipantId(name))
            self._note(acting, SightingKind.OWN_PAGE, () if found is None else (found.listed.participant_id,))

        self._looking(who, look)

    @rule(who=USERS, outcome=st.sampled_from(Outcome))
    def compare_a_list(self, who: EmailAddress, outcome: Outcome) -> None:
        def look(acting: Acting, scope: Scope) -> None:
            page = self._comparing.page(acting, scope, LIST, COLUMNS, WantedPage(outcome=outcome)).page
            shown = [row.ours for row in page.rows] + [near.ours for row in page.rows for near in row.suggestions]
            ids = (one.participant_id for one in shown if one is not None)
            self._note(acting, SightingKind.RECONCILED, ids, exact=False)

        self._looking(who, look)

    @rule(who=USERS, kind=KINDS, filters=FILTERS, search=SEARCHES, broken=st.booleans())
    def take_a_file(
        self, who: EmailAddress, kind: FileKind, filters: dict[str, str], search: str, *, broken: bool
    ) -> None:
        def take(acting: Acting, scope: Scope) -> None:
            query = ParticipantQuery.of(scope, search=search, **filters)
            chunks = self._file(acting, query, kind)
            content = b"".join(islice(chunks, 2) if broken else chunks)  # the third piece has the last byte
            chunks.close()
            how = SightingKind.BROKEN_OFF if broken else SightingKind.FILE
            self._note(acting, how, _names_in(content), exact=not broken)

        self._looking(who, take)

    # What changes

    @rule(terms=TERMS, complete=st.booleans())
    def import_other_terms(self, terms: list[Agreement], *, complete: bool) -> None:
        """A feed adds, narrows, widens and moves agreements; a complete one drops those that it leaves out."""
        self.agreements = terms
        self._load(complete=complete)

    @rule(changes=RECORD_CHANGES)
    def import_other_records(self, changes: list[tuple[Any, ...]]) -> None:
        for name, lead, partner, year in changes:
            self.records[name] = addressed(a_record(name, lead, partner, year))
        self._load()

    @rule(partner=st.sampled_from([NORTH.id, SOUTH.id]), year=st.none() | st.sampled_from(YEARS))
    def add_an_agreement(self, partner: str, year: int | None) -> None:
        self.world.pass_time(minutes=1)
        self._attempt(lambda: self._add_agreement(partner, year))

    @rule(pick=st.integers(0, 9))
    def end_an_agreement(self, pick: int) -> None:
        self.world.pass_time(minutes=1)
        known = self.world.manage_agreements.all()
        if known:
            self._attempt(
                lambda: self.world.manage_agreements.end(known[pick % len(known)].agreement.id, reason="Over")
            )

    @rule(who=USERS, how=st.sampled_from(["remove", "give", "suspend", "reinstate"]))
    def change_access(self, who: EmailAddress, how: str) -> None:
        self.world.pass_time(minutes=1)
        access = self.world.access
        match how:
            case "remove":
                self._attempt(lambda: access.remove(who, reason="Left"))
            case "give":
                self._attempt(lambda: self._give(who))
            case "suspend":
                self._attempt(lambda: access.suspend(who, reason="Investigation"))
            case _:
                self._attempt(lambda: access.reinstate(who, reason="Cleared"))

    @rule(hours=st.sampled_from([1, 12, 24, 24 * 7]))
    def pass_time(self, hours: int) -> None:
        self.world.pass_time(hours=hours)
        self.snapshots += [Snapshot(who, self.world.now, self._seen_by(who)) for who in WHO]

    # What must hold

    @invariant()
    def all_who_were_shown_a_participant_are_named_for_ever_and_certainly_none_else(self) -> None:
        tracing = Trace(storage=self.world.storage, clock=self.world.clock)
        for name in NAMES:
            found = tracing.seen(ParticipantId(name))
            assert sorted(map(_told, found.certainly)) == sorted(self._certain(name))
            told = {(each.first.actor, each.first.how): each.times for each in found.possibly}
            shown, may_be = self._possible(name)
            assert all(told.get(key, 0) >= times for key, times in shown.items())
            assert all(times <= shown[key] + may_be[key] for key, times in told.items())

    @rule(pick=st.integers(0, 30))
    def explain_what_was_known_then(self, pick: int) -> None:
        """Whatever was changed since: what was visible at a moment is told of that moment."""
        if self.snapshots:
            past = self.snapshots[-1 - pick % len(self.snapshots)]
            for name in NAMES:
                asked = self.world.explain_access.explain
                explained = asked(past.email, ParticipantId(name), organisation=WHO[past.email], as_known_at=past.at)
                assert explained.visible == (name in past.seen)

    def _certain(self, name: str) -> Iterable[tuple[str, ...]]:
        for look in self.looks:
            if name in look.shown and look.how in (SightingKind.OWN_PAGE, SightingKind.FILE):
                yield look.user, look.at.isoformat(), look.how.value

    def _possible(self, name: str) -> tuple[Counter[Key], Counter[Key]]:
        """Looks at what is not recorded row by row: those that showed them, and those of which the log can't tell."""
        shown, may_be = Counter[Key](), Counter[Key]()
        for look in self.looks:
            if look.how not in (SightingKind.OWN_PAGE, SightingKind.FILE):
                shown[look.user, look.how] += name in look.shown
                may_be[look.user, look.how] += name not in look.shown and not look.exact
        return shown, may_be

    # How

    @property
    def _checking(self) -> CheckParticipants:
        return CheckParticipants(storage=self.world.storage, clock=self.world.clock, workbook=workbook)

    @property
    def _following(self) -> FollowChanges:
        return FollowChanges(storage=self.world.storage, clock=self.world.clock)

    @property
    def _comparing(self) -> CompareLists:
        return CompareLists(
            storage=self.world.storage,
            clock=self.world.clock,
            read_list=read_list,
            similarity=close_names,
            workbook=workbook,
        )

    def _file(self, acting: Acting, query: ParticipantQuery, kind: FileKind) -> Any:  # noqa: ANN401 - a generator
        match kind:
            case FileKind.CHANGES:
                wanted = WantedChanges(query=query, since=self.world.now - timedelta(days=8))
                return self._following.download(acting, wanted).chunks
            case FileKind.RECONCILED_CSV:
                return self._comparing.download(acting, query.scope, LIST, COLUMNS, kind).chunks
            case _:
                return self._checking.download(acting, query, kind).chunks

    def _looking(self, who: EmailAddress, look: Callable[[Acting, Scope], None]) -> None:
        """Let a user look, if they may, as a page does: within the scope that is decided for this very request."""
        self.world.pass_time(minutes=1)
        acting = self._acting(who)
        with self.world.storage.reading() as work:
            facts = work.users.facts(acting.user_id)
        try:
            scope = require(acting, facts, on=self.world.today)
        except AccessRefused:
            return
        look(acting, scope)

    def _note(self, acting: Acting, how: SightingKind, ids: Iterable[str], *, exact: bool = True) -> None:
        self.looks.append(Look(acting.user_id, how, self.world.now, frozenset(ids), exact))

    def _load(self, *, complete: bool = False) -> None:
        self.world.pass_time(minutes=1)
        self.world.load(*self.records.values(), agreements=self.agreements, complete=complete)

    def _give(self, who: EmailAddress) -> None:
        self.world.add(who, WHO[who].role, WHO[who].id)

    def _add_agreement(self, partner: str, year: int | None) -> None:
        new = NewAgreement(
            lead_provider_id=LEAD.id,
            delivery_partner_id=partner,
            starts_on=self.world.today - timedelta(days=30),
            first_academic_year=year,
            reason="Signed",
        )
        self.world.manage_agreements.add(new)

    def _attempt(self, act: Callable[[], object]) -> None:
        with suppress(ChangeRefused):
            act()

    def _acting(self, who: EmailAddress) -> Acting:
        with self.world.storage.reading() as work:
            user = work.users.with_email(who)
        return Acting(UserId("nobody") if user is None else user.id, WHO[who])

    def _seen_by(self, who: EmailAddress) -> frozenset[str]:
        return frozenset(self.world.seen(self._acting(who)))


def _told(sighting: Sighting) -> tuple[str, ...]:
    return str(sighting.actor), sighting.at.isoformat(), sighting.how.value


def _names_in(content: bytes) -> frozenset[str]:
    """The participants of the department in what arrived of a CSV file; a name is an id here."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig", errors="ignore"), newline=""))
    named = next((name for name in ("dfe_full_name", "full_name") if name in (rows.fieldnames or ())), "")
    return frozenset(row.get(named, "") for row in rows) & frozenset(NAMES)

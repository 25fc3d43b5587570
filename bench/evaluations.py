"""What an answer of the decision point costs beside who asks for a page and its record, in one process without HTTP.

    evaluations.py postgresql|sqlite

Asks of the database that `candidate` fills (YARD_WORK, and PGHOST, PGPORT and PGUSER), which has to be loaded. Each
number is µs of processor time of this process, the least of some rounds, whose kinds take turns; they are printed as
JSON.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from runpy import run_path
from subprocess import PIPE
from subprocess import run as run_command
from time import process_time
from typing import Final

from checkdata.domain.access.decision import Acting, Granted
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.services.access.answer_services import AskedAccess, AskedUser, Asker
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.services.task_steps.record_event import record_shown
from checkdata.domain.sign_in.api_keys import ApiKey, CallingService, Question
from checkdata.domain.values import london_date
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings

HERE: Final = Path(__file__).parent
PARTNER: Final = "dp-150"
ROUNDS: Final = 9
EACH: Final = 60
SEVERAL: Final = 50
ONE: Final = "an evaluation: key, user and participant, record"
PAGE: Final = "a page: who asks, whether they may, record"


def main() -> None:
    """Do what the module says."""
    candidate = run_path(str(HERE / "candidate"))
    os.environ |= candidate["environment"](sys.argv[1])
    command = [sys.executable, str(HERE / "sign_in.py"), f"bench@{PARTNER}.example", PARTNER]
    cookie = run_command(command, check=True, text=True, stdout=PIPE).stdout.strip()
    composed = Composition(read_settings(os.environ))
    sys.stdout.write(f"{json.dumps(measured(jobs(composed, cookie)))}\n")


def jobs(composed: Composition, cookie: str) -> Mapping[str, Callable[[], object]]:
    """What is measured."""
    signing_in = SignIn(
        storage=composed.storage, tokens=composed.tokens, clock=composed.clock, lifetimes=composed.settings.lifetimes
    )
    visit = signing_in.resume(cookie)
    if visit is None:
        raise SystemExit("The session is not there.")
    [grant] = visit.facts.grants
    acting = Acting(visit.user.id, grant.organisation)
    decision = visit.decide(acting)
    if not isinstance(decision, Granted):
        raise SystemExit("The user has no access.")
    with composed.storage.reading() as work:
        as_of = work.participants.as_of()
        [participant] = work.participants.ids_behind(decision.scope, None, 1)
    asked = Asked(composed, AskedAccess(AskedUser(named=acting.user_id), participant))

    def page() -> None:
        visit = signing_in.resume(cookie)
        if visit is None or not visit.decide(acting):
            raise SystemExit("The user may see the list.")
        record_shown(
            composed.storage, acting, AuditKind.LIST_VIEWED, composed.clock(), as_of=as_of, details={"page": 1}
        )

    return {ONE: asked.once, f"{SEVERAL} evaluations in one request": asked.several, PAGE: page}


class Asked:
    """A calling service that asks whether a user may see a participant, who may."""

    def __init__(self, composed: Composition, access: AskedAccess) -> None:
        self._services, self._use_keys, self._access = composed.answer_services, composed.use_keys, access
        until = london_date(composed.clock()) + timedelta(days=30)
        new = NewKey(name="bench", expires_on=until, reason="To measure the service")
        self._key = composed.issue_keys.issue_to_service(CallingService("Bench", frozenset(Question)), new)
        self._asker = Asker(service="Bench", key_id=self._key.key.id)

    def once(self) -> None:
        """One evaluation."""
        found = self._services.look_up(self._access, self._use_keys.digest_to_ask_with(self._key.secret))
        self._check(found.key)
        if not self._services.decide_one(self._asker, self._access, found).allowed:
            raise SystemExit("The user may see it.")

    def several(self) -> None:
        """Several in one request."""
        self._check(None)
        if not all(
            each.allowed for each in self._services.decide_all(self._asker, [self._access] * SEVERAL, lambda _: False)
        ):
            raise SystemExit("The user may see it.")

    def _check(self, found: ApiKey | None) -> None:
        if self._use_keys.calling_service(self._key.secret, found) is None:
            raise SystemExit("The key does not work.")


def measured(jobs: Mapping[str, Callable[[], object]]) -> Mapping[str, float]:
    """The least processor time of each in µs; caches are warm."""
    least = dict.fromkeys(jobs, float("inf"))
    for job in jobs.values():
        for _ in range(EACH):
            job()
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            before = process_time()
            for _ in range(EACH):
                job()
            least[name] = min(least[name], (process_time() - before) / EACH)
    return {name: round(1e6 * seconds) for name, seconds in least.items()}


if __name__ == "__main__":
    main()

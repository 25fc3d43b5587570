"""``checkdata nominations``: which nominations are open, and who acts next."""

from checkdata.domain.services.nominations.queue import QueuedNomination
from checkdata.entrypoints.cli.help import ROLE_NAMES, name_and_id
from checkdata.entrypoints.cli.tables import Cells, show
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS = ("Id", "Nominee", "Role", "Organisation", "State", "Days", "Next step", "Whose", "Renews")


def nominations() -> None:
    """Show the open nominations, the oldest first, with the next step of each and who takes it.

    A table; where there is no terminal, lines with tabs between the cells.
    """
    with composition() as composed:
        queue = composed.nomination_queue.open()
    show(COLUMNS, [_cells(queued) for queued in queue])


def _cells(queued: QueuedNomination) -> Cells:
    nomination, following = queued.nomination, queued.next_step
    return (
        nomination.id,
        nomination.nominee.email.value,
        ROLE_NAMES[nomination.organisation.role],
        name_and_id(nomination.organisation),
        nomination.state.value,
        str(queued.age.days),
        "overdue" if following is None else following.move.value.replace("_", " "),
        "" if following is None else following.whose.value.replace("_", " "),
        "yes" if nomination.renews is not None else "",
    )

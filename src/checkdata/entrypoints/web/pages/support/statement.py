"""Support makes a statement of who has seen a participant, for the teacher who asks (service rule 15)."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from checkdata.domain.audit.statement_seals import seal_of
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.audit.make_statement import MadeStatement
from checkdata.domain.values import london_date
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.support.tracing import FIELDS
from checkdata.entrypoints.web.pages.support.which_participant import Choice, meant_between
from checkdata.entrypoints.web.presentation.tracing import stated_lines


def statement_page(ask: Ask, access: Access) -> Response:
    """The form, and below the statement that it asks for, to be printed or taken as its sealed file."""
    if ask.request.method != "POST":
        return _page(ask, {})
    whom, start, end = meant_between(ask, access)
    if whom.id is None:
        return _page(ask, whom.faults, choices=whom.choices)
    making = ask.site.services.make_statement
    try:
        return _page(ask, {}, making.make(whom.id, start=start, end=end, by=access.acting))
    except ChangeRefused as refused:
        return _page(ask, {"participant": str(refused)})


def _page(
    ask: Ask, errors: Mapping[str, str], made: MadeStatement | None = None, *, choices: Sequence[Choice] = ()
) -> Response:
    typed = {field: ask.form.get(field, "") for field in FIELDS}
    context: dict[str, object] = {"typed": typed, "meant": choices, "made": None, "errors": errors}
    if made is not None:
        key_id, digest = seal_of(made.file)
        lines = made.statement.lines
        context |= {
            "made": made.statement,
            "facts": [*made.statement.facts, ("Seal of the file", f"{digest} (key {key_id})")],
            "certain": stated_lines(line for line in lines if line.certain),
            "possible": stated_lines(line for line in lines if not line.certain),
            "file": f"data:text/csv;charset=utf-8;base64,{b64encode(made.file).decode()}",
            "file_name": _file_name(made),
        }
    return ask.page("support/statement.html", context, status=422 if errors else 200)


def _file_name(made: MadeStatement) -> str:
    participant = re.sub(r"[^A-Za-z0-9-]+", "-", made.statement.participant_id)
    return f"statement-{participant}-{london_date(made.statement.made_at):%Y-%m-%d}.csv"

"""Compares a user's own list with the department's, step by step (service rule 17).

Nothing of the list stays here: each page carries it, sealed, and the next step brings it back. A step that is only
opened, by Back for one, is answered with a page that asks for itself again where the browser still has the list
(docs/decisions/0022).
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Final

from attrs import frozen
from starlette.responses import Response

from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import ListRefused, PageNotFound, TookTooLong
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.comparing import Detail, details_for
from checkdata.domain.reconciliation.matching import Sureness
from checkdata.domain.reconciliation.result_pages import WantedPage
from checkdata.domain.reconciliation.result_rows import Outcome
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.downloads import send_file
from checkdata.entrypoints.web.presentation.downloads import file_name
from checkdata.entrypoints.web.presentation.reconciliation import about_list, column_choices, result_page
from checkdata.entrypoints.web.sealed_list import LARGEST_SEALED, opened_list, sealed_list
from checkdata.entrypoints.web.security.form_reading import FormLimits
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY, Fields, MalformedRequest
from checkdata.entrypoints.web.security.sealing import SealBroken

UPLOAD: Final = FormLimits(size=10_000_000 + LARGEST_BODY, with_file=True)
"""A file of 10 MB and the form around it."""

STEP: Final = FormLimits(size=LARGEST_SEALED + LARGEST_BODY, fields=150)
"""The list in a hidden field, and a choice for each of its columns."""

_COLUMN: Final = re.compile(r"column_([0-9]{1,3})")
_PAGE: Final = re.compile(r"[0-9]{1,6}")
_NO_FILE: Final = "Choose the file that has your list in it"
_NOT_OURS: Final = "Your list was not kept, because you signed out or the page was changed. Choose the file again"


@frozen(kw_only=True)
class _Step:
    """The list that a page brought back, as it was sealed, and which of its columns is which."""

    uploaded_list: UploadedList
    sealed: str
    chosen: Mapping[int, Detail]


def upload(ask: Ask, access: Access) -> Response:
    """The form for a file, and then the guessed columns of the file."""
    if ask.request.method != "POST":
        return _form(ask, access, "")
    if not ask.file:
        return _form(ask, access, _NO_FILE)
    try:
        uploaded_list = ask.site.services.compare_lists.read(ask.file)
        sealed = sealed_list(ask.site.settings.secret_keys, access.visit, uploaded_list)
    except ListRefused as refused:
        return _form(ask, access, str(refused))
    guessed = guess_columns(uploaded_list, details_for(access.acting.role))
    return _columns(ask, access, _Step(uploaded_list=uploaded_list, sealed=sealed, chosen=guessed))


def columns(ask: Ask, access: Access) -> Response:
    """The columns as they were chosen, to be corrected."""
    step = _step(ask, access)
    return step if isinstance(step, Response) else _columns(ask, access, step)


def result(ask: Ask, access: Access) -> Response:
    """A page of the comparison; the columns again if no participant can be recognised by them."""
    asked = _asked(ask, access)
    if isinstance(asked, Response):
        return asked
    step, chosen = asked
    wanted = _wanted(ask.form)
    try:
        reconciled = ask.site.services.compare_lists.page(
            access.acting, access.scope, step.uploaded_list, chosen, wanted
        )
    except TookTooLong as stopped:
        return _form(ask, access, str(stopped))
    context = {
        "shown": result_page(reconciled.page, step.uploaded_list, chosen, access.place),
        "as_of": reconciled.as_of,
        "area": access.place.area,
        "sealed": step.sealed,
        "chosen": {f"column_{column}": detail.value for column, detail in step.chosen.items()},
    }
    return ask.page("reconcile/result.html", context)


def result_csv(ask: Ask, access: Access) -> Response:
    """The whole comparison as CSV."""
    return _download(ask, access, FileKind.RECONCILED_CSV)


def result_excel(ask: Ask, access: Access) -> Response:
    """The whole comparison as an Excel workbook."""
    return _download(ask, access, FileKind.RECONCILED_EXCEL)


def _download(ask: Ask, access: Access, kind: FileKind) -> Response:
    asked = _asked(ask, access)
    if isinstance(asked, Response):
        return asked
    step, chosen = asked
    reconciling = ask.site.services.compare_lists
    begun = partial(reconciling.download, access.acting, access.scope, step.uploaded_list, chosen, kind)
    try:
        return send_file(ask, access, file_name(access.acting.organisation, access.visit.today, kind), begun)
    except TookTooLong as stopped:
        return _form(ask, access, str(stopped))


def _asked(ask: Ask, access: Access) -> tuple[_Step, ChosenColumns] | Response:
    """The list and its columns as they were chosen; the page to go back to if one of them cannot be used."""
    step = _step(ask, access)
    if isinstance(step, Response):
        return step
    try:
        return step, ChosenColumns.of(step.chosen, details_for(access.acting.role))
    except ListRefused as refused:
        return _columns(ask, access, step, str(refused))


def _step(ask: Ask, access: Access) -> _Step | Response:
    """What the page before sent; the first step again if the list is not one of ours."""
    if ask.request.method != "POST":
        return ask.page("reconcile/again.html", {"area": access.place.area, "path": ask.request.url.path})
    sealed = ask.form.get("list", "")
    try:
        uploaded_list = opened_list(ask.site.settings.secret_keys, access.visit, sealed)
    except SealBroken:
        return _form(ask, access, _NOT_OURS)
    return _Step(uploaded_list=uploaded_list, sealed=sealed, chosen=_chosen(ask, access, uploaded_list))


def _chosen(ask: Ask, access: Access, uploaded_list: UploadedList) -> dict[int, Detail]:
    """Which column was chosen as which detail; an unknown column or detail means that the form is not ours."""
    offered = {detail.value: detail for detail in details_for(access.acting.role)}
    chosen = {}
    for name, word in ask.form.items():
        column = _COLUMN.fullmatch(name)
        if column and word:
            if int(column[1]) >= len(uploaded_list.headings) or word not in offered:
                raise MalformedRequest
            chosen[int(column[1])] = offered[word]
    return dict(sorted(chosen.items()))


def _wanted(form: Fields) -> WantedPage:
    """The group, its filters and the page: a button for another group begins at its first page."""
    shown, page = form.get("show", ""), form.get("page", "") or "1"
    try:
        group = shown or form.get("group", "")
        outcome = Outcome(group) if group else None
        differing_in = Detail(form["differing_in"]) if form.get("differing_in") and not shown else None
        sureness = Sureness(form["how_sure"]) if form.get("how_sure") and not shown else None
    except ValueError:
        raise MalformedRequest from None
    if not _PAGE.fullmatch(page):
        raise PageNotFound
    return WantedPage(outcome=outcome, differing_in=differing_in, sureness=sureness, page=int(page))


def _form(ask: Ask, access: Access, error: str) -> Response:
    details = details_for(access.acting.role)
    context = {
        "area": access.place.area,
        "details": details,
        "with_email": Detail.EMAIL in details,
        "with_school": Detail.SCHOOL in details,
        "errors": {"file": error} if error else {},
        "posted": ask.request.method == "POST",
    }
    return ask.page("reconcile/upload.html", context, status=422 if error else 200)


def _columns(ask: Ask, access: Access, step: _Step, error: str = "") -> Response:
    context = {
        "area": access.place.area,
        "choices": column_choices(step.uploaded_list, step.chosen, details_for(access.acting.role)),
        "about": about_list(step.uploaded_list),
        "sealed": step.sealed,
        "errors": {"": error} if error else {},
    }
    return ask.page("reconcile/columns.html", context, status=422 if error else 200)

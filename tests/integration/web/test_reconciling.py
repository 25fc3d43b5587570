"""A user's own list compared with the department's on the web (service rule 17, security.md 27 and 46)."""

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from tests.integration.web.client import Client, location
from tests.integration.web.reconciling import (
    LIST,
    NAMES_AND_TRNS,
    cells,
    chosen,
    compare,
    counts,
    go_on,
    reconciled,
    upload,
)
from tests.integration.web.world import ANN, CAT, NORTHS_RULES, World, a_record


def as_workbook(text: str) -> bytes:
    book, made = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in csv.reader(io.StringIO(text)):
        sheet.append(row)
    book.save(made)
    return made.getvalue()


DIALECTS = {
    "UTF-8": LIST.encode(),
    "UTF-8 with its mark": LIST.encode("utf-8-sig"),
    "Windows-1252": LIST.encode("windows-1252"),
    "UTF-16": LIST.encode("utf-16"),
    "semicolons": LIST.replace(",", ";").encode(),
    "tabs": LIST.replace(",", "\t").replace('"', "").encode(),
    "a workbook": as_workbook(LIST),
}


@pytest.mark.parametrize("file", DIALECTS.values(), ids=DIALECTS)
def test_a_list_is_compared_however_it_was_saved(ann: Client, file: bytes) -> None:
    page = reconciled(ann, file)
    assert counts(page) == {"same": 1, "different": 1, "only_yours": 2, "only_dfe": 2}
    assert cells(page) == [
        [
            "Siobhán O’Neill (opens in a new tab)Row 3 of your list",
            "Email addressProbable match",
            "School",
            "St Cuthbert’s",
            "Oak <Primary>",
        ]
    ]


def test_the_columns_are_guessed_and_shown_with_some_of_their_cells(ann: Client) -> None:
    page = upload(ann, LIST)
    assert "Your list has 4 rows" in page.text
    assert page.one("label", **{"for": "column_0"}).text == "Column A: Name"
    assert page.one("div", id="column_1-hint").text == "0000001, 7654321"
    guessed = {name: word for name, word in chosen(page).items() if name.startswith("column_")}
    assert guessed == {
        "column_0": "full_name",
        "column_1": "trn",
        "column_2": "email_address",
        "column_3": "school",
        "column_4": "role",
    }


def test_a_column_that_is_corrected_is_compared_as_corrected(ann: Client) -> None:
    page = compare(ann, upload(ann, LIST), column_3="")
    assert counts(page)["same"] == 2
    again = ann.post("/reconcile/columns", chosen(page), 200)
    assert 'value="school" selected' not in again.text
    assert 'value="email_address" selected' in again.text


def test_columns_by_which_no_participant_can_be_recognised_are_told_and_nothing_chosen_is_lost(ann: Client) -> None:
    none = {f"column_{column}": "" for column in range(5)}
    page = compare(ann, upload(ann, LIST), 422, **none | {"column_4": "role"})
    assert "Choose which column holds the TRN" in page.text
    assert page.one("title").text.startswith("Error:")
    assert chosen(page)["column_4"] == "role"
    assert chosen(page)["column_0"] == ""
    assert "Columns A and B are both set as TRN" in compare(ann, page, 422, column_0="trn", column_1="trn").text


def test_each_group_is_a_button_away(ann: Client) -> None:
    page = reconciled(ann, LIST)
    same = go_on(ann, page, show="same")
    assert cells(same) == [["Ada <b>Bold</b> (opens in a new tab)Row 2 of your list", "TRN and roleMatched"]]
    only_theirs = cells(go_on(ann, same, show="only_yours"))
    assert [row[0] for row in only_theirs] == ["Row 4", "Row 5"]
    assert only_theirs[0][2].startswith("Zoë Ünal, St Mary’s")
    assert only_theirs[1][2] == "None"
    only_ours = cells(go_on(ann, page, show="only_dfe"))
    assert [row[0] for row in only_ours] == ["=1+1 (opens in a new tab)", "Zoë Ünal (opens in a new tab)"]


@pytest.mark.parametrize("group", ["same", "different", "only_yours", "only_dfe"])
def test_each_name_leads_to_the_participants_own_page_in_a_new_tab(ann: Client, group: str) -> None:
    page = go_on(ann, reconciled(ann, LIST), show=group)
    links = [link for link in page.one("tbody").all("a") if "opens in a new tab" in link.text]
    assert links
    for link in links:
        assert (link.attributes["target"], link.attributes["rel"]) == ("_blank", "noopener")
        name = link.text.partition(" (")[0].partition(",")[0]
        assert ann.get(link.attributes["href"]).one("h1").text == name


def test_a_list_is_not_different_where_it_says_the_same_in_other_words(ann: Client) -> None:
    rows = [
        "TRN,School,URN,Cohort,Email",
        "0000001,Oak Community Primary,100001,Sept 2023,",
        ",Somewhere else,URN 100001,44805,person2@school.example",
        "Total,2,,,",
    ]
    page = reconciled(ann, "\n".join(rows))
    assert counts(page) == {"same": 2, "different": 0, "only_yours": 0, "only_dfe": 2}
    assert "We left out row 4, because it looks like a total and not a person." in page.text


def test_a_column_that_may_be_the_wrong_one_is_asked_about(ann: Client) -> None:
    rows = "".join(f"{trn},Elsewhere\n" for trn in ("0000001", "0000003", "0000004"))
    found = reconciled(ann, f"TRN,Venue of school\n{rows}")
    assert (
        "School: 3 rows differ, nearly all or all of those compared. Is this the right column? Column B" in found.text
    )
    strangers = reconciled(ann, "TRN\n7654321\n7654322\n7654323\n")
    assert "No row of your list matches anyone. Are the columns right?" in strangers.text


def test_near_misses_count_as_only_theirs_and_only_ours(ann: Client) -> None:
    page = reconciled(ann, "Name,School\nZoe Ynal,St Mary's\n")
    assert counts(page) == {"same": 0, "different": 0, "only_yours": 1, "only_dfe": 4}


def test_rows_of_theirs_that_are_one_person_say_so(ann: Client) -> None:
    page = reconciled(ann, "TRN,Role\n0000001,ECT\n1,ECT\n")
    assert counts(page) == {"same": 2, "different": 0, "only_yours": 0, "only_dfe": 3}
    assert [row[0] for row in cells(go_on(ann, page, show="same"))] == [
        "Ada <b>Bold</b> (opens in a new tab)Row 2 of your listRow 3 of your list is this person too",
        "Ada <b>Bold</b> (opens in a new tab)Row 3 of your listRow 2 of your list is this person too",
    ]


def test_of_very_many_rows_that_are_one_person_a_few_are_named_and_the_others_counted(ann: Client) -> None:
    page = reconciled(ann, "TRN,Role\n" + "1,ECT\n" * 13)
    notes = cells(go_on(ann, page, show="same"))[0][0]
    assert notes.count("this person too") == 10
    assert "Row 12 of your list is this person too" in notes
    assert notes.endswith("And 2 more rows of your list")


def test_differences_are_filtered_by_what_differs(ann: Client) -> None:
    page = reconciled(ann, "TRN,Name,School\n1,Ada Cold,Oak Primary\n4,=1+1,Elm\n")
    assert [option.text for option in page.one("select", id="differing_in").all("option")] == [
        "Anything (2)",
        "Full name (1)",
        "School (1)",
    ]
    filtered = go_on(ann, page, differing_in="full_name")
    assert filtered.one("h2", id="found").text == "Different: 1 row"
    assert [row[-3:] for row in cells(filtered)] == [["Full name", "Ada Cold", "Ada <b>Bold</b>"]]
    assert go_on(ann, filtered, show="different").one("h2", id="found").text == "Different: 2 rows"


def test_matches_are_filtered_by_how_sure_they_are(ann: Client) -> None:
    page = reconciled(ann, "TRN,Role,Name,School\n1,ECT,Ada <b>Bold</b>,Oak Primary\n,ECT,Siobhan ONeill,Oak Primary\n")
    same = go_on(ann, page, show="same")
    assert [option.text for option in same.one("select", id="how_sure").all("option")] == [
        "Any (2)",
        "Matched (1)",
        "Check this match (1)",
    ]
    unsure = go_on(ann, same, how_sure="unsure")
    assert [row[0] for row in cells(unsure)] == ["Siobhán O’Neill (opens in a new tab)Row 3 of your list"]
    assert "The same: 1 row" in unsure.text
    assert counts(unsure) == counts(page)
    assert len(cells(go_on(ann, unsure, show="same"))) == 2


def test_a_long_result_is_paged_and_no_row_is_on_two_pages(ann: Client, world: World) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(1000, 1120)])
    page = go_on(ann, reconciled(ann, "TRN\n1001\n"), show="only_dfe")
    pages = [page, *(go_on(ann, page, page=str(number)) for number in (2, 3))]
    names = [row[0] for one in pages for row in cells(one)]
    assert len(names) == len(set(names)) == counts(page)["only_dfe"] == 123
    assert pages[1].one("title").text.startswith("Your list and the department’s: Only in the department's list")
    go_on(ann, page, 404, page="4")
    go_on(ann, page, 404, page="x")


@pytest.mark.parametrize("path", ["/participants.csv", "/participants.xlsx"])
def test_a_download_of_ours_is_the_same_throughout(ann: Client, path: str) -> None:
    assert counts(reconciled(ann, ann.http.get(path).content)) == {
        "same": 4,
        "different": 0,
        "only_yours": 0,
        "only_dfe": 0,
    }


def test_the_whole_result_is_downloaded_as_csv_and_excel_and_has_receipts(ann: Client, world: World) -> None:
    form = chosen(reconciled(ann, LIST + "=cmd(),,,,\n"))
    as_csv, as_excel = (ann.post(f"/reconcile/result.{ending}", form, 200) for ending in ("csv", "xlsx"))
    text = as_csv.content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["result"] for row in rows] == [
        "The same",
        "Different",
        *["Only in your list"] * 3,
        *["Only in the department's list"] * 2,
    ]
    assert rows[4]["your_full_name"] == "'=cmd()"
    assert as_csv.headers["content-disposition"].endswith('-compared-2024-06-03.csv"')
    sheet = load_workbook(io.BytesIO(as_excel.content)).active
    assert isinstance(sheet, Worksheet)
    assert sheet.max_row == 1 + len(rows)
    with world.storage.reading() as work:
        kinds = [(receipt.kind, receipt.rows, receipt.size) for receipt in work.receipts.between(None, None)]
    assert kinds == [
        (FileKind.RECONCILED_CSV, 7, len(as_csv.content)),
        (FileKind.RECONCILED_EXCEL, 7, len(as_excel.content)),
    ]


def test_only_numbers_of_it_are_recorded(ann: Client, world: World) -> None:
    form = chosen(reconciled(ann, LIST))
    ann.post("/reconcile/result.csv", form, 200)
    (viewed,), (downloaded,) = world.audit(AuditKind.LIST_RECONCILED), world.audit(AuditKind.DOWNLOADED)
    assert viewed.details == {
        "searched": False,
        "agreements": "ag-dp-north",
        "rules": NORTHS_RULES,
        "group": "different",
        "page": 1,
        "rows": 1,
        "same_rows": 1,
        "different_rows": 1,
        "only_yours_rows": 2,
        "only_dfe_rows": 2,
    }
    assert (viewed.organisation_id, viewed.import_id) == ("dp-north", downloaded.import_id)
    assert downloaded.details["format"] == "reconciled"
    assert not any(word in repr((viewed, downloaded)) for word in NAMES_AND_TRNS)


def test_choosing_a_file_shows_no_participant(ann: Client, world: World) -> None:
    upload(ann, LIST)
    assert not world.audit(AuditKind.LIST_RECONCILED)
    assert not world.audit(AuditKind.DOWNLOADED)


def test_no_participant_of_another_partner_is_ever_found(ann: Client) -> None:
    page = reconciled(ann, "TRN,Name\n5,Sid South\n6,Eve Ended\n")
    assert counts(page)["only_yours"] == 2
    for group in counts(page):
        shown = go_on(ann, page, show=group)
        assert "Sid South," not in shown.text
        assert group == "only_yours" or "Sid" not in shown.text
    text = ann.post("/reconcile/result.csv", chosen(page), 200).content.decode("utf-8-sig")
    for row in csv.DictReader(io.StringIO(text)):
        assert not any("Sid" in value for name, value in row.items() if not name.startswith("your_"))


def test_the_list_goes_out_unreadable(ann: Client) -> None:
    sealed = chosen(upload(ann, LIST))["list"]
    assert not any(word in sealed for word in NAMES_AND_TRNS)
    assert len(sealed) < 1000


def test_another_session_cannot_open_it(ann: Client, world: World, new_client: Callable[[], Client]) -> None:
    sealed = chosen(upload(ann, LIST))["list"]
    other, later = new_client(), new_client()
    other.sign_in(CAT)
    other.choose("delivery_partner", "dp-north")
    world.pass_time(minutes=1)
    later.sign_in(ANN)
    for client in (other, later):
        page = compare(client, upload(client, LIST), 422, list=sealed)
        assert "Your list was not kept" in page.text
        assert "Ada" not in page.text


@pytest.mark.parametrize("sealed", ["", "x", "gAAAAA==", "é"])
def test_what_was_never_sealed_is_no_list(ann: Client, sealed: str) -> None:
    assert "Your list was not kept" in compare(ann, upload(ann, LIST), 422, list=sealed).text


@pytest.mark.parametrize(
    "changes",
    [{"column_9": "trn"}, {"column_0": "date_of_birth"}, {"show": "all"}, {"differing_in": "x"}, {"how_sure": "x"}],
)
def test_words_that_no_page_of_ours_has_are_400(ann: Client, changes: dict[str, str]) -> None:
    page = compare(ann, upload(ann, LIST), 400, **changes)
    assert page.one("h1").text == "There is a problem with the address"


@pytest.mark.parametrize("path", ["/reconcile/columns", "/reconcile/result", "/reconcile/result.csv"])
def test_an_address_that_is_only_opened_says_that_the_list_is_not_kept(ann: Client, path: str) -> None:
    page = ann.get(path)
    assert page.one("h1").text == "Choose your list again"
    assert page.one("form", id="again").attributes["action"] == path
    assert not ann.world.audit(AuditKind.LIST_RECONCILED)


def test_an_old_tab_shows_nothing_and_goes_on_after_changing_back(client: Client, world: World) -> None:
    client.sign_in(CAT)
    client.choose("delivery_partner", "dp-north")
    columns, result = upload(client, LIST), reconciled(client, LIST)
    before = len(world.audit(AuditKind.LIST_RECONCILED))
    client.choose("delivery_partner", "dp-south")
    for page, path in ((columns, "/reconcile/result"), (result, "/reconcile/result.csv")):
        answer = client.post(path, chosen(page), 409)
        assert "You changed to South Hub, delivery partner" in answer.text
        assert "Ada" not in answer.text
    assert len(world.audit(AuditKind.LIST_RECONCILED)) == before
    client.choose("delivery_partner", "dp-north")
    assert counts(compare(client, columns)) == counts(result)


def test_without_a_session_no_file_is_read(client: Client) -> None:
    response = client.http.post("/reconcile", files={"file": ("list.csv", b"x" * 11_000_000)})
    assert location(response) == "/sign-in"

"""Lists of users as files: what is read of them, row by row, and what refuses all of one."""

from pathlib import Path

import pytest

from checkdata.adapters.founding_users_csv import read_user_list
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser

HEADER = "email,name,delivery_partner_id\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users.csv"


def a_user(line: int, email: str = "a@x.y", name: str = "Ann", partner: str = "dp-1") -> ListedUser:
    return ListedUser(line=line, email=email, name=name, delivery_partner_id=partner)


def test_rows_are_read_with_their_lines(path: Path) -> None:
    path.write_text(f'{HEADER}a@x.y,Ann,dp-1\nb@x.y,"Lee, Bo",dp-2\n', encoding="utf-8")
    assert read_user_list(path) == [a_user(2), a_user(3, "b@x.y", "Lee, Bo", "dp-2")]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_come_in_any_order_with_others_between(path: Path, mark: str, end: str) -> None:
    text = end.join([f"{mark}phone,delivery_partner_id, name ,email", "1,dp-1,Zoë,a@x.y", "", "2,dp-2,Bo,b@x.y"])
    path.write_bytes(text.encode())
    assert read_user_list(path) == [a_user(2, name="Zoë"), a_user(4, "b@x.y", "Bo", "dp-2")]


def test_a_row_with_a_wrong_number_of_cells_is_refused_by_itself(path: Path) -> None:
    path.write_text(f"{HEADER}a@x.y,Lee, Ann,dp-1\nb@x.y,Bo\na@x.y,Ann,dp-1\n", encoding="utf-8")
    assert read_user_list(path) == [
        RefusedUser(2, "The row has 4 cells, the header 3."),
        RefusedUser(3, "The row has 2 cells, the header 3."),
        a_user(4),
    ]


def test_a_name_over_two_lines_is_refused_and_the_next_row_keeps_its_line(path: Path) -> None:
    path.write_text(f'{HEADER}a@x.y,"Ann\nLee",dp-1\na@x.y,Ann,dp-1\n', encoding="utf-8")
    refused, good = read_user_list(path)
    assert isinstance(refused, RefusedUser)
    assert (refused.line, good) == (2, a_user(4))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "needs a header row"),
        (b"email,name\na@x.y,Ann\n", "Look at: delivery_partner_id"),
        (b"email,email,name,delivery_partner_id\n", "Look at: email"),
        (b"a@x.y,Ann,dp-1\n", "needs a header row"),
        (HEADER.encode() + b"a@x.y,Zo\xeb,dp-1\n", "is not UTF-8"),
        (HEADER.encode() + b'a@x.y,"Ann,dp-1\n', "is not a CSV file"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(path: Path, content: bytes, sentence: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ChangeRefused, match=sentence) as refused:
        read_user_list(path)
    assert str(refused.value).endswith(".")


def test_a_file_that_is_not_there_is_refused(path: Path) -> None:
    with pytest.raises(ChangeRefused, match="can't be read: No such file"):
        read_user_list(path)

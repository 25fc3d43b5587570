"""What is the same person's address in another spelling, or at another domain of their employer."""

import pytest

from checkdata.domain.people.addresses import AddressDifference, difference
from checkdata.domain.values import EmailAddress

OLD = "ann.lee@north.example"


def told(old: str, new: str) -> AddressDifference | None:
    return difference(EmailAddress.of(old), EmailAddress.of(new))


@pytest.mark.parametrize("new", ["ann.lee@north.org.example", "annlee@gmail.example", "Ann-Lee@nroth.example"])
def test_the_same_name_at_another_domain_is_another_domain(new: str) -> None:
    assert told(OLD, new) is AddressDifference.DOMAIN


@pytest.mark.parametrize(
    "name", ["annlee", "ann_lee", "ann-lee", "an'n.lee", "anne.lee", "an.lee", "ann.lea", "nan.lee", "ann.lele"]
)
def test_one_slip_before_the_at_is_another_spelling(name: str) -> None:
    assert told(OLD, f"{name}@north.example") is AddressDifference.SPELLING
    assert told(f"{name}@north.example", OLD) is AddressDifference.SPELLING


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, OLD),
        (OLD, "eve.fox@north.example"),
        (OLD, "anne.leed@north.example"),
        (OLD, "anne.lee@south.example"),
        (OLD, "ann.lee2@north.example"),
        (OLD, "lee.ann@north.example"),
        (OLD, "ann@north.example"),
        ("jlee1@north.example", "jlee2@north.example"),
        ("jlee12@north.example", "jlee21@north.example"),
        ("ann+lee@north.example", "annlee@north.example"),
        ("ann+lee@north.example", "annlee@south.example"),
        ("jo@north.example", "bo@north.example"),
        ("lee@north.example", "leo@north.example"),
        ("info@north.example", "eve@north.example"),
        ("--@north.example", "-@south.example"),
        ("_@north.example", "__@south.example"),
    ],
)
def test_what_could_be_another_persons_is_neither(old: str, new: str) -> None:
    assert told(old, new) is None
    assert told(new, old) is None


def test_a_letter_that_looks_like_a_digit_is_no_slip() -> None:
    assert told(OLD, "ann.1ee@north.example") is None

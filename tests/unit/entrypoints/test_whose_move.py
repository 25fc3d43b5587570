"""Whose move it is, in words, for every group of states and both roles."""

import pytest

from checkdata.domain.people.organisations import Role
from checkdata.domain.training.statuses import StatusGroup
from checkdata.domain.training.who_acts import WHO_ACTS, WhoActs
from checkdata.entrypoints.web.presentation.whose_move import move_in_words


@pytest.mark.parametrize("group", StatusGroup)
@pytest.mark.parametrize("role", [Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY])
def test_a_move_is_told_where_the_filter_finds_one(group: StatusGroup, role: Role) -> None:
    move = move_in_words(group, role)
    assert (move == "No one needs to act.") == (WHO_ACTS[group] is WhoActs.NOBODY)
    assert move.endswith(".")
    assert "alert" not in move
    assert "flag" not in move


def test_a_body_is_addressed_where_it_is_their_own_move() -> None:
    words = move_in_words(StatusGroup.NO_INDUCTION_START, Role.APPROPRIATE_BODY)
    assert words == "You need to act: register the start of their induction."

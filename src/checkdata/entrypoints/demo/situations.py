"""How often each career and each outcome of the check is met, by how long ago training began."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from checkdata.entrypoints.demo import careers, trn_checks
from checkdata.entrypoints.demo.careers import Career
from checkdata.entrypoints.demo.rows import Role
from checkdata.entrypoints.demo.trn_checks import Check, finds

_WITHOUT_MENTEES: Final = careers.mentors("none")
_WITHOUT_THEM_NOW: Final = careers.mentors("former")


class Situation(NamedTuple):
    """What became of a participant, and what the check found."""

    career: Career
    check: Check


def _checked(career: Career) -> Situation:
    return Situation(career, finds(trn_checks.ELIGIBLE))


def _held_up(check: Check) -> Situation:
    return Situation(careers.stays, check)


def _without_mentees(check: Check) -> Situation:
    return Situation(_WITHOUT_MENTEES, check)


ECT_SITUATIONS: Final[Mapping[Situation, tuple[float, float, float]]] = {
    # began this year, last year, before
    _checked(careers.stays): (64, 66, 8),
    _held_up(finds(trn_checks.MATCHED)): (3, 3, 1),
    _held_up(finds(trn_checks.NOT_YET_INDUCTED)): (9, 1, 0),
    _checked(careers.completes): (0, 2, 62),
    _held_up(trn_checks.waits_for_details): (6, 1.5, 0.3),
    _held_up(trn_checks.fails): (0.6, 0.2, 0.1),
    _held_up(trn_checks.is_not_complete): (2, 0.6, 0.2),
    _held_up(trn_checks.finds_another_person): (2.5, 1, 0.5),
    _held_up(trn_checks.finds_another_trn): (1, 0.3, 0.1),
    _held_up(finds(trn_checks.NO_INDUCTION)): (2, 0.5, 0.2),
    _held_up(finds(trn_checks.ALERT)): (0.5, 0.5, 0.3),
    _held_up(finds(trn_checks.NO_QTS)): (3.5, 1, 0.4),
    _held_up(finds(trn_checks.NOT_ALLOWED)): (0.2, 0.2, 0.2),
    _held_up(finds(trn_checks.DUPLICATE)): (0.5, 0.4, 0.3),
    _held_up(finds(trn_checks.EXEMPT)): (0.7, 0.5, 0.4),
    _held_up(finds(trn_checks.INDUCTED_BEFORE)): (1, 0.6, 0.4),
    _checked(careers.defers): (1.5, 4, 4),
    _checked(careers.withdraws_from_training): (0.7, 2, 3),
    _checked(careers.withdraws_from_programme): (0.5, 2, 4),
    _checked(careers.is_leaving): (1, 2, 0.5),
    _checked(careers.has_left): (0, 2, 4),
    _checked(careers.is_changed): (0, 1, 1.5),
    _checked(careers.joins): (1.2, 1.5, 0.4),
    _checked(careers.moves_school): (0, 4, 2),
    _checked(careers.moves_partner_lately): (0, 3, 2),
    _checked(careers.moves_partner_long_ago): (0, 0, 5),
    _checked(careers.follows_another_course): (0.6, 0.6, 0.6),
}

MENTOR_SITUATIONS: Final[Mapping[Situation, tuple[float, float, float]]] = {
    _checked(careers.stays): (66, 68, 60),
    _without_mentees(finds(trn_checks.ELIGIBLE)): (12, 8, 6),
    _checked(_WITHOUT_THEM_NOW): (1, 3, 12),
    Situation(careers.stays, finds(trn_checks.TOOK_PART_BEFORE)): (2, 2, 2),
    Situation(_WITHOUT_THEM_NOW, finds(trn_checks.TOOK_PART_BEFORE)): (0.5, 1, 1.5),
    _without_mentees(trn_checks.waits_for_details): (6, 2, 0.5),
    _without_mentees(trn_checks.fails): (0.4, 0.2, 0.1),
    _without_mentees(trn_checks.is_not_complete): (2.5, 1, 0.4),
    _without_mentees(trn_checks.finds_another_person): (2, 1, 0.4),
    _without_mentees(trn_checks.finds_another_trn): (0.6, 0.3, 0.1),
    _without_mentees(finds(trn_checks.ALERT)): (0.4, 0.4, 0.3),
    _without_mentees(finds(trn_checks.NOT_ALLOWED)): (0.2, 0.2, 0.2),
    _checked(careers.defers): (1, 2, 2),
    _checked(careers.withdraws_from_training): (0.8, 2, 3),
    _checked(careers.withdraws_from_programme): (0.5, 1, 2),
    _checked(careers.is_leaving): (0.6, 0.8, 0.6),
    _checked(careers.has_left): (0, 1.5, 3),
    _checked(careers.is_changed): (0, 0.6, 1),
    _checked(careers.joins): (0.6, 0.8, 0.4),
    _checked(careers.moves_school): (0, 1.5, 1.5),
    _checked(careers.moves_partner_lately): (0, 1.5, 1.5),
    _checked(careers.moves_partner_long_ago): (0, 0, 1.5),
}

A_MENTOR_AFTER_INDUCTION: Final = Situation(careers.stays, trn_checks.knows_them_already)
"""The same person, with the same TRN, as another participant."""


def situations(role: Role, years_since: int) -> Mapping[Situation, float]:
    """Return the situations of those who began so many academic years ago, with their weights."""
    return _BY_YEARS[role][min(years_since, 2)]


def _by_years(
    weights: Mapping[Situation, tuple[float, float, float]],
) -> tuple[Mapping[Situation, float], ...]:
    return tuple({situation: weight[years] for situation, weight in weights.items()} for years in range(3))


_BY_YEARS: Final[Mapping[Role, tuple[Mapping[Situation, float], ...]]] = {
    "ect": _by_years(ECT_SITUATIONS),
    "mentor": _by_years(MENTOR_SITUATIONS),
}

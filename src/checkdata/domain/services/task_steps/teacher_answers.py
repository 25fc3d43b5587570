"""What a directory of teachers answered becomes what training records are checked against."""

from collections.abc import Sequence

from attrs import evolve

from checkdata.domain.feed.contents import Changes
from checkdata.domain.ports import FeedStore
from checkdata.domain.training.teacher_answers import KeptAnswer


def take_in_answers(store: FeedStore, kept: Sequence[KeptAnswer]) -> Changes:
    """Take in who was found, and forget who was not: a record by this TRN and birthday stands no longer."""
    if not kept:
        return Changes()
    answers = [each.answer for each in kept]
    changes = store.take_in_teacher_records(answer.record for answer in answers if answer.record is not None)
    removed = store.forget_teacher_records({answer.asked for answer in answers if answer.record is None})
    return evolve(changes, removed=removed)

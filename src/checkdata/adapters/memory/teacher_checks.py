"""What a directory of teachers is asked, and answered, in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from attrs import evolve

from checkdata.adapters.memory.state import Draft, StoredAnswer
from checkdata.domain import ports
from checkdata.domain.training.teacher_answers import (
    AskedTeacher,
    KeptAnswer,
    TeacherAnswer,
    TeacherMessage,
    TeacherStanding,
)


class MemoryTeacherChecks:
    """The answers and messages of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def number_to_ask(self, answered_before: datetime, /) -> int:
        """How many are to be asked for."""
        return sum(1 for _ in self._due(answered_before))

    def to_ask(self, answered_before: datetime, most: int, /) -> Sequence[AskedTeacher]:
        """The next to be asked for."""
        return list(islice(self._due(answered_before), most))

    def _due(self, answered_before: datetime) -> Iterator[AskedTeacher]:
        state = self._draft.state
        records = (each for each in state.training_records.values() if each.trn_validated is None)
        asked = {
            AskedTeacher(trn=each.trn, date_of_birth=each.date_of_birth)
            for each in records
            if each.trn is not None and each.date_of_birth is not None
        }
        for each in sorted(asked, key=_order):
            answer = state.teacher_answers.get(each)
            if answer is None or answer.kept.at < answered_before or self._heard_since(each.trn, answer.kept.at):
                yield each

    def _heard_since(self, trn: str, at: datetime) -> bool:
        state = self._draft.state
        record = state.teacher_records.get(trn)
        theirs = {trn, None if record is None else record.merged_into} - {None}
        return any(each.trn in theirs and each.at > at for each in state.teacher_messages.values())

    def keep(self, answers: Sequence[TeacherAnswer], at: datetime, /) -> None:
        """Keep answers."""
        told = {
            answer.asked: StoredAnswer(
                kept=KeptAnswer(answer=answer, at=at), waits=answer.standing is not TeacherStanding.NOT_ANSWERED
            )
            for answer in answers
        }
        state = self._draft.state
        self._draft.state = evolve(state, teacher_answers={**state.teacher_answers, **told})

    def waiting(self) -> Sequence[KeptAnswer]:
        """The answers that wait for a listing."""
        waiting = (each.kept for each in self._draft.state.teacher_answers.values() if each.waits)
        return sorted(waiting, key=lambda kept: _order(kept.answer.asked))

    def taken_in(self, kept: Sequence[KeptAnswer], /) -> None:
        """Let these wait no more."""
        state = self._draft.state
        left = {
            asked: StoredAnswer(kept=evolve(each.kept, answer=evolve(each.kept.answer, record=None)), waits=False)
            if each.kept in kept
            else each
            for asked, each in state.teacher_answers.items()
        }
        self._draft.state = evolve(state, teacher_answers=left)

    def hear(self, message: TeacherMessage, /) -> bool:
        """Keep a message, once."""
        state = self._draft.state
        if message.signed in state.teacher_messages:
            return False
        self._draft.state = evolve(state, teacher_messages={**state.teacher_messages, message.signed: message})
        return True


def _order(asked: AskedTeacher) -> tuple[str, str]:
    return asked.trn, asked.date_of_birth.isoformat()


_conforms: type[ports.TeacherChecks] = MemoryTeacherChecks

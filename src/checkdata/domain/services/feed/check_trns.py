"""An operator has a directory of teachers asked about the TRNs that training records leave open."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from attrs import frozen

from checkdata.domain.ports import Clock, Storage, TeacherDirectory
from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer, TeacherStanding

AT_ONCE: Final = 500
"""How many are asked for at once: as many as the Teaching Record System takes in one request."""

ANSWERS_HOLD: Final = timedelta(days=7)
"""How long an answer counts, unless a message says that the teacher's record changed."""


@frozen(kw_only=True)
class CheckTrns:
    """Asks, and keeps the answers for the next listing to take in.

    Each lot of answers lasts as soon as it came: what is ended in the middle goes on from there the next time.
    ``answers_hold``: nobody is asked for again sooner, unless a message came about them.
    """

    storage: Storage
    clock: Clock
    directory: TeacherDirectory
    answers_hold: timedelta = ANSWERS_HOLD

    def number_to_ask(self) -> int:
        """How many teachers are to be asked for."""
        with self.storage.reading() as work:
            return work.teacher_checks.number_to_ask(self.clock() - self.answers_hold)

    def ask(self, advance: Callable[[int], None]) -> Mapping[TeacherStanding, int]:
        """Ask for all of them, and tell *advance* of each lot; how many have which standing.

        Raises what the directory raises; what it answered before then is kept.
        """
        answered_before, counts = self.clock() - self.answers_hold, Counter[TeacherStanding]()
        while True:
            with self.storage.reading() as work:
                asked = work.teacher_checks.to_ask(answered_before, AT_ONCE)
            if not asked:
                return counts
            at = self.clock()
            answers = _complete(asked, self.directory.ask(asked))
            with self.storage.writing() as work:
                work.teacher_checks.keep(answers, at)
                work.commit()
            counts.update(answer.standing for answer in answers)
            advance(len(asked))


def _complete(asked: Sequence[AskedTeacher], answers: Sequence[TeacherAnswer]) -> Sequence[TeacherAnswer]:
    """An answer to each question, because those that no answer came to would be asked again without end."""
    told = {answer.asked: answer for answer in answers}
    return [told.get(each) or TeacherAnswer(asked=each, standing=TeacherStanding.NOT_ANSWERED) for each in asked]

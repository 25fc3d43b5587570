"""The port for a directory of teachers, which is asked about TRNs."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.training.teacher_answers import AskedTeacher, TeacherAnswer


class TeacherDirectory(Protocol):
    """Who has which TRN: the Teaching Record System, or an extract of it."""

    def ask(self, asked: Sequence[AskedTeacher], /) -> Sequence[TeacherAnswer]:
        """An answer to each question, in their order.

        A TRN that was merged into another is answered with the record that stands for both now, whose ``merged_into``
        is the other. `TeachersUnavailable` where no answer came, and asking again later may help;
        `TeachersRefused` where the directory does not let us ask.
        """

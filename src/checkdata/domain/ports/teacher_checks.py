"""The port for the questions to a directory of teachers, and its answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.training.teacher_answers import AskedTeacher, KeptAnswer, TeacherAnswer, TeacherMessage


class TeacherChecks(Protocol):
    """What is to be asked about the TRNs that training records left open, and what was answered."""

    def number_to_ask(self, answered_before: datetime, /) -> int:
        """How many teachers `to_ask` would name without a limit."""

    def to_ask(self, answered_before: datetime, most: int, /) -> Sequence[AskedTeacher]:
        """Whom training records leave open, by TRN and birthday, *most* at most.

        Without those who were asked for since that moment, unless a message about them came after that.
        """

    def keep(self, answers: Sequence[TeacherAnswer], at: datetime, /) -> None:
        """Keep answers in the place of earlier ones, for the next listing to take in."""

    def waiting(self) -> Sequence[KeptAnswer]:
        """The answers that no listing has taken in, by TRN and birthday."""

    def taken_in(self, kept: Sequence[KeptAnswer], /) -> None:
        """Note that a listing has taken these in, and forget what they say of the teacher.

        An answer that was kept meanwhile in the place of one of these still waits.
        """

    def hear(self, message: TeacherMessage, /) -> bool:
        """Keep a message; False where it came before, and then nothing changes."""

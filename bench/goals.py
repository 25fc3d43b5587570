"""The ratios that the service is built for, and the table that shows them."""

from collections.abc import Iterable
from typing import Final, NamedTuple


class Goal(NamedTuple):
    """What a ratio must be: at most so much, or at least."""

    bound: float
    at_most: bool

    def met(self, ratio: float) -> bool:
        """Whether the ratio is as good as asked for."""
        return ratio <= self.bound if self.at_most else ratio >= self.bound

    def __str__(self) -> str:
        """The goal as the table shows it."""
        return f"{'≤' if self.at_most else '≥'} {self.bound:g}"


class Measured(NamedTuple):
    """One line of the table: a job, what it is compared with, both values with their unit, and their ratio."""

    job: str
    against: str
    own: float
    other: float
    unit: str
    ratio: float
    goal: Goal | None = None


def at_most(bound: float) -> Goal:
    """A ratio of times or of sizes."""
    return Goal(bound, at_most=True)


def at_least(bound: float) -> Goal:
    """A ratio of speeds."""
    return Goal(bound, at_most=False)


def time_ratio(job: str, against: str, own: float, other: float, goal: Goal | None = None) -> Measured:
    """Two times in seconds; the ratio is ours to theirs."""
    return Measured(job, against, own, other, "s", own / other, goal)


def speed_ratio(job: str, against: str, own: float, other: float, goal: Goal | None = None) -> Measured:
    """Two times in seconds for the same work; the ratio is of the speeds, theirs to ours in time."""
    return Measured(job, against, own, other, "s", other / own, goal)


def size(job: str, mib: float, bound: float) -> Measured:
    """A size in MiB that is compared with a number."""
    return Measured(job, "a fixed number", mib, bound, "MiB", mib, at_most(bound))


HEAD: Final = ("| job | against | ours | theirs | ratio | goal | |", "| --- | --- | ---: | ---: | ---: | --- | --- |")


def table(lines: Iterable[Measured]) -> str:
    """The lines as a table in Markdown."""
    return "\n".join((*HEAD, *map(_line, lines)))


def _line(line: Measured) -> str:
    goal, verdict = (
        ("", "") if line.goal is None else (str(line.goal), "met" if line.goal.met(line.ratio) else "missed")
    )
    own, other = (f"{value:,.4g} {line.unit}" for value in (line.own, line.other))
    return f"| {line.job} | {line.against} | {own} | {other} | {line.ratio:.2f} | {goal} | {verdict} |"

"""Several evaluations in one request: those that can be read are decided, the others are refused one by one."""

from collections.abc import Callable, Sequence

from checkdata.entrypoints.decision_point.answers import Told, decision_told, malformed_told
from checkdata.entrypoints.decision_point.questions import Decision, Evaluation, Semantic
from checkdata.entrypoints.decision_point.reading import Evaluations, MalformedEvaluation

Decide = Callable[[list[Evaluation], Semantic], list[Decision]]


def decisions_told(asked: Evaluations, decide: Decide) -> Told:
    """The decisions in the order of the evaluations, up to the one that the semantic ends with."""
    reached = list(_reached(asked))
    readable = [part for part in reached if isinstance(part, Evaluation)]
    decided = iter(decide(readable, asked.semantic))  # without one too, because the request is on record
    told = []
    for part in reached:
        told.append(malformed_told(part) if isinstance(part, MalformedEvaluation) else decision_told(next(decided)))
        if asked.semantic.ends_with(allowed=told[-1]["decision"]):
            break
    return {"evaluations": told}


def _reached(asked: Evaluations) -> Sequence[Evaluation | MalformedEvaluation]:
    """The evaluations up to the first that can't be read, if a refusal is the end."""
    if not asked.semantic.ends_with(allowed=False):
        return asked.parts
    ends = (number for number, part in enumerate(asked.parts, 1) if isinstance(part, MalformedEvaluation))
    return asked.parts[: next(ends, None)]

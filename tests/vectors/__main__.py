"""``python -m tests.vectors``: draws many questions, keeps those that have what no other has, and writes the file."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from checkdata.domain.access.decision import RULES_VERSION
from checkdata.entrypoints.conformance import answers, vectors
from tests.vectors.edges import EDGES, edges_of
from tests.vectors.worlds import MOMENTS, Question, decisions, predicates, records, statuses

STRATEGIES: Final[Mapping[str, tuple[SearchStrategy[Question], int]]] = {
    "decision": (decisions(), 20_000),
    "rows": (predicates(), 2_000),
    "status": (statuses(), 4_000),
    "record": (records(), 8_000),
}
"""What each kind of question is drawn from, and how many are drawn."""

_TIMES: Final = 2
"""How many vectors an edge has, if so many were drawn."""

Drawn = tuple[Question, dict[str, Any], Sequence[str]]


def drawn(strategy: SearchStrategy[Question], number: int) -> list[Question]:
    """The same questions each time, as long as Hypothesis is the same."""
    found: list[Question] = []

    @settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(question: Question) -> None:
        found.append(question)

    collect()
    return found


def answered(question: Question) -> dict[str, Any]:
    """The answer of today's rules, without what other implementations need not say."""
    answer = dict(answers.answer_to(question))
    if "decision" in answer:
        decision = answer["decision"]
        kept = {name: decision[name] for name in ("decision", "reason", "holds_until") if name in decision}
        if scope := decision.get("scope"):
            kept["scope"] = {name: scope[name] for name in ("agreement_ids", "predicate")}
        answer["decision"] = kept
    return answer


def chosen(questions: Iterable[Question]) -> Iterator[Drawn]:
    """Few of the questions, the short ones first, that together have each edge twice."""
    had: Counter[str] = Counter()
    for question in sorted(questions, key=lambda each: len(json.dumps(each))):
        answer = answered(question)
        edges = edges_of(question, answer)
        wanted = [edge for edge in edges if edge in EDGES[question["ask"]] and had[edge] < _TIMES]
        if wanted:
            had.update(edges)
            yield question, answer, wanted


def all_cases() -> Iterator[dict[str, Any]]:
    """The vectors, as the file has them."""
    for number, moment in enumerate(MOMENTS, 1):
        question = {"ask": "day", "moment": moment}
        answer = answered(question)
        yield {"id": f"day-{number:03}", "edges": edges_of(question, answer), "question": question, "answer": answer}
    for kind, how in STRATEGIES.items():
        for number, (question, answer, edges) in enumerate(chosen(drawn(*how)), 1):
            yield {"id": f"{kind}-{number:03}", "edges": edges, "question": question, "answer": answer}


def written(cases: Iterable[Mapping[str, Any]]) -> str:
    """The file: a line for each case, and only ASCII, so that each character can be told from those that look alike."""
    lines = ",\n".join(json.dumps(case) for case in cases)
    return f'{{"version": 1, "rules_version": {RULES_VERSION}, "cases": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    Path(str(vectors.VECTORS)).write_text(written(all_cases()), encoding="utf-8")

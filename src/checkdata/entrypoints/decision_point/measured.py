"""Tells those who watch of each decision, by its reason; searches decide too much at once to be told."""

from attrs import frozen

from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.services.access.answer_services import Asker
from checkdata.entrypoints.decision_point.ports import DecisionPoint
from checkdata.entrypoints.decision_point.questions import (
    Action,
    ActionSearch,
    Decision,
    Evaluation,
    Resource,
    ResourceSearch,
    Results,
    Semantic,
    Slice,
    Subject,
    SubjectSearch,
)
from checkdata.entrypoints.metrics.measures import Measures


@frozen
class MeasuredDecisions:
    """Passes on to *point*, and tells *measures*."""

    point: DecisionPoint
    measures: Measures

    def look_up(self, asked: Evaluation, key: str, /) -> FactsAndRows | None:
        """What decides it, and this key."""
        return self.point.look_up(asked, key)

    def evaluate(self, caller: Asker, asked: Evaluation, found: FactsAndRows | None = None, /) -> Decision:
        """Whether the subject may."""
        return self._told(self.point.evaluate(caller, asked, found))

    def evaluate_all(self, caller: Asker, asked: list[Evaluation], semantic: Semantic, /) -> list[Decision]:
        """The decisions, in order, up to and including the one that the semantic ends with."""
        return list(map(self._told, self.point.evaluate_all(caller, asked, semantic)))

    def search_subjects(self, caller: Asker, asked: SubjectSearch, part: Slice, /) -> Results[Subject]:
        """The subjects who may."""
        return self.point.search_subjects(caller, asked, part)

    def search_resources(self, caller: Asker, asked: ResourceSearch, part: Slice, /) -> Results[Resource]:
        """The resources with which the subject may."""
        return self.point.search_resources(caller, asked, part)

    def search_actions(self, caller: Asker, asked: ActionSearch, part: Slice, /) -> Results[Action]:
        """The actions that the subject may take."""
        return self.point.search_actions(caller, asked, part)

    def _told(self, decision: Decision) -> Decision:
        self.measures.decided(str(decision.context.get("reason", "unknown")))
        return decision


_conforms: type[DecisionPoint] = MeasuredDecisions

"""Composes the decision point; loaded only by processes that answer other services."""

import os

from starlette.applications import Starlette

from checkdata.entrypoints.composition.metrics import measures_of
from checkdata.entrypoints.composition.reports import begin_log
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.decision_point.app import create_decision_point
from checkdata.entrypoints.decision_point.keys import KeysOfServices
from checkdata.entrypoints.decision_point.measured import MeasuredDecisions
from checkdata.entrypoints.decision_point.participants import ParticipantDecisions
from checkdata.entrypoints.decision_point.ports import DecisionPoint
from checkdata.entrypoints.metrics.measures import Measures
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.web.measured_requests import scraped_routes
from checkdata.entrypoints.web.notice_board import NoticeBoard
from checkdata.entrypoints.web.pages.health import Health, Lookout


def decision_point(composed: Composition, measures: Measures | None = None) -> Starlette:
    """The application over the rules of this service."""
    point: DecisionPoint = ParticipantDecisions(services=composed.answer_services, use_keys=composed.use_keys)
    return create_decision_point(
        point if measures is None else MeasuredDecisions(point, measures),
        KeysOfServices(use_keys=composed.use_keys, clock=composed.clock, board=NoticeBoard(composed.service_notices)),
        composed.settings.decision_point,
        composed.settings.required_secret_keys,
        [
            *Health(Lookout(composed.check_health), composed.settings.commit).routes,
            *scraped_routes(measures, composed.settings.metrics_token),
        ],
        measures=measures,
    )


def decision_point_from_environment() -> Starlette:
    """The application as one of several workers makes it, in a process of its own."""
    composed = Composition(read_settings(os.environ), serving=True)
    begin_log(composed.settings)
    return decision_point(composed, measures_of(composed))

"""Where the endpoints are, for callers that know no more than the address of the decision point."""

from collections.abc import Mapping
from typing import Final

from checkdata.entrypoints.settings.base_address import BaseAddress

METADATA_PATH: Final = "/.well-known/authzen-configuration"
EVALUATION: Final = "/access/v1/evaluation"
EVALUATIONS: Final = "/access/v1/evaluations"
SEARCH_SUBJECT: Final = "/access/v1/search/subject"
SEARCH_RESOURCE: Final = "/access/v1/search/resource"
SEARCH_ACTION: Final = "/access/v1/search/action"

METADATA_SECONDS: Final = 3600
"""For how long a caller may keep the metadata."""

_ENDPOINTS: Final[Mapping[str, str]] = {
    "access_evaluation_endpoint": EVALUATION,
    "access_evaluations_endpoint": EVALUATIONS,
    "search_subject_endpoint": SEARCH_SUBJECT,
    "search_resource_endpoint": SEARCH_RESOURCE,
    "search_action_endpoint": SEARCH_ACTION,
}


def metadata_of(base: BaseAddress) -> Mapping[str, str]:
    """The metadata of the decision point at this address."""
    endpoints = {name: f"{base}{path}" for name, path in _ENDPOINTS.items()}
    return {"policy_decision_point": str(base), **endpoints}

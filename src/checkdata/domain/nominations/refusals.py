"""Why a step of a nomination is refused, in sentences for the user who takes it."""

from typing import Final

from checkdata.domain.nominations.steps import NominationState

OVER: Final = {
    NominationState.DECLINED: "This nomination was declined. Nominate them again if that was wrong.",
    NominationState.GRANTED: "Access has already been given for this nomination.",
    NominationState.WITHDRAWN: "This nomination was withdrawn.",
    NominationState.EXPIRED: "This nomination has expired. Nominate them again.",
}
"""Of a nomination that is closed."""

ANSWERED: Final = "This nomination has already been answered. Check it again before you continue."
NOT_ESCALATED: Final = "This nomination has to be escalated to policy first."
OF_ONESELF: Final = "No one can nominate themselves. A colleague has to nominate this person."
OWN_ACCESS: Final = "You cannot keep your own access. Ask another support user."
OWN_NOMINATION: Final = "You are the nominee. Another user has to take this step."
OWN_QUESTION: Final = "You asked for this confirmation. Another user has to record the answer."
THEMSELVES: Final = (
    "A nominee cannot confirm or decline themselves. "
    "If the person who answered only has the same name, enter their email address too."
)

NO_AGREEMENT: Final = "This lead provider has no data-sharing agreement in force with this delivery partner."
NO_AGREEMENT_AT_ALL: Final = "This lead provider has no data-sharing agreement in force with any delivery partner."
"""Of a nomination for an appropriate body, with which no lead provider has agreements."""


def why_no_answer(state: NominationState) -> str:
    """Why nobody is asked to answer in this state."""
    match state:
        case NominationState.RECEIVED:
            return NOT_ESCALATED
        case NominationState.ESCALATED:
            return "No lead provider has been asked yet."
        case _:
            return ANSWERED

"""What users and organisations are called, whether they are still there or not."""

from collections.abc import Mapping

from checkdata.domain.people.organisations import Organisation, Role, organisation_of
from checkdata.domain.people.users import User
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.days_and_times import ROLE_NAMES


def with_role(organisation: Organisation) -> str:
    """An organisation in one of its roles, because one may have both under one name: "North Hub, delivery partner"."""
    name = organisation.name or organisation.id
    return name if not organisation.id else f"{name}, {ROLE_NAMES[organisation.role].lower()}"


def organisation_name(role: Role | None, organisation_id: str | None, called: Mapping[Organisation, str]) -> str:
    """An organisation `with_role`, and "" for none; *called* are those with a name."""
    if role is None:
        return ""
    organisation = organisation_of(role, organisation_id or "")
    return with_role(organisation_of(role, organisation.id, called.get(organisation, "")))


def linked_user(user_id: UserId | None, users: Mapping[UserId, User], no_user: str) -> tuple[str, str]:
    """A user's name and the id of their page; their id and "" if they are gone, *no_user* and "" if there is none."""
    if user_id is None:
        return no_user, ""
    user = users.get(user_id)
    return (user_id, "") if user is None else (user.name, user.id)

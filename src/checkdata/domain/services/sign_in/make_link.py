"""A link, and the code beside it, are made when their mail is sent, so that neither is ever stored (security.md 2)."""

from datetime import datetime, timedelta

from attrs import evolve

from checkdata.domain.people.users import User
from checkdata.domain.ports import Tokens
from checkdata.domain.services.task_steps.bound_tokens import mark_of, with_token
from checkdata.domain.sign_in.sessions import LinkPurpose, SignInCode, SignInLink
from checkdata.domain.values import EmailAddress, UserId


def purpose_at(user: User, address: EmailAddress) -> LinkPurpose:
    """What a link does that is mailed to this address, with which the user signs in."""
    return LinkPurpose.SIGN_IN_AT_SECOND if user.signs_in_second_at(address) else LinkPurpose.SIGN_IN


def new_link(
    user_id: UserId, tokens: Tokens, now: datetime, lives: timedelta, purpose: LinkPurpose
) -> tuple[str, SignInLink]:
    """A token and the link that stands for it; the token goes into a mail and nowhere else (security.md 2)."""
    link = SignInLink(user_id=user_id, created_at=now, expires_at=now + lives, purpose=purpose)
    return with_token(tokens, link)


def with_code(tokens: Tokens, link: SignInLink, asked_as: str, lives: timedelta) -> tuple[str, SignInLink]:
    """Six digits and the link, which they use up too, in the browser for whose token *asked_as* stands."""
    digits = tokens.six_digits()
    code = SignInCode(
        asked_as=asked_as,
        digest=tokens.digest(code_text(link, asked_as, digits)),
        expires_at=min(link.created_at + lives, link.expires_at),
    )
    return digits, evolve(link, code=code)


def asked_text(browser: str) -> str:
    """What stands for a browser's token is made of; it ends as no token does, because a client chooses a part of it."""
    return f"browser {browser} asked for a code"


def code_text(link: SignInLink, asked_as: str, digits: str) -> str:
    """What a code's digest is made of: the digits, the browser, and whose link it is; it ends as no token does."""
    return f"code {digits} in {asked_as} for {mark_of(link)}."

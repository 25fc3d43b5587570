"""Composes the ways in which users sign in, beside the link: the code in its mail, and DfE Sign-in."""

from typing import TYPE_CHECKING

from checkdata.domain.ports import Clock
from checkdata.domain.services.sign_in.sign_in_by_code import SignInByCode
from checkdata.domain.services.sign_in.sign_in_by_provider import SignInByProvider
from checkdata.entrypoints.composition.use_cases import UseCases
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import Settings
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.settings.sign_in_way import SignInWay
from checkdata.entrypoints.web.presentation.addresses import PROVIDER_RETURN, SIGNED_OUT

if TYPE_CHECKING:
    from checkdata.adapters.openid import OpenIdProvider


def sign_in_by_code(composed: UseCases) -> SignInByCode | None:
    """Signing in by a code; None unless the settings choose it."""
    if composed.settings.sign_in_way is not SignInWay.LINK_AND_CODE:
        return None
    return SignInByCode(
        storage=composed.storage,
        tokens=composed.tokens,
        clock=composed.clock,
        lifetimes=composed.settings.lifetimes,
    )


def sign_in_by_provider(composed: UseCases) -> SignInByProvider | None:
    """Signing in at DfE Sign-in; None unless the settings choose it."""
    provider = openid_provider(composed.settings, composed.clock)
    if provider is None:
        return None
    return SignInByProvider(
        storage=composed.storage,
        tokens=composed.tokens,
        clock=composed.clock,
        provider=provider,
        limits=composed.settings.limits,
    )


def openid_provider(settings: Settings, clock: Clock) -> "OpenIdProvider | None":
    """DfE Sign-in as the settings name it, if they do; `WrongSetting` where the extra is not installed."""
    account = settings.dfe_sign_in
    if account is None:
        return None
    try:
        from checkdata.adapters.openid import OpenIdAccount, OpenIdProvider  # noqa: PLC0415 - an extra of its own
    except ModuleNotFoundError:
        raise WrongSetting(
            declared.SIGN_IN.name, "is dfe-sign-in, which needs: pip install 'checkdata[oidc]'"
        ) from None
    return OpenIdProvider(
        OpenIdAccount(
            issuer=account.issuer,
            client_id=account.client_id,
            secret=account.secret,
            back=f"{settings.base}{PROVIDER_RETURN}",
            signed_out=f"{settings.base}{SIGNED_OUT}",
            verifies_addresses=account.verifies_addresses,
        ),
        clock,
    )

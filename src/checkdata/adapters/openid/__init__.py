"""Signing in at an OpenID Connect provider, which is DfE Sign-in."""

from checkdata.adapters.openid.provider import OpenIdAccount, OpenIdProvider

__all__ = ["OpenIdAccount", "OpenIdProvider"]

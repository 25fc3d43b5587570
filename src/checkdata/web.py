"""The pages of the service, for an application that mounts them; needs the extras ``sql`` and ``web``."""

try:
    from checkdata.entrypoints.composition.clock import now as utc_now
    from checkdata.entrypoints.composition.service import Composition
    from checkdata.entrypoints.composition.web import create_app
except ModuleNotFoundError as _missing:
    raise ModuleNotFoundError("checkdata.web needs its libraries: install checkdata[sql,web]") from _missing

from checkdata.domain.ports import Clock, Mailer, Storage, Tokens
from checkdata.entrypoints.settings.environment import Settings, read_settings
from checkdata.entrypoints.settings.setting import WrongSetting

__all__ = [
    "Settings",
    "WrongSetting",
    "create_app",
    "mailer_of",
    "read_settings",
    "storage_of",
    "tokens_of",
    "utc_now",
]


def storage_of(settings: Settings) -> Storage:
    """The database that *settings* name, migrated by ``checkdata migrate``; it connects when it is first used."""
    return Composition(settings, serving=True).storage


def mailer_of(settings: Settings, clock: Clock) -> Mailer:
    """The SMTP server that *settings* name, or a folder in development. Raises `WrongSetting` if there is none."""
    return Composition(settings, clock).mailer


def tokens_of(settings: Settings) -> Tokens:
    """The tokens of links and sessions, under the secret keys in *settings*. Raises `WrongSetting` without any."""
    return Composition(settings).tokens

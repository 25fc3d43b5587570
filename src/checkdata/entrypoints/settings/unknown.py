"""Refuses variables that look like settings but are not."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.settings.setting import PREFIX, WrongSetting

_OF_KUBERNETES: Final = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT_[0-9]+_")
_ADDRESS_OF_KUBERNETES: Final = re.compile(r"(tcp|udp|sctp)://")


def check_all_are_known(environment: Mapping[str, str]) -> None:
    """Refuse a variable that looks like a setting and is none; `WrongSetting` with the one that may be meant."""
    for name, meant in unknown_settings(environment).items():
        hint = "docs/settings.md lists them all." if meant is None else f"Did you mean {meant}?"
        raise WrongSetting(name, f"is not a setting of checkdata. {hint}")


def unknown_settings(environment: Mapping[str, str]) -> Mapping[str, str | None]:
    """The variables that look like settings and are none, each with the setting that it may be meant for.

    A variable that is set to nothing counts as not set. Kubernetes sets some variables for a Service called checkdata
    in all pods beside it (https://kubernetes.io/docs/concepts/services-networking/service/, *Environment variables*):
    no operator wrote those, so they are accepted.
    """
    known = {name for setting in SETTINGS.values() for name in setting.variables if name.startswith(PREFIX)}
    return {
        name: next(iter(get_close_matches(name, known, n=1, cutoff=0.75)), None)
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in known and value.strip() and not _is_of_kubernetes(name, value)
    }


def _is_of_kubernetes(name: str, value: str) -> bool:
    return bool(_OF_KUBERNETES.search(name) or (name.endswith("_PORT") and _ADDRESS_OF_KUBERNETES.match(value)))

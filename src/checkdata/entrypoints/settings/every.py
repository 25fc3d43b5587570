"""Every setting: the table of docs/settings.md is made of these."""

from collections.abc import Mapping
from typing import Any, Final

from checkdata.entrypoints.settings import amounts, declared, watched
from checkdata.entrypoints.settings.setting import Setting

_NAMED: Final = vars(declared) | vars(watched) | vars(amounts)
_DECLARED: Final = [each for each in _NAMED.values() if isinstance(each, Setting)]

SETTINGS: Final[Mapping[str, Setting[Any]]] = {each.name: each for each in [*_DECLARED, *amounts.OLDEST_RUNS.values()]}
"""Every setting by its variable, in the order of their declarations."""

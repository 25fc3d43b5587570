"""The texts of settings: variables, files that hold a secret, and the names that platforms give their own variables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.settings.setting import Setting, WrongSetting

_MOST_BYTES: Final = 64 * 1024
"""No secret is longer, and a device named by mistake would never end."""


def given_texts(environment: Mapping[str, str]) -> Mapping[str, str]:
    """The variables that are set to something, and under its own name each setting that was given in another way.

    A secret may be in the file that ``CHECKDATA_…_FILE`` names. What a platform sets under its own name counts where
    neither of these is set. Raises `WrongSetting`.
    """
    set_to_something = {name: text for name, value in environment.items() if (text := value.strip())}
    found = {name: _text_of(setting, set_to_something) for name, setting in SETTINGS.items()}
    return set_to_something | {name: text for name, text in found.items() if text is not None}


def _text_of(setting: Setting[Any], variables: Mapping[str, str]) -> str | None:
    path = variables.get(setting.file_name) if setting.file_name else None
    if path is None:
        return variables.get(setting.name) or variables.get(setting.platform_name or "")
    if setting.name in variables:
        raise WrongSetting(setting.name, f"is set, and so is {setting.file_name}. Take one of them out")
    return _text_in(setting.file_name or "", Path(path))


def _text_in(name: str, path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        text = content.decode().strip()
    except OSError as error:
        raise WrongSetting(name, f"names a file that can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise WrongSetting(name, "names a file that is not text in UTF-8") from None
    if not text or len(content) > _MOST_BYTES:
        raise WrongSetting(name, f"names a file that is {'too large' if text else 'empty'}")
    return text

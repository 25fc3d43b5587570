"""compose.yaml, without starting it: it names settings and files that there are."""

from pathlib import Path
from typing import Any, Final

import yaml

from checkdata.entrypoints.settings.declared import SECRET_KEY
from checkdata.entrypoints.settings.every import SETTINGS

ROOT: Final = Path(__file__).parents[2]
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
OURS: Final = {name: each for name, each in SERVICES.items() if each["image"] == "checkdata"}


def test_each_variable_of_ours_is_a_setting() -> None:
    known = {name for setting in SETTINGS.values() for name in setting.variables}
    assert {name for each in OURS.values() for name in each["environment"]} <= known


def test_each_secret_file_is_given_to_the_service_that_reads_it() -> None:
    for name, each in OURS.items():
        named = {
            str(value).removeprefix("/run/secrets/")
            for key, value in each["environment"].items()
            if key[-5:] == "_FILE"
        }
        assert named == set(each["secrets"]), name


def test_only_jobs_of_the_owner_know_the_owners_address() -> None:
    assert {name for name, each in OURS.items() if "owner_database_url" in each["secrets"]} == {"migrate", "refresh"}


def test_the_job_that_also_purges_has_the_key_that_purging_needs() -> None:
    assert "purge" in SECRET_KEY.needed_by
    assert SECRET_KEY.file_name in SERVICES["refresh"]["environment"]


def test_each_of_ours_can_change_and_gain_nothing() -> None:
    for name, each in OURS.items():
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"]), name


def test_each_file_that_is_mounted_from_the_repository_is_there() -> None:
    mounted = [volume.partition(":")[0] for each in SERVICES.values() for volume in each.get("volumes", ())]
    ours = [path for path in mounted if path.startswith("./ops/")]
    assert ours
    assert all((ROOT / path).is_file() for path in ours)


def test_the_proxy_and_the_service_name_each_others_address() -> None:
    proxy, web = SERVICES["proxy"], SERVICES["web"]
    assert web["environment"]["CHECKDATA_TRUSTED_PROXIES"] == proxy["networks"]["front"]["ipv4_address"]
    upstream = (ROOT / "ops/container/upstream.conf").read_text("utf-8")
    assert f"server {web['networks']['front']['ipv4_address']}:8080;" in upstream


def test_each_folder_in_memory_is_a_path_with_its_options() -> None:
    """YAML makes two of a text with a comma that stands in brackets without quotes, and nothing then starts."""
    for name, each in OURS.items():
        assert all(folder.startswith("/") for folder in each["tmpfs"]), name

"""Keeps a copy of your participants: reads all of them once a day, and in between only those who changed.

    CHECKDATA_API_KEY=checkdata-… python api_client.py https://check.example.org participants.json

It may be stopped at any moment, and goes on with the page at which it stopped.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import Request, urlopen

PARTICIPANTS = "api/v1/participants"  # below the address of the service, which may have a path
BEGIN_AGAIN = {"cursor", "updated_since"}  # where one of these is refused, all has to be read again


def ask(base: str, place: str, key: str) -> dict[str, Any]:
    """The answer to a request; waits where the service says that it has to."""
    request = Request(urljoin(f"{base}/", place))  # noqa: S310 - the base is an operator's
    request.add_unredirected_header("Authorization", f"Bearer {key}")  # no other host gets it by a redirect
    for _ in range(5):
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310 - as above
                return dict(json.load(response))
        except HTTPError as error:
            if error.code not in (429, 503):
                raise
            time.sleep(int(error.headers.get("Retry-After", "30")))
    sys.exit("The service does not answer. Try again later.")


def keep(file: Path, state: dict[str, Any]) -> None:
    """Write the state in the place of the one before, whole or not at all."""
    (beside := file.with_suffix(".part")).unlink(missing_ok=True)
    beside.touch(0o600, exist_ok=False)  # before anything is in it
    beside.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    beside.replace(file)


def read_on(base: str, key: str, file: Path) -> dict[str, Any]:
    """Read every page that is left, and keep the state after each."""
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    today = datetime.now(UTC).date().isoformat()
    state = {"participants": {}, "read": {}, "next": None, "since": None, "all_on": None, **known}
    if state["next"] is None:
        is_new = state["all_on"] != today or state["since"] is None
        state["next"] = PARTICIPANTS if is_new else f"{PARTICIPANTS}?{urlencode({'updated_since': state['since']})}"
        state["read"], state["marker"] = {}, None
    while state["next"]:
        page = ask(base, state["next"], key)
        state["marker"] = state["marker"] or page["updated_since"]
        state["read"] |= {row["participant_id"]: row for row in page["participants"]}
        state["next"], whole = page["next"], not page["only_updated"]
        if state["next"] is None:
            state["participants"] = {**({} if whole else state["participants"]), **state["read"]}
            state |= {"since": state["marker"], "read": {}, "all_on": today if whole else state["all_on"]}
        keep(file, state)
    return state


if __name__ == "__main__":
    place, kept, secret = sys.argv[1], Path(sys.argv[2]), os.environ["CHECKDATA_API_KEY"]
    if urlsplit(place).scheme != "https" and urlsplit(place).hostname not in {"127.0.0.1", "localhost"}:
        sys.exit("Give an address that begins with https://, because the key is sent to it.")
    try:
        done = read_on(place, secret, kept)
    except HTTPError as refused:
        told = json.load(refused)
        if not BEGIN_AGAIN & {*told.get("errors", {})}:
            sys.exit(f"{refused.code}: {told['detail']}")
        kept.unlink()
        done = read_on(place, secret, kept)
    print(f"{len(done['participants'])} participants")

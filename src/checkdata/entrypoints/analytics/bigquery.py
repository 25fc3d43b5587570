"""Events as rows of a BigQuery table, by the request that DfE Analytics makes (``tabledata.insertAll``).

Its extra is ``analytics``: google-auth signs in with the key file of a service account, or as a workload whose platform
gives it tokens in a file, by the configuration of a pool of workload identities, so that there is no key to keep.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen
from google.auth import identity_pool
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import AuthorizedSession
from google.oauth2 import service_account
from requests.exceptions import RequestException

from checkdata.entrypoints.analytics.events import Event
from checkdata.entrypoints.analytics.sending import Destination, NotTaken

BIGQUERY: Final = "https://bigquery.googleapis.com"

_SCOPES: Final = ("https://www.googleapis.com/auth/bigquery.insertdata",)
_SECONDS: Final = 5.0
_OK: Final = 200


@frozen(kw_only=True)
class BigQueryTable:
    """The table ``project.dataset.table`` at *url*, which is Google's own unless a test stands in for it."""

    project: str
    dataset: str
    table: str
    session: AuthorizedSession = field(repr=False)
    url: str = BIGQUERY

    @classmethod
    def signed_in(cls, name: tuple[str, str, str], credentials: Path, url: str = BIGQUERY) -> "BigQueryTable":
        """The table of this name for whom this file is; `OSError` or `ValueError` if it is none."""
        session = AuthorizedSession(_credentials(json.loads(credentials.read_text("utf-8"))))
        project, dataset, table = name
        return cls(project=project, dataset=dataset, table=table, session=session, url=url)

    def take(self, events: Sequence[Event], /) -> int:
        """Insert them; rows that the table does not take do not keep out the others."""
        rows = [{"insertId": _id(place, event), "json": dict(event)} for place, event in enumerate(events)]
        path = f"/bigquery/v2/projects/{self.project}/datasets/{self.dataset}/tables/{self.table}/insertAll"
        body: dict[str, Any] = {"skipInvalidRows": True, "rows": rows}
        try:
            answer = self.session.post(f"{self.url}{path}", json=body, timeout=_SECONDS)
            if answer.status_code != _OK:
                raise NotTaken(f"BigQuery answered {answer.status_code}")
            return len({error["index"] for error in answer.json().get("insertErrors", ())})
        except (GoogleAuthError, RequestException) as error:
            raise NotTaken from error


def _credentials(told: Mapping[str, Any]) -> Credentials:
    """Those of a service account's key, or of a pool of workload identities; `ValueError` for any other file."""
    match told:
        case {"type": "service_account"}:
            found: Credentials = service_account.Credentials.from_service_account_info(told, scopes=_SCOPES)
        case {"type": "external_account", "credential_source": {"file": str()}}:
            found = identity_pool.Credentials.from_info(told, scopes=_SCOPES)
        case _:
            raise ValueError("neither the key of a service account nor a workload's configuration")
    return found


def _id(place: int, event: Event) -> str:
    """The same at each try, so that BigQuery knows a row again that it took although its answer was lost."""
    return sha256(f"{place} {json.dumps(event)}".encode()).hexdigest()


_conforms: type[Destination] = BigQueryTable

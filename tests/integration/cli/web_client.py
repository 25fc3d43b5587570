"""A client of a served service, without a browser."""

import re
import subprocess
import time
from html import unescape
from typing import Final

import httpx2

PATIENCE_SECONDS: Final = 60
LINK: Final = re.compile(r"https?://\S+/sign-in/[\w-]{75}")


def wait_until_served(process: subprocess.Popen[str], address: str, *, host: str | None = None) -> None:
    """Wait until the service answers, as *host* where that is not its address; tell what it said where it ends."""
    headers = {} if host is None else {"Host": host}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(process.communicate())
        try:
            if httpx2.get(f"{address}/healthcheck", headers=headers).status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{address} does not answer")


def ask_for_link(client: httpx2.Client, email: str) -> None:
    """Fill in the form of the sign-in page."""
    form = {"email": email, "csrf_token": token_of(client.get("/sign-in").text)}
    response = client.post("/sign-in", data=form)
    assert response.status_code == 303, response.text


def follow_link(client: httpx2.Client, link: str) -> httpx2.Response:
    """Open a link and press its button; the page that this leads to."""
    path = httpx2.URL(link).path
    token = token_of(client.get(path).text)
    return client.post(path, data={"csrf_token": token}, follow_redirects=True)


def token_of(page: str) -> str:
    """The token of a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, page
    return unescape(found[1])

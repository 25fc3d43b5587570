"""The site of the documents: built strictly and without network, and shown by a browser that asks no other host."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.documents import ROOT
from tests.integration.browser import axe_results

BUILD_WITHOUT_NETWORK: Final = """
import socket

def refuse(*_, **__):
    raise OSError("the site is built without network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
from mkdocs.__main__ import cli
cli()
"""
LOADED: Final = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "object": "data"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", BUILD_WITHOUT_NETWORK, "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(site))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


class _Loads(HTMLParser):
    """Gathers what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses.update(value for name, value in attrs if value and LOADED.get(tag) == name)


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    for page in site.rglob("*.html"):
        loads = _Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        assert {address for address in loads.addresses if urlsplit(address).netloc} == set(), page.name
    for sheet in site.rglob("*.css"):
        assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")) == []


def test_every_page_is_accessible_and_asks_no_other_host(site: Path, address: str, browser: Browser) -> None:
    page = browser.new_page(locale="en-GB")
    hosts: set[str] = set()
    complaints: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    found = {}
    for path in sorted(set(site.rglob("*.html")) - set(site.glob("decisions/0*"))):
        page.goto(f"{address}/{path.relative_to(site)}")
        results = axe_results(page)
        if results.violations_count:
            found[path.name] = results.generate_report()
    page.close()
    assert found == {}
    assert hosts == {urlsplit(address).netloc}
    assert complaints == []


def test_the_search_finds_a_page(address: str, browser: Browser) -> None:
    page = browser.new_page(locale="en-GB")
    page.goto(f"{address}/index.html")
    page.get_by_role("textbox", name="Search").fill("holds_until")
    page.get_by_role("link", name=re.compile("Keep a decision")).first.wait_for()
    page.close()

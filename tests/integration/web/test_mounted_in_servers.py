"""Another service serves the pages below a path of its own: a user signs in by mail, and its own pages stay there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx2
import pytest
from attrs import frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.web import read_settings
from tests.documents import DOCS, blocks
from tests.integration.cli.command import KEY
from tests.integration.cli.web_client import PATIENCE_SECONDS, follow_link, token_of
from tests.integration.email.smtp_server import free_port

PATH: Final = "/data/partners"
JO: Final = "jo@support.example"

PAGES: Final = """
import os
from contextlib import asynccontextmanager
from checkdata.web import create_app, mailer_of, read_settings, storage_of, tokens_of, utc_now
settings = read_settings(os.environ)
pages = create_app(storage_of(settings), mailer_of(settings, utc_now), tokens_of(settings), utc_now, settings)
@asynccontextmanager
async def lifespan(_):
    async with pages.router.lifespan_context(pages):
        yield
"""
EXAMPLE: Final = blocks(DOCS / "pages.md")[0].code
SERVICES: Final[Mapping[str, str]] = {
    "FastAPI": f"""{PAGES}
from fastapi import FastAPI
app = FastAPI(lifespan=lifespan)
app.mount("{PATH}", pages)
@app.get("/")
def own() -> str:
    return "our own"
""",
    "Django beside them": f"""{PAGES}
from django.conf import settings as django_settings
django_settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="made up")
from django.core.asgi import get_asgi_application
from django.http import HttpResponse
from django.urls import path
from starlette.applications import Starlette
from starlette.routing import Mount
urlpatterns = [path("", lambda _: HttpResponse("our own"))]
app = Starlette(routes=[Mount("{PATH}", pages), Mount("/", get_asgi_application())], lifespan=lifespan)
""",
    "the document": f"{EXAMPLE.replace('/partners', PATH)}\napp = service\n",
    "nobody": f"{PAGES}\napp = pages\n",
}


@frozen
class Service:
    address: str
    mailbox: Path
    name: str


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Each service, in a process of its own, with a support user."""
    port = free_port()
    variables = {
        "CHECKDATA_BASE_URL": f"http://127.0.0.1:{port}{PATH}",
        "CHECKDATA_DATABASE_URL": f"sqlite:///{tmp_path / 'checkdata.sqlite'}",
        "CHECKDATA_EMAIL": f"mailbox:{tmp_path / 'mailbox'}",
        "CHECKDATA_SECRET_KEY": KEY,
    }
    with closing(Composition(read_settings(variables))) as composed:
        composed.migrate()
        composed.manage_access.add(
            NewAccess(email=EmailAddress.of(JO), name="Jo", role=Role.SUPPORT, organisation_id="", reason="Staff")
        )
    (tmp_path / "service.py").write_text(SERVICES[request.param], encoding="utf-8")
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(tmp_path), "--port", str(port), "service:app"]
    with subprocess.Popen(command, env={**os.environ, **variables}, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_SECONDS
            while not answers(address):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield Service(address, tmp_path / "mailbox", request.param)
        finally:
            process.kill()
            process.communicate()


def answers(address: str) -> bool:
    try:
        httpx2.get(address)
    except httpx2.TransportError:
        return False
    return True


def link_in(mailbox: Path) -> str:
    """The sign-in link, once its mail is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        for mail in mailbox.glob("*.eml"):
            if found := re.search(r"https?://\S+/sign-in/[\w-]{75}", mail.read_text(encoding="utf-8")):
                return found[0]
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.05)


def test_a_user_signs_in_by_mail_and_the_service_keeps_its_own_pages(service: Service) -> None:
    with httpx2.Client(base_url=service.address) as browser:
        form = {"email": JO, "csrf_token": token_of(browser.get(f"{PATH}/sign-in").text)}
        asked = browser.post(f"{PATH}/sign-in", data=form)
        assert (asked.status_code, asked.headers["location"]) == (303, f"{PATH}/sign-in/check-your-email")
        link = link_in(service.mailbox)
        assert link.startswith(f"{service.address}{PATH}/sign-in/")
        home = follow_link(browser, link)
        assert home.url.path == f"{PATH}/support"
        assert "Jo" in home.text
        if service.name not in {"nobody", "the document"}:
            assert "our own" in browser.get("/").text
        else:
            assert browser.get("/").status_code == 404

"""The web application: one expression that names every address, its rule of access and its page."""

from starlette.applications import Starlette

from checkdata.entrypoints.web.settings import WebServices, WebSettings


def create_app(services: WebServices, settings: WebSettings) -> Starlette:
    """The application over these services, to be served at the base address of the settings.

    Raises `ValueError` for a mailbox together with an https base (security.md 44).
    """
    raise NotImplementedError

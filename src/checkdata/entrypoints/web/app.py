"""The web application: its routes, its middleware and its error pages."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from checkdata.entrypoints.web.analysed_requests import AnalysedRequests
from checkdata.entrypoints.web.measured_requests import METRICS, MeasuredRequests
from checkdata.entrypoints.web.mounting import Mounted
from checkdata.entrypoints.web.pages.errors import ErrorPages, handlers
from checkdata.entrypoints.web.pages.health import PATHS
from checkdata.entrypoints.web.routes import routes
from checkdata.entrypoints.web.security.cookies import Cookies
from checkdata.entrypoints.web.security.headers import SecurityHeaders
from checkdata.entrypoints.web.security.perimeter import Perimeter
from checkdata.entrypoints.web.security.request_log import RequestLog
from checkdata.entrypoints.web.settings import WebServices, WebSettings
from checkdata.entrypoints.web.site import Site
from checkdata.entrypoints.web.spanned_requests import SpannedRequests
from checkdata.entrypoints.web.static_files import CachedFiles

STATIC: Final = Path(__file__).parent / "static"


def application(
    services: WebServices,
    settings: WebSettings,
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None,
) -> Starlette:
    """The application over these services, to be served at the base address of the settings, below its path.

    Raises `ValueError` for a mailbox together with an https base (security.md 44).
    """
    if services.mailbox is not None and settings.base.secure:
        raise ValueError("The mailbox shows sign-in links to everyone, so it needs a base URL on this machine.")
    site = Site(services=services, settings=settings, cookies=Cookies(settings.base.secure, settings.base.path))
    pages, prefix = ErrorPages(site), settings.base.path
    app = Starlette(
        routes=[
            *routes(site),
            Mount("/static", CachedFiles(STATIC, prefix)),
            Mount("/assets", CachedFiles(STATIC / "govuk" / "assets", prefix)),
        ],
        middleware=[
            Middleware(Mounted, prefix=prefix),
            *([] if services.measures is None else [Middleware(MeasuredRequests, measures=services.measures)]),
            Middleware(RequestLog),
            *([] if services.spans is None else [Middleware(SpannedRequests, spans=services.spans)]),
            *_analysed(services),
            Middleware(
                SecurityHeaders,
                secure=settings.base.secure,
                whole_host=not prefix,
                handed_over_to=settings.origins_of_others,
            ),
            Middleware(Perimeter, hosts=settings.base.hosts, of_any_host=(*PATHS, METRICS), refuse=pages.outermost),
        ],
        exception_handlers=handlers(pages),
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would lead to whole addresses, with the scheme that a proxy speaks
    return app


def _analysed(services: WebServices) -> Sequence[Middleware]:
    if services.analytics is None:
        return []
    return [Middleware(AnalysedRequests, analytics=services.analytics, clock=services.sign_in.clock)]

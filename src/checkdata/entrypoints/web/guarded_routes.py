"""Areas of the service: pages guarded by one rule of access, each at its address (security.md 24)."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from attrs import frozen
from starlette.responses import Response
from starlette.routing import Route

from checkdata.entrypoints.web.gate import Gate, Rule
from checkdata.entrypoints.web.security.form_reading import SMALL, FormLimits
from checkdata.entrypoints.web.site import Site

PageOf = TypeVar("PageOf", bound=Callable[..., Response])


@frozen
class GuardedRoutes(Generic[PageOf]):
    """Makes the routes of an area: *rule* is checked before each of its pages."""

    site: Site
    rule: Callable[[PageOf], Rule]

    def get(self, path: str, page: PageOf) -> Route:
        """A page to look at."""
        return self._route(path, page, "GET")

    def post(self, path: str, page: PageOf) -> Route:
        """What a form is sent to."""
        return self._route(path, page, "POST")

    def both(self, path: str, page: PageOf, limits: FormLimits = SMALL) -> Route:
        """A page with a form that is sent to the page itself, of no more than these limits (security.md 33)."""
        return self._route(path, page, "GET", "POST", limits=limits)

    def _route(self, path: str, page: PageOf, *methods: str, **limits: Any) -> Route:  # noqa: ANN401 - the gate's own
        return Route(path, Gate(self.site, self.rule(page), path=path, **limits), methods=methods)

"""Prints the page that a proxy shows while no server answers it: ``ops/maintenance.html``.

``python -m checkdata.entrypoints.web.maintenance_page help@example.gov.uk`` prints it with the address of your support.
"""

import sys

from checkdata.entrypoints.web.site import SERVICE_NAME
from checkdata.entrypoints.web.templating import templates


def maintenance_page(support_email: str = "") -> str:
    """The service's own maintenance page, without a notice and without anything that a browser asks the service for."""
    context = {"service_name": SERVICE_NAME, "settings": {"support_email": support_email}, "notice": None}
    return templates().get_template("errors/maintenance.html").render(context)


if __name__ == "__main__":
    print(maintenance_page(*sys.argv[1:]))  # noqa: T201 - it is what the program is for

"""The page that a proxy shows while the service is away (docs/containers.md)."""

import re
from pathlib import Path
from typing import Final

from checkdata.entrypoints.web.maintenance_page import maintenance_page

FILE: Final = Path(__file__).parents[3] / "ops" / "maintenance.html"


def test_the_file_is_what_the_template_makes() -> None:
    """``python -m checkdata.entrypoints.web.maintenance_page >ops/maintenance.html`` makes it again."""
    assert FILE.read_text("utf-8") == maintenance_page() + "\n"


def test_a_browser_asks_nobody_for_a_part_of_it() -> None:
    page = maintenance_page("help@example.gov.uk")
    led_to = re.findall(r"""(?:href|src|action|url\()\s*=?\s*["']?([^"'>)\s]+)""", page)
    assert led_to == ["data:,", "#main-content", "mailto:help@example.gov.uk"]
    assert "<script" not in page
    assert "@import" not in page


def test_the_address_of_support_is_shown_as_text() -> None:
    assert "&lt;b&gt;@example.org" in maintenance_page("<b>@example.org")

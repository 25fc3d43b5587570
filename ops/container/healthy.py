"""Ends with 0 if the service of this container can answer: what the HEALTHCHECK of the Dockerfile runs."""

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

path = urlsplit(os.environ.get("CHECKDATA_BASE_URL", "")).path.rstrip("/")
try:
    with urlopen(f"http://127.0.0.1:8080{path}/healthcheck", timeout=4):
        pass
except (URLError, TimeoutError, ConnectionError) as error:
    sys.exit(f"No answer: {error}")

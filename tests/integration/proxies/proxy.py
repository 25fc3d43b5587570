"""nginx and Caddy (Debian's), started with our examples before a service or a listener of a test."""

import shutil
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx2
import trustme

from tests.integration.email.smtp_server import free_port

OPS: Final = Path(__file__).parents[3] / "ops"
HOST: Final = "check-data.example.org"
PATIENCE_SECONDS: Final = 30.0


def nginx(folder: Path, port: int, upstream: int) -> list[str]:
    """Write its configuration, with our example in it, and say how it starts."""
    text = (OPS / "nginx" / "checkdata.conf").read_text("utf-8")
    text = text.replace("/etc/nginx/checkdata-upstream.conf", f"{folder}/upstream.conf")
    text = text.replace("root /etc/nginx;", f"root {folder};")
    text = text.replace("/etc/nginx/tls/", f"{folder}/").replace("/var/log/nginx/checkdata.log", f"{folder}/access.log")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "listen 80;", f"listen 127.0.0.1:{free_port()};"
    )
    (folder / "checkdata.conf").write_text(text, "utf-8")
    (folder / "upstream.conf").write_text(f"server 127.0.0.1:{upstream};\n", "utf-8")
    paths = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log warn;\n"
        f"events {{}}\nhttp {{ {paths} include {folder}/checkdata.conf; }}\n",
        "utf-8",
    )
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"]


def caddy(folder: Path, port: int, upstream: int) -> list[str]:
    """The same for Caddy."""
    text = (OPS / "caddy" / "Caddyfile").read_text("utf-8")
    text = text.replace("/etc/caddy/tls/", f"{folder}/").replace("127.0.0.1:8080", f"127.0.0.1:{upstream}")
    text = text.replace("root * /etc/caddy", f"root * {folder}")
    text = text.replace("admin off", "admin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1")
    text = text.replace(f"{HOST} {{", f"{HOST}:{port} {{")
    (folder / "Caddyfile").write_text(text, "utf-8")
    return [shutil.which("caddy") or "caddy", "run", "--config", f"{folder}/Caddyfile", "--adapter", "caddyfile"]


@contextmanager
def proxied(how: Callable[[Path, int, int], list[str]], folder: Path, upstream: int) -> Iterator[httpx2.Client]:
    """A client that reaches a service at this port of *upstream* only through a proxy, over TLS."""
    authority = trustme.CA()
    made = authority.issue_cert(HOST)
    made.private_key_pem.write_to_path(folder / "checkdata.key")
    made.cert_chain_pems[0].write_to_path(folder / "checkdata.crt")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    shutil.copyfile(OPS / "maintenance.html", folder / "checkdata-maintenance.html")
    port = free_port()
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(  # noqa: S603
            how(folder, port, upstream), stdout=said, stderr=said, env={"HOME": str(folder), "PATH": "/usr/bin:/bin"}
        ) as process,
    ):
        try:
            with client(folder, port) as reaching:
                _wait_until_up(reaching, process, folder)
                yield reaching
        finally:
            process.terminate()


def client(folder: Path, port: int) -> httpx2.Client:
    """One that knows the proxy's certificate, and the host's name as the service's."""
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    return httpx2.Client(
        base_url=f"https://127.0.0.1:{port}",
        verify=context,
        headers={"Host": HOST},
        timeout=PATIENCE_SECONDS,
    )


def _wait_until_up(reaching: httpx2.Client, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "said").read_text()
        with suppress(httpx2.TransportError):
            reaching.get("/healthcheck", extensions={"sni_hostname": HOST})
            return
        time.sleep(0.05)
    raise AssertionError((folder / "said").read_text())

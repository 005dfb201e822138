"""nginx and Caddy with the snippets of the documentation, on a free port of the loopback interface."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.docs.page import FOLDER, ROOT

TLS = ROOT / "tests" / "fixtures" / "tls"
SYSTEM_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin"
HOST, PATH = "speech.example.org", "/speech"


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[str]:
    """Before the service at ``server``; gives its own ``localhost:PORT``."""
    port = free_port()
    here = {
        "127.0.0.1:8880": server,
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        HOST: "localhost",
        "/etc/ssl/speech.pem": str(TLS / "cert.pem"),
        "/etc/ssl/speech.key": str(TLS / "key.pem"),
    }
    (folder / "speech.conf").write_text(adapted("nginx.conf", here))
    temporary = " ".join(
        f"{what}_temp_path {folder}/{what};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"user {getpass.getuser()}; daemon off; pid {folder}/pid; error_log stderr notice; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/speech.conf; }}\n"
    )
    command = [found("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    with running(command, folder, ready="start worker process "):
        yield f"localhost:{port}"


@contextmanager
def caddy(folder: Path, server: str) -> Iterator[str]:
    """The same."""
    port = free_port()
    certificate = f"\tbind 127.0.0.1\n\ttls {TLS / 'cert.pem'} {TLS / 'key.pem'}\n"
    here = {"127.0.0.1:8880": server, f"{HOST} {{\n": f"localhost:{port} {{\n{certificate}"}
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + adapted("Caddyfile", here))
    command = [found("caddy"), "run", "--config", str(config), "--adapter", "caddyfile"]
    with running(command, folder, ready="serving initial configuration"):
        yield f"localhost:{port}"


PROXIES: Mapping[str, Callable[[Path, str], AbstractContextManager[str]]] = {"nginx": nginx, "caddy": caddy}


def adapted(name: str, replacements: Mapping[str, str]) -> str:
    """The snippet of that name for this machine; each text that is replaced is there once, not counting comments."""
    lines = (FOLDER / name).read_text("utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    for old, new in replacements.items():
        assert text.count(old) == 1, f"{old!r} in {name}"
        text = text.replace(old, new)
    return text


@contextmanager
def running(command: list[str], folder: Path, *, ready: str) -> Iterator[None]:
    """The program, from the line on standard error that says ``ready``; it says too little later to fill the pipe."""
    environ = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            said = ""
            while ready not in said:
                line = process.stderr.readline()
                assert line, f"{command[0]} did not start:\n{said}"
                said += line
            yield
        finally:
            process.terminate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def found(program: str) -> str:
    path = shutil.which(program, path=SYSTEM_PATH)
    assert path, f"{program} is not installed; `make test` installs it on Debian"
    return path

"""Web addresses as people say them: the host, dots named; paths and queries are for machines."""

from __future__ import annotations

import re

from .words import words

_ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]*:(?://)?)?(?:[^/?#@\s]*@)?(?:www\.)?(?P<host>[^/?#:@\s]*)(?::(?P<port>\d+))?", re.IGNORECASE
)
# Two-letter endings that are said as words; the others ("uk", "io") are spelled.
_SAID_ENDINGS = words("co me it to so be us in no at is by my go")


def spoken_url(url: str) -> str:
    """``https://www.example.co.uk:8080/a?b`` → ``example dot co dot UK port 8080``; "link" when it has no host."""
    address = _ADDRESS.match(url)
    if address is None or not address["host"].strip("."):
        return "link"
    port = f" port {address['port']}" if address["port"] else ""
    return spoken_host(address["host"]) + port


def spoken_host(host: str) -> str:
    """``docs.python.org`` → ``docs dot python dot org``; a name without a dot stays itself."""
    labels = [label for label in host.split(".") if label]
    if len(labels) > 1 and _is_spelled(labels[-1].lower()):
        labels[-1] = labels[-1].upper()
    return " dot ".join(labels).replace("-", " dash ").replace("_", " ")


def _is_spelled(ending: str) -> bool:
    return ending.isalpha() and ending not in _SAID_ENDINGS and (len(ending) == 2 or not set(ending) & set("aeiou"))

"""The doors: they know messages, not models."""

from .app import create_app, lifespan_of
from .server import serve
from .settings import ServiceSettings

__all__ = ["ServiceSettings", "create_app", "lifespan_of", "serve"]

"""Starts the app: its web server with settings that keep it quick, private and to itself."""

from __future__ import annotations

import logging
import os
import socket
import sys
import traceback
import webbrowser
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from sidelight.explain.report_file import LARGEST_FILE
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import session
from .palette import DARK, LIGHT, Scheme
from .wording import say
from .workers.messages import Choice

SCRIPT = Path(__file__).parent / "app.py"
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 (only compared with)
LOOPBACK = ("127.0.0.1", "::1")
FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'WenQuanYi Micro Hei', sans-serif"
SETTINGS: dict[str, Any] = {
    "server.headless": True,
    "server.fileWatcherType": "none",  # with postScriptGC, 100 to 6 ms of computing a rerun
    "server.enableStaticServing": False,
    "server.maxUploadSize": LARGEST_FILE // 1_000_000,
    "server.showEmailPrompt": False,
    "runner.fastReruns": False,  # or two runs of one session change the same things at once
    "runner.postScriptGC": False,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "logger.hideWelcomeMessage": True,
    "global.disableWidgetStateDuplicationWarning": True,  # a label is both a default and set when the text changes
    "theme.font": FONT,
    "theme.headingFont": FONT,
    "theme.baseFontSize": 15,
    "theme.baseRadius": "0.5rem",
    "theme.light.primaryColor": LIGHT.ink,
    "theme.dark.primaryColor": "#77736b",  # Streamlit puts white texts and ticks on it
}
# Nothing that the page holds can reach another host, whoever wrote it. Streamlit's page needs inline scripts.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob: data:; frame-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


def serve(
    models: Mapping[str, str],
    host: str = "127.0.0.1",
    port: int = 8501,
    device: str = "cpu",
    precision: str = "float32",
    history: bool = True,
) -> None:
    """Serves the app until the process is told to end.

    Args:
        models: the model that each task's page begins with, as in `sidelight.models.load`; loaded when the page is
            first opened.
        host: the address to listen on; the default is out of reach of other machines.
        port: the port to listen on.
        device: a torch device.
        precision: `float32` or `bfloat16`.
        history: whether what is explained may be kept on this machine; never where other machines reach the app.

    Raises:
        ValueError: the address or port can't be had.
    """
    refuse_taken(host, port)
    choices = [Choice(reference, device, precision, task) for task, reference in models.items()]
    session.choose(*choices, private=host in (*LOOPBACK, "localhost"), history=history)
    logging.getLogger("uvicorn.error").addFilter(lambda record: record.levelno >= logging.WARNING)
    app = st.App(SCRIPT, lifespan=_running, middleware=[Middleware(Headers)], on_script_error=_tell)
    app.run(config=SETTINGS | _address(host, port) | theme("light", LIGHT) | theme("dark", DARK))


def refuse_taken(host: str, port: int) -> None:
    """Tries the address before anything is started.

    Raises:
        ValueError: the address or port can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ValueError(
                f"can't listen on port {port} of {host}: {reason}; choose another with --port, or end what uses it"
            ) from error


def url_of(host: str, port: int) -> str:
    """Where a browser on this machine finds the app."""
    if host in (*ANY_ADDRESS, *LOOPBACK):
        return f"http://localhost:{port}"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def theme(appearance: str, colours: Scheme) -> dict[str, str]:
    """Streamlit's settings for the light or the dark page."""
    named = {
        "backgroundColor": colours.background,
        "secondaryBackgroundColor": colours.panel,
        "textColor": colours.ink,
        "linkColor": colours.ink,
        "borderColor": colours.line,
        "orangeColor": colours.toward,
        "blueColor": colours.against,
        "greenColor": colours.good,
        "yellowColor": colours.warning,
        "grayColor": colours.muted,
    }
    return {f"theme.{appearance}.{name}": value for name, value in named.items()}


def _address(host: str, port: int) -> dict[str, Any]:
    # A name that is not listed here is refused: else a page elsewhere could reach the app by a name of its own.
    hosts = ["*"] if host in ANY_ADDRESS else ["localhost", "127.0.0.1", host]
    return {"server.address": host, "server.port": port, "server.allowedHosts": hosts}


@asynccontextmanager
async def _running(_app: st.App) -> AsyncIterator[None]:
    # Plotly looks into a pandas that another visitor's page is just importing, and fails; it is there before any page.
    import_module("pandas")
    session.supervisor(session.chosen())
    url = url_of(st.get_option("server.address"), st.get_option("server.port"))
    sys.stdout.write(f"Sidelight runs at {url}\n")
    sys.stdout.flush()
    if sys.stdout.isatty() and _has_browser():
        webbrowser.open(url)
    try:
        yield
    finally:
        session.fleet.clear()


def _tell(error: Exception) -> bool:
    """Says that a page has failed; what exactly is for whoever started the app."""
    traceback.print_exception(error)
    st.error(
        say(
            "This page has failed ({problem}). The terminal that Sidelight was started from says more.",
            problem=type(error).__name__,
        )
    )
    return True


def _has_browser() -> bool:
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class Headers:
    """Adds headers to every answer that keep the page from being framed, sniffed, or reaching elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As any ASGI application."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self._app(scope, receive, send_with_headers)

"""Serving the pages from this process."""

import asyncio
import socket
import webbrowser
from collections.abc import Callable
from threading import Timer

import uvicorn

from goodterms.lib.faults import Fault
from goodterms.web.access.links import LINKS
from goodterms.web.jobs import JOBS
from goodterms.web.worker import Worker


class PortTaken(Fault):
    """The address to listen on is not to be had."""


def listen(host: str, port: int) -> socket.socket:
    """Give a socket that listens on host and port; port 0 takes any free one. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)  # whoever opens the link at once waits for the answer
    except OSError as fault:
        listener.close()
        raise PortTaken(
            f"Nothing can listen on {host} port {port}: {fault.strerror}. Is Goodterms running already? "
            "Else name another port: goodterms serve --port 8001"
        ) from None
    return listener


def entrance(listener: socket.socket) -> str:
    """Give a link that signs in whoever opens it first."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/enter/{LINKS.issue()}/"


def serve(listener: socket.socket, *, ready: Callable[[], None], open_link: str = "") -> None:
    """Answer until the process is told to end; requests that run may finish first."""
    config = uvicorn.Config(
        "goodterms.web.asgi:application", log_level="warning", lifespan="off", timeout_graceful_shutdown=10
    )
    if open_link:
        opening = Timer(0.5, webbrowser.open, [open_link])
        opening.daemon = True
        opening.start()
    ready()
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that works beside the pages, and lets that end in order before its process ends."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.worker = Worker()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer and to work."""
        await super().startup(sockets)
        self.worker.start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what was asked, then end the jobs."""
        await super().shutdown(sockets)
        await asyncio.to_thread(JOBS.drain)
        await asyncio.to_thread(self.worker.drain)

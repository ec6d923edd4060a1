"""A server on loopback that does what it is told for each request in turn, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Asked:
    """One request, as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Act = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One connection; a script says what becomes of each of its requests."""

    protocol_version = "HTTP/1.1"
    server: Server

    def handle_any(self) -> None:
        """Do what the script says, whatever the method."""
        act = self.server.next_act(self)
        with contextlib.suppress(OSError):  # the client has gone
            act(self)

    do_GET = do_POST = do_PUT = handle_any  # noqa: N815  http.server's names

    def take_body(self) -> bytes:
        """Read what is sent with the request."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Serves on a port of its own until the test ends."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[Asked] = []
        self.ended = threading.Event()
        self.scheme = "http"
        self._script: list[Act] = []

    @property
    def url(self) -> str:
        """Its own, without a slash."""
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def will(self, *acts: Act) -> None:
        """What becomes of the next requests; the last goes for all that follow."""
        self._script[:] = acts

    def next_act(self, handler: Handler) -> Act:
        """Keep a request and take its turn in the script."""
        act = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        body = b"" if act is reset else handler.take_body()
        self.asked.append(Asked(handler.command, handler.path, dict(handler.headers), body))
        return act

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is part of the plan."""


@contextlib.contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """A server in a thread, with TLS if there is a certificate and its key."""
    with Server() as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.scheme = "https"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()


def say(status: int, body: bytes = b"", length: int | None = None, **headers: str) -> Act:
    """Answer; `length` is told instead of the body's own."""

    def act(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = length is not None

    return act


def unannounced(body: bytes) -> Act:
    """Answer as HTTP/1.0 did: the end is where the connection ends."""

    def act(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(body)

    return act


def chunked(body: bytes, *, whole: bool = True) -> Act:
    """Answer in chunks, with or without the last."""

    def act(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) + (b"0\r\n\r\n" if whole else b""))
        handler.close_connection = not whole

    return act


def ranges(body: bytes, cut: int | None = None, tag: str = '"v1"') -> Act:
    """Answer with the part that is asked for, as an object store does; break off after `cut` bytes of it."""

    def act(handler: Handler) -> None:
        start = int(handler.headers.get("Range", "bytes=0-")[6:-1])
        if handler.headers.get("If-Range", tag) != tag:
            start = 0
        part = body[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("Content-Length", str(len(part)))
        handler.send_header("ETag", tag)
        if start:
            handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        handler.end_headers()
        handler.wfile.write(part[:cut])
        handler.close_connection = cut is not None

    return act


def dripping(handler: Handler) -> None:
    """A body that comes a byte at a time, and never ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    while not handler.server.ended.wait(0.02):
        handler.wfile.write(b".")


def dripping_header(handler: Handler) -> None:
    """A header that never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.ended.wait(0.02):
        handler.wfile.write(b".")


def silent(handler: Handler) -> None:
    """No answer at all."""
    handler.server.ended.wait()


def reset(handler: Handler) -> None:
    """A connection that is reset, with what was sent on it unread."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


@dataclass
class Waits:
    """Takes the place of the waiting between attempts."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        """Wait no longer than it takes to note it."""
        self.seconds.append(seconds)

"""A stand-in for the Hugging Face hub on this machine: it serves one folder, and knows what was asked."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlparse

COMMIT = "0123456789abcdef" * 2 + "01234567"


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """The address of the hub, and the names of the files that it is asked for."""
    asked: set[str] = set()
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    class Hub(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            path = unquote(urlparse(self.path).path)
            if path.startswith("/api/models/"):
                self._send(json.dumps(self._about(path)).encode(), with_body)
                return
            name = path.partition("/resolve/")[2].partition("/")[2]
            if name not in names:
                self._send(b"", with_body, 404, {"X-Error-Code": "EntryNotFound"})
                return
            asked.add(name)
            content = (folder / name).read_bytes()
            tag = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha256(content).hexdigest()}"'}
            self._send(content, with_body, headers=tag)

        def _about(self, path: str) -> object:
            if "/tree/" in path:
                return [
                    {"type": "file", "path": name, "size": (folder / name).stat().st_size, "oid": COMMIT}
                    for name in names
                ]
            siblings = [{"rfilename": name} for name in names]
            return {"id": "someone/tiny", "sha": COMMIT, "private": False, "siblings": siblings, "tags": []}

        def _send(
            self, content: bytes, with_body: bool, status: int = 200, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()

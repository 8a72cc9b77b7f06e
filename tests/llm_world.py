"""What the tests of `llm` share: a source, rules of stance, answers, and a server that speaks the OpenAI protocol."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from briefgen.llm import Verdict
from briefgen.model import Block, BlockKind, Source

SECTORS = ("industry", "trade", "energy", "other")

TEXT = """\
Cooperation and its limits
Over 10,000 enterprises, both Russian and Belarusian, take part in the programme. Trade grew by 5.2% in 2024.
Yuri Zolotarev, the trade representative, claims this cooperation will create jobs. He adds that prices will fall.
The plant in Gomel will not reopen this year. Western sanctions on Belarus remain in force.
I see a bad deal in this. Costs could rise sharply for small suppliers, the ministry warned.
Nobody has said who will pay for the new line.
Read more | Share | 14 comments
"""
KINDS: tuple[BlockKind, ...] = ("heading", "paragraph", "paragraph", "paragraph", "paragraph", "paragraph", "residue")


def source(text: str = TEXT, kinds: tuple[BlockKind, ...] = KINDS, **known: Any) -> Source:
    """A source of one block a line; more lines than kinds are paragraphs."""
    blocks = []
    for at, line in enumerate(re.finditer(r"[^\n]+", text)):
        blocks.append(Block(kinds[at] if at < len(kinds) else "paragraph", *line.span()))
    return Source("s.txt", text, tuple(blocks), **{"language": "en", **known})


def stance(of: Source, span: tuple[int, int]) -> Verdict:
    """Rules as simple as can be: a cue before the quote in its line decides."""
    start = of.text.rfind("\n", 0, span[0]) + 1
    before = of.text[start : of.text.find("\n", span[1] - 1)]
    if "claims" in before:
        return Verdict("claimed", "Yuri Zolotarev", ("claims",))
    if "I see" in of.text[max(start, span[0] - 10) : span[1]]:
        return Verdict("judged", None, ("I see",))
    return Verdict("reported")


def needs_the_extra() -> None:
    """Skip a module where the extra is not installed; in CI it has to be."""
    try:
        import pydantic_ai  # noqa: F401
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip("the extra briefgen[llm] is not installed", allow_module_level=True)


FIRMS = {
    "sector": "industry",
    "headline": "More than 10,000 enterprises take part",
    "text": "Over 10,000 Russian and Belarusian enterprises take part in the programme.",
    "stance": "reported",
    "quotes": ["Over 10,000 enterprises, both Russian and Belarusian"],
}
JOBS = {
    "sector": "industry",
    "text": "Zolotarev says the cooperation will create jobs.",
    "stance": "reported",
    "quotes": ["this cooperation will create jobs"],
}
COSTS = {
    "text": "Costs could rise sharply for small suppliers.",
    "stance": "claimed",
    "attribution": "the ministry",
    "quotes": ["Costs could rise sharply for small suppliers"],
}
PAYS = {
    "text": "Who will pay for the new line?",
    "why": "The cost is open.",
    "quotes": ["Nobody has said who will pay for the new line"],
}
TRADE = {"text": "Trade grew by 5.2% in 2024.", "quotes": ["Trade grew by 5.2% in 2024."]}
GOOD = {"summary": [TRADE], "findings": [FIRMS, JOBS], "risks": [COSTS], "questions": [PAYS]}


# --- A server -------------------------------------------------------------------------------------

Response = Callable[[BaseHTTPRequestHandler], None]


def send(to: BaseHTTPRequestHandler, status: int, body: dict[str, Any] | str, **headers: str) -> None:
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    to.send_response(status)
    to.send_header("content-type", "application/json")
    to.send_header("content-length", str(len(data)))
    for name, value in headers.items():
        to.send_header(name.replace("_", "-"), value)
    to.end_headers()
    to.wfile.write(data)


def completion(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "x",
        "object": "chat.completion",
        "created": 1,
        "model": "local",
        "choices": [{"index": 0, "finish_reason": finish, "message": {"role": "assistant", **message}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def tool(answer: dict[str, Any] | str) -> Response:
    """An answer by a call of the tool."""
    arguments = answer if isinstance(answer, str) else json.dumps(answer)
    call = {"id": "c", "type": "function", "function": {"name": "answer", "arguments": arguments}}
    return lambda to: send(to, 200, completion({"content": None, "tool_calls": [call]}, "tool_calls"))


def plain(text: str) -> Response:
    """An answer in words."""
    return lambda to: send(to, 200, completion({"content": text}))


def refusal(text: str) -> Response:
    return lambda to: send(to, 200, completion({"content": None, "refusal": text}))


def status(code: int, message: str = "no", kind: str | None = None, **headers: str) -> Response:
    body = {"error": {"message": message, "type": kind, "code": kind}}
    return lambda to: send(to, code, body, **headers)


def slow(seconds: float, then: Response) -> Response:
    def answer(to: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(to)

    return answer


def drip(seconds: float) -> Response:
    """One byte now and then, so that no read ever times out."""

    def answer(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("content-type", "application/json")
        to.send_header("content-length", "100000")
        to.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            to.wfile.write(b" ")
            to.wfile.flush()
            time.sleep(0.05)

    return answer


class Server:
    """What is answered, in order, the last one for ever; and what was asked."""

    def __init__(self) -> None:
        self.script: list[Response] = []
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    def respond(self, to: BaseHTTPRequestHandler) -> None:
        body = json.loads(to.rfile.read(int(to.headers["content-length"])))
        self.asked.append({**body, "authorization": to.headers["authorization"], "path": to.path})
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        try:
            answer(to)
        except (BrokenPipeError, ConnectionResetError):
            to.close_connection = True


@contextmanager
def serving() -> Iterator[Server]:
    """A server on the loopback, in threads."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            server.respond(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        listening.daemon_threads = True
        server.url = f"http://127.0.0.1:{listening.server_port}/v1"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()

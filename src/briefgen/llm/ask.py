"""Instructions and a question -> the Answer of a model; all that can go wrong on the way, as diagnostics with a hint.

The one module that knows pydantic_ai. A model gets no tools but the form of its answer, and its text goes nowhere
but into that form.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
import warnings
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, TextOutput, ToolOutput, exceptions
from pydantic_ai.models import Model, infer_model, parse_model_id
from pydantic_ai.settings import ModelSettings

from briefgen.errors import BriefgenError, SurroundingsError, error, safe
from briefgen.llm.answer import Answer, Reply

# How long a polite program waits when it is asked to, and when it is not told how long.
LONGEST_WAIT, WAIT = 20.0, 2.0
BASE = "OPENAI_BASE_URL"


def model_of(name: str) -> Model:
    """The model that `name` (`provider:model`) stands for; a `SurroundingsError` says what is missing."""
    provider, model = parse_model_id(name)
    # Local servers speak the chat protocol; with its plain name the library would talk the newer one to them.
    wanted = f"openai-chat:{model}" if provider == "openai" and os.environ.get(BASE) else name
    try:
        return infer_model(wanted)
    except ImportError:
        hint = f"pip install 'pydantic-ai-slim[{provider}]'"
        raise SurroundingsError(error(f"the library for '{provider}' models is not installed", hint=hint)) from None
    except exceptions.UserError as problem:
        raise SurroundingsError(error(*_unusable(name, provider, str(problem)))) from None


def _unusable(name: str, provider: str | None, problem: str) -> tuple[str, None, str]:
    if "environment variable" in problem or "API key" in problem:
        variable = next((word.strip("`'.,") for word in problem.split() if "_" in word), "the key of the provider")
        local = f", or {BASE} for a local server" if provider == "openai" else ""
        return f"the model '{safe(name)}' needs a key or an address", None, f"set {variable}{local}"
    known = problem.rpartition("Did you mean ")[2].rstrip("?.") if "Did you mean " in problem else ""
    hint = "write provider:model, such as openai:gpt-5.2, anthropic:claude-sonnet-4-5 or ollama:llama3.2"
    return f"unknown model '{safe(name)}'", None, f"did you mean {known}?" if known else hint


class Asker:
    """Asks one model, in one event loop; a context manager, so that its connections are closed."""

    def __init__(self, model: Model, name: str, timeout: float):
        self.model, self.name, self.timeout = model, name, timeout
        self.runner = asyncio.Runner()
        self.without: set[str] = set()
        self.waited = False

    def __enter__(self) -> Asker:
        self.runner.__enter__()
        self.runner.run(self.model.__aenter__())
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.runner.run(self.model.__aexit__(kind, value, at))
        finally:
            self.runner.__exit__(kind, value, at)

    def __call__(self, instructions: str, prompt: str) -> Reply:
        """One answer; where a failure can be mended, as `_mends` says, the question is put once more."""
        self.waited = False
        while True:
            try:
                return self._once(instructions, prompt)
            except exceptions.AgentRunError as problem:
                if not self._mends(problem):
                    raise _told(problem, self) from None

    def _mends(self, problem: exceptions.AgentRunError) -> bool:
        """Wait once, if asked to and not for long; do without tools, or without a temperature, if the server does."""
        if isinstance(problem, exceptions.ModelRateLimitError | exceptions.ModelUnavailableError):
            wait = WAIT if problem.retry_after is None else max(problem.retry_after, 0.0)
            if self.waited or wait > LONGEST_WAIT:
                return False
            time.sleep(wait)
            self.waited = True
            return True
        if isinstance(problem, exceptions.ModelRequestRejectedError):
            said = str(problem.body).lower()
            for what in ("temperature", "tool"):
                if what in said and what not in self.without:
                    self.without.add(what)
                    return True
        return False

    def _once(self, instructions: str, prompt: str) -> Reply:
        agent = _agent(instructions, plain="tool" in self.without)
        settings = ModelSettings(timeout=self.timeout, request_timeout=self.timeout, max_retries=0)
        if "temperature" not in self.without:
            settings["temperature"] = 0.0
        with warnings.catch_warnings():
            # A model that ignores a setting says so on every call; temperature is a wish, the deadline is kept by us.
            warnings.simplefilter("ignore")
            run = self.runner.run(agent.run(prompt, model=self.model, model_settings=settings))
        used = run.usage
        return Reply(run.output, used.requests, used.input_tokens, used.output_tokens)


def _agent(instructions: str, plain: bool) -> Agent[object, Answer]:
    """One further try for an answer that is not in the form asked for; with a tool for the form unless `plain`."""
    tool = ToolOutput(Answer, name="answer", strict=False)
    output: Any = TextOutput(from_text) if plain else [tool, TextOutput(from_text)]
    return Agent(output_type=output, instructions=instructions, retries={"tools": 1, "output": 1})


def from_text(text: str) -> Answer:
    """The answer in a plain text: its JSON object, whatever stands around it; raises `ModelRetry` for another try."""
    for start in (at for at, each in enumerate(text) if each == "{"):
        try:
            data, _ = json.JSONDecoder().raw_decode(text, start)
            if isinstance(data, dict) and data.keys() & Answer.model_fields.keys():
                return Answer.model_validate(data)
        except RecursionError:
            break
        except (ValueError, ValidationError):
            if start > 2000:
                break
    said = " ".join(text.split())[:160]
    raise ModelRetry(f"Answer with nothing but one JSON object in the form asked for, not: {said}")


# --- What went wrong ------------------------------------------------------------------------------


def _told(problem: exceptions.AgentRunError, asker: Asker) -> BriefgenError:
    """The diagnostic for a failure: of the environment, or of the answer."""
    for kind, message, hint in _SURROUNDINGS:
        if isinstance(problem, kind):
            message = message.format(seconds=f"{asker.timeout:g}", status=_status(problem))
            return SurroundingsError(error(f"{safe(asker.name)}: {message}", hint=hint.format(base=BASE)))
    if isinstance(problem, exceptions.ContentFilterError):
        said = _refusal(problem)
        hint = "try another model, or draft without one; nothing was written"
        return BriefgenError(error(f"{safe(asker.name)}: the model refused the document{said}", hint=hint))
    hint = "try again or another model; small local models often cannot keep to a form"
    if "token limit" in str(problem):
        hint = "show it less at a time: the answer was cut off"
    return BriefgenError(error(f"{safe(asker.name)}: {_formless(problem)}", hint=hint))


_SURROUNDINGS: tuple[tuple[type[exceptions.AgentRunError], str, str], ...] = (
    (exceptions.ModelTimeoutError, "no answer within {seconds} seconds", "try again, or allow more time"),
    (exceptions.ModelRequestTimeout, "no answer within {seconds} seconds", "try again, or allow more time"),
    (
        exceptions.ModelConnectionError,
        "the server cannot be reached, or broke off",
        "check the network, and {base} if you use a local server",
    ),
    (
        exceptions.ModelAuthenticationError,
        "the key was not accepted{status}",
        "check the key of the provider in the environment, and that it may use this model",
    ),
    (
        exceptions.ModelNotFoundError,
        "the provider knows no such model{status}",
        "check the name of the model, and {base} if it is set",
    ),
    (exceptions.ModelQuotaExceededError, "the account has no credit left{status}", "top it up, or take another model"),
    (
        exceptions.ModelRateLimitError,
        "too many requests{status}",
        "try again later; answers that came before are kept and cost nothing",
    ),
    (
        exceptions.ModelContextWindowExceededError,
        "the text is too long for this model{status}",
        "show it less at a time, or take a model with a larger context",
    ),
    (exceptions.ModelUnavailableError, "the server is not available now{status}", "try again later"),
    (exceptions.ModelServerError, "the server failed{status}", "try again later, or take another model"),
    (
        exceptions.ModelRequestRejectedError,
        "the server did not accept the question{status}",
        "check the name of the model; the server may not speak this protocol",
    ),
    (exceptions.ModelAPIError, "the server failed{status}", "try again later, or take another model"),
)


def _status(problem: BaseException) -> str:
    """The HTTP status with the provider's own code: never its text, which may repeat a part of the key."""
    code = getattr(problem, "provider_error_code", None)
    parts = [f"HTTP {problem.status_code}" if isinstance(problem, exceptions.ModelHTTPError) else "", str(code or "")]
    wait = getattr(problem, "retry_after", None)
    parts += [f"to be tried again in {wait:g} s"] if wait else []
    shown = ", ".join(safe(part)[:60] for part in parts if part)
    return f" ({shown})" if shown else ""


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__


def _refusal(problem: exceptions.ContentFilterError) -> str:
    said = problem.message.rpartition("Refusal: ")[2] if "Refusal: " in problem.message else ""
    return f": {safe(said)[:200]}" if said else ""


def _formless(problem: BaseException) -> str:
    """An answer that is no answer, with the beginning of what the model said where it said anything."""
    for cause in _causes(problem):
        if isinstance(cause, ModelRetry):
            return f"the answer is not in the form asked for: “{safe(cause.message.rpartition('not: ')[2])}”"
    said = " ".join(str(problem).split())
    return f"the answer is not in the form asked for ({safe(said)[:160]})"

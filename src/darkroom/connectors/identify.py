"""Which program answers where another one was expected."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.connectors.faults import html_title, looks_like_html
from darkroom.domain.errors import ConnectorError, ProtocolError

if TYPE_CHECKING:
    from darkroom.connectors.http import Answer, Http

PATIENCE_S = 2.0

_SIGNS = (
    ("/api/extra/version", "KoboldCpp", "KoboldCpp"),
    ("/api/v1/app/version", '"version"', "InvokeAI"),
    ("/sdapi/v1/upscalers", '"name"', "Stable Diffusion WebUI (A1111 or Forge)"),
    ("/v1/generation/query-job", "job", "Fooocus-API"),
    ("/ListCurrentSessions", "session", "SwarmUI"),
)
"""Path, text that its JSON answer holds, program: each path is one that only this program has."""

_TITLES = (
    ("comfyui", "ComfyUI's web page"),
    ("stable diffusion", "Stable Diffusion WebUI (A1111 or Forge)"),
    ("invoke", "InvokeAI"),
    ("fooocus", "Fooocus"),
    ("swarmui", "SwarmUI"),
    ("ollama is running", "Ollama"),
    ("gradio", "a Gradio app"),
)


async def wrong_service(http: Http, answer: Answer, wanted: str) -> ProtocolError:
    """The error that says what seems to answer instead of `wanted`; asks it a few more things."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            seems = await _by_path(http) or await _by_page(http)
    except (TimeoutError, ConnectorError):
        seems = ""
    page = looks_like_html(answer.text())
    if not seems and page:
        title = html_title(answer.text())
        seems = f"a web page titled “{title}”" if title else "a web page"
    what = f"It seems to be {seems}" if seems else "It answers, but not as it should"
    return ProtocolError(
        f"This is not {wanted}",
        f"{what}: {answer.endpoint} at {http.address.base} gave status {answer.status}"
        f"{' and a web page' if page else ''}",
        "Check the URL and the port of the profile; ComfyUI's own port is 8188",
        profile=http.profile,
        endpoint=answer.endpoint,
        body=answer.text(),
    )


async def imitates(http: Http) -> bool:
    """Whether a server without a version is KoboldCpp, which answers on ComfyUI's paths too."""
    return "KoboldCpp" in await _ask(http, "/api/extra/version")


async def _by_path(http: Http) -> str:
    answers = await asyncio.gather(*(_ask(http, path) for path, _, _ in _SIGNS))
    for (_, sign, name), text in zip(_SIGNS, answers, strict=True):
        if sign in text:
            return name
    return ""


async def _by_page(http: Http) -> str:
    text = await _ask(http, "/", pages=True)
    start = (html_title(text) or text[:200]).lower()
    for sign, name in _TITLES:
        if sign in start:
            return name
    return "a Gradio app" if "gradio" in text.lower() else ""


async def _ask(http: Http, path: str, *, pages: bool = False) -> str:
    """The start of a 200's body; "" for anything else, and for web pages where JSON is asked for."""
    try:
        answer = await http.get(path, timeout_s=PATIENCE_S)
    except ConnectorError:
        return ""
    text = answer.text()
    return text if answer.status == 200 and (pages or not looks_like_html(text)) else ""

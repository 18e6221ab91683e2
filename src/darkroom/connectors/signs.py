"""What the answers of an unknown server say about it. Pure: `identify` asks, this judges.

No status is believed: InvokeAI answers 200 and its web page to every unknown GET, and KoboldCpp imitates
two services. Source: recordings of the five services; SD.Next `modules/api/server.py`, stable-diffusion.cpp
`examples/server`, KoboldCpp `koboldcpp.py`, as their sources stood in 2025.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.connectors.faults import html_title
from darkroom.domain import service
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

KOBOLD = "/api/extra/version"
INVOKE = "/api/v1/app/version"
INVOKE_USERS = "/api/v1/auth/status"
COMFY = "/system_stats"
SAMPLERS = "/sdapi/v1/samplers"
MODELS = "/sdapi/v1/sd-models"
FORGE = "/sdapi/v1/sd-modules"
SDNEXT = "/sdapi/v1/version"
SDCPP = "/sdcpp/v1/capabilities"
FOOOCUS_JOBS = "/v1/generation/job-queue"
GRADIO = "/config"
PAGE = "/"
SWARM = "/Text2Image"
"""SwarmUI's page, to which its `/` leads. Source: SwarmUI `src/Pages`, as of 2025."""

PATHS = (
    KOBOLD,
    INVOKE,
    INVOKE_USERS,
    COMFY,
    SAMPLERS,
    MODELS,
    FORGE,
    SDNEXT,
    SDCPP,
    FOOOCUS_JOBS,
    GRADIO,
    PAGE,
    SWARM,
)
"""What is asked for; all of it is cheap, and changes nothing at the server."""

OPENAPI = "/openapi.json"
"""Asked for when something was refused: FastAPI gives it to everybody."""

NO_API = "Start it with --api; its web page alone cannot be driven"
_FOOTER = re.compile(r"version: <a href=[^>]{1,300}>([\w.+-]{1,80})<")
_OTHERS = (
    ("comfyui", "ComfyUI's web page"),
    ("invoke", "InvokeAI's web page"),
    ("swarmui", "SwarmUI"),
    ("ollama is running", "Ollama"),
    ("open webui", "Open WebUI"),
)
"""What the title or the start of the first page holds, and the program."""


class Seen(NamedTuple):
    """What a server answered at one path.

    Attributes:
        document: Its JSON; `None` when it was something else.
        text: The answer as text.
        refused: It wants credentials.
    """

    document: Any = None
    text: str = ""
    refused: bool = False


class Identified(NamedTuple):
    """What a server is.

    Attributes:
        service: The service that Darkroom drives it by: an id of `domain.service.SERVICES`; "" for none.
        program: Its name, printable: "Forge", "KoboldCpp".
        version: As it says itself, printable; "" when it does not.
        wants: The `auth` that it asks for and did not get; "" for none.
        remark: What keeps it from being used, or what to know; "" for nothing.
    """

    service: str
    program: str
    version: str = ""
    wants: str = ""
    remark: str = ""

    @property
    def label(self) -> str:
        """Program and version, as they are shown."""
        return f"{self.program} {self.version}".rstrip()

    @property
    def ready(self) -> bool:
        """Whether Darkroom can use it as it stands: it speaks to it, and nothing more is wanted."""
        return bool(self.service) and not self.wants and not self.remark


def judge(seen: Mapping[str, Seen]) -> Identified | None:
    """What a server is, by what it answered at `PATHS` and perhaps at `OPENAPI`; `None` when unknown.

    The order matters: those that imitate others are looked for before those they imitate.
    """
    for look in (_kobold, _invoke, _fooocus_api, _webui, _comfy, _gradio, _locked, _other):
        found = look(seen)
        if found is not None:
            return found
    return None


def _object(seen: Mapping[str, Seen], path: str) -> Mapping[str, Any]:
    document = seen[path].document if path in seen else None
    return document if isinstance(document, dict) else {}


def _names(seen: Mapping[str, Seen], path: str, key: str) -> bool:
    """Whether the answer is a list of objects, the first of which has `key`."""
    document = seen[path].document if path in seen else None
    return (
        isinstance(document, list) and bool(document) and isinstance(document[0], dict) and key in document[0]
    )


def _word(value: object) -> str:
    return excerpt(value, 40) if isinstance(value, str) else ""


def _kobold(seen: Mapping[str, Seen]) -> Identified | None:
    said = _object(seen, KOBOLD)
    if said.get("result") != "KoboldCpp":
        return None
    if _names(seen, MODELS, "title") or _names(seen, MODELS, "model_name"):
        return Identified(service.A1111, "KoboldCpp", _word(said.get("version")))
    return Identified(
        "", "KoboldCpp", _word(said.get("version")), remark="It has loaded no model that makes pictures"
    )


def _invoke(seen: Mapping[str, Seen]) -> Identified | None:
    version = _word(_object(seen, INVOKE).get("version"))
    if not version:
        return None
    users = _object(seen, INVOKE_USERS).get("multiuser_enabled") is True
    return Identified(service.INVOKEAI, "InvokeAI", version, service.LOGIN if users else "")


def _fooocus_api(seen: Mapping[str, Seen]) -> Identified | None:
    if {"running_size", "finished_size"} <= _object(seen, FOOOCUS_JOBS).keys():
        return Identified(service.FOOOCUS_API, "Fooocus-API")
    # Its request has a name of its own; the path alone others might have.
    schemas = _object(seen, OPENAPI).get("components")
    known = schemas.get("schemas") if isinstance(schemas, dict) else None
    if isinstance(known, dict) and "Text2ImgRequestWithPrompt" in known:
        return Identified(service.FOOOCUS_API, "Fooocus-API", wants=service.API_KEY)
    return None


def _paths(seen: Mapping[str, Seen]) -> Mapping[str, Any]:
    paths = _object(seen, OPENAPI).get("paths")
    return paths if isinstance(paths, dict) else {}


def _webui(seen: Mapping[str, Seen]) -> Identified | None:
    """A1111 and those that speak its API."""
    version = _footer(seen)
    if _names(seen, SAMPLERS, "name"):
        return Identified(service.A1111, *_dialect(seen, version))
    paths = _paths(seen)
    if "/sdapi/v1/txt2img" in paths:
        forge = FORGE in paths or version.startswith("f")
        return Identified(service.A1111, "Forge" if forge else "AUTOMATIC1111", version, service.BASIC)
    title = _title(seen)
    if title in ("Stable Diffusion", "SD.Next"):
        program = title if title == "SD.Next" else "Forge" if version.startswith("f") else "AUTOMATIC1111"
        refused = SAMPLERS in seen and seen[SAMPLERS].refused
        wants, remark = (service.BASIC, "") if refused else ("", NO_API)
        return Identified(service.A1111, program, version, wants, remark)
    return None


def _dialect(seen: Mapping[str, Seen], version: str) -> tuple[str, str]:
    """Which of the programs that speak A1111's API, and its version."""
    own = _object(seen, SDNEXT)
    if _object(seen, SDCPP):
        return "stable-diffusion.cpp", ""
    if "updated" in own or "app" in own:
        return "SD.Next", _word(own.get("updated"))
    is_forge = FORGE in seen and isinstance(seen[FORGE].document, list)
    return ("Forge" if is_forge else "AUTOMATIC1111"), version


def _footer(seen: Mapping[str, Seen]) -> str:
    """The version that stands below the web page of A1111 and Forge."""
    found = _FOOTER.search(seen[GRADIO].text.replace("\\", "")) if GRADIO in seen else None
    return found[1] if found else ""


def _title(seen: Mapping[str, Seen]) -> str:
    config = _object(seen, GRADIO)
    return _word(config.get("title")) if "components" in config else ""


def _comfy(seen: Mapping[str, Seen]) -> Identified | None:
    said = _object(seen, COMFY)
    system = said.get("system")
    if not isinstance(system, dict) or not isinstance(said.get("devices"), list):
        return None
    program = "Darkroom demo" if system.get("darkroom_demo") else "ComfyUI"
    return Identified(service.COMFYUI, program, _word(system.get("comfyui_version")))


def _gradio(seen: Mapping[str, Seen]) -> Identified | None:
    title = _title(seen)
    if title.startswith("Fooocus "):
        return Identified(service.FOOOCUS, "Fooocus", title.removeprefix("Fooocus "))
    page = seen[PAGE].text if PAGE in seen else ""
    if "gradio_config" not in page and not title:
        return None
    if "auth_required" in page:
        # The login page has no title, but still the address of Fooocus's samples of styles.
        is_fooocus = "sdxl_styles/samples/fooocus" in page
        program = "Fooocus" if is_fooocus else "a Gradio app behind a login"
        return Identified(service.FOOOCUS if is_fooocus else "", program, wants=service.LOGIN)
    return Identified("", f"a Gradio app titled “{title}”" if title else "a Gradio app")


def _locked(seen: Mapping[str, Seen]) -> Identified | None:
    if not seen or not all(answer.refused for answer in seen.values()):
        return None
    return Identified("", "a server that wants credentials for everything", wants=service.BASIC)


def _other(seen: Mapping[str, Seen]) -> Identified | None:
    """Programs that are known by the title, or by the start, of a page of theirs."""
    for path in (PAGE, SWARM):
        page = seen[path].text if path in seen else ""
        start = (html_title(page) or page[:200]).lower()
        for sign, program in _OTHERS:
            if sign in start:
                return Identified("", program)
    title = html_title(seen[PAGE].text) if PAGE in seen else ""
    return Identified("", f"a web page titled “{title}”") if title else None

from __future__ import annotations

import subprocess
import sys

import pytest

from darkroom.connectors.access import Access
from darkroom.connectors.registry import form_for, open_connector
from darkroom.domain.errors import ConfigError
from darkroom.domain.profile import Profile
from darkroom.domain.server import Catalog
from darkroom.domain.service import COMFYUI
from darkroom.domain.workflow import TXT2IMG

HEAVY = "{'httpx', 'websockets', 'pydantic', 'aiohttp', 'PIL', 'numpy', 'textual', 'tomlkit'}"


@pytest.mark.parametrize(
    "code",
    [
        "import darkroom.connectors.registry",
        "from darkroom.connectors.registry import form_for; form_for('comfyui')",
    ],
)
def test_registry_and_forms_load_nothing_heavy(code: str) -> None:
    check = f"{code}; import sys; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_form_is_made_without_a_server() -> None:
    assert form_for("comfyui")(Catalog(), TXT2IMG, None, {}).specs


@pytest.mark.parametrize("service", ["comfy", ""])
def test_an_unknown_service_is_told(service: str) -> None:
    with pytest.raises(ConfigError, match="no service") as caught:
        form_for(service)
    assert COMFYUI in caught.value.detail


@pytest.mark.parametrize(("url", "headers"), [("ftp://x", {}), ("http://x", {"a b": "c"})])
def test_what_cannot_be_connected_to_is_told_before(url: str, headers: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        open_connector(Profile("test"), url, Access(headers=headers), "id")


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "nonsense://x", "http://me:hunter2@[::1"])
async def test_a_proxy_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigError, match="proxy") as caught:
        open_connector(Profile("test"), "http://server.invalid:8188", Access(), "id")
    assert "hunter2" not in "\n".join(caught.value.lines())
    await open_connector(Profile("test"), "http://127.0.0.1:8188", Access(), "id").aclose()

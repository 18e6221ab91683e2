"""Profiles in the configuration: read, checked, written with care for what a person wrote."""

from __future__ import annotations

import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from darkroom.config.paths import Paths, resolve
from darkroom.config.profilecheck import problems
from darkroom.config.profiledefaults import defaults_from, defaults_text
from darkroom.config.settings import load
from darkroom.config.writing import remove, write, write_setting
from darkroom.domain.errors import ConfigError, InputError
from darkroom.domain.profile import Profile, address_name, of_address, shown_name
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from darkroom.domain.service import Service

BOX = Profile(
    "box",
    url="https://box.lan:8443/comfy",
    auth="basic",
    username="me",
    secret="env:BOX",  # noqa: S106 - a reference
    headers={"X-Team": "light"},
    verify_tls=False,
    defaults={"steps": 30, "checkpoint": "a.safetensors"},
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return resolve(tmp_path, {})


def put(paths: Paths, text: str) -> None:
    paths.create()
    paths.config_file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["box", "two words", "dotted.name", 'quoted "x"', "größe", "[x]"])
def test_a_profile_comes_back_as_it_was_written(paths: Paths, name: str) -> None:
    profile = replace(BOX, name=name)
    write(paths, profile)
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert list(loaded.profiles) == [name, "demo"]
    assert loaded.profiles[name] == profile
    assert loaded.sources[f"profiles.{name}"].startswith(f"{paths.config_file}:")
    assert stat.S_IMODE(paths.config_file.stat().st_mode) == 0o600


def test_comments_and_order_survive(paths: Paths) -> None:
    box = '# the box\n[profiles.box] # here\nurl = "http://old" # old\n'
    put(paths, f'# mine\ntheme = "a" # nice\n\n{box}\n[keys]\nhelp = "f12"\n')
    write(paths, Profile("box", url="http://new"))
    write(paths, Profile("other", url="http://other"))
    write_setting(paths, "trash_days", 7)
    after = paths.config_file.read_text(encoding="utf-8")
    for kept in ("# mine\n", 'theme = "a" # nice', "# the box\n", "[profiles.box] # here"):
        assert kept in after
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.profiles["box"].url == "http://new"
    assert list(loaded.profiles) == ["box", "other", "demo"]
    assert loaded.settings.trash_days == 7
    assert loaded.settings.keys == {"help": "f12"}


def test_what_no_longer_differs_from_the_default_is_taken_out(paths: Paths) -> None:
    write(paths, BOX)
    write(paths, Profile("box", url=BOX.url))
    assert load(paths, {}).profiles["box"] == Profile("box", url=BOX.url)
    assert "secret" not in paths.config_file.read_text(encoding="utf-8")


def test_a_profile_can_be_removed(paths: Paths) -> None:
    write(paths, BOX)
    assert remove(paths, "box")
    assert not remove(paths, "box")
    assert list(load(paths, {}).profiles) == ["demo"]


def test_a_setting_goes_to_the_top_and_not_into_a_table(paths: Paths) -> None:
    write(paths, BOX)
    write_setting(paths, "theme", "a")
    loaded = load(paths, {})
    assert loaded.settings.theme == "a"
    assert loaded.profiles["box"] == BOX


def test_a_broken_file_is_left_as_it_is(paths: Paths) -> None:
    put(paths, "theme = \n")
    with pytest.raises(ConfigError, match="cannot be changed"):
        write(paths, BOX)
    assert paths.config_file.read_text(encoding="utf-8") == "theme = \n"


def test_a_symbolic_link_stays_one(paths: Paths, tmp_path: Path) -> None:
    paths.create()
    real = tmp_path / "dotfiles.toml"
    real.write_text("# kept\n")
    paths.config_file.symlink_to(real)
    write(paths, BOX)
    assert paths.config_file.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("# kept\n")
    assert [path.name for path in paths.config.iterdir()] == ["config.toml"]


def test_an_unusable_profile_is_not_written(paths: Paths) -> None:
    with pytest.raises(InputError, match="http://"):
        write(paths, Profile("box", url="box"))
    assert not paths.config_file.exists()


@pytest.mark.parametrize(
    "url",
    [
        "http://a",
        "https://a.b/c/d",
        "http://127.0.0.1:8188",
        "http://[::1]:8188/x",
        "HTTP://BOX",
        "http://a_b:1/",
        "http://bücher.example",
    ],
)
def test_addresses_that_can_be_used(url: str) -> None:
    assert problems(Profile("box", url=url)) == ()


@pytest.mark.parametrize(
    ("changed", "field", "word"),
    [
        ({"url": ""}, "url", "missing"),
        ({"url": "box:8188"}, "url", "must start with"),
        ({"url": "ftp://box"}, "url", "must start with"),
        ({"url": "http://"}, "url", "host"),
        ({"url": "http://:8188"}, "url", "host"),
        ({"url": "http://a:b"}, "url", "host"),
        ({"url": "http://a:99999"}, "url", "port"),
        ({"url": "http://a:0"}, "url", "port"),
        ({"url": "http://u:p@box"}, "url", "user or password"),
        ({"url": "http://a/?q=1"}, "url", "“?”"),
        ({"url": "http://a/#f"}, "url", "“?”"),
        ({"url": "http://a b"}, "url", "spaces"),
        ({"url": "http://a\x1b[31m"}, "url", "control"),
        ({"name": ""}, "name", "needs a name"),
        ({"name": " box"}, "name", "needs a name"),
        ({"name": "a\nb"}, "name", "printable"),
        ({"name": "x" * 61}, "name", "60"),
        ({"name": "demo"}, "name", "embedded"),
        ({"name": "-x"}, "name", "dash"),
        ({"service": "comfy"}, "service", "not a service"),
        ({"auth": "digest"}, "auth", "none, basic, bearer"),
        ({"auth": "basic", "secret": "env:X"}, "username", "needed"),
        ({"auth": "basic", "username": "a:b", "secret": "env:X"}, "username", "colon"),
        ({"auth": "login", "username": "me", "secret": "env:X"}, "auth", "cannot be login for ComfyUI"),
        ({"service": "a1111", "auth": "api-key", "secret": "env:X"}, "auth", "cannot be api-key"),
        ({"service": "invokeai", "auth": "login", "secret": "env:X"}, "username", "needed for login"),
        ({"service": "invokeai", "auth": "login", "username": "a@b"}, "secret", "needed for login"),
        ({"service": "fooocus-api", "auth": "api-key"}, "secret", "needed for api-key"),
        ({"auth": "bearer", "secret": "env:"}, "secret", "names no environment variable"),
        ({"auth": "bearer", "secret": "file:here"}, "secret", "starts with / or ~/"),
        ({"auth": "bearer", "secret": "keyring:box"}, "secret", "keyring:SERVICE/NAME"),
        ({"headers": {"X-Api-Key": "hunter2"}}, "headers", "itself"),
        ({"auth": "bearer"}, "secret", "needed"),
        ({"auth": "bearer", "secret": "hunter2"}, "secret", "itself"),
        ({"secret": "env:X"}, "auth", "is none"),
        ({"headers": {"a b": "c"}}, "headers", "name of a header"),
        ({"headers": {"X-A": "b\r\nX-B: c"}}, "headers", "one line"),
        ({"headers": {"Authorization": "Bearer hunter2"}}, "headers", "itself"),
        ({"defaults": {"step": 3}}, "defaults", "not a parameter"),
    ],
)
def test_what_makes_a_profile_unusable(changed: dict[str, str], field: str, word: str) -> None:
    found = problems(replace(Profile("box", url="http://box"), **changed))  # type: ignore[arg-type]
    assert [problem.field for problem in found] == [field]
    assert word in found[0].sentence()
    assert "hunter2" not in found[0].sentence() + found[0].hint


@pytest.mark.parametrize(
    "changed",
    [
        {"service": "invokeai", "auth": "login", "username": "me@here", "secret": "env:X"},
        {"service": "fooocus", "auth": "login", "username": "me:too", "secret": "file:~/x"},
        {"service": "fooocus-api", "auth": "api-key", "secret": "keyring:darkroom/box"},
        {"service": "a1111", "auth": "basic", "username": "u", "secret": "env:X"},
        {"service": "comfyui", "auth": "bearer", "secret": "env:X"},
    ],
)
def test_each_service_is_opened_in_its_own_ways(paths: Paths, changed: dict[str, str]) -> None:
    profile = replace(Profile("box", url="http://box"), **changed)  # type: ignore[arg-type]
    assert problems(profile) == ()
    write(paths, profile)
    assert load(paths, {}).profiles["box"] == profile


def test_switches_of_a_profile_are_kept(paths: Paths) -> None:
    profile = Profile("box", "a1111", "http://box", active=False, server_settings=True)
    write(paths, profile)
    assert load(paths, {}).profiles["box"] == profile
    write(paths, replace(profile, active=True, server_settings=False))
    assert "active" not in paths.config_file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("service", "known"), SERVICES.items())
def test_a_service_alone_means_its_usual_address(paths: Paths, service: str, known: Service) -> None:
    put(paths, f'[profiles.box]\nservice = "{service}"\n')
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert loaded.profiles["box"] == Profile("box", service, known.url)


def test_a_header_may_hold_a_reference_to_a_secret() -> None:
    assert problems(Profile("box", url="http://box", headers={"Authorization": "env:TOKEN"})) == ()


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('[profiles.box]\nurl = "http://u:p@a"', 2, "user or password"),
        ('[profiles.box]\nurls = "http://a"', 2, "profiles.box.urls"),
        ("[profiles.box]\nurl = 3", 2, "must be text"),
        ('[profiles.box]\nurl = "http://a"\nheaders = { a = 3 }', 3, "must be text"),
        ('[profiles.box]\nurl = "http://a"\nheaders = 3', 3, "must be a table"),
        ('[profiles.box]\nurl = "http://a"\n[profiles.box.defaults]\nstep = 3', 3, "not a parameter"),
        ('[profiles.demo]\nurl = "http://a"', 1, "embedded"),
        ("[profiles.box]\n", 1, "missing"),
        ('[profiles.box]\nservice = "a111"\nurl = "http://a"', 2, "not a service"),
        ('[profiles.box]\nurl = "http://a"\nactive = "no"', 3, "must be true or false"),
        ('[profiles.box]\nservice = "a1111"\nauth = "login"', 3, "cannot be login for AUTOMATIC1111"),
        ('[profiles.box]\nservice = "invokeai"\nauth = "login"\nsecret = "env:X"', 1, "needed for login"),
    ],
)
def test_a_mistake_in_one_profile_is_told_and_costs_only_that_one(
    paths: Paths, text: str, line: int, word: str
) -> None:
    put(paths, text + '\n[profiles.good]\nurl = "http://good"\n')
    loaded = load(paths, {})
    assert list(loaded.profiles) == ["good", "demo"]
    assert loaded.profiles["demo"].url == ""
    assert [error.line for error in loaded.errors] == [line]
    assert word in loaded.errors[0].title


def test_an_address_is_a_name_that_says_its_service() -> None:
    assert address_name("comfyui", "http://a:1/x") == "http://a:1/x"
    name = address_name("a1111", "http://a:1/x")
    assert of_address(name) == Profile("a1111+http://a:1/x", "a1111", "http://a:1/x")
    assert of_address("https://a") == Profile("https://a", "comfyui", "https://a")
    assert of_address("box") is None
    assert [shown_name(known) for known in (name, "https://a", "box")] == ["a:1/x", "a", "box"]


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["steps=30", "cfg=4.5"], {"steps": 30, "cfg_scale": 4.5}),
        (
            ["model=a b.safetensors", "size=1152×896"],
            {"checkpoint": "a b.safetensors", "width": 1152, "height": 896},
        ),
        (["tiling=true", "negative="], {"tiling": True, "negative": ""}),
        (["sampler=DPM++ 2M", "style=a=b"], {"sampler": "DPM++ 2M", "style": "a=b"}),
        (["vae=nan"], {"vae": "nan"}),
    ],
)
def test_defaults_are_read_as_people_write_them(texts: list[str], found: dict[str, object]) -> None:
    assert defaults_from(texts) == found
    assert defaults_from(defaults_text(defaults_from(texts)).splitlines()) == found


@pytest.mark.parametrize("text", ["steps", "=3", "size=big"])
def test_what_sets_no_default_is_told(text: str) -> None:
    with pytest.raises(InputError):
        defaults_from([text])


def test_the_example_in_the_docs_can_be_used(paths: Paths) -> None:
    docs = Path(__file__).parents[3] / "docs" / "configuration.md"
    example = docs.read_text(encoding="utf-8").partition("```toml\n[profiles.")[2].partition("```")[0]
    put(paths, "[profiles." + example)
    loaded = load(paths, {})
    assert loaded.errors == ()
    assert list(loaded.profiles) == ["box", "forge", "studio", "demo"]
    assert loaded.profiles["forge"].url == "http://127.0.0.1:7860"


def test_many_profiles_are_read_in_one_pass(paths: Paths) -> None:
    put(
        paths,
        "".join(f'[profiles.p{n}]\nservice = "a1111"\ndefaults = {{ steps = 3 }}\n' for n in range(400)),
    )
    began = time.process_time()
    loaded = load(paths, {})
    took = time.process_time() - began
    assert len(loaded.profiles) == 401
    assert loaded.sources["profiles.p399"] == f"{paths.config_file}:{399 * 3 + 1}"
    assert took < 2, "looking for each line from the top took ten times as long"

"""Samplers and their schedules, whichever way a service spells them.

Canonical is ComfyUI's spelling. A1111 has names for people and schedules of its own, the old one glued
both together ("DPM++ 2M Karras"); InvokeAI's schedule is part of the name (`dpmpp_2m_k`).
To add a sampler, add its row: all names under which it goes, then what stands in for it.
Source: ComfyUI 0.3.64 `/object_info/KSampler`; Forge f2.0.1 `/samplers`, `/schedulers`; InvokeAI 6.14.2
`DenoiseLatentsInvocation.scheduler`; Fooocus-API 0.5.0.1, recorded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class _Sampler(NamedTuple):
    """One sampler.

    Attributes:
        name: The canonical one.
        others: Under which it goes elsewhere.
        automatic: The schedule that A1111's "Automatic" means with it.
        nearest: What stands in for it where it is missing, nearest first.
    """

    name: str
    others: tuple[str, ...] = ()
    automatic: str = "normal"
    nearest: tuple[str, ...] = ()


_SAMPLERS = (
    _Sampler("euler", ("k_euler",)),
    _Sampler("euler_ancestral", ("euler a", "euler_a", "k_euler_a", "k_euler_ancestral"), nearest=("euler",)),
    _Sampler("euler_cfg_pp", nearest=("euler",)),
    _Sampler("euler_ancestral_cfg_pp", nearest=("euler_ancestral", "euler")),
    _Sampler("heun", ("k_heun",), nearest=("heunpp2", "euler")),
    _Sampler("heunpp2", nearest=("heun",)),
    _Sampler("dpm_2", ("dpm2", "k_dpm_2", "kdpm_2"), "karras", ("heun",)),
    _Sampler("dpm_2_ancestral", ("dpm2 a", "k_dpm_2_a", "kdpm_2_a"), "karras", ("dpm_2", "euler_ancestral")),
    _Sampler("lms", ("k_lms",), nearest=("euler",)),
    _Sampler("dpm_fast", ("k_dpm_fast",), nearest=("dpm_adaptive", "dpmpp_2m")),
    _Sampler("dpm_adaptive", ("k_dpm_ad", "k_dpm_adaptive"), nearest=("dpm_fast", "dpmpp_2m")),
    _Sampler("dpmpp_2s_ancestral", ("dpm++ 2s a", "k_dpmpp_2s_a"), "karras", ("dpmpp_2s", "dpmpp_sde")),
    _Sampler("dpmpp_2s_ancestral_cfg_pp", nearest=("dpmpp_2s_ancestral", "dpmpp_2s")),
    _Sampler("dpmpp_2s", ("dpm++ 2s",), nearest=("dpmpp_2s_ancestral", "dpmpp_2m")),
    _Sampler("dpmpp_sde", ("dpm++ sde", "k_dpmpp_sde", "dpmpp_sde_gpu"), "karras", ("dpmpp_2m_sde",)),
    _Sampler("dpmpp_2m", ("dpm++ 2m", "k_dpmpp_2m"), "karras", ("dpmpp_2m_sde", "dpmpp_3m", "uni_pc")),
    _Sampler("dpmpp_2m_cfg_pp", nearest=("dpmpp_2m",)),
    _Sampler(
        "dpmpp_2m_sde",
        ("dpm++ 2m sde", "k_dpmpp_2m_sde", "dpmpp_2m_sde_gpu"),
        "exponential",
        ("dpmpp_3m_sde", "dpmpp_sde", "dpmpp_2m"),
    ),
    _Sampler(
        "dpmpp_2m_sde_heun",
        ("dpm++ 2m sde heun", "k_dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu"),
        "exponential",
        ("dpmpp_2m_sde", "dpmpp_2m"),
    ),
    _Sampler(
        "dpmpp_3m_sde",
        ("dpm++ 3m sde", "k_dpmpp_3m_sde", "dpmpp_3m_sde_gpu"),
        "exponential",
        ("dpmpp_2m_sde", "dpmpp_3m", "dpmpp_2m"),
    ),
    _Sampler("dpmpp_3m", ("dpm++ 3m",), nearest=("dpmpp_2m", "dpmpp_3m_sde")),
    _Sampler("restart", (), "karras", ("heun", "euler_ancestral")),
    _Sampler("ipndm", nearest=("plms", "lms", "deis")),
    _Sampler("ipndm_v", nearest=("ipndm", "plms", "lms")),
    _Sampler("deis", nearest=("ipndm", "dpmpp_2m")),
    _Sampler("plms", ("pndm",), nearest=("ipndm", "lms", "ddim")),
    _Sampler("ddim", nearest=("ddim_cfgpp", "euler")),
    _Sampler("ddim_cfgpp", ("ddim cfg++",), nearest=("ddim",)),
    _Sampler("ddpm", nearest=("euler_ancestral", "ddim")),
    _Sampler("uni_pc", ("unipc",), nearest=("uni_pc_bh2", "dpmpp_2m")),
    _Sampler("uni_pc_bh2", nearest=("uni_pc", "dpmpp_2m")),
    _Sampler("lcm", ("k_lcm",), nearest=("tcd", "euler")),
    _Sampler("tcd", nearest=("lcm", "euler")),
    _Sampler("er_sde", ("er sde",), nearest=("dpmpp_2m_sde", "dpmpp_sde")),
    _Sampler("sa_solver", ("sa solver",), nearest=("er_sde", "dpmpp_2m_sde")),
    _Sampler("res_multistep", ("res multistep",), nearest=("dpmpp_2m", "euler")),
)

_SCHEDULES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "normal": (("uniform",), ("simple", "sgm_uniform")),
    "karras": ((), ("kl_optimal", "exponential")),
    "exponential": ((), ("polyexponential", "karras")),
    "polyexponential": ((), ("exponential",)),
    "sgm_uniform": (("sgm uniform", "sgmuniform"), ("simple", "normal")),
    "simple": ((), ("sgm_uniform", "normal")),
    "ddim_uniform": (("ddim",), ("normal",)),
    "beta": ((), ("normal",)),
    "linear_quadratic": (("linear quadratic",), ("simple", "normal")),
    "kl_optimal": (("kl optimal",), ("karras",)),
    "align_your_steps": (("align your steps", "ays"), ("align_your_steps_11", "karras")),
    "align_your_steps_gits": (("align your steps gits", "gits"), ("align_your_steps", "karras")),
    "align_your_steps_11": (("align your steps 11",), ("align_your_steps", "karras")),
    "align_your_steps_32": (("align your steps 32",), ("align_your_steps", "karras")),
    "turbo": ((), ("sgm_uniform", "simple")),
    "lcm": ((), ("sgm_uniform", "simple")),
    "tcd": ((), ("sgm_uniform", "simple")),
}
"""Other names of a schedule, and what stands in for it, nearest first."""

AUTOMATIC = "automatic"
"""A1111's schedule that depends on the sampler, and each service's "as the sampler has it"."""

NORMAL = "normal"


def _folded(name: str) -> str:
    return re.sub(r"[\s_]+", " ", name.strip().lower()).strip()


_BY_NAME = {_folded(name): row for row in _SAMPLERS for name in (row.name, *row.others)}
_SCHEDULE_BY_NAME = {
    **{
        _folded(name): canonical
        for canonical, (others, _) in _SCHEDULES.items()
        for name in (canonical, *others)
    },
    "automatic": AUTOMATIC,
}
_GLUED = re.compile(
    r"(?P<sampler>.+?)\s+"
    r"(?P<schedule>karras|exponential|polyexponential|sgm uniform|uniform|simple|normal|beta)"
)


class Sampling(NamedTuple):
    """A sampler and its schedule by their canonical names; "" for a schedule that was not said."""

    sampler: str
    schedule: str = ""


def sampler_of(name: str) -> Sampling | None:
    """What a service's name of a sampler means; `None` for a name that nobody here knows."""
    folded = _folded(name)
    row = _BY_NAME.get(folded)
    if row is not None:
        return Sampling(row.name)
    if folded.endswith(" k") and (row := _BY_NAME.get(folded[:-2])) is not None:
        return Sampling(row.name, "karras")
    glued = _GLUED.fullmatch(folded)
    if glued is not None and (row := _BY_NAME.get(glued["sampler"])) is not None:
        return Sampling(row.name, _SCHEDULE_BY_NAME[glued["schedule"]])
    return None


def schedule_of(name: str) -> str | None:
    """The canonical name of a schedule; `None` for one that nobody here knows."""
    return _SCHEDULE_BY_NAME.get(_folded(name))


def sampling_of(sampler: str, schedule: str = "") -> Sampling:
    """What a sampler, and a schedule beside it, mean together; a name that is not known stands for itself."""
    found = sampler_of(sampler) or Sampling(sampler)
    said = (schedule_of(schedule) or schedule) if schedule else found.schedule
    if said == AUTOMATIC:
        said = _BY_NAME[_folded(found.sampler)].automatic if _folded(found.sampler) in _BY_NAME else ""
    return Sampling(found.sampler, said)


def same_sampler(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is the sampler `name` under another spelling; `None` when there is none."""
    wanted = sampler_of(name)
    if wanted is None:
        return None
    known = [(choice, sampler_of(choice)) for choice in choices]
    for meant in (wanted, Sampling(wanted.sampler)):
        found = next((choice for choice, one in known if one == meant), None)
        if found is not None:
            return found
    return None


def same_schedule(name: str, choices: Iterable[str]) -> str | None:
    """The choice that is the schedule `name` under another spelling; `None` when there is none."""
    wanted, folded = schedule_of(name), _folded(name)
    same = [choice for choice in choices if wanted and schedule_of(choice) == wanted]
    return next((choice for choice in same if _folded(choice) == folded), same[0] if same else None)


def nearest_sampler(wanted: Sampling, choices: tuple[str, ...], *, glued: bool) -> str | None:
    """The choice that paints most like `wanted`.

    Args:
        wanted: By canonical names.
        choices: What the server has.
        glued: Whether the schedule is part of the name there, because it has no field of its own.

    Returns:
        One of `choices`, exact or nearest; `None` when nothing comes near.
    """
    known: dict[Sampling, str] = {}
    for choice in choices:
        meant = sampler_of(choice)
        if meant is not None:
            known.setdefault(meant, choice)
    row = _BY_NAME.get(_folded(wanted.sampler))
    schedules = _like(wanted.schedule) if glued else ()
    for sampler in (wanted.sampler, *(row.nearest if row else ())):
        # A name without a schedule in it has the normal one.
        for schedule in dict.fromkeys((*("" if one == NORMAL else one for one in schedules), "")):
            if (meant := Sampling(sampler, schedule)) in known:
                return known[meant]
    return next((choice for choice in choices if choice == wanted.sampler), None)


def nearest_schedule(wanted: str, choices: tuple[str, ...]) -> str | None:
    """The choice that is most like the schedule `wanted`; `None` when nothing comes near."""
    known: dict[str, str] = {}
    for choice in choices:
        known.setdefault(schedule_of(choice) or choice, choice)
    return next((known[name] for name in _like(wanted) if name in known), None)


def _like(schedule: str) -> tuple[str, ...]:
    """A schedule and what stands in for it, nearest first."""
    return (schedule, *(_SCHEDULES[schedule][1] if schedule in _SCHEDULES else ()))

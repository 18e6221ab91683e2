"""What went wrong at the server, read from its answer.

Forge says it in `detail` and `message`, A1111 in `detail` and `errors`, stable-diffusion.cpp in `error`.
Source: recordings `nowebui_500`, `a1111mw_500`, `txt2img_bad_type`, `txt2img_bad_alwayson`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.domain.errors import Rejected
from darkroom.domain.generation import Reason
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

_MEMORY = re.compile(r"OutOfMemory|out of memory|not enough memory|MemoryError", re.IGNORECASE)

_ADDRESSES = {
    "prompt": "prompt",
    "negative_prompt": "negative",
    "sampler_name": "sampler",
    "scheduler": "scheduler",
    "steps": "steps",
    "cfg_scale": "cfg_scale",
    "distilled_cfg_scale": "guidance",
    "width": "width",
    "height": "height",
    "seed": "seed",
    "subseed": "subseed",
    "subseed_strength": "subseed_strength",
    "batch_size": "batch_size",
    "n_iter": "batch_count",
    "denoising_strength": "denoise",
    "init_images": "image",
    "mask": "mask",
    "mask_blur": "mask_blur",
    "inpaint_full_res_padding": "inpaint_padding",
    "hr_scale": "hires_scale",
    "hr_upscaler": "hires_upscaler",
    "hr_second_pass_steps": "hires_steps",
    "refiner_checkpoint": "refiner",
    "refiner_switch_at": "refiner_switch",
    "styles": "style",
    "script_name": "script",
    "image": "image",
    "upscaler_1": "upscaler",
    "upscaling_resize": "upscale",
    "upscaler_2": "upscaler_2",
    "extras_upscaler_2_visibility": "upscaler_2_visibility",
    "gfpgan_visibility": "gfpgan_visibility",
    "codeformer_visibility": "codeformer_visibility",
    "codeformer_weight": "codeformer_weight",
}
"""The form's address by the field of a request."""

_WORDS = (
    ("sampler not found", "sampler"),
    ("init image not found", "image"),
    ("invalid encoded image", "image"),
    ("prompt required", "prompt"),
    ("could not find checkpoint with name", "refiner"),
    ("invalid lora path", "lora"),
    ("upscaler", "upscaler"),
)
"""What a message holds that names a field, and the field. Source: recordings; SD.Next; sd.cpp."""


class Refusal(NamedTuple):
    """What the server said.

    Attributes:
        text: In its own words, one line each.
        kind: The name of its exception, "" when it says none.
        problems: What is wrong by address, where it says so.
        status: Of the answer.
    """

    text: str
    kind: str
    problems: dict[str, str]
    status: int = 500

    @property
    def out_of_memory(self) -> bool:
        """Its memory did not suffice."""
        return bool(_MEMORY.search(f"{self.kind} {self.text}"))


def read_refusal(document: object) -> Refusal:
    """What a body with a status above 399 says; any JSON will do."""
    said: Mapping[str, Any] = document if isinstance(document, dict) else {}
    detail, kind = said.get("detail"), said.get("error")
    if isinstance(detail, list):
        problems = dict(filter(None, map(_problem, detail)))
        text = "\n".join(f"{address or 'request'}: {why}" for address, why in problems.items())
        return Refusal(text, "", problems)
    words = (said.get(key) for key in ("detail", "message", "errors", "error"))
    text = next((word for word in words if isinstance(word, str) and word), "")
    kind = kind if isinstance(kind, str) and kind != text and kind != "HTTPException" else ""
    text = excerpt(text, 600)
    return Refusal(text, excerpt(kind, 60), _named(text))


def _problem(item: object) -> tuple[str, str] | None:
    """Address and reason of one entry of a schema error."""
    if not isinstance(item, dict):
        return None
    where = item.get("loc")
    names = [part for part in where if isinstance(part, str)] if isinstance(where, list) else []
    field = names[1] if len(names) > 1 else ""
    return _ADDRESSES.get(field, ""), excerpt(str(item.get("msg", "refused")), 200)


def _named(text: str) -> dict[str, str]:
    folded = text.lower()
    return next(({address: text} for word, address in _WORDS if word in folded), {})


def rejected(refusal: Refusal, profile: str) -> Rejected:
    """The error for a request that was refused before it ran."""
    reason = refusal.text or f"status {refusal.status}"
    return Rejected(
        "The server refuses the request",
        f"Status {refusal.status}: {refusal.text or 'without a reason'}",
        profile=profile,
        problems=refusal.problems or {"": reason},
    )


def failed(refusal: Refusal) -> Reason:
    """Why a job failed that the server had begun, or could not begin."""
    said = (
        f"{refusal.kind}: {refusal.text}" if refusal.kind and refusal.text else refusal.kind or refusal.text
    )
    if refusal.out_of_memory:
        return Reason(
            "The server ran out of memory",
            said,
            "Try a smaller size or batch, or a smaller model",
            "OutOfMemory",
        )
    return Reason("The server failed on the job", said, "See the server's log", "JobFailed")

"""What the form offers before a server was asked, or where it has no list.

Source: AUTOMATIC1111 1.10, `modules/sd_samplers_kdiffusion.py`, `sd_schedulers.py`; its web page's
`ui-config.json`.
"""

from __future__ import annotations

SAMPLERS = (
    "DPM++ 2M",
    "DPM++ SDE",
    "DPM++ 2M SDE",
    "DPM++ 2M SDE Heun",
    "DPM++ 2S a",
    "DPM++ 3M SDE",
    "Euler a",
    "Euler",
    "LMS",
    "Heun",
    "DPM2",
    "DPM2 a",
    "DPM fast",
    "DPM adaptive",
    "Restart",
    "DDIM",
    "PLMS",
    "UniPC",
)

SCHEDULERS = (
    "Automatic",
    "Uniform",
    "Karras",
    "Exponential",
    "Polyexponential",
    "SGM Uniform",
    "KL Optimal",
    "Align Your Steps",
    "Simple",
    "Normal",
    "DDIM",
    "Beta",
)

UPSCALERS = ("Lanczos", "Nearest")
LATENT_UPSCALERS = (
    "Latent",
    "Latent (antialiased)",
    "Latent (bicubic)",
    "Latent (bicubic antialiased)",
    "Latent (nearest)",
    "Latent (nearest-exact)",
)

SIZE_MAX_PX = 4096
SIZE_STEP_PX = 8
"""Sizes are rounded down to it without a word. Source: recording `txt2img_size_not_multiple_of_8`."""

SIGNED_SEED_MAX = 2**63 - 1
"""Of programs that hold a seed in a signed number; the others take all of 64 bits."""

RESIZE_MODES = ("Stretch", "Crop", "Fill", "Latent")
"""How a picture is brought to the size; sent as the place in this list."""

MASK_FILLS = ("Fill", "Original", "Latent noise", "Latent nothing")
MASK_AREAS = ("Whole picture", "Only masked")

CONTROL_MODES = ("Balanced", "My prompt is more important", "ControlNet is more important")
CONTROL_RESIZES = ("Just Resize", "Crop and Resize", "Resize and Fill")

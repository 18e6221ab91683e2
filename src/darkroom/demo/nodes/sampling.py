"""Latents and samplers.

A latent is a canvas with its strokes still to be painted: sampling adds a stroke and shows previews of
it, decoding paints at full size.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from darkroom.demo.nodes.results import NodeFunction, Result
from darkroom.demo.nodes.values import Conditioning, Guider, Latent, Model, Noise, Sigmas
from darkroom.demo.painting import canvas as painting
from darkroom.demo.painting.canvas import Canvas, Stroke
from darkroom.demo.painting.recipe import Recipe

if TYPE_CHECKING:
    from darkroom.demo.nodes.context import Context


def empty_latent(_context: Context, width: int, height: int, batch_size: int) -> Result:
    """EmptyLatentImage and EmptySD3LatentImage; sizes are rounded down to 8, as latents are."""
    blank = Canvas(max(width // 8, 1) * 8, max(height // 8, 1) * 8)
    return Result((Latent((blank,) * batch_size),))


def upscale_latent(
    _context: Context, samples: Latent, upscale_method: str, width: int, height: int, crop: str
) -> Result:
    """LatentUpscale; 0 keeps a side in proportion."""
    del upscale_method, crop
    first = samples.items[0]
    if width == 0 and height == 0:
        return Result((samples,))
    width = width or round(first.width * height / first.height)
    height = height or round(first.height * width / first.width)
    return _scaled(samples, width, height)


def upscale_latent_by(_context: Context, samples: Latent, upscale_method: str, scale_by: float) -> Result:
    """LatentUpscaleBy."""
    del upscale_method
    first = samples.items[0]
    return _scaled(samples, round(first.width * scale_by), round(first.height * scale_by))


def _scaled(samples: Latent, width: int, height: int) -> Result:
    width, height = max(width // 8, 1) * 8, max(height // 8, 1) * 8
    return Result((Latent(tuple(replace(c, width=width, height=height) for c in samples.items)),))


def repeat_latent(_context: Context, samples: Latent, amount: int) -> Result:
    """RepeatLatentBatch."""
    return Result((Latent(samples.items * amount),))


def k_sampler(
    context: Context,
    model: Model,
    seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    denoise: float = 1.0,
) -> Result:
    """KSampler."""
    recipe = _recipe(model, positive, negative, seed, steps, cfg, sampler_name, scheduler)
    return Result((_sample(context, recipe, latent_image, denoise, steps),))


def k_sampler_advanced(
    context: Context,
    model: Model,
    add_noise: str,
    noise_seed: int,
    steps: int,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    positive: Conditioning,
    negative: Conditioning,
    latent_image: Latent,
    start_at_step: int,
    end_at_step: int,
    return_with_leftover_noise: str,
) -> Result:
    """KSamplerAdvanced: the share of steps from `start_at_step` on is its denoise."""
    del add_noise, return_with_leftover_noise
    start, end = min(start_at_step, steps), min(end_at_step, steps)
    if end <= start:
        return Result((latent_image,))
    recipe = _recipe(model, positive, negative, noise_seed, end - start, cfg, sampler_name, scheduler)
    return Result((_sample(context, recipe, latent_image, 1 - start / steps, end - start),))


def sampler_custom(
    context: Context,
    model: Model,
    add_noise: bool,
    noise_seed: int,
    cfg: float,
    positive: Conditioning,
    negative: Conditioning,
    sampler: str,
    sigmas: Sigmas,
    latent_image: Latent,
) -> Result:
    """SamplerCustom; both outputs are the same here."""
    del add_noise
    recipe = _recipe(model, positive, negative, noise_seed, sigmas.steps, cfg, sampler, sigmas.scheduler)
    made = _sample(context, recipe, latent_image, sigmas.denoise, sigmas.steps)
    return Result((made, made))


def sampler_custom_advanced(
    context: Context, noise: Noise, guider: Guider, sampler: str, sigmas: Sigmas, latent_image: Latent
) -> Result:
    """SamplerCustomAdvanced; both outputs are the same here."""
    recipe = _recipe(
        *(guider.model, guider.positive, guider.negative, noise.seed),
        *(sigmas.steps, guider.cfg, sampler, sigmas.scheduler),
    )
    made = _sample(context, recipe, latent_image, sigmas.denoise, sigmas.steps)
    return Result((made, made))


def cfg_guider(
    _context: Context, model: Model, positive: Conditioning, negative: Conditioning, cfg: float
) -> Result:
    """CFGGuider."""
    return Result((Guider(model, positive, negative, cfg),))


def basic_guider(_context: Context, model: Model, conditioning: Conditioning) -> Result:
    """BasicGuider: no negative; Flux guidance, when set, stands for cfg."""
    return Result((Guider(model, conditioning, Conditioning(()), (conditioning.guidance or 3.5) * 2),))


def sampler_select(_context: Context, sampler_name: str) -> Result:
    """KSamplerSelect."""
    return Result((sampler_name,))


def basic_scheduler(_context: Context, model: Model, scheduler: str, steps: int, denoise: float) -> Result:
    """BasicScheduler."""
    del model
    return Result((Sigmas(scheduler, steps, denoise),))


def random_noise(_context: Context, noise_seed: int) -> Result:
    """RandomNoise."""
    return Result((Noise(noise_seed),))


def _recipe(
    model: Model,
    positive: Conditioning,
    negative: Conditioning,
    seed: int,
    steps: int,
    cfg: float,
    sampler: str,
    scheduler: str,
) -> Recipe:
    return Recipe(
        prompt=positive.text,
        negative=negative.text,
        seed=seed,
        steps=steps,
        cfg=cfg,
        sampler=sampler,
        scheduler=scheduler,
        checkpoint=model.checkpoint,
        loras=tuple((lora.name, lora.strength) for lora in model.loras),
    )


def _sample(context: Context, recipe: Recipe, latent: Latent, denoise: float, steps: int) -> Latent:
    """Adds the recipe's stroke to every canvas and shows the first one while it comes into being."""
    strokes = (Stroke(replace(recipe, index=i), denoise) for i in range(len(latent.items)))
    made = Latent(tuple(c.with_stroke(s) for c, s in zip(latent.items, strokes, strict=True)))
    first = made.items[0]
    sketch = painting.Sketch(first) if context.previews else None
    context = replace(context, started=time.monotonic())
    for number in range(1, steps + 1):
        context.wait_for_step(number, first.width, first.height)
        picture = sketch.preview(number / steps, number) if sketch is not None else None
        context.step(number, steps, picture)
    return made


NODES: dict[str, NodeFunction] = {
    "EmptyLatentImage": empty_latent,
    "EmptySD3LatentImage": empty_latent,
    "RepeatLatentBatch": repeat_latent,
    "LatentUpscale": upscale_latent,
    "LatentUpscaleBy": upscale_latent_by,
    "KSampler": k_sampler,
    "KSamplerAdvanced": k_sampler_advanced,
    "SamplerCustom": sampler_custom,
    "SamplerCustomAdvanced": sampler_custom_advanced,
    "CFGGuider": cfg_guider,
    "BasicGuider": basic_guider,
    "KSamplerSelect": sampler_select,
    "BasicScheduler": basic_scheduler,
    "RandomNoise": random_noise,
}

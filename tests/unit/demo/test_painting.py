"""The pictures: the same for the same recipe, of the asked size, and related to what was asked."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from darkroom.demo.painting import subject
from darkroom.demo.painting.canvas import Canvas, Sketch, Stroke, develop
from darkroom.demo.painting.palette import PALETTES
from darkroom.demo.painting.recipe import Recipe
from darkroom.demo.painting.scene import SCENES

if TYPE_CHECKING:
    from darkroom.demo.painting.finish import Pixels

RECIPE = Recipe(prompt="a harbour at dawn", seed=1)


def painted(recipe: Recipe, width: int = 96, height: int = 96) -> Pixels:
    return develop(Canvas(width, height).with_stroke(Stroke(recipe)))


def distance(a: Pixels, b: Pixels) -> float:
    """Mean difference of two pictures, 0 … 255."""
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"seed": 2**64 - 1},
        {"prompt": "a forest at night"},
        {"prompt": "a harbour at night"},
        {"prompt": "a red harbour at dawn"},
        {"negative": "dark"},
        {"steps": 3},
        {"cfg": 14.0},
        {"checkpoint": "demo-ink.safetensors"},
        {"checkpoint": "demo-sketch.safetensors"},
        {"loras": (("demo-glow.safetensors", 1.0),)},
        {"loras": (("demo-grain.safetensors", 0.7),)},
        {"loras": (("demo-mist.safetensors", 1.0),)},
        {"index": 1},
    ],
    ids=str,
)
def test_what_is_asked_can_be_seen(change: dict[str, Any]) -> None:
    assert distance(painted(RECIPE), painted(replace(RECIPE, **change))) > 1


def test_the_same_recipe_gives_the_same_pixels() -> None:
    assert np.array_equal(painted(RECIPE), painted(replace(RECIPE)))


DIGEST = """
import hashlib
from darkroom.demo.painting.canvas import Canvas, Stroke, develop
from darkroom.demo.painting.recipe import Recipe
from darkroom.demo.painting.scene import SCENES
digest = hashlib.sha256()
for kind in SCENES:
    for checkpoint in ("demo-dusk", "demo-ink", "demo-sketch"):
        recipe = Recipe(prompt=kind, seed=3, checkpoint=checkpoint, loras=(("demo-glow", 0.5),))
        digest.update(develop(Canvas(200, 150).with_stroke(Stroke(recipe))).tobytes())
print(digest.hexdigest())
"""


def test_an_older_processor_paints_the_same_pixels() -> None:
    """Numpy has other code for other processors; none of it may show."""
    features = " ".join(np.show_config(mode="dicts")["SIMD Extensions"]["found"])
    if not features:
        pytest.skip("numpy has no faster code for this processor that could be switched off")
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "NPY_DISABLE_CPU_FEATURES": disabled},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for disabled in ("", features)
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


@pytest.mark.parametrize("kind", SCENES)
@pytest.mark.parametrize(("width", "height"), [(64, 64), (8, 8), (160, 48), (48, 160), (16, 128)])
def test_every_scene_fills_every_size(kind: str, width: int, height: int) -> None:
    for time in PALETTES:
        recipe = replace(RECIPE, prompt=f"{kind} {subject.TIMES[time].split()[0]}")
        pixels = painted(recipe, width, height)
        assert pixels.shape == (height, width, 3)
        assert pixels.dtype == np.uint8
        assert pixels.std() > 3


@pytest.mark.parametrize("kind", SCENES)
def test_a_small_picture_looks_like_the_large_one(kind: str) -> None:
    """Previews are painted small: they must show what will come."""
    recipe = replace(RECIPE, prompt=f"{kind}, sunset", seed=5)
    large = Image.fromarray(painted(recipe, 512, 512)).resize((64, 64), Image.Resampling.BOX)
    assert distance(np.asarray(large), painted(recipe, 64, 64)) < 20


def test_few_steps_are_rougher_than_many() -> None:
    def roughness(steps: int) -> float:
        pixels = painted(replace(RECIPE, steps=steps), 128, 128).astype(int)
        return float(np.abs(np.diff(pixels, axis=1)).mean())

    assert roughness(1) > 2 * roughness(20)


def test_more_cfg_gives_more_colour() -> None:
    def colour(cfg: float) -> float:
        pixels = painted(replace(RECIPE, cfg=cfg)).astype(int)
        return float((pixels.max(axis=2) - pixels.min(axis=2)).mean())

    assert colour(1) < colour(7) < colour(14)


def test_denoise_leaves_as_much_of_the_picture_as_it_says() -> None:
    base = painted(replace(RECIPE, prompt="a forest", seed=9), 96, 96)
    full = painted(RECIPE)
    distances = []
    for denoise in (0.0, 0.3, 0.7, 1.0):
        canvas = Canvas(96, 96, base=base).with_stroke(Stroke(RECIPE, denoise))
        distances.append(distance(develop(canvas), full))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] == 0
    untouched = develop(Canvas(96, 96, base=base).with_stroke(Stroke(RECIPE, 0.0)))
    assert distance(untouched[:80], base[:80]) == 0


def test_a_picture_of_another_size_is_fitted_under_the_strokes() -> None:
    base = np.full((30, 50, 3), 200, dtype=np.uint8)
    assert develop(Canvas(64, 48, base=base)).shape == (48, 64, 3)


def test_the_label_is_drawn_on_what_was_painted_and_on_nothing_else() -> None:
    plain = develop(Canvas(256, 256))
    assert len(np.unique(plain)) == 1
    labelled = develop(Canvas(256, 256, base=plain).with_stroke(Stroke(RECIPE, 0.0)))
    rows, columns, _ = np.nonzero(labelled != plain)
    assert rows.min() > 256 - 20
    assert columns.min() > 256 - 100


def test_previews_come_out_of_the_noise() -> None:
    canvas = Canvas(256, 128).with_stroke(Stroke(RECIPE))
    sketch = Sketch(canvas)
    goal = Image.fromarray(develop(canvas)).resize((512, 256))
    distances = []
    for number in (1, 5, 10):
        picture = Image.open(BytesIO(sketch.preview(number / 10, number)))
        assert (picture.format, picture.size) == ("JPEG", (512, 256))
        distances.append(distance(np.asarray(picture), np.asarray(goal)))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < distances[0] / 2


@settings(max_examples=40, deadline=None)
@given(prompt=st.text(max_size=300), seed=st.integers(0, 2**64 - 1), cfg=st.floats())
def test_every_prompt_gives_a_picture(prompt: str, seed: int, cfg: float) -> None:
    recipe = Recipe(prompt=prompt, negative=prompt, seed=seed, cfg=cfg, steps=2)
    assert painted(recipe, 24, 24).shape == (24, 24, 3)


@pytest.mark.parametrize(
    ("prompt", "kind", "time"),
    [
        ("a lighthouse at night, storm", "coast", "night"),
        ("sunflowers", "flower", None),
        ("a mountain lake at dawn", "coast", "dawn"),
        ("portrait of a queen", "portrait", "dusk"),
        ("tokyo, neon", "city", "night"),
        ("a galaxy", "space", "night"),
    ],
)
def test_words_choose_scene_and_light(prompt: str, kind: str, time: str | None) -> None:
    seen = subject.read(Recipe(prompt=prompt))
    assert seen.kind == kind
    assert time in (None, seen.time)

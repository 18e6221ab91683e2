"""Pictures: decode, encode, load, scale."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter, ImageOps, ImageSequence

from darkroom.demo.catalog import UPSCALERS
from darkroom.demo.nodes.results import NodeFunction, Result
from darkroom.demo.nodes.values import Images, Latent, NodeFailure, Pixels, Vae
from darkroom.demo.painting import canvas as painting
from darkroom.demo.painting.canvas import Canvas, Mask

if TYPE_CHECKING:
    from darkroom.demo.nodes.context import Context

RESAMPLING = {
    "nearest-exact": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "area": Image.Resampling.BOX,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

DAMAGED = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)
"""What Pillow raises on files that are no pictures, or too large ones."""
LARGEST_PIXELS, LARGEST_BATCH_PIXELS = 2**26, 2**28
"""In one picture and in a batch; more would take this machine's memory from other programs."""


def vae_decode(context: Context, samples: Latent, vae: Vae) -> Result:
    """VAEDecode: paints every canvas at its full size."""
    first = samples.items[0]
    _affordable(first.width, first.height, len(samples.items))
    pictures = []
    for canvas in samples.items:
        context.check()
        pictures.append(painting.develop(canvas, vae.name))
    return Result((tuple(pictures),))


def vae_encode(_context: Context, pixels: Images, vae: Vae) -> Result:
    """VAEEncode; pictures are cropped in the middle to multiples of 8, as the real one does."""
    del vae
    return Result((Latent(tuple(_canvas(p) for p in pixels)),))


def _canvas(picture: Pixels) -> Canvas:
    height, width = picture.shape[:2]
    left, top = width % 8 // 2, height % 8 // 2
    width, height = max(width // 8, 1) * 8, max(height // 8, 1) * 8
    return Canvas(width, height, base=picture[top : top + height, left : left + width])


def load_image(context: Context, image: str) -> Result:
    """LoadImage: all frames of the picture's first size, and where they are transparent."""
    frames = read_frames(context, image)
    frames = [frame for frame in frames if frame.size == frames[0].size]
    pictures = tuple(np.asarray(frame.convert("RGB")) for frame in frames)
    return Result((pictures, tuple(_transparency(frame) for frame in frames)))


def read_frames(context: Context, name: str) -> list[Image.Image]:
    """All frames of a picture on the server, upright.

    Raises:
        NodeFailure: It is none.
    """
    path = context.folders.picture(name)
    try:
        with Image.open(path) as opened:
            return [ImageOps.exif_transpose(frame).copy() for frame in ImageSequence.Iterator(opened)]
    except DAMAGED as error:
        raise NodeFailure(str(error)) from error


def _transparency(frame: Image.Image) -> Mask:
    """1 where nothing is to be seen; a small mask of zeros for a picture without alpha, as the real one."""
    if "A" not in frame.getbands():
        return np.zeros((64, 64), dtype=np.float32)
    alpha = np.asarray(frame.getchannel("A"), dtype=np.float32)
    return 1 - alpha / np.float32(255)


def image_scale(
    _context: Context, image: Images, upscale_method: str, width: int, height: int, crop: str
) -> Result:
    """ImageScale; 0 keeps a side in proportion, two zeros keep the picture."""
    old_height, old_width = image[0].shape[:2]
    if width == 0 and height == 0:
        return Result((image,))
    width = width or max(1, round(old_width * height / old_height))
    height = height or max(1, round(old_height * width / old_width))
    _affordable(width, height, len(image))
    return Result((tuple(_resize(p, width, height, upscale_method, crop == "center") for p in image),))


def image_scale_by(_context: Context, image: Images, upscale_method: str, scale_by: float) -> Result:
    """ImageScaleBy."""
    height, width = image[0].shape[:2]
    width, height = max(1, round(width * scale_by)), max(1, round(height * scale_by))
    _affordable(width, height, len(image))
    return Result((tuple(_resize(p, width, height, upscale_method, center=False) for p in image),))


def _affordable(width: int, height: int, count: int) -> None:
    """Raises NodeFailure for pictures that are larger than the demo server paints."""
    if width * height > LARGEST_PIXELS or width * height * count > LARGEST_BATCH_PIXELS:
        raise NodeFailure(f"{count} × {width}×{height} pixels are more than the demo server paints.")


def _resize(picture: Pixels, width: int, height: int, method: str, center: bool) -> Pixels:
    source = Image.fromarray(picture)
    if center:
        return np.asarray(ImageOps.fit(source, (width, height), RESAMPLING[method]))
    return np.asarray(source.resize((width, height), RESAMPLING[method]))


def empty_image(_context: Context, width: int, height: int, batch_size: int = 1, color: int = 0) -> Result:
    """EmptyImage: one colour, 0xRRGGBB."""
    _affordable(width, height, batch_size)
    picture = np.empty((height, width, 3), dtype=np.uint8)
    picture[:] = (color >> 16 & 255, color >> 8 & 255, color & 255)
    return Result(((picture,) * batch_size,))


def image_invert(_context: Context, image: Images) -> Result:
    """ImageInvert."""
    return Result((tuple(255 - p for p in image),))


def repeat_batch(_context: Context, image: Images, amount: int) -> Result:
    """RepeatImageBatch."""
    return Result((image * amount,))


def image_size(_context: Context, image: Images) -> Result:
    """GetImageSize."""
    height, width = image[0].shape[:2]
    return Result((width, height, len(image)))


def upscale_model(_context: Context, model_name: str) -> Result:
    """UpscaleModelLoader. As in a real one, only here it shows that there is no such file."""
    if model_name not in UPSCALERS:
        raise NodeFailure(
            f"Model in folder 'upscale_models' with filename '{model_name}' not found.", "FileNotFoundError"
        )
    return Result((model_name,))


def upscale_with_model(context: Context, upscale_model: str, image: Images) -> Result:
    """ImageUpscaleWithModel: twice as large, with sharper edges; no detail is made up."""
    del upscale_model
    height, width = image[0].shape[:2]
    _affordable(2 * width, 2 * height, len(image))
    made = []
    for number, pixels in enumerate(image, 1):
        large = Image.fromarray(pixels).resize((2 * width, 2 * height), Image.Resampling.LANCZOS)
        made.append(np.asarray(large.filter(ImageFilter.UnsharpMask(radius=2))))
        context.step(number, len(image), None)
    return Result((tuple(made),))


NODES: dict[str, NodeFunction] = {
    "VAEDecode": vae_decode,
    "VAEEncode": vae_encode,
    "LoadImage": load_image,
    "ImageScale": image_scale,
    "ImageScaleBy": image_scale_by,
    "EmptyImage": empty_image,
    "ImageInvert": image_invert,
    "RepeatImageBatch": repeat_batch,
    "GetImageSize": image_size,
    "UpscaleModelLoader": upscale_model,
    "ImageUpscaleWithModel": upscale_with_model,
}

"""What nodes make of their inputs: small real pictures, which differ by seed and show what was fed in."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.servers.harness.painting import cloud, load, png
from tests.servers.invokeai.graphs import REQUIRED, inputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.invokeai.pictures import Pictures

VERSION = "6.14.2"
FILTERS = {"lanczos": Image.Resampling.LANCZOS, "nearest": Image.Resampling.NEAREST}


class NodeError(Exception):
    """A node failed: type and message, as the server tells them."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def preview(seed: int, part: float, size: tuple[int, int]) -> dict[str, Any]:
    """The picture in the making: an eighth of the size, as a data URI; the size told is the full one."""
    small = (max(1, size[0] // 8), max(1, size[1] // 8))
    made = Image.blend(Image.new("RGB", small), cloud(seed, small), part)
    written = io.BytesIO()
    made.save(written, "JPEG")
    text = base64.b64encode(written.getvalue()).decode()
    return {"width": size[0], "height": size[1], "dataURL": f"data:image/jpeg;base64,{text}"}


def encode(made: Image.Image, metadata: Mapping[str, Any] | None, graph: Mapping[str, Any]) -> bytes:
    """As PNG, with the server's text chunks."""
    texts = {"invokeai_graph": json.dumps(graph)}
    if metadata is not None:
        texts = {"invokeai_metadata": json.dumps(metadata), **texts}
    return png(made, texts)


class Values:
    """What the nodes of one item made so far, by node and output."""

    def __init__(self, graph: dict[str, Any], pictures: Pictures) -> None:
        self._graph = graph
        self._pictures = pictures
        self._made: dict[str, Any] = {}
        self.seed = 0

    def get(self, node_id: str, field: str, default: Any = None) -> Any:
        """An input of a node: what an edge brings, or its own value."""
        ends = inputs_of(self._graph, node_id).get(field)
        if ends:
            return self._made.get(ends[0][0])
        return self._graph["nodes"][node_id].get(field, default)

    def run(self, node_id: str) -> Any:
        """Runs a node; gives what it made: a picture, a number, a text, a dictionary or nothing."""
        node = self._graph["nodes"][node_id]
        kind = node["type"]
        linked = inputs_of(self._graph, node_id)
        for field in REQUIRED.get(kind, ()):
            if field not in linked:
                raise NodeError(
                    "RequiredConnectionException", f"Node {node_id} missing connections for field {field}"
                )
        maker = getattr(self, f"_{kind}", None)
        made = maker(node_id) if maker is not None else self._other(node_id)
        self._made[node_id] = made
        return made

    def _other(self, node_id: str) -> Any:
        """Nodes that pass a picture on (decoders, control maps), and nodes without a picture."""
        for field in ("image", "latents", "mask"):
            if (found := self._picture(node_id, field)) is not None:
                return found
        return None

    def _picture(self, node_id: str, field: str) -> Image.Image | None:
        value = self.get(node_id, field)
        if isinstance(value, dict) and "image_name" in value:
            data = self._pictures.get(value["image_name"])
            if data is None:
                raise NodeError("ImageRecordNotFoundException", "Image record not found")
            return load(data)
        return value if isinstance(value, Image.Image) else None

    def _need(self, node_id: str, field: str) -> Image.Image:
        found = self._picture(node_id, field)
        if found is None:
            raise NodeError("RequiredConnectionException", f"Node {node_id} has no {field}")
        return found

    def _integer(self, node_id: str) -> int:
        return int(self.get(node_id, "value"))

    def _string(self, node_id: str) -> str:
        return str(self.get(node_id, "value"))

    def _compel(self, node_id: str) -> None:
        if str(self.get(node_id, "prompt")).strip().startswith("()"):
            raise NodeError("IndexError", "list index out of range")

    def _noise(self, node_id: str) -> Image.Image:
        # Over an edge the seed is not checked: it acts modulo 2^32.
        self.seed = int(self.get(node_id, "seed", 0)) % 2**32
        return cloud(self.seed, (self.get(node_id, "width"), self.get(node_id, "height")))

    def _denoise_latents(self, node_id: str) -> Image.Image:
        noise = self._need(node_id, "noise")
        begun = self._picture(node_id, "latents")
        if begun is None:
            return noise
        return Image.blend(
            noise, begun.convert("RGB").resize(noise.size), self.get(node_id, "denoising_start")
        )

    def _img_crop(self, node_id: str) -> Image.Image:
        x, y = self.get(node_id, "x"), self.get(node_id, "y")
        image = self._need(node_id, "image").convert("RGBA")
        return image.crop((x, y, x + self.get(node_id, "width"), y + self.get(node_id, "height")))

    def _img_resize(self, node_id: str) -> Image.Image:
        size = (self.get(node_id, "width"), self.get(node_id, "height"))
        how = FILTERS.get(self.get(node_id, "resample_mode"), Image.Resampling.BICUBIC)
        return self._need(node_id, "image").resize(size, how)

    def _spandrel_image_to_image_autoscale(self, node_id: str) -> Image.Image:
        image, scale = self._need(node_id, "image").convert("RGB"), self.get(node_id, "scale")
        return image.resize((int(image.width * scale), int(image.height * scale)))

    def _img_conv(self, node_id: str) -> Image.Image:
        return self._need(node_id, "image").convert(self.get(node_id, "mode"))

    def _img_lerp(self, node_id: str) -> Image.Image:
        low, high = self.get(node_id, "min"), self.get(node_id, "max")
        return self._need(node_id, "image").point(lambda value: int(value / 255 * (high - low) + low))

    def _create_gradient_mask(self, node_id: str) -> Image.Image:
        # Black is painted anew; whatever is not white belongs to it.
        return self._need(node_id, "mask").convert("L").point(lambda value: 0 if value < 255 else 255)

    def _invokeai_img_blend(self, node_id: str) -> Image.Image:
        base = self._need(node_id, "layer_base").convert("RGB")
        upper = self._need(node_id, "layer_upper").convert("RGB")
        mask = self._need(node_id, "mask").convert("L").point(lambda value: 255 - value)
        return Image.composite(upper, base, mask)

    def _core_metadata(self, node_id: str) -> dict[str, Any]:
        node = self._graph["nodes"][node_id]
        own = ("id", "type", "is_intermediate", "use_cache")
        told = {name: value for name, value in node.items() if name not in own and value is not None}
        told.update({field: self.get(node_id, field) for field in inputs_of(self._graph, node_id)})
        return {**told, "app_version": VERSION}

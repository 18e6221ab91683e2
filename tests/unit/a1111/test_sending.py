"""The body of a request, with pictures put in on the way."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from typing import Any

from darkroom.connectors.a1111.sending import PictureBody, references

PICTURE = random.Random(1).randbytes(700_001)
HASH = hashlib.sha256(PICTURE).hexdigest()


async def written(request: dict[str, Any]) -> bytes:
    body = PictureBody(request, {HASH: PICTURE})
    pieces = [piece async for piece in body.pieces()]
    assert max(map(len, pieces)) <= 256 * 1024
    assert sum(map(len, pieces)) == body.size_bytes
    return b"".join(pieces)


async def test_pictures_stand_where_they_are_referred_to() -> None:
    encoded = base64.b64encode(PICTURE).decode()
    unit = {"enabled": True, "image": f"blob:{HASH}"}
    request = {
        "init_images": [f"blob:{HASH}"],
        "mask": f"blob:{HASH}",
        "alwayson_scripts": {"ControlNet": {"args": [unit]}},
    }
    assert set(references(request)) == {HASH}
    assert json.loads(await written(request)) == {
        "init_images": [encoded],
        "mask": encoded,
        "alwayson_scripts": {"ControlNet": {"args": [{"enabled": True, "image": encoded}]}},
    }


async def test_text_that_looks_like_a_picture_stays_text() -> None:
    request = {"prompt": f"blob:{HASH}", "script_args": [f"blob:{HASH}", None], "image": "blob:short"}
    assert not set(references(request))
    assert json.loads(await written(request)) == request


async def test_half_characters_are_replaced() -> None:
    assert json.loads(await written({"prompt": "a\ud800b"})) == {"prompt": "a\ufffdb"}

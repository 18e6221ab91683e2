"""A picture that shows at a glance whether pictures are drawn right."""

from __future__ import annotations

import io

SIZE = (480, 300)

WORDS = "Right is: a whole white frame, a round circle, all colours, and greys from black to white below."


def png() -> bytes:
    """The picture: colours from side to side, a circle, a grey wedge, and a frame of two pixels."""
    from PIL import Image, ImageDraw  # brings Pillow, which few commands need

    width, height = SIZE
    across = Image.linear_gradient("L").rotate(90).resize(SIZE)
    down = Image.linear_gradient("L").resize(SIZE)
    picture = Image.merge(
        "HSV", (across, Image.new("L", SIZE, 190), down.point(lambda part: 255 - part // 2))
    )
    card = picture.convert("RGB")
    wedge = across.resize((width, height // 5)).convert("RGB")
    card.paste(wedge, (0, height - height // 5))
    draw = ImageDraw.Draw(card)
    centre, radius = (width // 2, height * 2 // 5), height // 4
    draw.circle(centre, radius, outline="white", width=5)
    draw.rectangle((0, 0, width - 1, height - 1), outline="white", width=2)
    written = io.BytesIO()
    card.save(written, "PNG")
    return written.getvalue()

"""Buttons to pick one thing of several, and the picture of what was picked."""

import io
from pathlib import Path

import anywidget
import ipywidgets
import numpy as np
import traitlets

DPI = 180  # dots an inch: about twice the page's, for displays of twice the pixels


class Picker(anywidget.AnyWidget):
    """A row of buttons, of which one is picked: with the mouse, or with the arrow keys.

    Parameters
    ----------
    name : str
        What is picked here; said by screen readers.
    options : list of dict
        See `options` below.

    Attributes
    ----------
    options : list of dict
        Each with "text", written on the button, "name", said by screen readers, and "picture",
        from `thumbnail`, or None.
    index : int
        Which of them is picked.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    name = traitlets.Unicode().tag(sync=True)
    options = traitlets.List().tag(sync=True)
    index = traitlets.Int(0).tag(sync=True)

    def __init__(self, name, options=()):
        super().__init__(name=name, options=list(options))


def thumbnail(picture):
    """Bring a picture (height, width) into the form that a button shows: ink of 0 to 255."""
    low, high = picture.min(), picture.max()
    ink = 255 * (picture - low) / max(high - low, 1e-12)
    height, width = picture.shape
    return {"height": height, "width": width, "ink": ink.astype(np.uint8).tobytes()}


def picture_box(width):
    """Make a widget for a picture: `width` on the page, or less where the page is narrow."""
    layout = {"align_self": "flex-start", "width": width, "max_width": "100%", "margin": "0"}
    return ipywidgets.Image(format="png", layout=layout)


def png_bytes(figure):
    """Draw a matplotlib Figure as the bytes of a PNG picture."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=DPI, pil_kwargs={"compress_level": 1})  # quick
    return data.getvalue()

"""Buttons to pick one thing of several, and the picture of what was picked."""

from pathlib import Path

import anywidget
import ipywidgets
import traitlets


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
        from `dlscratch.pictures.thumbnail`, or None.
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


def picture_box(width):
    """Make a widget for a picture: `width` on the page, or less where the page is narrow."""
    layout = {"align_self": "flex-start", "width": width, "max_width": "100%", "margin": "0"}
    return ipywidgets.Image(format="png", layout=layout)

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from dlscratch.widgets.picker import Picker, picture_box, png_bytes, thumbnail


def test_the_first_of_the_options_is_picked():
    picker = Picker("Iteration", [{"text": text, "name": text, "picture": None} for text in "ab"])
    assert (picker.name, len(picker.options), picker.index) == ("Iteration", 2, 0)


@pytest.mark.parametrize("low, high", [(0, 1), (0, 255), (-3, 5)])
def test_a_thumbnail_has_no_ink_at_the_lowest_number_and_all_at_the_highest(low, high):
    picture = np.linspace(low, high, 12).reshape(3, 4)
    button = thumbnail(picture)
    assert (button["height"], button["width"]) == (3, 4)
    ink = np.frombuffer(button["ink"], np.uint8)
    np.testing.assert_allclose(ink, np.linspace(0, 255, 12), atol=1)


def test_a_thumbnail_of_one_number_is_empty():
    assert not any(thumbnail(np.ones((2, 2)))["ink"])


def test_a_picture_has_twice_the_pixels_of_the_page_and_a_width_that_may_shrink():
    png = png_bytes(Figure(figsize=(4, 3)))
    assert Image.open(io.BytesIO(png)).size == (720, 540)
    layout = picture_box("400px").layout
    assert (layout.width, layout.max_width) == ("400px", "100%")

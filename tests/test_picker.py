from dlscratch.widgets.picker import Picker, picture_box


def test_the_first_of_the_options_is_picked():
    picker = Picker("Iteration", [{"text": text, "name": text, "picture": None} for text in "ab"])
    assert (picker.name, len(picker.options), picker.index) == ("Iteration", 2, 0)


def test_a_picture_has_a_width_that_may_shrink():
    layout = picture_box("400px").layout
    assert (layout.width, layout.max_width) == ("400px", "100%")

"""The checks of notebook 4.5.0."""

import numpy as np
from exercise_helpers import NOTEBOOKS, cells_of, verdict

from dlscratch.exercises import before_4_5_0

# check: {what the message says: answer or answers}
WRONG = {
    "check_layer": {
        "that is x @ W. Add the bias": [4, 1, 6],
        "the first pixel is 2, the second is 1": [5, 3, 2],
        "unit 0: multiply the two pixels with column 0 of W": [5, 2, 5],
        "unit 1: multiply the two pixels with column 1 of W": [4, 3, 5],
        "and add b[2]": [4, 2, 6],
        "expected the shape (3,)": [4, 2],
    },
    "check_one_step": {
        "with 0.1, the step leads from 5 to 4.6.\nGo further": 0.1,
        "with 1.1, the step leads from 5 to 0.6.\nThat is too far": 1.1,
        "2 is how far to go. The step is rate * 4.": 2,
        "leads from 5 to 7.\nA learning rate is a number above 0": -0.5,
        "leads from 5 to 5.\nA learning rate is a number above 0": 0,
    },
}


def test_the_layer_that_is_checked_is_that_of_the_notebook():
    (path,) = (path for path in NOTEBOOKS if path.stem.startswith("4.5.0"))
    source = next(text for kind, text in cells_of(path) if kind == "code" and "W = " in text)
    found = {"np": np}
    exec(source.partition("\n\n")[0], found)
    np.testing.assert_array_equal(found["W"], before_4_5_0.W)
    np.testing.assert_array_equal(found["b"], before_4_5_0.B)


def test_an_array_of_numpy_is_an_answer_too():
    assert verdict("check_layer", np.array([4.0, 2.0, 5.0])).startswith("right: ")
    assert verdict("check_one_step", np.float64(0.5)).startswith("right: ")

"""The checks that many functions share: what is taken, and what is refused by name."""

from functools import partial

import numpy as np
import pytest
from label_forms import FORMS, soft

from dlscratch import checks

LABELS = [2, 0, 1, 2]
ONE_HOT = [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize("known", [{}, {"n": 4, "classes": 3}])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_targets_becomes_labels(form, known):
    labels = checks.as_labels(form(LABELS), "t", **known)
    assert labels.dtype == np.intp
    np.testing.assert_array_equal(labels, LABELS)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_form_of_targets_becomes_rows(form, dtype):
    """One-hot ones, but for soft rows, which stay as they are."""
    rows = checks.as_rows(form(LABELS), "t", n=4, classes=3, dtype=dtype)
    assert rows.dtype == dtype
    np.testing.assert_allclose(rows, soft(LABELS) if form is soft else ONE_HOT)


@pytest.mark.parametrize("t", [1, [1], [[1]], [0, 1, 0], [[0, 1, 0]], [0.2, 0.7, 0.1]])
def test_one_sample_takes_a_label_or_a_row(t):
    assert checks.as_labels(t, "t", n=1, classes=3).tolist() == [1]


@pytest.mark.parametrize("t", [[0, 1], [0, 2, 1], [2, 0, 0], [0, 0, 0], [1, 1, 0], [-1, 1, 1]])
def test_integers_for_one_sample_are_a_row_only_if_one_hot(t):
    for classes in (None, 3):
        with pytest.raises(ValueError, match="not one-hot, for one sample|expected labels of sha"):
            checks.as_labels(t if len(t) == 3 else [*t, 2], "t", n=1, classes=classes)


@pytest.mark.parametrize(
    ("t", "known", "error", "message"),
    [
        (LABELS, {"n": 5}, ValueError, r"digits has shape \(4,\); expected labels of shape \(5,\)"),
        (ONE_HOT, {"classes": 2}, ValueError, r"\(4, 3\); .* rows of shape \(n, 2\)"),
        ([[LABELS]], {}, ValueError, r"digits has shape \(1, 1, 4\); .*\(n,\).*\(n, classes\)"),
        (LABELS, {"classes": 2}, ValueError, "digits holds labels from 0 to 2; expected 0 to 1"),
        ([-1, 0], {}, ValueError, "digits holds labels from -1 to 0; expected 0 or more"),
        ([0.0, 1.0], {}, TypeError, "digits holds labels of dtype float64; labels are integers"),
        ([[0, -1], [1, 0]], {}, ValueError, "digits holds values from -1.0 to 1.0; expected 0 or"),
        ([[0, np.nan], [1, 0]], {}, ValueError, "digits holds values from nan to nan"),
        ([[0, np.inf], [1, 0]], {}, ValueError, "digits holds values from 0.0 to inf"),
        ([[1], [1, 2]], {}, ValueError, "digits cannot be made an array: .*inhomogeneous"),
        (np.ma.array(LABELS, mask=[1, 0, 0, 0]), {}, ValueError, "digits has masked entries"),
    ],
)
def test_targets_that_have_no_form_are_refused_by_name(t, known, error, message):
    with pytest.raises(error, match=message):
        checks.as_labels(t, "digits", **known)


or_zero = partial(checks.as_positive, or_zero=True)


@pytest.mark.parametrize(
    ("check", "value", "error", "message"),
    [
        (checks.as_positive, np.inf, ValueError, "k is inf; expected a positive number"),
        (checks.as_positive, True, TypeError, "k is True; expected a positive number"),
        (or_zero, -1e-9, ValueError, "k is -1e-09; expected 0 or more, and finite"),
        (checks.as_path, None, TypeError, "k is None; expected the path of a file or folder"),
    ],
)
def test_argument_that_is_wrong_is_named(check, value, error, message):
    with pytest.raises(error, match=message):
        check(value, "k")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_keep_their_precision_but_half_of_it(dtype):
    expected = np.float32 if dtype == np.float16 else dtype
    assert checks.as_floats(np.zeros(2, dtype), "a").dtype == expected

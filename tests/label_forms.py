"""Every form in which labels are handed over; each must give the same picture or number."""

import numpy as np


class Series:
    """Like a pandas Series whose rows were shuffled: [k] looks k up in the index."""

    def __init__(self, labels):
        self.values = np.asarray(labels)
        self.index = list(range(len(labels)))[::-1]

    def __len__(self):
        return len(self.values)

    def __getitem__(self, k):
        return self.values[self.index.index(k)]

    def __array__(self, dtype=None, copy=None):
        return self.values.astype(dtype or self.values.dtype)


def soft(labels):
    """Rows in which the label has the largest of several values."""
    return np.eye(3)[labels] * 0.4 + 0.2


FORMS = {  # of labels from 0 to 2
    "list": list,
    "array": np.array,
    "bytes": lambda labels: np.array(labels, np.uint8),
    "column": lambda labels: np.array(labels)[:, np.newaxis],
    "series": Series,
    "objects": lambda labels: np.array(labels, object),
    "strided": lambda labels: np.repeat(labels, 2)[::2],
    "unmasked": np.ma.array,
    "bools": lambda labels: np.eye(3, dtype=bool)[labels],
    "one-hot": lambda labels: np.eye(3, dtype=int)[labels],
    "one-hot lists": lambda labels: np.eye(3)[labels].tolist(),
    "soft rows": soft,
}

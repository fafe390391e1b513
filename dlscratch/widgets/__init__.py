"""What the learner touches: the only modules that know ipywidgets and anywidget."""

# Older copies of the notebooks import these from here, too.
from dlscratch.mnist import to_mnist
from dlscratch.snapshots import train_with_snapshots
from dlscratch.widgets.digit_browser import DigitBrowser, draw_digit
from dlscratch.widgets.digit_pad import DigitPad
from dlscratch.widgets.snapshots import SnapshotBrowser, draw_snapshot
from dlscratch.widgets.training_panel import TrainingPanel

__all__ = [
    "DigitBrowser",
    "DigitPad",
    "SnapshotBrowser",
    "TrainingPanel",
    "draw_digit",
    "draw_snapshot",
    "to_mnist",
    "train_with_snapshots",
]

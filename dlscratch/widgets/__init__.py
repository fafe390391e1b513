"""What the learner touches: the only modules that know ipywidgets and anywidget."""

# Older copies of the notebooks import these from here, too.
from dlscratch.mnist import to_mnist
from dlscratch.pictures import draw_digit
from dlscratch.snapshots import train_with_snapshots
from dlscratch.widgets.digit_browser import DigitBrowser
from dlscratch.widgets.digit_pad import DigitPad
from dlscratch.widgets.snapshots import SnapshotBrowser
from dlscratch.widgets.training_panel import TrainingPanel

__all__ = [
    "DigitBrowser",
    "DigitPad",
    "SnapshotBrowser",
    "TrainingPanel",
    "draw_digit",
    "to_mnist",
    "train_with_snapshots",
]

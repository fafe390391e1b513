"""What all widgets share: `page.js` and `page.css`, before their own, and a sentence."""

from pathlib import Path

import anywidget
import traitlets

from dlscratch.words import say

FOLDER = Path(__file__).parent


def shared_and(name):
    """Give what the page gets: the file that all widgets share, and the widget's own one."""
    files = (FOLDER / "page").with_suffix(Path(name).suffix), FOLDER / name
    return "\n".join(file.read_text("utf-8") for file in files)


class Page(anywidget.AnyWidget):
    """A widget whose page notices if no kernel answers, and says so.

    Parameters
    ----------
    what : str
        A sentence on what the widget is for, where it cannot be used.
    traits
        The widget's own.
    """

    no_kernel = traitlets.Unicode().tag(sync=True)

    def __init__(self, what, **traits):
        missing = say(
            "For that it needs a kernel, and none answers. If it is busy with another cell, wait. "
            "Else choose Run, Run All Above Selected Cell in the menu bar, since the imports come "
            "first; then run this cell."
        )
        super().__init__(no_kernel=f"{what} {missing}", **traits)

    def answer(self):
        """Tell the page, which waits for it, that there is a kernel."""
        self.send({})

"""Buttons to pick one thing of several, and pictures of what was picked."""

import traitlets

from dlscratch.widgets.page import Page, shared_and
from dlscratch.words import say


class Picker(Page):
    """Rows of buttons, of which one is picked: with the mouse, or with the arrow keys.

    A subclass says what is shown of thing k of a list, in `_look(chosen, k)`: a sentence, and
    pairs (PNG picture, its words). It is asked when a thing is picked first; what it gives is kept.

    Parameters
    ----------
    what : str
        A sentence on what the widget is for, where it cannot be used.
    names : list of str
        What is picked, said by screen readers: a list, if there is more than one, and a thing.
    lists : list of dict
        Each with its name, "text", and its "options": for each thing "text", written on the
        button, "name", said by screen readers, and "picture", from `pictures.thumbnail`, or None.

    Attributes
    ----------
    chosen : list of int
        Which list is picked, and which of its things.
    view : dict
        What the page shows of it: "chosen", "said", a sentence, and "pictures", each with its
        "png" and "alt", the words for who cannot see it.
    """

    _esm, _css = shared_and("picker.js"), shared_and("picker.css")
    words = traitlets.Dict().tag(sync=True)
    lists = traitlets.List().tag(sync=True)
    chosen = traitlets.List([0, 0]).tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, what, names, lists):
        words = {"names": names, "drawing": say("Drawing ...")}
        super().__init__(what, words=words, lists=lists)
        self._views = {}
        self._show()
        self.observe(self._show, "chosen")
        self.on_msg(lambda *_: self.answer())

    def _show(self, _change=None):
        chosen = tuple(self.chosen)
        if chosen not in self._views:
            said, pictures = self._look(*chosen)
            pictures = [{"png": png, "alt": alt} for png, alt in pictures]
            self._views[chosen] = {"chosen": chosen, "said": said, "pictures": pictures}
        self.view = self._views[chosen]

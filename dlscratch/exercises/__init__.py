"""Checks that answer the exercises of the notebooks.

`check_softmax(my_softmax)` shows "right", or "not yet" with the first thing to look at, or "not
attempted" while a `...` is left in the answer. `hint=1`, `2` or `3` adds a hint;
each says more, and names the next.
`check_question(name, "a")` does so for the questions at the end of a notebook, without hints.
"""

import importlib
import pkgutil

CHECKS = {  # every check of this folder's modules, by its name
    name: check
    for module in pkgutil.iter_modules(__path__)
    for name, check in vars(importlib.import_module(f"{__name__}.{module.name}")).items()
    if name.startswith("check_")
}
globals().update(CHECKS)
__all__ = sorted(CHECKS)

"""How a check speaks: `right`, `not yet` with the first thing to look at, or `not attempted`.

A check goes through the parts of an answer in the order in which one should look at them:

    @exercise("the first hint", "the second", "the third")
    def check_area(report, area):
        with report.part("area is next: multiply the two sides."):
            area = number("area", area, 12)
            area.mistake("that is the sum of the sides.", 7)
            area.otherwise("it is 3 times 4.")
            report.right("the area is 12")

A part that is still `...` is left out, and its sentence says what to do next; a check of one part
needs no `part`. `Wrong` ends the check at the first fault. A check works on data of its own or on
copies, so that nothing of the learner's is changed.

All that a learner reads is a whole sentence, or an item of a list, in the learner's language:
`say` looks it up, and all that is used above does so by itself.
"""

import contextlib
import copy
import functools
import html
import inspect
import linecache
import traceback

import numpy as np
from IPython.display import display

from dlscratch.words import say


class Wrong(Exception):
    """The answer is wrong: a sentence, with its values, and more lines that are already said."""

    def __init__(self, sentence, *more, **values):
        super().__init__("\n".join([say(sentence, **values), *more]))


class NotAttempted(Exception):
    """A `...` is left in the answer; the message, if there is one, says where."""


class Report:
    """What a check has found: what is right, and the first part that is still `...`."""

    def __init__(self):
        self.todo = say("replace each ... by your answer (hint=1 gives a hint).")
        self.right_so_far = []
        self.next_step = None
        self.place = None  # where a `...` stopped the learner's function

    def right(self, item, **values):
        """Note what is right."""
        self.right_so_far.append(say(item, **values))

    @contextlib.contextmanager
    def part(self, next_step, name=None):
        """Judge one part of the answer.

        Parameters
        ----------
        next_step : str
            What to do if the part is still `...`; `{name}` in it is the name.
        name : str, optional
            The learner's name for the part, which is noted if it is right.
        """
        try:
            yield
            if name:
                self.right_so_far.append(name)
        except NotAttempted as left:
            if self.next_step is None:
                self.next_step, self.place = say(next_step, name=name), str(left)

    def show(self, fault=None, *more):
        """Show the verdict, and after it more lines."""
        items = say("; ").join(self.right_so_far)
        if fault is None and self.next_step is None:
            looks, lines = RIGHT, [say("right: {items}.", items=items)]
        elif fault is None and not items:
            looks, lines = NOT_ATTEMPTED, [say("not attempted: {todo}", todo=self.todo)]
        else:
            first = self.next_step if fault is None else fault
            looks, lines = NOT_YET, say("not yet: {fault}", fault=first).splitlines()
            if items:
                lines.append(say("right so far: {items}.", items=items))
        if fault is None and self.place:
            lines.append(self.place)
        display(Shown(*looks, [*lines, *more]))


RIGHT, NOT_YET, NOT_ATTEMPTED = ("✓", "#14663a"), ("✗", "#a63603"), ("…", "#5c5c5c")
PAGE = """<div style="border-left: 4px solid {color}; padding: 2px 10px; line-height: 1.6">
<b style="background: {color}; color: white; padding: 1px 8px; border-radius: 4px">\
<span aria-hidden="true">{sign}</span> {verdict}</b> {sentences}
</div>"""


class Shown:
    """What a check says, as text; on a page its verdict has a sign and a colour."""

    def __init__(self, sign, color, lines):
        self.sign, self.color, self.lines = sign, color, lines

    def __repr__(self):
        return "\n".join(self.lines)

    def _repr_html_(self):
        verdict, _, sentence = html.escape(repr(self)).partition(": ")
        sentences = sentence.replace("\n", "<br>\n")
        return PAGE.format(**vars(self), verdict=verdict, sentences=sentences)


def exercise(*hints):
    """Make of a function that judges an answer a check that shows the verdict and a hint."""

    def decorate(judge):
        signature = inspect.signature(judge)
        _report, *answers = signature.parameters.values()

        @functools.wraps(judge)
        def check(*args, hint=0, **kwargs):
            report, fault = Report(), None
            try:
                signature.bind(report, *args, **kwargs)
                more = _hint(hint, hints)
            except TypeError:
                names = [answer.name for answer in answers] + ["hint=1"] * bool(hints)
                call = f"{judge.__name__}({', '.join(names)})"
                print(say("call the check like this: {call}", call=call))
                return
            try:
                with report.part(report.todo):
                    judge(report, *args, **kwargs)
            except Wrong as wrong:
                fault = wrong
            report.show(fault, *more)

        hint = inspect.Parameter("hint", inspect.Parameter.KEYWORD_ONLY, default=0)
        check.__signature__ = inspect.Signature([*answers, hint])
        return check

    return decorate


def _hint(number, hints):
    """Say the hint asked for, and how to ask for the next."""
    n = len(hints)
    if number not in range(n + 1):
        raise TypeError
    if number == 0:
        return []
    lines = [say("hint {k} of {n}: {text}", k=number, n=n, text=say(hints[number - 1]))]
    return lines if number == n else [*lines, say("hint={k} says more.", k=number + 1)]


def unfilled(answer):
    """Whether the answer, or something in it, is still the `...` of the cell."""
    if isinstance(answer, dict):
        return any(map(unfilled, answer.values()))
    if isinstance(answer, np.ndarray):
        return answer.dtype == object and any(map(unfilled, answer.flat))
    return answer is ... or (isinstance(answer, (tuple, list)) and any(map(unfilled, answer)))


def filled(answer):
    """Return the answer if no `...` is left in it."""
    if answer is None or unfilled(answer):
        raise NotAttempted
    return answer


def call(function, *args):
    """Call the learner's function; say what stops it, or what it should not have done."""
    filled(function)
    if not callable(function):
        raise Wrong(
            "give the check the function itself, its name without brackets.",
            say("What it was given is of type {kind}.", kind=type(function).__name__),
        )
    name = getattr(function, "__name__", type(function).__name__)
    before = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):  # the check says itself what is wrong with a nan
            result = function(*args)
    except Exception as error:
        raise _stopped(error, function, name, args) from None
    if result is ...:
        raise NotAttempted
    if result is None:
        raise Wrong("{name} returns None: does its last line begin with return?", name=name)
    for was, now in zip(before, args, strict=True):
        if isinstance(now, np.ndarray) and not np.array_equal(was, now):
            raise Wrong(
                "{name} changes the array that it is given.",
                say(
                    "a -= b, a[...] = b and rng.shuffle(a) change the array a itself; "
                    "a - b makes a new array."
                ),
                name=name,
            )
    return result


def _stopped(error, function, name, args):
    """Make of an error in the learner's function what the check raises."""
    file = getattr(getattr(function, "__code__", None), "co_filename", None)
    number, line = None, ""
    for frame, number_here in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename == file:
            number, line = number_here, linecache.getline(file, number_here).strip()
            for local, value in frame.f_locals.items():
                if value is ...:
                    return NotAttempted(
                        say("{local} is still ... in {name}.", local=local, name=name)
                    )
    if "ellipsis" in str(error):
        place = say("A ... is used in line {number} of the cell: {line}", number=number, line=line)
        return NotAttempted(place if line else "")

    kind = type(error).__name__
    said = [say("{name} stops with {kind}: {error}", name=name, kind=kind, error=error)]
    shapes = ", ".join(str(a.shape) for a in args if isinstance(a, np.ndarray))
    if shapes:
        said.append(say("It was given arrays of these shapes: {shapes}", shapes=shapes))
    if isinstance(error, IndexError):
        said.append(say("The check brings data of its own: count its rows with len(x)."))
    if line:
        place = say("It stops in line {number} of the cell: {line}", number=number, line=line)
        said.append(place)
    return Wrong(*said)


def numbers(value, shape, what):
    """Return the learner's value as floats, if it has that shape: () is one number."""
    given = {"what": what, "kind": type(filled(value)).__name__, "shape": shape}
    try:
        value = np.asarray(value)
        if value.dtype.kind not in "iufO":
            raise TypeError
        value = value.astype(float)
    except (TypeError, ValueError, OverflowError):
        if shape:
            raise Wrong("{what} is of type {kind}; expected numbers.", **given) from None
        raise Wrong("{what} is of type {kind}; expected one number.", **given) from None
    if value.shape == shape:
        return value if shape else value.item()
    given["given"] = value.shape
    if shape:
        raise Wrong("{what} has the shape {given}; expected the shape {shape}.", **given)
    raise Wrong("{what} has the shape {given}; expected one number.", **given)


def named(answer, right, what):
    """Return the learner's dict if it has the right names; each part may still be `...`."""
    if isinstance(answer, dict) and answer.keys() == right.keys():
        return {name: answer[name] for name in right}
    if answer is None or unfilled(answer):
        return dict.fromkeys(right, ...)
    raise Wrong("{what} must be a dict with the names {names}.", what=what, names=", ".join(right))


def same(a, b, rtol=1e-5):
    """Whether two values are equal but for rounding."""
    return np.allclose(a, b, rtol=rtol, atol=1e-8)


def shape_of(value):
    """Return the shape of the learner's value, None if it is neither a number nor an array."""
    try:
        return np.shape(filled(value))
    except ValueError:
        return None


class Answer:
    """A learner's value beside the right one; if it is wrong, a sentence ends the check.

    Parameters
    ----------
    value, right : float or ndarray
        What is given, and what is right.
    rtol : float, optional
        How far the two may be apart.
    label : str, optional
        What stands before each sentence, already said.
    **values
        What the sentences have places for, besides `right`.
    """

    def __init__(self, value, right, rtol=1e-5, label="", **values):
        self.value, self.right, self.rtol = value, right, rtol
        self.label, self.values = label, {"right": right, **values}
        self.is_right = same(value, right, rtol)

    def mistake(self, sentence, wrong):
        """Say the sentence if the value is what a known mistake gives."""
        if not self.is_right and same(self.value, wrong, self.rtol):
            raise Wrong(self.label + say(sentence, **self.values))

    def otherwise(self, sentence):
        """Say the sentence of every wrong value that is left."""
        if not self.is_right:
            raise Wrong(self.label + say(sentence, **self.values))


def number(name, value, right, rtol=1e-5):
    """Return the answer of one number; its name stands before each sentence."""
    return Answer(numbers(value, (), name), right, rtol, label=f"{name}: ")


class Line(Answer):
    """The number of the faulty line of a listing that ends with the line `last`."""

    def __init__(self, line, fault, last):
        super().__init__(numbers(line, (), "line"), fault)
        if self.value not in range(1, last + 1):
            raise Wrong("the listing has the lines 1 to {last}.", last=last)

    def otherwise(self, look):
        """Say that a line which has nothing to do with the fault is right, and where to look."""
        if not self.is_right:
            raise Wrong("line {line} is right.", say(look), line=int(self.value))

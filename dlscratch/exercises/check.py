"""How a check speaks: `right`, `not yet` with the first thing to look at, or `not attempted`.

A check goes through the parts of an answer in the order in which one should look at them:

    @exercise("the first hint", "the second", "the third")
    def check_area(report, area):
        with report.part(say("area is next: multiply the two sides.")):
            mistakes = {say("area: that is the sum of the sides."): 7}
            compare(numbers(area, (), "area"), 12, mistakes, say("area: it is 3 times 4."))
            report.right(say("area"))

A part that is still `...` is left out, and its sentence says what to do next. `Wrong` ends the
check at the first fault. A check works on data of its own or on copies, so that nothing of the
learner's is changed.

All that a learner reads is a whole sentence, or an item of a list, in the learner's language:
`say` looks it up, and `Wrong` and `exercise` do so by themselves.
"""

import contextlib
import copy
import functools
import html
import inspect
import linecache
import operator
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

    def right(self, item):
        """Note what is right."""
        self.right_so_far.append(item)

    @contextlib.contextmanager
    def part(self, next_step):
        """Judge one part of the answer; the sentence says what to do if it is still `...`."""
        try:
            yield
        except NotAttempted as left:
            if self.next_step is None:
                self.next_step, self.place = next_step, str(left)

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
        _report, *answers = inspect.signature(judge).parameters.values()
        hint = inspect.Parameter("hint", inspect.Parameter.KEYWORD_ONLY, default=0)
        signature = inspect.Signature([*answers, hint])

        @functools.wraps(judge)
        def check(*args, **kwargs):
            try:
                given = signature.bind(*args, **kwargs).arguments
                number = operator.index(given.pop("hint", 0))
                if not 0 <= number <= len(hints):
                    raise TypeError
            except TypeError:
                names = [answer.name for answer in answers] + ["hint=1"] * bool(hints)
                call = f"{judge.__name__}({', '.join(names)})"
                print(say("call the check like this: {call}", call=call))
                return
            report, fault = Report(), None
            try:
                judge(report, **given)
            except Wrong as wrong:
                fault = wrong
            report.show(fault, *_hint(number, hints))

        check.__signature__ = signature
        return check

    return decorate


def _hint(number, hints):
    """Say the hint asked for, and how to ask for the next."""
    if number:
        text, n = say(hints[number - 1]), len(hints)
        yield say("hint {k} of {n}: {text}", k=number, n=n, text=text)
        if number < n:
            yield say("hint={k} says more.", k=number + 1)


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


def compare(value, right, mistakes, otherwise, rtol=1e-5):
    """Compare with the right value, then with what known mistakes give: {sentence: value}."""
    if not same(value, right, rtol):
        known = [sentence for sentence, wrong in mistakes.items() if same(value, wrong, rtol)]
        raise Wrong(known[0] if known else otherwise)

"""The checks of notebook 4.5.0, in its order."""

import numpy as np

from dlscratch.exercises.check import Answer, exercise, numbers
from dlscratch.words import say

PICTURE = np.array([2.0, 1.0])
W, B = np.array([[1.0, 0.0, 3.0], [2.0, 1.0, 0.0]]), np.array([0.0, 1.0, -1.0])  # the notebook's


@exercise(
    "Unit 0 has column 0 of W, and b[0]. Which numbers are they?",
    "The first pixel goes with the first row of W, the second pixel with the second row.",
    "Unit 0 gets 2 * 1 + 1 * 2 + 0. Units 1 and 2 are made in the same way.",
)
def check_layer(report, a):
    """Check what the three units of a small layer get from the picture [2, 1].

    Parameters
    ----------
    a : array_like, shape (3,)
        One number for each unit.
    """
    right = PICTURE @ W + B
    a = numbers(a, (3,), "a")
    first_wrong = int(np.argmax(~np.isclose(a, right)))
    a = Answer(a, right, unit=first_wrong)
    a.mistake("that is x @ W. Add the bias of each unit.", PICTURE @ W)
    a.mistake("the first pixel is 2, the second is 1.", PICTURE[::-1] @ W + B)
    a.otherwise(
        "unit {unit}: multiply the two pixels with column {unit} of W, add up, and add b[{unit}]."
    )
    report.right("a is the row [2, 1] @ W + b")


@exercise(
    "Try a rate: the check says where the step leads.",
    "The step is rate * slope, and the slope at 5 is 4. How far is it from 5 to 3?",
    "The step has to be 2, and rate * 4 is 2.",
)
def check_one_step(report, rate):
    """Check the learning rate with which one step on (w - 3) ** 2 leads from 5 to 3.

    Parameters
    ----------
    rate : float
        The learning rate.
    """
    rate = numbers(rate, (), "rate")
    w = 5 - rate * 4
    where = say("with {rate:g}, the step leads from 5 to {w:g}.", rate=rate, w=w)
    step = Answer(w, 3, label=f"{where}\n")
    step.mistake("2 is how far to go. The step is rate * 4.", 5 - 2 * 4)
    if rate <= 0:
        step.otherwise("A learning rate is a number above 0.")
    if w < 3:
        step.otherwise("That is too far: try a smaller rate.")
    step.otherwise("Go further: try a larger rate.")
    report.right("5 - 0.5 * 4 is 3, the lowest place")

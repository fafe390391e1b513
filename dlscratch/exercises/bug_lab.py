"""The checks of the bug labs: in each listing one line is wrong, and the answer is its number."""

from dlscratch.exercises.check import Wrong, exercise, numbers
from dlscratch.words import say


def _judge_line(report, line, near, look, why, cure, *, fault, last):
    """Judge the number of the faulty line of a listing.

    Parameters
    ----------
    report : Report
        Where to note what is right.
    line : int
        The learner's answer.
    near : dict of int to str
        What to say of lines that have to do with the fault.
    look : str
        Where to look instead of at any other line.
    why, cure : str
        What to say of the faulty line: why it is wrong, and what to write there.
    fault, last : int
        The faulty line, and the listing's last line.
    """
    with report.part(say("line is next: the number of the faulty line.")):
        line = numbers(line, (), "line")
        if line not in range(1, last + 1):
            raise Wrong("the listing has the lines 1 to {last}.", last=last)
        if line in near:
            raise Wrong(near[line])
        if line != fault:
            raise Wrong("line {line} is right.", look, line=int(line))
        report.right(why)
        report.right(cure)


# Notebook 4.5.1


@exercise(
    "Print x inside the loop, after line 6: which numbers does it hold?",
    "What does NumPy do with 3.0001 when it has to store it in this array? Look at x.dtype.",
    "slope is right for every array of floats. Which line makes an array of something else?",
)
def check_integer_bug(report, line):
    """Check which line makes the slopes of x0 ** 2 + x1 ** 2 wrong."""
    near = {
        6: say("3.0001 does get lost here, but the line is right for floats. What made x?"),
        8: say("3 does become 2 here, but the line is right for floats. What made x?"),
        11: say("the formula is the central difference. Print f_plus and f_minus."),
    }
    look = say("Print x after lines 6 and 8: which numbers does it hold?")
    why = say("[3, 4] makes an array of integers, which stores 3.0001 as 3 and 2.9999 as 2")
    cure = say(
        "write [3.0, 4.0]; the course's numerical_gradient refuses integers with a TypeError"
    )
    _judge_line(report, line, near, look, why, cure, fault=1, last=12)


@exercise(
    "Which parameters does the comparison call DIFFERENT, and which are the same?",
    "W2 and b2 are right, so everything up to da2 is right. What comes after it?",
    "sigmoid_grad(a) expects the number that goes into sigmoid. What is it given?",
)
def check_sigmoid_bug(report, line):
    """Check which line takes the slope of sigmoid at the wrong place."""
    near = {
        2: say("sigmoid(a) * (1 - sigmoid(a)) is the slope at a. But at which a is it called?"),
        9: say("da2 is right, since W2 and b2 come from it."),
        10: say("da2 @ W2.T is the gradient for z1. Go on from there."),
        12: say("this line is right if da1 is. Is it?"),
    }
    look = say("Which lines are needed for W1 and b1 only?")
    why = say("sigmoid_grad applies sigmoid itself, so it needs a1, and z1 is already sigmoid(a1)")
    cure = say("write sigmoid_grad(a1), or z1 * (1 - z1)")
    _judge_line(report, line, near, look, why, cure, fault=11, last=12)


@exercise(
    "All four gradients are wrong. Look for a line that all four depend on.",
    "Divide one gradient by the other, number by number. What do you see?",
    "The ratio is the batch size. The loss is a mean over the batch: is its gradient one too?",
)
def check_batch_size_bug(report, line):
    """Check which line forgets that the loss is a mean over the batch."""
    near = {
        6: say("y is right: it is what predict returns. What is done with it next?"),
        8: say("this line is right if da2 is. And W2, which is wrong too, does not need it."),
        9: say("the sums are right here. In which line is one division enough for all four?"),
    }
    look = say("By which factor do the two gradients differ?")
    why = say("the loss is a mean over the batch, so its gradient is (y - t) / len(x)")
    cure = say("without the division, a learning rate of 0.1 acts like 10 with a batch of 100")
    _judge_line(report, line, near, look, why, cure, fault=7, last=9)


# Notebook 4.5.2


@exercise(
    "With 9 pictures the same function stops with an error. In which line?",
    "Print the shapes of y and t. What does NumPy do with (10, 10) and (10,)?",
    "NumPy treats t as one row, the same for all pictures. Which line combines y and t?",
)
def check_label_bug(report, line):
    """Check which line is silently wrong for integer labels at a batch of 10."""
    near = {
        6: say("y is right: ten rows that sum to 1. The labels come in later."),
        8: say("this line is right if da2 is, and t does not appear in it."),
        9: say("this line is right if da1 and da2 are, and t does not appear in it."),
    }
    look = say("In which line are the labels used, and which shapes meet?")
    why = say(
        "t is (10,), so NumPy subtracts the label of picture k from column k of every row of y"
    )
    cure = say("make rows of it first, t = np.eye(10)[t], and every batch size is right")
    _judge_line(report, line, near, look, why, cure, fault=7, last=9)


@exercise(
    "Compare x before and after: which number has changed, and by how much?",
    "The interruption came out of a call of f. Which lines after that call were not reached?",
    "Only one of these lines repairs x. It belongs in a finally block, which always runs.",
)
def check_interrupt_bug(report, line):
    """Check which line of a numerical gradient an interruption must not skip."""
    near = {
        5: say("this line has to move the number. Which line should undo it?"),
        6: say("an interruption may come in f at any time. What is not done after it?"),
        7: say("this line has to move the number back and down. Which line should undo it?"),
        8: say("an interruption may come in f at any time. What is not done after it?"),
    }
    look = say("Which line should have run, and was skipped?")
    why = say("the line that puts the number back was skipped, and the weight keeps the h")
    cure = say("try: ... finally: x[idx] = value puts it back whatever happens")
    _judge_line(report, line, near, look, why, cure, fault=9, last=11)


@exercise(
    "Print iter_per_epoch. Is it a number of iterations?",
    "i is 0, 1, 2, ... When is the remainder of i divided by 468.75 exactly 0?",
    "A number of iterations is whole. Which line makes one that is not?",
)
def check_epoch_bug(report, line):
    """Check which line makes epochs of a training loop go missing."""
    near = {
        4: say("i counts the iterations, 0, 1, 2, ..., as it should."),
        5: say("this line is right for a whole number of iterations. Is iter_per_epoch one?"),
        6: say("i is recorded whenever line 5 says so. Why does it say so too seldom?"),
    }
    look = say("Print iter_per_epoch, and i % iter_per_epoch for some i.")
    why = say(
        "60,000 / 128 is 468.75, so the remainder is 0 only every fourth time, at 1875, 3750, ..."
    )
    cure = say("round up, int(np.ceil(train_size / batch_size)), and no epoch is lost")
    _judge_line(report, line, near, look, why, cure, fault=2, last=7)


# Notebook 4.5.3


@exercise(
    "A network that has seen 200 pictures reads 100 % of the pictures it is tested on, "
    "and far fewer of the course's test data. Which pictures is it tested on?",
    "Print rows[:5], train[:5] and test[:5]: how many pictures are in both?",
    "The test has to begin where the training ends. Which line says where it begins?",
)
def check_training_data_bug(report, line):
    """Check which line makes a network be tested on what it has learned."""
    near = {
        2: say("rows holds every row number once, in random order, as it should."),
        5: say("the network learns from the pictures of train only. Which are the others?"),
        7: say("the steps are right: they use the pictures of line 5."),
        8: say("the accuracy is right for the pictures of test. Has the network seen them before?"),
    }
    look = say("Which pictures does it learn from, and which is it tested on?")
    why = say("rows[:200] is taken twice, so the network is tested on the pictures it has learned")
    cure = say("write rows[n_train : n_train + n_test]: these pictures are new to it")
    _judge_line(report, line, near, look, why, cure, fault=3, last=8)


@exercise(
    "The function is given three pairs of data. What does it use each of them for?",
    "Test data have to be new to the network when it is measured. In which lines are they used?",
    "Of 300 networks, the one is kept that reads the test pictures best. Which line says so?",
)
def check_choice_bug(report, line):
    """Check which line chooses a network by the data that it is measured on afterwards."""
    near = {
        3: say("the network learns from train only, as it should."),
        8: say("the best so far is kept. Which data say which is the best?"),
        9: say("this line keeps a copy of the network as it is now, as it should."),
        10: say("this is the one place where the test data belong. Where else are they used?"),
    }
    look = say("Which of train, val and test is never used?")
    why = say(
        "the network is chosen because it reads these 50 pictures well, so they do not say "
        "how it reads new ones"
    )
    cure = say("choose with net.accuracy(*val), and use the test data once, at the end")
    _judge_line(report, line, near, look, why, cure, fault=7, last=10)


@exercise(
    "With batches of 100 the result is right. What is different with batches of 9,999?",
    "Print [len(right) for right in rights]. How many pictures are in the last batch?",
    "A mean of means gives every batch the same weight. Which line takes it?",
)
def check_mean_bug(report, line):
    """Check which line takes a mean over batches of unequal size."""
    near = {
        3: say("range(0, 10_000, 9_999) is 0 and 9,999: so every picture is in one batch."),
        4: say("a slice may go beyond the end: the last batch is shorter, and no picture is lost."),
        6: say("there is a True or False for each picture, as it should be. What becomes of them?"),
    }
    look = say("Print [len(right) for right in rights] for batches of 9,999.")
    why = say("the single picture of the last batch counts as much as the 9,999 of the first")
    cure = say("write np.mean(np.concatenate(rights)), and every picture counts once")
    _judge_line(report, line, near, look, why, cure, fault=7, last=7)

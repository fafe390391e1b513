"""The checks of the bug labs: in each listing one line is wrong, and the answer is its number."""

from dlscratch.exercises.check import Line, exercise

# Notebook 4.5.1


@exercise(
    "Print x inside the loop, after line 6: which numbers does it hold?",
    "What does NumPy do with 3.0001 when it has to store it in this array? Look at x.dtype.",
    "slope is right for every array of floats. Which line makes an array of something else?",
)
def check_integer_bug(report, line):
    """Check which line makes the slopes of x0 ** 2 + x1 ** 2 wrong."""
    line = Line(line, fault=1, last=12)
    line.mistake("3.0001 does get lost here, but the line is right for floats. What made x?", 6)
    line.mistake("3 does become 2 here, but the line is right for floats. What made x?", 8)
    line.mistake("the formula is the central difference. Print f_plus and f_minus.", 11)
    line.otherwise("Print x after lines 6 and 8: which numbers does it hold?")
    report.right("[3, 4] makes an array of integers, which stores 3.0001 as 3 and 2.9999 as 2")
    report.right(
        "write [3.0, 4.0]; the course's numerical_gradient refuses integers with a TypeError"
    )


@exercise(
    "Which parameters does the comparison call DIFFERENT, and which are the same?",
    "W2 and b2 are right, so everything up to da2 is right. What comes after it?",
    "sigmoid_grad(a) expects the number that goes into sigmoid. What is it given?",
)
def check_sigmoid_bug(report, line):
    """Check which line takes the slope of sigmoid at the wrong place."""
    line = Line(line, fault=11, last=12)
    line.mistake("sigmoid(a) * (1 - sigmoid(a)) is the slope at a. But at which a is it called?", 2)
    line.mistake("da2 is right, since W2 and b2 come from it.", 9)
    line.mistake("da2 @ W2.T is the gradient for z1. Go on from there.", 10)
    line.mistake("this line is right if da1 is. Is it?", 12)
    line.otherwise("Which lines are needed for W1 and b1 only?")
    report.right(
        "sigmoid_grad applies sigmoid itself, so it needs a1, and z1 is already sigmoid(a1)"
    )
    report.right("write sigmoid_grad(a1), or z1 * (1 - z1)")


@exercise(
    "All four gradients are wrong. Look for a line that all four depend on.",
    "Divide one gradient by the other, number by number. What do you see?",
    "The ratio is the batch size. The loss is a mean over the batch: is its gradient one too?",
)
def check_batch_size_bug(report, line):
    """Check which line forgets that the loss is a mean over the batch."""
    line = Line(line, fault=7, last=9)
    line.mistake("y is right: it is what predict returns. What is done with it next?", 6)
    line.mistake("this line is right if da2 is. And W2, which is wrong too, does not need it.", 8)
    line.mistake("the sums are right here. In which line is one division enough for all four?", 9)
    line.otherwise("By which factor do the two gradients differ?")
    report.right("the loss is a mean over the batch, so its gradient is (y - t) / len(x)")
    report.right("without the division, a learning rate of 0.1 acts like 10 with a batch of 100")


# Notebook 4.5.2


@exercise(
    "With 9 pictures the same function stops with an error. In which line?",
    "Print the shapes of y and t. What does NumPy do with (10, 10) and (10,)?",
    "NumPy treats t as one row, the same for all pictures. Which line combines y and t?",
)
def check_label_bug(report, line):
    """Check which line is silently wrong for integer labels at a batch of 10."""
    line = Line(line, fault=7, last=9)
    line.mistake("y is right: ten rows that sum to 1. The labels come in later.", 6)
    line.mistake("this line is right if da2 is, and t does not appear in it.", 8)
    line.mistake("this line is right if da1 and da2 are, and t does not appear in it.", 9)
    line.otherwise("In which line are the labels used, and which shapes meet?")
    report.right(
        "t is (10,), so NumPy subtracts the label of picture k from column k of every row of y"
    )
    report.right("make rows of it first, t = np.eye(10)[t], and every batch size is right")


@exercise(
    "Compare x before and after: which number has changed, and by how much?",
    "The interruption came out of a call of f. Which lines after that call were not reached?",
    "Only one of these lines repairs x. It belongs in a finally block, which always runs.",
)
def check_interrupt_bug(report, line):
    """Check which line of a numerical gradient an interruption must not skip."""
    line = Line(line, fault=9, last=11)
    line.mistake("this line has to move the number. Which line should undo it?", 5)
    line.mistake("an interruption may come in f at any time. What is not done after it?", 6)
    line.mistake("this line has to move the number back and down. Which line should undo it?", 7)
    line.mistake("an interruption may come in f at any time. What is not done after it?", 8)
    line.otherwise("Which line should have run, and was skipped?")
    report.right("the line that puts the number back was skipped, and the weight keeps the h")
    report.right("try: ... finally: x[idx] = value puts it back whatever happens")


@exercise(
    "Print iter_per_epoch. Is it a number of iterations?",
    "i is 0, 1, 2, ... When is the remainder of i divided by 468.75 exactly 0?",
    "A number of iterations is whole. Which line makes one that is not?",
)
def check_epoch_bug(report, line):
    """Check which line makes epochs of a training loop go missing."""
    line = Line(line, fault=2, last=7)
    line.mistake("i counts the iterations, 0, 1, 2, ..., as it should.", 4)
    line.mistake("this line is right for a whole number of iterations. Is iter_per_epoch one?", 5)
    line.mistake("i is recorded whenever line 5 says so. Why does it say so too seldom?", 6)
    line.otherwise("Print iter_per_epoch, and i % iter_per_epoch for some i.")
    report.right(
        "60,000 / 128 is 468.75, so the remainder is 0 only every fourth time, at 1875, 3750, ..."
    )
    report.right("round up, int(np.ceil(train_size / batch_size)), and no epoch is lost")


# Notebook 4.5.3


@exercise(
    "A network that has seen 200 pictures reads 100 % of the pictures it is tested on, "
    "and far fewer of the course's test data. Which pictures is it tested on?",
    "Print rows[:5], train[:5] and test[:5]: how many pictures are in both?",
    "The test has to begin where the training ends. Which line says where it begins?",
)
def check_training_data_bug(report, line):
    """Check which line makes a network be tested on what it has learned."""
    line = Line(line, fault=3, last=8)
    line.mistake("rows holds every row number once, in random order, as it should.", 2)
    line.mistake("the network learns from the pictures of train only. Which are the others?", 5)
    line.mistake("the steps are right: they use the pictures of line 5.", 7)
    line.mistake(
        "the accuracy is right for the pictures of test. Has the network seen them before?", 8
    )
    line.otherwise("Which pictures does it learn from, and which is it tested on?")
    report.right(
        "rows[:200] is taken twice, so the network is tested on the pictures it has learned"
    )
    report.right("write rows[n_train : n_train + n_test]: these pictures are new to it")


@exercise(
    "The function is given three pairs of data. What does it use each of them for?",
    "Test data have to be new to the network when it is measured. In which lines are they used?",
    "Of 300 networks, the one is kept that reads the test pictures best. Which line says so?",
)
def check_choice_bug(report, line):
    """Check which line chooses a network by the data that it is measured on afterwards."""
    line = Line(line, fault=7, last=10)
    line.mistake("the network learns from train only, as it should.", 3)
    line.mistake("the best so far is kept. Which data say which is the best?", 8)
    line.mistake("this line keeps a copy of the network as it is now, as it should.", 9)
    line.mistake("this is the one place where the test data belong. Where else are they used?", 10)
    line.otherwise("Which of train, val and test is never used?")
    report.right(
        "the network is chosen because it reads these 50 pictures well, so they do not say "
        "how it reads new ones"
    )
    report.right("choose with net.accuracy(*val), and use the test data once, at the end")


@exercise(
    "With batches of 100 the result is right. What is different with batches of 9,999?",
    "Print [len(right) for right in rights]. How many pictures are in the last batch?",
    "A mean of means gives every batch the same weight. Which line takes it?",
)
def check_mean_bug(report, line):
    """Check which line takes a mean over batches of unequal size."""
    line = Line(line, fault=7, last=7)
    line.mistake("range(0, 10_000, 9_999) is 0 and 9,999: so every picture is in one batch.", 3)
    line.mistake(
        "a slice may go beyond the end: the last batch is shorter, and no picture is lost.", 4
    )
    line.mistake(
        "there is a True or False for each picture, as it should be. What becomes of them?", 6
    )
    line.otherwise("Print [len(right) for right in rights] for batches of 9,999.")
    report.right("the single picture of the last batch counts as much as the 9,999 of the first")
    report.right("write np.mean(np.concatenate(rights)), and every picture counts once")

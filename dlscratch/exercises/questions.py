"""The concept questions at the end of each notebook: three answers, and a reaction to each."""

from dlscratch.exercises.check import Wrong, exercise, filled
from dlscratch.words import say


def questions():
    """Return for each question the right letter, and what to say to each."""
    return {
        # Notebook 4.5.0
        "row": {
            "right": "a",
            "a": say("row 3 of x makes row 3 of the result, without the other pictures"),
            "b": say("that is column 3: one unit, all pictures. A row of x is one picture."),
            "c": say("@ multiplies and adds along the 784 pixels. It adds no pictures up."),
        },
        "loss": {
            "right": "b",
            "a": say("that is -log(0.9). But 0.9 went to the 8: which digit is it?"),
            "b": say("-log(0.1) is 2.30: only the probability of the right digit counts"),
            "c": say("0.1 is 0.9 short of 1, but the loss is -log of the probability of the 3."),
        },
        "step": {
            "right": "b",
            "a": say("5.4 is further from 3. The slope points uphill: subtract, do not add."),
            "b": say("5 - 0.1 * 4 is 4.6: against the slope, by a tenth of it"),
            "c": say("that is 5 - 4. The learning rate says how large a part of the slope to go."),
        },
        # Notebook 4.5.1
        "accuracy": {
            "right": "b",
            "a": say("the accuracy of a batch is the share of its pictures that is right."),
            "b": say("the slope of the accuracy is 0 almost everywhere, that of the loss not"),
            "c": say("they are not the same: above, the loss moved while the accuracy stood."),
        },
        "against": {
            "right": "a",
            "a": say("the slope is negative, so a larger weight makes a smaller loss"),
            "b": say("a negative slope falls to the right: to the left the loss grows."),
            "c": say("the slope is no place: it says how the loss changes with the weight."),
        },
        "losses": {
            "right": "c",
            "a": say("one loss has no slope: it takes two to compare."),
            "b": say(
                "that compares each move with the unmoved net. The central difference "
                "compares +h with -h."
            ),
            "c": say("two for each parameter, at +h and at -h"),
        },
        # Notebook 4.5.2
        "noise": {
            "right": "b",
            "a": say("with every learning rate the loss of single batches goes up and down."),
            "b": say("only a mean over many batches shows whether the loss rises"),
            "c": say("with the right gradient it goes up and down too: look at the mean."),
        },
        "plain": {
            "right": "c",
            "a": say("its loss is as high as at the start. What is almost 0 there?"),
            "b": say("the learning rate stays what it was. What is it multiplied by?"),
            "c": say("a gradient of almost 0 makes steps of almost 0, with any learning rate"),
        },
        "zero": {
            "right": "a",
            "a": say("units that begin alike and learn alike are one unit, fifty times"),
            "b": say("what should make them different? They have the same inputs and weights."),
            "c": say("with weights of 0 they answer sigmoid(0), which is 1/2."),
        },
        # Notebook 4.5.3
        "both": {
            "right": "c",
            "a": say("then the test data would be read far worse. Are they?"),
            "b": say("a network that has learned too little is bad on both. Is 94 % bad?"),
            "c": say("two curves that stay together: new digits are read as well as known ones"),
        },
        "loss_up": {
            "right": "a",
            "a": say("the loss counts how sure a wrong answer is, the accuracy only which is"),
            "b": say("the loss is right. Two numbers that count different things may part."),
            "c": say("the test data are never learned. What does the loss count?"),
        },
        "vote": {
            "right": "b",
            "a": say("a1 is a sum over pixels. The ten scores come from the second layer."),
            "b": say("a unit of z1 adds z1 times its ten weights in W2 to the ten scores"),
            "c": say("softmax comes last, when all units have added their votes."),
        },
    }


@exercise()
def check_question(report, question, answer):
    """Say whether a letter answers a concept question, and why it does or does not.

    Parameters
    ----------
    question : str
        The name of the question, as its cell has it.
    answer : str
        The letter, "a", "b" or "c".
    """
    report.todo = say('replace ... by "a", "b" or "c".')
    reactions = questions().get(str(question))
    if reactions is None:
        raise Wrong("no question is called {name}: leave the name as it was.", name=question)
    letter = str(filled(answer)).strip().lower()
    if letter not in ("a", "b", "c"):
        raise Wrong('answer with "a", "b" or "c", quotation marks included.')
    if letter != reactions["right"]:
        raise Wrong(reactions[letter])
    report.right(reactions[letter])

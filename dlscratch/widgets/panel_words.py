"""What the training panel says to a learner."""

from dlscratch.words import say


def controls():
    """Name each setting, with a tooltip."""
    return {
        "iterations": (
            say("iterations"),
            say(
                "How many mini-batches to learn from; 600 are one epoch if a batch has 100 of "
                "60,000 digits."
            ),
        ),
        "digits": (
            say("training digits"),
            say("How many digits to learn from: the first ones of the training data."),
        ),
        "batch_size": (
            say("batch size"),
            say(
                "How many digits an iteration draws: with fewer it is done sooner and its loss "
                "noisier."
            ),
        ),
        "learning_rate": (
            say("learning rate"),
            say("How far an iteration moves the parameters against the gradient."),
        ),
        "hidden_size": (
            say("hidden units"),
            say("How many units there are between the 784 pixels and the ten answers."),
        ),
        "gradient": (
            say("gradient"),
            say("Backpropagation by formula, or numerical without needless work."),
        ),
        "seed": (
            say("seed"),
            say("Decides the first weights and the batches: the same seed, the same run."),
        ),
    }


def buttons():
    """Name each button, with a tooltip."""
    return {
        "start": (say("Start"), say("Train a new network with these settings.")),
        "pause": (say("Pause"), say("Hold the training after the iteration under way.")),
        "go_on": (
            say("Continue"),
            say("Go on with this run; after its end, for as many iterations again."),
        ),
        "step": (say("Step"), say("Do one iteration.")),
        "reset": (say("Reset"), say("Go back to an untrained network.")),
        "pin": (
            say("Pin"),
            say("Keep a curve of this run in each chart, behind those of the next runs."),
        ),
        "copy": (
            say("Copy as code"),
            say("Copy the lines that do this run again exactly, for a cell."),
        ),
    }


BEGUN = ["start", "go_on", "step", "reset", "pin", "copy"]  # where a run can go on


def states():
    """Give for each state what the panel says, and which buttons can be pressed."""
    return {
        "ready": (
            say("Ready. Start trains a new network with these settings."),
            ["start", "step", "copy"],
        ),
        "training": (say("Training."), ["pause", "reset"]),
        "paused": (
            say(
                "Paused at iteration {n:,} of {goal:,}. Continue goes on with this run; Start "
                "discards it and trains a new network (Pin keeps its curves)."
            ),
            BEGUN,
        ),
        "finished": (
            say(
                "Finished at iteration {n:,}. Continue adds {more:,} to this run; Start "
                "discards it and trains a new network (Pin keeps its curves)."
            ),
            BEGUN,
        ),
    }


def events():
    """Give what the panel says before that, once."""
    return {
        "discarded": say("The run before is discarded."),
        "pinned": say("Pinned."),
        "full": say("Pinned. The charts have room for no more: remove a run in the table first."),
        "an hour": say("An hour without a press: the page may be closed."),
        "error": say("Stopped: {error}"),
    }


def results(test):
    """Name the last rows of the table of runs, with or without test data."""
    losses = [say("training loss"), say("test loss")]
    accuracies = [say("training accuracy"), say("test accuracy")]
    return [*losses, *accuracies] if test else [losses[0], accuracies[0]]


def note(test):
    """Say what the charts and the table show, with or without test data."""
    if not test:
        return say(
            "Charts and table show the loss and the accuracy on a sample of up to 1,000 training "
            "digits. Pale: the loss on each batch, just after a step was taken with it."
        )
    return say(
        "The charts, and numbers with ≈, are measured on a sample: up to 1,000 training and 1,000 "
        "test digits. Accuracies without ≈ are those on all digits. Pale: the loss on each "
        "batch, just after a step was taken with it. A pinned curve is that of the test data."
    )


def texts():
    """Give what else the page shows."""
    return {
        "loss": say("Loss on training and on test data, and of each batch just learned"),
        "accuracy": say("Accuracy on training and on test data"),
        "pausing": say("Pausing after the iteration under way ..."),
        "copied": say("Copied. Paste it into a cell."),
        "selected": say("The lines are selected: press Ctrl+C (Cmd+C on a Mac)."),
        "remove": say("Remove this run"),
    }


def iterations(n):
    """Say a number of iterations."""
    return say("1 iteration") if n == 1 else say("{n:,} iterations", n=n)


def epochs(n):
    """Say a number of epochs, in two digits."""
    number = f"{n:.2g}" if n < 10 else f"{n:,.0f}"
    return say("1 epoch") if number == "1" else say("{number} epochs", number=number)


def duration(seconds):
    """Say a time in its two largest units; less than a second is one."""
    if seconds < 100:
        return say("{n:.0f} s", n=max(seconds, 1))
    minutes, hours, days = (round(seconds / unit) for unit in (60, 3600, 86_400))
    if minutes < 100:
        return say("{n} min", n=minutes)
    if hours < 48:
        return say("{h} h {min} min", h=minutes // 60, min=minutes % 60)
    return say("{n} days", n=days)

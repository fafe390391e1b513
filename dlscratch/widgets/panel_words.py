"""What the training panel says to a learner."""

from dlscratch.words import say


def controls():
    """Name each setting, with a tooltip."""
    return {  # what the page shows for each setting: a name, and a tooltip
        "iterations": (
            say("iterations"),
            say(
                "How many mini-batches to learn from; 600 are one epoch if a batch has 100 digits."
            ),
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
        "pause": (say("Pause"), say("Hold the training where it is.")),
        "go_on": (
            say("Continue"),
            say("Go on with this run; after its end, for as many iterations again."),
        ),
        "step": (say("Step"), say("Do one iteration.")),
        "reset": (
            say("Reset"),
            say("Go back to an untrained network; once more: remove the pinned runs."),
        ),
        "pin": (say("Pin"), say("Keep this run's curves under those of the next runs.")),
        "copy": (
            say("Copy as code"),
            say("Copy the lines that do this run again exactly, for a cell."),
        ),
    }


BEGUN = ["start", "go_on", "step", "reset", "pin", "copy"]


def states():
    """Give for each state what the panel says, and which buttons can be pressed."""
    return {  # what the panel says, and which buttons can be pressed
        "ready": (
            say("Ready. Start trains a new network with these settings."),
            ["start", "step", "copy"],
        ),
        "training": (say("Training."), ["pause", "reset", "copy"]),
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
    return {  # what the panel says before that, once
        "discarded": say("The run before is discarded."),
        "pinned": say("Pinned."),
        "an hour": say("An hour without a press: the page may be closed."),
        "error": say("Stopped: {error}"),
    }


def results():
    """Name the last columns of the table of runs."""
    return [say("loss"), say("training accuracy"), say("test accuracy")]


def texts():
    """Give what else the page shows."""
    return {  # what else the page shows
        "loss": say("Loss of every iteration, and its running mean"),
        "accuracy": say("Accuracy on training and on test data, epoch by epoch"),
        "copied": say("Copied. Paste it into a cell."),
        "selected": say("The lines are selected: press Ctrl+C (Cmd+C on a Mac)."),
        "gone": say(
            "The kernel was restarted, and this panel's training is gone with it. Run the "
            "panel's cell again."
        ),
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

"""What the training panel says to a learner."""

from dlscratch.words import N_, _

CONTROLS = {  # what the page shows for each setting: a name, and a tooltip
    "iterations": (
        N_("iterations"),
        N_("How many mini-batches to learn from; 600 are one epoch if a batch has 100 digits."),
    ),
    "batch_size": (
        N_("batch size"),
        N_(
            "How many digits an iteration draws: with fewer it is done sooner and its loss noisier."
        ),
    ),
    "learning_rate": (
        N_("learning rate"),
        N_("How far an iteration moves the parameters against the gradient."),
    ),
    "hidden_size": (
        N_("hidden units"),
        N_("How many units there are between the 784 pixels and the ten answers."),
    ),
    "gradient": (
        N_("gradient"),
        N_("Backpropagation by formula, or numerical without needless work."),
    ),
    "seed": (
        N_("seed"),
        N_("Decides the first weights and the batches: the same seed, the same run."),
    ),
}
BUTTONS = {
    "start": (N_("Start"), N_("Train a new network with these settings.")),
    "pause": (N_("Pause"), N_("Hold the training where it is.")),
    "go_on": (
        N_("Continue"),
        N_("Go on with this run; after its end, for as many iterations again."),
    ),
    "step": (N_("Step"), N_("Do one iteration.")),
    "reset": (
        N_("Reset"),
        N_("Go back to an untrained network; once more: remove the pinned runs."),
    ),
    "pin": (N_("Pin"), N_("Keep this run's curves under those of the next runs.")),
    "copy": (N_("Copy as code"), N_("Copy the lines that do this run again exactly, for a cell.")),
}
BEGUN = ["start", "go_on", "step", "reset", "pin", "copy"]
STATES = {  # what the panel says, and which buttons can be pressed
    "ready": (
        N_("Ready. Start trains a new network with these settings."),
        ["start", "step", "copy"],
    ),
    "training": (N_("Training."), ["pause", "reset", "copy"]),
    "paused": (
        N_(
            "Paused at iteration {n:,} of {goal:,}. Continue goes on with this run; Start discards "
            "it and trains a new network (Pin keeps its curves)."
        ),
        BEGUN,
    ),
    "finished": (
        N_(
            "Finished at iteration {n:,}. Continue adds {more:,} to this run; Start discards it "
            "and trains a new network (Pin keeps its curves)."
        ),
        BEGUN,
    ),
}
EVENTS = {  # what the panel says before that, once
    "discarded": N_("The run before is discarded."),
    "pinned": N_("Pinned."),
    "an hour": N_("An hour without a press: the page may be closed."),
    "error": N_("Stopped: {error}"),
}
# the last columns of the table of runs
RESULTS = [N_("loss"), N_("training accuracy"), N_("test accuracy")]
TEXTS = {  # what else the page shows
    "loss": N_("Loss of every iteration, and its running mean"),
    "accuracy": N_("Accuracy on training and on test data, epoch by epoch"),
    "copied": N_("Copied. Paste it into a cell."),
    "selected": N_("The lines are selected: press Ctrl+C (Cmd+C on a Mac)."),
    "gone": N_(
        "The kernel was restarted, and this panel's training is gone with it. Run the "
        "panel's cell again."
    ),
}


def iterations(n):
    """Say a number of iterations."""
    return _("1 iteration") if n == 1 else _("{n:,} iterations").format(n=n)


def epochs(n):
    """Say a number of epochs, in two digits."""
    number = f"{n:.2g}" if n < 10 else f"{n:,.0f}"
    return _("1 epoch") if number == "1" else _("{number} epochs").format(number=number)


def duration(seconds):
    """Say a time in its two largest units; less than a second is one."""
    if seconds < 100:
        return _("{n:.0f} s").format(n=max(seconds, 1))
    minutes, hours, days = (round(seconds / unit) for unit in (60, 3600, 86_400))
    if minutes < 100:
        return _("{n} min").format(n=minutes)
    if hours < 48:
        return _("{h} h {min} min").format(h=minutes // 60, min=minutes % 60)
    return _("{n} days").format(n=days)

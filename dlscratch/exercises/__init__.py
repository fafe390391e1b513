"""Checks that answer the exercises of the notebooks.

`check_softmax(my_softmax)` prints "right", or "not yet" with the first thing to look at, or "not
attempted" while a `...` is left in the answer. `hint=1`, `2` or `3` adds a hint; each says more.
"""

from dlscratch.exercises.bug_lab import (
    check_batch_size_bug,
    check_choice_bug,
    check_epoch_bug,
    check_integer_bug,
    check_interrupt_bug,
    check_label_bug,
    check_mean_bug,
    check_sigmoid_bug,
    check_training_data_bug,
)
from dlscratch.exercises.class_4_5_1 import (
    check_backprop,
    check_cross_entropy,
    check_one_weight,
    check_shapes,
    check_softmax,
)
from dlscratch.exercises.evaluation_4_5_3 import check_confusion, check_epochs, check_overfitting
from dlscratch.exercises.minibatch_4_5_2 import (
    check_batch,
    check_learning_rates,
    check_run_time,
)

__all__ = [
    "check_backprop",
    "check_batch",
    "check_batch_size_bug",
    "check_choice_bug",
    "check_confusion",
    "check_cross_entropy",
    "check_epoch_bug",
    "check_epochs",
    "check_integer_bug",
    "check_interrupt_bug",
    "check_label_bug",
    "check_learning_rates",
    "check_mean_bug",
    "check_one_weight",
    "check_overfitting",
    "check_run_time",
    "check_shapes",
    "check_sigmoid_bug",
    "check_softmax",
    "check_training_data_bug",
]

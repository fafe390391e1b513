"""Chapter 4.5 of "Deep Learning from Scratch", made to be finished."""

from dlscratch.functions import cross_entropy_error, sigmoid, softmax
from dlscratch.gradient import compare_gradients, numerical_gradient
from dlscratch.mnist import load_mnist
from dlscratch.training import History, Trainer
from dlscratch.two_layer_net import TwoLayerNet

__version__ = "0.1.0"

__all__ = [
    "History",
    "Trainer",
    "TwoLayerNet",
    "compare_gradients",
    "cross_entropy_error",
    "load_mnist",
    "numerical_gradient",
    "sigmoid",
    "softmax",
]

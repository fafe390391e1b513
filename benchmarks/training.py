"""How long does the chapter's training take, how much memory, and how well has it learnt?

784-50-10, 10,000 iterations of plain gradient descent, batch 100, learning rate 0.1. The
loss is recorded every iteration, after the update as in the book (a second forward pass),
the accuracy on all training and test data at each epoch's end. float32, but for the book.
Reading the data and compiling are not timed.
"""

import json

import numpy as np
from book import BookNet
from common import (
    CORES,
    Clock,
    arguments,
    compare,
    digits,
    installed,
    number,
    peak_megabytes,
    print_table,
    ratios,
    spread,
    use_threads,
)

from dlscratch import Trainer, TwoLayerNet

BATCH, RATE, EPOCH = 100, 0.1, 600


def timed(iters_num, step, accuracy, train, test):
    """Do and time the iterations: step() returns a loss, accuracy(x, t) is done 18 times."""
    losses, accuracies = [], []
    clock = Clock()
    for i in range(iters_num):
        if i % EPOCH == 0:
            accuracies.append((accuracy(*train), accuracy(*test)))
        losses.append(step())
    accuracies.append((accuracy(*train), accuracy(*test)))
    return clock.read() | {"accuracy": float(accuracies[-1][1])}


def trainer_run(iters_num, train, test):
    net = TwoLayerNet(784, 50, 10, rng=0, dtype=np.float32)
    trainer = Trainer(net, train, test, batch_size=BATCH, learning_rate=RATE, rng=0)
    clock = Clock()
    history = trainer.run(iters_num)
    return clock.read() | {"accuracy": history.test_acc_list[-1]}


def bare_loop(iters_num, train, test):
    net = TwoLayerNet(784, 50, 10, rng=0, dtype=np.float32)
    return numpy_loop(net, iters_num, train, test)


def book(iters_num, train, test):
    net = BookNet(TwoLayerNet(784, 50, 10, rng=0).params)
    one_hot = np.eye(10)
    return numpy_loop(net, iters_num, (train[0], one_hot[train[1]]), (test[0], one_hot[test[1]]))


def numpy_loop(net, iters_num, train, test):
    """The book's loop (4.5.2), for our network and for the book's."""
    rng = np.random.default_rng(0)
    x_train, t_train = train

    def step():
        batch_mask = rng.integers(len(x_train), size=BATCH)
        x, t = x_train[batch_mask], t_train[batch_mask]
        grads = net.gradient(x, t)
        for name in ("W1", "b1", "W2", "b2"):
            net.params[name] -= RATE * grads[name]
        return net.loss(x, t)

    return timed(iters_num, step, net.accuracy, train, test)


def torch_loss_after(iters_num, train, test):
    return torch_eager(iters_num, train, test, loss_after_update=True)


def torch_loss_before(iters_num, train, test):
    return torch_eager(iters_num, train, test, loss_after_update=False)


def torch_eager(iters_num, train, test, loss_after_update):
    import torch
    from torch import nn

    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(784, 50), nn.Sigmoid(), nn.Linear(50, 10))
    for layer in (model[0], model[2]):  # as the book starts
        nn.init.normal_(layer.weight, std=0.01)
        nn.init.zeros_(layer.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    train, test = ((torch.from_numpy(x), torch.from_numpy(t)) for x, t in (train, test))
    x_train, t_train = train

    def step():
        batch = torch.randint(len(x_train), (BATCH,))
        x, t = x_train[batch], t_train[batch]
        loss = nn.functional.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if loss_after_update:
            with torch.no_grad():
                loss = nn.functional.cross_entropy(model(x), t)
        return loss.item()

    @torch.no_grad()
    def accuracy(x, t):
        return (model(x).argmax(dim=1) == t).float().mean().item()

    return timed(iters_num, step, accuracy, train, test)


def jax_jit(iters_num, train, test):
    import jax
    import jax.numpy as jnp

    params = jax.tree.map(jnp.asarray, TwoLayerNet(784, 50, 10, rng=0, dtype=np.float32).params)
    train, test = jax.device_put((train, test))
    rng = np.random.default_rng(0)

    def logits(params, x):
        z1 = jax.nn.sigmoid(x @ params["W1"] + params["b1"])
        return z1 @ params["W2"] + params["b2"]

    def loss(params, x, t):
        log_y = jax.nn.log_softmax(logits(params, x))
        return -jnp.take_along_axis(log_y, t[:, None], axis=1).mean()

    @jax.jit
    def update(params, x_train, t_train, batch):
        x, t = x_train[batch], t_train[batch]
        grads = jax.grad(loss)(params, x, t)
        params = jax.tree.map(lambda weights, grad: weights - RATE * grad, params, grads)
        return params, loss(params, x, t)

    @jax.jit
    def share_right(params, x, t):
        return (logits(params, x).argmax(axis=1) == t).mean()

    def step():
        nonlocal params
        params, loss = update(params, *train, rng.integers(len(train[0]), size=BATCH))
        return loss  # a number on the device: to wait for it here would cost more

    def accuracy(x, t):
        return float(share_right(params, x, t))

    update(params, *train, np.zeros(BATCH, int))  # compile
    accuracy(*train), accuracy(*test)
    return timed(iters_num, step, accuracy, train, test)


def scikit_learn(iters_num, train, test):
    """Its own loop over the batches of an epoch; its loss is that before the update."""
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(
        hidden_layer_sizes=(50,),
        activation="logistic",
        solver="sgd",
        alpha=0,
        batch_size=BATCH,
        learning_rate="constant",
        learning_rate_init=RATE,
        momentum=0,
        random_state=0,
    )
    (x_train, t_train), accuracies = train, []
    clock = Clock()
    for done in range(0, iters_num, EPOCH):
        samples = BATCH * min(EPOCH, iters_num - done)
        model.partial_fit(x_train[:samples], t_train[:samples], classes=np.arange(10))
        accuracies.append((model.score(*train), model.score(*test)))
    return clock.read() | {"accuracy": accuracies[-1][1]}


def products_alone(iters_num, train, test):
    """Nothing but the seven matrix products of an iteration, and those of the accuracies."""
    params = TwoLayerNet(784, 50, 10, rng=0, dtype=np.float32).params
    W1, W2 = params["W1"], params["W2"]
    x, z1, da2 = train[0][:BATCH], *(np.ones((BATCH, n), np.float32) for n in (50, 10))
    a1, dW1, dW2 = np.empty_like(z1), np.empty_like(W1), np.empty_like(W2)
    a2 = np.empty_like(da2)

    def step():
        for _ in range(2):  # for the gradient, and for the loss after the update
            np.matmul(x, W1, out=a1)
            np.matmul(z1, W2, out=a2)
        np.matmul(da2, W2.T, out=a1)
        np.matmul(x.T, a1, out=dW1)
        np.matmul(z1.T, da2, out=dW2)

    def accuracy(x, t):
        return ((x @ W1) @ W2)[0, 0]

    return timed(iters_num, step, accuracy, train, test) | {"accuracy": None}


CONTENDERS = {  # function, the module it needs
    "dlscratch, Trainer.run": (trainer_run, None),
    "the same loop without Trainer, one thread": (bare_loop, None),
    "the same loop without Trainer": (bare_loop, None),
    "the book's formulation (float64)": (book, None),
    "PyTorch, loss after the update": (torch_loss_after, "torch"),
    "PyTorch, loss before the update": (torch_loss_before, "torch"),
    "JAX, jit per step": (jax_jit, "jax"),
    "scikit-learn, loss before the update": (scikit_learn, "sklearn"),
    "the matrix products alone": (products_alone, None),
    "the matrix products alone, one thread": (products_alone, None),
}
OURS, BARE, *_, PRODUCTS = CONTENDERS
# Trainer.run works as the course does, with one thread for its products; its accuracies take all.
FIXED = {OURS: CORES} | {name: 1 for name in CONTENDERS if name.endswith("one thread")}


def measure_here(contender, iters_num, threads, quick):
    function, module = CONTENDERS[contender]
    if function is not trainer_run:
        use_threads(threads)
    if module == "torch":
        import torch

        torch.set_num_threads(threads)
    result = function(iters_num, *digits(quick))
    print(json.dumps(result | {"peak": peak_megabytes()}))


def main():
    parser = arguments(rounds=5)
    args = parser.parse_args()
    iters_num = 20 if args.quick else 1_500 if args.trial else 10_000
    if args.contender:
        return measure_here(args.contender, iters_num, args.threads, args.quick)

    names = [name for name, (_, module) in CONTENDERS.items() if not module or installed(module)]
    names = [OURS, BARE, PRODUCTS] if args.quick else names
    results = compare(names, args, fixed=FIXED)
    ours = results[OURS]
    print(f"## Training, {iters_num:,} iterations, 784-50-10, batch {BATCH}\n")
    rows = []
    for name in names:
        theirs = results[name]
        row = [name, theirs[0]["threads"]]
        for what in ("seconds", "cpu"):
            row.append(spread([r[what] for r in theirs]))
            row.append(spread(ratios(ours, theirs, what)) if name != OURS else "1")
        accuracy = theirs[0]["accuracy"]
        row.append("" if accuracy is None else f"{accuracy:.1%}")
        rows.append([*row, number(max(r["peak"] for r in theirs))])
    head = ["", "threads", "seconds", "times ours", "processor seconds", "times ours"]
    print_table([*head, "test accuracy", "peak MB"], rows)
    for name in (n for n in CONTENDERS if n not in names):
        print(f"Not measured: {name}.")
    print()


if __name__ == "__main__":
    main()

"""A training run as one value: what it is made of can be read, changed and run again."""

import dataclasses
import inspect
from collections.abc import Callable
from functools import cache

import numpy as np

from course_lib import datasets
from course_lib._validation import require_count
from course_lib.activations import Activation
from course_lib.chains import require_link
from course_lib.experiments.closures import described, identity
from course_lib.mlp import MLP

_FIRST = 64  # so many images are looked at before training
_N_DAMAGED, _TOO_BRIGHT = 8, 1000.0
DATA = ("digits", "digits, 8 of 1437 damaged")


@dataclasses.dataclass(frozen=True, repr=False)
class Configuration:
    """Everything that decides how a net is trained on the digits.

    Attributes
    ----------
    sizes : tuple of int
        Units per layer, from 64 pixels to 10 digits.
    activation : Activation
        φ of the hidden layers.
    initializer : callable
        Draws the weights, such as ``normal(1.0)``.
    links : tuple of Transform
        The optimizer, link by link as the gradient flows; one chain will do as well.
    data : str
        One of ``DATA``. Damaged images are a thousand times too bright.
    n_steps, batch_size : int
        How many gradients are taken, and of how many images each.
    seed : int
        Decides about weights and batches.
    diagnosis : str
        What you think is wrong. It changes nothing.

    Raises
    ------
    TypeError, ValueError
        If a part is not what it has to be.
    """

    sizes: tuple
    activation: Activation
    initializer: Callable
    links: tuple
    data: str = DATA[0]
    n_steps: int = 120
    batch_size: int = 32
    seed: int = 0
    diagnosis: str = ""

    def __post_init__(self):
        """Check the parts; read a list, or one chain, as the tuple of links."""
        links = (self.links,) if hasattr(self.links, "update") else tuple(self.links)
        object.__setattr__(self, "links", links)
        object.__setattr__(self, "sizes", tuple(self.sizes))
        _check(self)

    def replace(self, **changes):
        """Return the same configuration with some parts changed.

        Parameters
        ----------
        **changes
            ``initializer=...``, ``links=...`` and so on.

        Raises
        ------
        TypeError
            If there is no such part.
        """
        names = [field.name for field in dataclasses.fields(self)]
        unknown = [name for name in changes if name not in names]
        if unknown:
            raise TypeError(
                f"a configuration has no part {unknown[0]!r}; its parts are {', '.join(names)}"
                " (the learning rate stands in a link, scale(-rate))"
            )
        return dataclasses.replace(self, **changes)

    @property
    def model(self):
        """The net, as an `MLP`."""
        return MLP(self.sizes, self.activation)

    def theta(self):
        """Return the initial parameters, drawn with the seed."""
        return self.model.init(np.random.default_rng([self.seed, 0]), self.initializer)

    def first_batch(self):
        """Return 64 training images and their labels, to examine the net on."""
        split = data(self.data)
        return split.x_train[:_FIRST], split.y_train[:_FIRST]

    @property
    def identity(self):
        """Equal for two configurations that make the same run; the diagnosis does not count."""
        fields = dataclasses.fields(self.activation)
        phi = tuple(getattr(self.activation, field.name) for field in fields)
        parts = (phi, self.initializer, self.links, self.sizes)
        plain = (self.data, self.n_steps, self.batch_size, self.seed)
        return identity(parts), plain

    @property
    def shown_as(self):
        """The configuration as text, one part a line."""
        parts = {
            "sizes": _sizes(self.sizes),
            "activation": self.activation.name,
            "initializer": described(self.initializer),
            "links": ", ".join(map(described, self.links)),
        }
        plain = ("data", "n_steps", "batch_size", "seed")
        parts |= {name: getattr(self, name) for name in plain}
        parts |= {"diagnosis": self.diagnosis} if self.diagnosis else {}
        return "\n".join(f"{name:13}{value}" for name, value in parts.items())

    def __str__(self):
        """Return the parts, one a line."""
        return self.shown_as

    __repr__ = __str__


@cache
def data(name):
    """Return the digits, as they are or with eight damaged training images.

    Parameters
    ----------
    name : str
        One of ``DATA``.

    Returns
    -------
    Split
    """
    rng = np.random.default_rng(0)
    split = datasets.digits(rng)
    if name == DATA[0]:
        return split
    damaged = rng.choice(np.arange(_FIRST, len(split.x_train)), _N_DAMAGED, replace=False)
    x = split.x_train.copy()
    x[damaged] *= _TOO_BRIGHT
    return split._replace(x_train=x)


def _check(configuration):
    for name in ("n_steps", "batch_size"):
        require_count(name, getattr(configuration, name))
    require_count("seed", configuration.seed, at_least=0)
    if not isinstance(configuration.activation, Activation):
        raise TypeError(f"activation must be an Activation, got {configuration.activation!r}")
    if not callable(configuration.initializer):
        raise TypeError(f"initializer must be callable, got {configuration.initializer!r}")
    _check_initializer(configuration.initializer)
    for position, link in enumerate(configuration.links):
        require_link(f"links[{position}]", link)
    require_count("the number of links", len(configuration.links))
    if configuration.data not in DATA:
        raise ValueError(f"data must be one of {DATA}, got {configuration.data!r}")
    sizes = configuration.sizes
    if len(sizes) < 2 or sizes[0] != 64 or sizes[-1] != 10:
        raise ValueError(f"sizes must begin with 64 and end with 10, got {sizes}")


def _check_initializer(initializer):
    """Tell a function that makes initializers, such as ``orthogonal``, from one of them."""
    try:
        signature = inspect.signature(initializer)
    except (TypeError, ValueError):
        return
    try:
        signature.bind("rng", "shape", "index")
    except TypeError:
        name = getattr(initializer, "__name__", "it")
        raise TypeError(
            f"initializer must take (rng, shape, index), and {name} takes {signature}: if it "
            f"makes initializers, call it, {name}(...)"
        ) from None


def _sizes(sizes):
    hidden = sizes[1:-1]
    if len(set(hidden)) == 1 and len(hidden) > 1:
        return f"{sizes[0]}, {len(hidden)} times {hidden[0]}, {sizes[-1]}"
    return ", ".join(map(str, sizes))

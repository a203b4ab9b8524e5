"""Something small to train: a bowl, a few batches, and optimizers with a name."""

from course_lib.optimizers import Transform


class Bowl:
    """The loss ½ y Σ(θ - x)², whose minimum is at x; leading axes are whole bowls."""

    shown_as = "½ y Σ(θ - x)²"

    def __str__(self):
        """Return the formula."""
        return f"a model with the loss {self.shown_as}"

    __repr__ = __str__

    def loss_and_gradient(self, theta, x, y):
        """Return the loss and its gradient, y (θ - x)."""
        return y * ((theta - x) ** 2).sum(axis=-1) / 2, y * (theta - x)


class Pairs:
    """Batches that can be gone through with ``for``, and once only, as a generator can."""

    shown_as = "batches"

    def __init__(self, pairs):
        self._pairs = [tuple(map(float, pair)) for pair in pairs]
        self._gone_through = False

    def __iter__(self):
        """Go through the pairs.

        Raises
        ------
        RuntimeError
            The second time.
        """
        if self._gone_through:
            raise RuntimeError("batches can be gone through once only, as a generator can")
        self._gone_through = True
        return iter(self._pairs)

    def __len__(self):
        """Return how many pairs there are."""
        return len(self._pairs)

    def __str__(self):
        """List the first of them."""
        more = ", ..." * (len(self) > 3)
        return ", ".join(f"({x:g}, {y:g})" for x, y in self._pairs[:3]) + more

    __repr__ = __str__


class Named(Transform):
    """An optimizer that says what it is made of."""

    def __new__(cls, optimizer, name):
        """Make it from any optimizer."""
        made = super().__new__(cls, *optimizer)
        made.shown_as = name
        return made

    def __reduce__(self):
        """Let it be copied with its name."""
        return Named, (Transform(self.init, self.update), self.shown_as)

    def __str__(self):
        """Return its name."""
        return self.shown_as

    __repr__ = __str__

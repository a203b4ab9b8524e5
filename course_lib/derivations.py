"""The identities that the lessons state, derived by SymPy.

Each function returns equations (`sympy.Eq`) whose two sides were arrived at on different ways.
To verify one, ask whether the difference of its sides simplifies to 0: `holds` does.
"""

import sympy as sp

from course_lib._validation import require_count

z = sp.Symbol("z", real=True)
x = sp.Symbol("x", real=True)


def sigma(argument):
    """Return the sigmoid 1 / (1 + e⁻ᶻ) of a SymPy expression."""
    return 1 / (1 + sp.exp(-argument))


def holds(equation):
    """Say whether SymPy can show that an equation's two sides are the same function.

    Parameters
    ----------
    equation : sympy.Eq or bool
        ``Eq`` evaluates to True by itself where both sides are written alike.

    Returns
    -------
    bool
    """
    if isinstance(equation, (bool, sp.logic.boolalg.BooleanAtom)):
        return bool(equation)
    return sp.simplify(equation.lhs - equation.rhs) == 0


def sigmoid_derivative():
    """Return σ'(z) = σ(z)(1 - σ(z)), the left side from `sympy.diff`."""
    return sp.Eq(sp.diff(sigma(z), z), sigma(z) * (1 - sigma(z)), evaluate=False)


def sigmoid_slope_bound():
    """Return ¼ - σ' = (σ - ½)²: a square, so σ' is at most ¼ and reaches it where σ = ½."""
    slope = sp.diff(sigma(z), z)
    gap = (sigma(z) - sp.Rational(1, 2)) ** 2
    return sp.Eq(sp.Rational(1, 4) - slope, gap, evaluate=False)


def tanh_from_sigmoid():
    """Return tanh(z) = 2σ(2z) - 1: the two functions differ in scale only."""
    return sp.Eq(sp.tanh(z).rewrite(sp.exp), 2 * sigma(2 * z) - 1, evaluate=False)


def chain_weights(depth):
    """Return the symbols w1, ..., wL of a chain of one-unit layers."""
    require_count("depth", depth, at_least=0)
    return sp.symbols(f"w1:{depth + 1}", real=True)


def chain_output(depth):
    """Return a_L of the chain a_l = σ(w_l a_(l-1)) with a_0 = x, written out."""
    a = x
    for w in chain_weights(depth):
        a = sigma(w * a)
    return a


def chain_derivative(depth):
    """Return da_L/dx = Π w_l σ'(z_l), the left side from `sympy.diff`.

    Parameters
    ----------
    depth : int
        L, the number of layers. SymPy shows that the sides agree up to depth 3 in a second;
        beyond, compare numbers.
    """
    a, product = x, sp.Integer(1)
    for w in chain_weights(depth):
        pre_activation = w * a
        a = sigma(pre_activation)
        product *= w * a * (1 - a)
    return sp.Eq(sp.diff(a, x), product, evaluate=False)

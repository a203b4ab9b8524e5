"""What goes wrong with the gradient through a residual block in lesson 09."""

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake


def _with_numbers(sentence):
    return lambda case, answer, expected: f"{sentence} Here {compared(answer, expected)}"


def _in_place(grad, w, slope):
    grad += (grad * slope) @ w
    return grad


MISTAKES = (
    Mistake(
        "identity left out",
        lambda grad, w, slope: (grad * slope) @ w,
        _with_numbers("this is the gradient through the layer alone, as without the skip "
                      "connection. h also reaches the output directly: add `grad`."),
    ),
    Mistake(
        "branch left out",
        lambda grad, w, slope: grad + 0.0,
        _with_numbers("only the identity passes the gradient back. The layer φ(Wh + b) depends "
                      "on h as well."),
    ),
    Mistake(
        "W transposed",
        lambda grad, w, slope: grad + (grad * slope) @ w.T,
        _with_numbers("W is transposed. Forward the code is `h @ w.T`, so on the way back it "
                      "is `delta @ w`."),
    ),
    Mistake(
        "slope behind W",
        lambda grad, w, slope: grad + (grad @ w) * slope,
        _with_numbers("the slope is applied behind W. Backward the last thing comes first: φ' "
                      "at the layer's own units, then W."),
        variants=(lambda grad, w, slope: grad + (grad @ w.T) * slope,),
    ),
    Mistake(
        "slope forgotten",
        lambda grad, w, slope: grad + grad @ w,
        _with_numbers("the branch goes through φ, and φ' is missing."),
        variants=(lambda grad, w, slope: grad + grad @ w.T,),
    ),
    Mistake(
        "slope on the identity",
        lambda grad, w, slope: grad * slope + (grad * slope) @ w,
        _with_numbers("the identity is multiplied by φ' as well. It does not go through the "
                      "activation: what saturates cannot stop it."),
    ),
    Mistake(
        "identity through W",
        lambda grad, w, slope: (grad + grad * slope) @ w,
        _with_numbers("the sum of both ways is sent through W. The identity does not pass the "
                      "weights."),
    ),
    Mistake(
        "1 in place of the gradient",
        lambda grad, w, slope: 1 + (grad * slope) @ w,
        _with_numbers("1 is added. The identity's *slope* is 1; what it passes back is `grad` "
                      "as a whole."),
    ),
    Mistake(
        "product of the two ways",
        lambda grad, w, slope: grad * ((grad * slope) @ w),
        _with_numbers("the two ways are multiplied. Along one way slopes are multiplied; "
                      "different ways are added."),
    ),
    Mistake(
        "mean of the two ways",
        lambda grad, w, slope: (grad + (grad * slope) @ w) / 2,
        _with_numbers("the two ways are averaged. The block's output is their sum, and so is "
                      "the gradient."),
    ),
    Mistake(
        "difference of the two ways",
        lambda grad, w, slope: grad - (grad * slope) @ w,
        _with_numbers("the branch is taken off. The block adds it."),
        variants=(lambda grad, w, slope: (grad * slope) @ w - grad,),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's `grad` was overwritten: `+=` writes into the "
        "array that was handed in. `grad + ...` makes a new one.",
    ),
)  # fmt: skip

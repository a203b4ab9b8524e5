"""What an exercise consists of, and what a check returns."""

import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from course_lib.exercises.engine.comparison import Close

PASSED = "passed"
FAILED = "failed"
NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True, eq=False)
class Mistake:
    """A wrong answer that learners really give, recognized by what it does.

    Attributes
    ----------
    name : str
        A few words; what ``Result.mistake`` says.
    function : callable
        One example, with the signature of the exercise: the tests hand it in.
    explanation : str or callable
        What to tell the learner. A callable ``(case, answer, expected) -> str`` gets the first
        case that shows the mistake, what the answer gave there (None if it raised) and what
        was expected; ``case`` is the tuple of arguments.
    variants : tuple of callable
        More examples: other spellings that behave differently.
    when : callable, optional
        ``when(facts) -> bool``: the rule that decides, asked about the exercise's facts. It is
        asked only where all cases gave real numbers in the right form, and not where all that
        is wrong is an argument that was changed.
        Without a rule, an answer must give what an example gives, in every case.
    any_form : bool
        Whether the rule is asked in all other cases too.
    measured : callable, optional
        ``measured(facts) -> str``: the first sentence, before the explanation. What it tells
        holds of the answer itself, so that the laws are not asked whether they agree.
    vague : bool
        Whether it is told only where no one change of the source makes the answer right
        (`repair`), or changes in several lines do; what is measured, only where none does.
    """

    name: str
    function: Callable
    explanation: str | Callable
    variants: tuple = ()
    when: Callable | None = None
    any_form: bool = False
    measured: Callable | None = None
    vague: bool = False

    @property
    def examples(self):
        """All functions that make the mistake."""
        return (self.function, *self.variants)

    def explain(self, case, answer, expected):
        """Return the explanation for one failing case."""
        if callable(self.explanation):
            return self.explanation(case, answer, expected)
        return self.explanation


@dataclass(frozen=True, eq=False)
class Law:
    """Something that must be true of every right answer.

    Attributes
    ----------
    statement : str
        The law in words or symbols.
    holds : callable
        ``holds(function) -> (bool, str)``: whether it holds, and the evidence with numbers.
    raising : tuple of str
        Floating-point errors as `numpy.errstate` names them, such as "over", that break the
        law when they happen inside the function: what would be a warning is the evidence.
    """

    statement: str
    holds: Callable
    raising: tuple = ()


@dataclass(frozen=True, eq=False)
class Exercise:
    """A function that the learner writes.

    Attributes
    ----------
    name : str
        The function's name; one word for the learner, the check and the library.
    lesson : str
        Two digits, such as "01".
    statement : str
        The docstring of the stub: what to write, with shapes.
    reference : callable
        The course's own function, from the library where it has one.
    cases : callable
        ``cases(rng) -> list of tuple``: arguments, the smallest case first.
    mistakes : tuple of Mistake
        No two of them behave alike.
    laws : tuple of Law
        What else is tested, and said as evidence.
    hints : tuple of str
        From a nudge to nearly the answer.
    facts : callable, optional
        ``facts(seen) -> object``: what the rules of the mistakes are asked about, made from a
        `Seen`, which they get themselves otherwise. It is made only after an answer failed;
        it may raise `Unseen`, and so may its properties.
    solution : callable, optional
        The function that ``solution`` shows and that gives the stub its signature; the
        reference unless given (a library function may do more than the exercise asks).
    remark : str
        What there is to say below the solution.
    returns : tuple of str
        Names of the returned values, where there are several.
    comparison : Close
        How values are observed, compared and shown (`comparison`).
    time_factor : float
        How many times the usual time limit the calls may take, where they train a net.
    """

    name: str
    lesson: str
    statement: str
    reference: Callable
    cases: Callable
    mistakes: tuple
    laws: tuple
    hints: tuple
    facts: Callable | None = None
    solution: Callable | None = None
    remark: str = ""
    returns: tuple = ()
    comparison: Close = field(default_factory=Close)
    time_factor: float = 1.0

    def __post_init__(self):
        """Let the reference be the solution where no other is given."""
        if self.solution is None:
            object.__setattr__(self, "solution", self.reference)

    @cached_property
    def signature(self):
        """The signature that the learner's function has, without annotations."""
        signature = inspect.signature(self.solution)
        bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
        return signature.replace(parameters=bare, return_annotation=signature.empty)

    @property
    def parameters(self):
        """Names of the arguments, in order."""
        return tuple(self.signature.parameters)

    @property
    def names_of_values(self):
        """The names of several returned values, as they are told to the learner."""
        return tuple(f"`{name}`" for name in self.returns)

    @property
    def call(self):
        """How the function is called, such as ``sigmoid(z)``."""
        return f"{self.name}{self.signature}"

    @property
    def stub(self):
        """The cell text that the learner starts from."""
        docstring = textwrap.indent(f'"""{inspect.cleandoc(self.statement)}', "    ")
        end = '\n    """' if "\n" in docstring else '"""'
        return f"def {self.call}:\n{docstring}{end}\n    ..."


@dataclass(frozen=True)
class Result:
    """What `check` returns.

    Attributes
    ----------
    name : str
        The exercise.
    status : str
        "passed", "failed" or "not attempted".
    mistake : str or None
        Name of the recognized mistake.
    function : callable
        The learner's own function if it passed, else the course's.
    page : Page
        The verdict as it is displayed.
    """

    name: str
    status: str
    mistake: str | None
    function: Callable = field(repr=False)
    page: object = field(repr=False)

    def __str__(self):
        """Return the verdict as plain text."""
        return self.page.text()

    def with_note(self, note):
        """Return the same result with one more sentence in its verdict."""
        return replace(self, page=self.page.and_say(note))

    def _ipython_display_(self):
        """Show nothing: `check` has shown the verdict already."""

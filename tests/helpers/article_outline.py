"""The outline of the article that lesson 11 reads: numbers of its sections that say something.

The article itself is no part of the project; the words are ours.
"""

SECTIONS = {
    "1.1": "the problem",
    "1.2": "the aim",
    "1.3": "the readers",
    "2.1.1": "the gradient",
    "2.1.2": "its explosion",
    "2.1.3": "the method",
    "2.2.1": "its principle",
    "2.2.2": "its steps",
    "2.2.3": "its formula",
    "2.2.4": "its program",
    "3.1": "packages",
    "3.2": "classes",
    "3.3": "the test",
    "4": "the application",
    "5": "what section 5 is about",
    "5.1": "performance",
    "5.2": "other networks",
    "5.3": "safety",
    "6": "conclusion and questions",
}

VERDICTS = ("right", "half right", "wrong", "says nothing testable")

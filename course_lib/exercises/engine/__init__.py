"""How an answer is judged. Nothing here knows a lesson.

==============  ==============================================================================
api             ``check``, ``hint``, ``solution``, ``predict``, ``progress``
model           what an exercise, a mistake, a law and a result are
registry        finds the exercises in the packages ``lesson_NN``
grading         the verdict: refuse, try, recognize
trials          an answer beside the reference, case by case
seen            what was seen of an answer that failed, and a way to try it on more
recognition     which known mistake that fits
facts           what can be said of any answer that failed, whatever the exercise
probes          what more calls of it show
repair          the one change of its source with which it is right
landmarks       which values of the solution it makes on its way
changes         all small changes of a source: those of ``changed_parts``, ``changed_lines``
relations       how its numbers relate to the right ones
quantities      sizes and values in a case's arguments
places          where it is right, said in words
conditions      what inputs have in common where it is right
faults          faults of the course itself: told as such
comparison      how values are observed, compared and shown
laws            a function under the laws of its exercise
guard           calls untested functions: time limit, copies, captured output
direct          what came of a call, and calls of functions that need no guard
values          compares values
self_reference  answers that call another answer to the same exercise, or themselves
evidence        the verdict's evidence: what happened, in which case, which laws hold
advice          what to say about an exception
formatting      values as short text
source, names   the learner's source, and the global names in it
read_source     what it says about an exception
predicting      a prediction is asked for, kept, and answered with what came out
card            a prediction as a widget, beside its script and style
page            a page of feedback, as HTML and as plain text
store           progress, in the learner's workspace
==============  ==============================================================================
"""

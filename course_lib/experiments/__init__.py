"""What single lessons run.

==============  ==============================================================================
wall            the cliff in the loss of a recurrent net with one unit (lessons 05 to 09)
comparison      ``train_many``, ``solved``, ``verdict``: many runs at once, judged alike
safeguards      the plans of lesson 09: four symptoms, and the remedies tried on each
plan            what a plan is: a net, its beginning, its links, its budget
configurations  ``Configuration``: a training run as one value, to read, change and run again
broken_runs     lesson 12: six runs that fail, and ``run``, which records what can be seen
runs_together   a run of lesson 12 with several seeds, trained at once
drawn_runs      lesson 12: as many more as one likes, drawn from a seed
faults          the wrong parts in these runs; ``closures`` describes parts in words
clip_rates      lesson 10: which nets learn at which rate, with and without a clip (stored)
characters      lesson 10: the course's own prose, as a text to be learned
==============  ==============================================================================

An experiment imports the library and no figure. Runs too long for a lesson are stored in
``course_lib/data``, each beside the script that makes them.
"""

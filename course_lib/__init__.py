"""Reference code of the course: why gradients explode, and what really stops it.

The map, from the bottom up; no module imports one that stands below it in this list.

===============  ================================================================
activations      ``sigmoid``, ``tanh``, ``relu``: value and derivative in terms of z
initializers     weights and biases of one layer: ``normal``, ``glorot``, ``he``, ``orthogonal``
losses           ``mse``, ``softmax_cross_entropy``: value and gradient together
clipping         the three clips, and a norm that neither over- nor underflows
mlp              ``MLP``: a network whose parameters are one flat vector
cnn              ``CNN``: one layer of filters on small images
rnn, gated       ``RNN``, ``GatedRNN``: recurrent nets, plain and with gates
residual         ``ResidualNet``: skip connections and layer normalization
gradcheck        a gradient against central differences
diagnostics      ``layer_norms``, ``growth_per_layer``: the gradient, layer by layer
meanfield        ``variance_map``, ``chi_1``: growth predicted, for wide networks
stability        ``largest_stable_lr``: when a step is too large
wall             the cliff in the loss of a recurrent net with one unit
optimizers       ``chain``, ``momentum``, ``ema``, ``nesterov``, clips: links of an optimizer
schedules        ``warm_up``: links that change with the step
statistics       ``wilson_interval``: how far a fraction of runs can be trusted
training         ``train``: the loop, its progress bar and its ``History``
penalties        ``gradient_penalty``, ``hessian_vector_product``
datasets         small data, shipped with the course or written down here
characters       the course's own prose, as a text to be learned
comparison       ``train_many``, ``solved``, ``verdict``: many runs at once, judged alike
safeguards       the plans of lesson 09: four symptoms, and the remedies tried on each
configurations   ``Configuration``: a training run as one value, to read, change and run again
broken_runs      six runs that fail, and ``run``, which records what can be seen
derivations      the identities of the lessons, as SymPy equations
environment      is everything here that the lessons need?
display, plots   figures with a caption and alternative text
widgets          figures that answer to a slider
exercises        ``check``, ``hint``, ``solution``, ``progress``
===============  ================================================================
"""

__version__ = "0.1.0"

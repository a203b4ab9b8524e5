"""Reference code of the course: why gradients explode, and what really stops it.

The modules of this folder are a small library that a learner can read in an evening. The map,
from the bottom up: a module may import only modules listed before it.

===============  ================================================================
activations      ``sigmoid``, ``tanh``, ``relu``: value and derivative in terms of z
initializers     weights and biases of one layer: ``normal``, ``glorot``, ``he``, ``orthogonal``
losses           ``mse``, ``softmax_cross_entropy``: value and gradient together
clipping         the three clips, and a norm that neither over- nor underflows
nets             ``Net``: parameters in one flat vector, and what every net can be asked
mlp              ``MLP``: layers of units, one behind the other
cnn              ``CNN``: one layer of filters on small images
rnn, gated       ``RNN``, ``GRU``: recurrent nets, plain and with gates
residual         ``ResidualNet``: skip connections and layer normalization
gradcheck        a gradient against central differences
diagnostics      ``layer_norms``, ``growth_per_layer``: the gradient, layer by layer
meanfield        ``variance_map``, ``chi_1``: growth predicted, for wide networks
stability        ``largest_stable_lr``: when a step is too large
chains           ``Transform``, ``chain``: what an optimizer is made of
optimizers       its links: ``momentum``, ``ema``, ``nesterov``, ``adam``, clips, ``scale``
schedules        ``warm_up``: links that change with the step
statistics       ``wilson_interval``: how far a fraction of runs can be trusted
training         ``train``: the loop, its progress bar and its ``History``
penalties        ``gradient_penalty``, ``hessian_vector_product``
datasets         small data, shipped with the course or written down here
environment      is everything here that the lessons need?
===============  ================================================================

Everything else has a room of its own. Each room's ``__init__`` says what lives there.

===============  ================================================================
experiments      what single lessons run: the wall, comparisons, safeguards, broken runs
figures          what is drawn: ``display.show``, ``plots``, and one module per kind of figure
widgets          figures that answer to a slider, one module each
exercises        ``check``, ``hint``, ``solution``, ``predict``, ``progress``; every exercise
predictions      what lessons ask before they show, as data
data             data that the package reads, each beside the script that makes it
===============  ================================================================

Imports run one way. The library imports no room. Experiments and figures import the library,
and not each other. Widgets import figures and experiments. Exercises import experiments.
Nothing imports the scripts in ``data``. These rules stand in pyproject.toml and are tested.
"""

__version__ = "0.1.0"

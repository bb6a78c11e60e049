// Generated from api/ by apigen. Do not edit: change api/ and run `swift run apigen`.

/// Who reads an option: the creation of networks, of trainers, or both.
enum OptionScope: Sendable {
  case network, trainer, both
}

/// The value of an option. Words, and lists of them, are values of type string.
enum OptionValue: Sendable, Equatable {
  case int(Int64)
  case float(Double)
  case word(Letters)
  case words([Letters])
  case ints([Int64])
}

/// The values that an option takes, and with them its type.
enum OptionDomain: Sendable {
  case int(ClosedRange<Int64>)
  /// Both bounds are finite; an excluded bound is not itself a value.
  case float(ClosedRange<Double>, minimumExcluded: Bool, maximumExcluded: Bool)
  case choice([Letters])
  /// A string of words with commas between.
  case choices([Letters], atMost: Int)
  case ints(ClosedRange<Int64>, count: ClosedRange<Int64>)
}

/// One option key.
struct OptionDescription: Sendable {
  let key: Letters
  let scope: OptionScope
  let domain: OptionDomain
  /// nil: the option must be set.
  let defaultValue: OptionValue?
  /// The default as text, empty for an option that must be set.
  let defaultText: StaticString
  /// The range as text, such as "0 < x <= 1" or "adam | sgd".
  let rangeText: StaticString
  let doc: StaticString
}

/// Every option key, in the order of rfgsnn_option_describe.
let optionTable: [OptionDescription] = [
  OptionDescription(
    key: "architecture",
    scope: .network,
    domain: .choice(["mlp", "deeponet", "seponet"]),
    defaultValue: .word("mlp"),
    defaultText: "mlp",
    rangeText: "mlp | deeponet | seponet",
    doc: """
      mlp: one stack of layers, whose features are the outputs. deeponet: an operator network, which maps \
      functions to functions; an output is the sum over latent products of a feature of the function, from \
      a branch, and one of the point, from a trunk (Lu et al. 2021). seponet: the same with one trunk for \
      each coordinate, whose features are multiplied, at the points of a tensor grid (Yu et al. 2024).
      """),
  OptionDescription(
    key: "inputs",
    scope: .network,
    domain: .int(1...16_777_216),
    defaultValue: nil,
    defaultText: "",
    rangeText: "1 <= x <= 16777216",
    doc: """
      Number of input values per sample; of an operator network: sensors, the places at which each \
      function is given.
      """),
  OptionDescription(
    key: "outputs",
    scope: .network,
    domain: .int(1...16_777_216),
    defaultValue: nil,
    defaultText: "",
    rangeText: "1 <= x <= 16777216",
    doc: """
      Number of output values per sample; of an operator network: per function and point.
      """),
  OptionDescription(
    key: "coordinates",
    scope: .network,
    domain: .int(1...4),
    defaultValue: .int(1),
    defaultText: "1",
    rangeText: "1 <= x <= 4",
    doc: """
      Coordinates of a point. Operator networks only.
      """),
  OptionDescription(
    key: "latent",
    scope: .network,
    domain: .int(1...16_777_216),
    defaultValue: .int(64),
    defaultText: "64",
    rangeText: "1 <= x <= 16777216",
    doc: """
      Products that are summed for each output: branch and trunks have latent * outputs features. Operator \
      networks only.
      """),
  OptionDescription(
    key: "hidden",
    scope: .network,
    domain: .ints(1...16_777_216, count: 1...64),
    defaultValue: .ints([64, 64]),
    defaultText: "64 64",
    rangeText: "1 to 64 numbers, each 1 <= x <= 16777216",
    doc: """
      Neurons of each hidden layer, first layer first; of an operator network: of its branch.
      """),
  OptionDescription(
    key: "trunk_hidden",
    scope: .network,
    domain: .ints(0...16_777_216, count: 1...64),
    defaultValue: .ints([0]),
    defaultText: "0",
    rangeText: "1 to 64 numbers, each 0 <= x <= 16777216",
    doc: """
      Neurons of each hidden layer of a trunk; a 0 alone = as hidden. Operator networks only.
      """),
  OptionDescription(
    key: "time_steps",
    scope: .network,
    domain: .int(1...1_000_000),
    defaultValue: .int(32),
    defaultText: "32",
    rangeText: "1 <= x <= 1000000",
    doc: """
      Time steps per sample. The mean of a spike train has a resolution of 1 / time_steps, so more steps \
      mean smaller errors; time grows in proportion, memory does not.
      """),
  OptionDescription(
    key: "leak",
    scope: .network,
    domain: .float(0.0...1.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "0 < x <= 1",
    doc: """
      Factor that the membrane potential keeps from one time step to the next, exp(-dt / tau). 1 is the \
      integrate-and-fire neuron, the best rate code for constant inputs.
      """),
  OptionDescription(
    key: "threshold",
    scope: .network,
    domain: .float(1e-06...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "1e-06 <= x <= 1000000",
    doc: """
      Membrane potential at which a neuron spikes.
      """),
  OptionDescription(
    key: "initial_membrane",
    scope: .network,
    domain: .float(-1000000.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "-1000000 <= x <= 1000000",
    doc: """
      Membrane potential of every neuron before the first time step.
      """),
  OptionDescription(
    key: "reset",
    scope: .network,
    domain: .choice(["soft", "hard", "none"]),
    defaultValue: .word("soft"),
    defaultText: "soft",
    rangeText: "soft | hard | none",
    doc: """
      What a spike does to the membrane potential: soft subtracts the threshold, hard sets it to 0, none \
      leaves it.
      """),
  OptionDescription(
    key: "spikes",
    scope: .network,
    domain: .choice(["binary", "ternary"]),
    defaultValue: .word("ternary"),
    defaultText: "ternary",
    rangeText: "binary | ternary",
    doc: """
      Values of a spike: binary 0 and 1, ternary -1, 0 and 1 with a second threshold at the negative of \
      the first.
      """),
  OptionDescription(
    key: "surrogate",
    scope: .network,
    domain: .choice(["gaussian", "fast_sigmoid", "arctangent", "sigmoid", "triangle", "boxcar"]),
    defaultValue: .word("gaussian"),
    defaultText: "gaussian",
    rangeText: "gaussian | fast_sigmoid | arctangent | sigmoid | triangle | boxcar",
    doc: """
      Function that stands in for the derivative of the spike with respect to the membrane potential. Each \
      has area 1.
      """),
  OptionDescription(
    key: "surrogate_width",
    scope: .network,
    domain: .float(1e-06...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.5),
    defaultText: "0.5",
    rangeText: "1e-06 <= x <= 1000000",
    doc: """
      Width of the surrogate in units of membrane potential: every kind has the peak of a Gaussian of this \
      standard deviation. It must be at least threshold / (2 sqrt(2 pi)), about 0.2 threshold, and more \
      with a hard reset (0.43 threshold for a Gaussian, 0.8 for a boxcar): with a narrower one tangents \
      grow without bound.
      """),
  OptionDescription(
    key: "readout",
    scope: .network,
    domain: .choice(["linear", "spiking", "leaky", "tapered"]),
    defaultValue: .word("linear"),
    defaultText: "linear",
    rangeText: "linear | spiking | leaky | tapered",
    doc: """
      linear: weighted sum of the last hidden layer's mean spike trains, plus a bias. spiking: the outputs \
      are the mean spike trains of one more spiking layer, so they lie in [-1, 1] (or [0, 1] with binary \
      spikes) before scaling. leaky: as linear, but late spikes count more, by readout_leak. tapered: as \
      linear, but spikes of step t of T count t (T + 1 - t), so that fewer of them are lost to rounding at \
      both ends.
      """),
  OptionDescription(
    key: "readout_leak",
    scope: .network,
    domain: .float(0.0...1.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(0.9),
    defaultText: "0.9",
    rangeText: "0 < x <= 1",
    doc: """
      Part of its sum of spikes that a leaky readout keeps from one time step to the next; the sum is \
      divided by that of the weights.
      """),
  OptionDescription(
    key: "initialization",
    scope: .network,
    domain: .choice(["uniform_fan_in", "kaiming_normal"]),
    defaultValue: .word("uniform_fan_in"),
    defaultText: "uniform_fan_in",
    rangeText: "uniform_fan_in | kaiming_normal",
    doc: """
      Law of the first weights: uniform in +-1/sqrt(fan in), or normal with variance 2 / fan in (He et al. \
      2015).
      """),
  OptionDescription(
    key: "input_gain",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "0 < x <= 1000000",
    doc: """
      Factor on the first layer's weights at the start. Coordinates scaled to [-1, 1] gain from a large \
      one, about 4; the trunks of operator networks have trunk_gain instead.
      """),
  OptionDescription(
    key: "bias_spread",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "0 <= x <= 1000000",
    doc: """
      Factor on the first layer's biases at the start. With kaiming_normal all biases begin at 0, unless \
      this is not 1.
      """),
  OptionDescription(
    key: "trunk_gain",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(4.0),
    defaultText: "4",
    rangeText: "0 < x <= 1000000",
    doc: """
      As input_gain, for the trunks of operator networks.
      """),
  OptionDescription(
    key: "trunk_bias_spread",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(2.0),
    defaultText: "2",
    rangeText: "0 <= x <= 1000000",
    doc: """
      As bias_spread, for the trunks of operator networks.
      """),
  OptionDescription(
    key: "readout_gain",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "0 <= x <= 1000000",
    doc: """
      Factor on the initial weights and biases of linear readouts. A small one, such as 0.1, leaves more \
      to the hidden layers.
      """),
  OptionDescription(
    key: "first_current",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000",
    doc: """
      Standard deviation, in thresholds, that rfgsnn_network_calibrate gives the currents into a first \
      hidden layer; 0 = 1.4 for up to 4 inputs, which are taken for coordinates, and 0.5 for more.
      """),
  OptionDescription(
    key: "hidden_current",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000",
    doc: """
      The same for the layers after the first; 0 = 1 behind coordinates, else 1.5.
      """),
  OptionDescription(
    key: "bias_current",
    scope: .network,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000",
    doc: """
      rfgsnn_network_calibrate draws biases between minus and plus this many thresholds; 0 = 1.7 for the \
      first layer and 1 for the others behind coordinates, else 0.7.
      """),
  OptionDescription(
    key: "threads",
    scope: .network,
    domain: .int(0...1024),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 1024",
    doc: """
      Threads that work for one call, at most as many as the process may use processors; 0 = all of these. \
      Results do not depend on it.
      """),
  OptionDescription(
    key: "instruction_set",
    scope: .network,
    domain: .choice(["auto", "baseline", "x86-64-v3", "x86-64-v4"]),
    defaultValue: .word("auto"),
    defaultText: "auto",
    rangeText: "auto | baseline | x86-64-v3 | x86-64-v4",
    doc: """
      Kernels to use; auto = the best that this machine runs. Same seed and same instruction set give the \
      same bits.
      """),
  OptionDescription(
    key: "seed",
    scope: .both,
    domain: .int(0...Int64.max),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "x >= 0",
    doc: """
      Seed of all random numbers: of the first parameters for a network, of batches and directions for a \
      trainer.
      """),
  OptionDescription(
    key: "memory_limit",
    scope: .both,
    domain: .int(0...Int64.max),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "x >= 0",
    doc: """
      Numeric buffers of the handle beyond this many bytes are refused with RFGSNN_ERROR_OUT_OF_MEMORY; 0 \
      = no limit.
      """),
  OptionDescription(
    key: "estimator",
    scope: .trainer,
    domain: .choice([
      "rfg_activity",
      "rfg_per_step",
      "rfg_global",
      "rfg_layerwise",
      "rfg_tensorwise",
      "black_box",
      "exact_forward",
      "weight_mirror",
      "opzo",
      "fdfa",
      "random_feedback",
      "spatial_bp",
      "bptt",
    ]),
    defaultValue: .word("rfg_activity"),
    defaultText: "rfg_activity",
    rangeText: """
      rfg_activity | rfg_per_step | rfg_global | rfg_layerwise | rfg_tensorwise | black_box | \
      exact_forward | weight_mirror | opzo | fdfa | random_feedback | spatial_bp | bptt
      """,
    doc: """
      How the gradient is estimated. rfg_activity perturbs each sample's neurons (Ren et al. 2023), \
      rfg_per_step does so anew at every time step, rfg_global all weights at once and rfg_layerwise the \
      weights of one layer after the other (Wan et al. 2024), rfg_tensorwise weights and biases of each \
      layer apart, black_box takes differences of losses (Salimans et al. 2017), exact_forward carries one \
      tangent per parameter and has no noise (up to 16384 parameters), weight_mirror hands credit down \
      through feedback weights that perturbations teach (Akrout et al. 2019), spatial_bp through \
      transposed weights, both on mean spike trains, opzo, fdfa and random_feedback hand it from the \
      outputs straight to every layer, through weights that added noise teaches (Xiao et al. 2024), that \
      tangents teach (Bacho and Chu 2024), or that are random and fixed (Nokland 2016), bptt is \
      back-propagation through time as a reference, whose memory grows with time_steps.
      """),
  OptionDescription(
    key: "layer_estimators",
    scope: .trainer,
    domain: .choices(
      [
        "rfg_activity",
        "rfg_per_step",
        "rfg_global",
        "rfg_layerwise",
        "rfg_tensorwise",
        "black_box",
        "exact_forward",
        "weight_mirror",
        "opzo",
        "fdfa",
        "random_feedback",
        "spatial_bp",
        "bptt",
      ], atMost: 64),
    defaultValue: .word(""),
    defaultText: "",
    rangeText: """
      rfg_activity | rfg_per_step | rfg_global | rfg_layerwise | rfg_tensorwise | black_box | \
      exact_forward | weight_mirror | opzo | fdfa | random_feedback | spatial_bp | bptt, up to 64 of them \
      with commas between
      """,
    doc: """
      Estimators of the layers of each stack, from the bottom up, as words with commas between; the last \
      holds for all layers above it, empty = estimator for all. Each different estimator runs a pass of \
      its own, and its gradient is taken for the layers that it is named for. The readout's comes from the \
      last layer's estimator, or from another whose readout gradient is exact if that one's is not.
      """),
  OptionDescription(
    key: "tangent",
    scope: .trainer,
    domain: .choice(["rate", "full"]),
    defaultValue: .word("rate"),
    defaultText: "rate",
    rangeText: "rate | full",
    doc: """
      rate: each neuron carries its own sensitivity to a constant current, and products are taken once per \
      layer after the time loop. full: the tangents ride through every time step.
      """),
  OptionDescription(
    key: "directions",
    scope: .trainer,
    domain: .int(1...65536),
    defaultValue: .int(1),
    defaultText: "1",
    rangeText: "1 <= x <= 65536",
    doc: """
      Random directions per estimate. The variance of the estimate falls in proportion.
      """),
  OptionDescription(
    key: "direction_law",
    scope: .trainer,
    domain: .choice(["rademacher", "gaussian", "sphere", "hadamard", "low_rank"]),
    defaultValue: .word("rademacher"),
    defaultText: "rademacher",
    rangeText: "rademacher | gaussian | sphere | hadamard | low_rank",
    doc: """
      Law of the directions: entries +1 and -1 alike, standard normal, uniform on the sphere of radius \
      sqrt(n) for n entries, rows of a scrambled Hadamard matrix (the directions of one estimate are \
      orthogonal if n is a power of two), or weight matrices A B^T / sqrt(direction_rank) with A and B of \
      +1 and -1. low_rank needs an estimator that perturbs parameters.
      """),
  OptionDescription(
    key: "direction_rank",
    scope: .trainer,
    domain: .int(1...256),
    defaultValue: .int(1),
    defaultText: "1",
    rangeText: "1 <= x <= 256",
    doc: """
      Rank of the weight matrices of low_rank directions; their products cost so much times inputs + \
      neurons.
      """),
  OptionDescription(
    key: "direction_mask",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: true),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x < 1",
    doc: """
      Probability that an entry of a direction is left out; the others are divided by sqrt(1 - \
      direction_mask), so that the estimate stays unbiased. Not with low_rank.
      """),
  OptionDescription(
    key: "aggregation",
    scope: .trainer,
    domain: .choice(["mean", "projection", "gauss_newton"]),
    defaultValue: .word("mean"),
    defaultText: "mean",
    rangeText: "mean | projection | gauss_newton",
    doc: """
      What is made of the derivatives along the directions. mean: the mean of derivative times direction. \
      projection: the orthogonal projection of the gradient on the span of the directions (Fluegel et al. \
      2024), for estimators that perturb parameters; it keeps all directions and pays when they are a \
      sizeable part of the parameters. gauss_newton: the damped least-squares step in the span of the \
      directions, from the tangents of all outputs, for multilayer perceptrons whose parameters are \
      perturbed; a step rather than a gradient, for optimizer = sgd, momentum = 0 and learning_rate = 1.
      """),
  OptionDescription(
    key: "gauss_newton_damping",
    scope: .trainer,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.001),
    defaultText: "0.001",
    rangeText: "0 <= x <= 1000000",
    doc: """
      What aggregation = gauss_newton adds to the diagonal of its normal equations, relative to the mean \
      diagonal element. More makes shorter, safer steps.
      """),
  OptionDescription(
    key: "projection_scale",
    scope: .trainer,
    domain: .choice(["expected_norm", "unbiased", "none"]),
    defaultValue: .word("expected_norm"),
    defaultText: "expected_norm",
    rangeText: "expected_norm | unbiased | none",
    doc: """
      What a projection on K of n dimensions is multiplied by: expected_norm gives it about the length of \
      the gradient, unbiased n / K, none leaves it.
      """),
  OptionDescription(
    key: "guide",
    scope: .trainer,
    domain: .choice(["none", "momentum", "feedback"]),
    defaultValue: .word("none"),
    defaultText: "none",
    rangeText: "none | momentum | feedback",
    doc: """
      A guess of the gradient, learned from earlier steps, whose part is taken out of the noise (a control \
      variate, unbiased). momentum: a running mean of the estimates, for estimators that perturb \
      parameters; it pays when the gradient changes little in parameters / directions steps. feedback: \
      direct feedback learned from the tangents, for rfg_activity.
      """),
  OptionDescription(
    key: "guide_rule",
    scope: .trainer,
    domain: .choice(["yes", "no"]),
    defaultValue: .word("yes"),
    defaultText: "yes",
    rangeText: "yes | no",
    doc: """
      Whether the guide is switched off while the derivatives of earlier steps say that it hurts.
      """),
  OptionDescription(
    key: "activity_top",
    scope: .trainer,
    domain: .choice(["local", "perturbed"]),
    defaultValue: .word("local"),
    defaultText: "local",
    rangeText: "local | perturbed",
    doc: """
      How rfg_activity finds the gradient of the last spiking layer: local, exactly, from the layer's own \
      sensitivities and the readout's weights, or by perturbing it too.
      """),
  OptionDescription(
    key: "activity_layers",
    scope: .trainer,
    domain: .choice(["together", "one_by_one"]),
    defaultValue: .word("together"),
    defaultText: "together",
    rangeText: "together | one_by_one",
    doc: """
      What a direction of rfg_activity perturbs: all layers together, or one layer, so that there are \
      directions for each.
      """),
  OptionDescription(
    key: "feedback_momentum",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: true),
    defaultValue: .float(0.97),
    defaultText: "0.97",
    rangeText: "0 <= x < 1",
    doc: """
      How slowly the feedback weights of opzo, fdfa and guide = feedback change: of one step's observation \
      they take 1 - feedback_momentum.
      """),
  OptionDescription(
    key: "opzo_sigma",
    scope: .trainer,
    domain: .float(1e-06...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.2),
    defaultText: "0.2",
    rangeText: "1e-06 <= x <= 1000000",
    doc: """
      Standard deviation of the noise that opzo adds to the currents.
      """),
  OptionDescription(
    key: "opzo_baseline",
    scope: .trainer,
    domain: .choice(["clean_pass", "running_mean"]),
    defaultValue: .word("clean_pass"),
    defaultText: "clean_pass",
    rangeText: "clean_pass | running_mean",
    doc: """
      What opzo compares noisy outputs with: clean_pass, those of a pass without noise, or running_mean, \
      the mean of noisy outputs so far, with the noisy pass as the only one.
      """),
  OptionDescription(
    key: "black_box_sigma",
    scope: .trainer,
    domain: .float(1e-06...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.02),
    defaultText: "0.02",
    rangeText: "1e-06 <= x <= 1000000",
    doc: """
      Length of the black-box perturbation per parameter, in units of the parameters.
      """),
  OptionDescription(
    key: "black_box_sigma_final",
    scope: .trainer,
    domain: .float(1e-06...1.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(1.0),
    defaultText: "1",
    rangeText: "1e-06 <= x <= 1",
    doc: """
      black_box_sigma at the end of the schedule as a fraction of the first; it falls geometrically over \
      steps.
      """),
  OptionDescription(
    key: "stein_pairs",
    scope: .trainer,
    domain: .int(0...64),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 64",
    doc: """
      0: the surrogate is computed. From 4 on: it is sampled with so many antithetic pairs of Gaussian \
      noise for each neuron, time step and sample (weak form by Stein's lemma); the mean is the Gaussian \
      surrogate, so the network's surrogate must be gaussian.
      """),
  OptionDescription(
    key: "surrogate_mask",
    scope: .trainer,
    domain: .float(0.0...0.99, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 0.99",
    doc: """
      Probability that a neuron's surrogate is left out at a time step of a sample; the others are divided \
      by 1 - surrogate_mask, so that the mean stays (after Li et al. 2024); 0 = off.
      """),
  OptionDescription(
    key: "reset_derivative",
    scope: .trainer,
    domain: .choice(["carried", "cut"]),
    defaultValue: .word("carried"),
    defaultText: "carried",
    rangeText: "carried | cut",
    doc: """
      Whether derivatives carry what a spike's reset does to its neuron's later potentials, or leave it \
      out.
      """),
  OptionDescription(
    key: "surrogate_adaptation",
    scope: .trainer,
    domain: .choice(["none", "statistic", "gradient"]),
    defaultValue: .word("none"),
    defaultText: "none",
    rangeText: "none | statistic | gradient",
    doc: """
      What moves each layer's surrogate width at an update. statistic: it follows surrogate_statistic \
      times the standard deviation of the layer's membrane potentials. gradient: it goes down its own \
      gradient (parametric surrogate gradients, Wang et al. 2023).
      """),
  OptionDescription(
    key: "surrogate_statistic",
    scope: .trainer,
    domain: .float(0.0...100.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(0.5),
    defaultText: "0.5",
    rangeText: "0 < x <= 100",
    doc: """
      Surrogate width per standard deviation of the membrane potentials; for surrogate_adaptation = \
      statistic.
      """),
  OptionDescription(
    key: "surrogate_rate",
    scope: .trainer,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.1),
    defaultText: "0.1",
    rangeText: "0 <= x <= 1000000",
    doc: """
      Learning rate of the logarithms of the surrogate widths as a multiple of the schedule's; for \
      surrogate_adaptation = gradient.
      """),
  OptionDescription(
    key: "bias_shift",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1",
    doc: """
      Part of a hidden layer's mean distance of the membrane potentials from their centre that every \
      update takes off its biases; the centre is threshold / 2 with binary spikes and 0 with ternary ones; \
      0 = off (potential distribution adjustment, Wang et al. 2023).
      """),
  OptionDescription(
    key: "loss",
    scope: .trainer,
    domain: .choice(["mse", "relative_l2"]),
    defaultValue: .word("mse"),
    defaultText: "mse",
    rangeText: "mse | relative_l2",
    doc: """
      Built-in loss, in the host's units. mse: mean over samples and outputs (functions, points and \
      outputs) of the squared error; relative_l2: the norm of the error over the norm of the targets, both \
      over everything in the batch together.
      """),
  OptionDescription(
    key: "optimizer",
    scope: .trainer,
    domain: .choice(["adam", "adabelief", "sgd"]),
    defaultValue: .word("adam"),
    defaultText: "adam",
    rangeText: "adam | adabelief | sgd",
    doc: """
      adam (Kingma and Ba 2015), adabelief, which steps further where gradients agree with their running \
      mean (Zhuang et al. 2020; it takes adam_beta1, adam_beta2 and adam_epsilon), or sgd: gradient \
      descent with momentum.
      """),
  OptionDescription(
    key: "learning_rate",
    scope: .trainer,
    domain: .float(0.0...1000000.0, minimumExcluded: true, maximumExcluded: false),
    defaultValue: .float(0.003),
    defaultText: "0.003",
    rangeText: "0 < x <= 1000000",
    doc: """
      Learning rate at the first step.
      """),
  OptionDescription(
    key: "momentum",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: true),
    defaultValue: .float(0.9),
    defaultText: "0.9",
    rangeText: "0 <= x < 1",
    doc: """
      Momentum of sgd; adam does not use it.
      """),
  OptionDescription(
    key: "adam_beta1",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: true),
    defaultValue: .float(0.9),
    defaultText: "0.9",
    rangeText: "0 <= x < 1",
    doc: """
      Adam's decay of the mean gradient. Nearer to 1 it averages over more directions.
      """),
  OptionDescription(
    key: "adam_beta2",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: true),
    defaultValue: .float(0.999),
    defaultText: "0.999",
    rangeText: "0 <= x < 1",
    doc: """
      Adam's decay of the mean squared gradient.
      """),
  OptionDescription(
    key: "adam_epsilon",
    scope: .trainer,
    domain: .float(1e-30...1.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(1e-08),
    defaultText: "1e-08",
    rangeText: "1e-30 <= x <= 1",
    doc: """
      Number that Adam adds to the root of the mean squared gradient.
      """),
  OptionDescription(
    key: "schedule",
    scope: .trainer,
    domain: .choice(["cosine", "exponential", "constant"]),
    defaultValue: .word("cosine"),
    defaultText: "cosine",
    rangeText: "cosine | exponential | constant",
    doc: """
      How the learning rate falls over the steps.
      """),
  OptionDescription(
    key: "final_fraction",
    scope: .trainer,
    domain: .float(0.0...1.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.01),
    defaultText: "0.01",
    rangeText: "0 <= x <= 1",
    doc: """
      Learning rate at the last step as a fraction of the first; exponential needs more than 0, constant \
      does not use it.
      """),
  OptionDescription(
    key: "steps",
    scope: .trainer,
    domain: .int(1...1_000_000_000),
    defaultValue: .int(4000),
    defaultText: "4000",
    rangeText: "1 <= x <= 1000000000",
    doc: """
      Updates of rfgsnn_fit, and the length of the schedule.
      """),
  OptionDescription(
    key: "batch_size",
    scope: .trainer,
    domain: .int(1...1_000_000_000),
    defaultValue: .int(500),
    defaultText: "500",
    rangeText: "1 <= x <= 1000000000",
    doc: """
      Samples, or functions of an operator network, per step of rfgsnn_fit; capped at their number.
      """),
  OptionDescription(
    key: "points_per_batch",
    scope: .trainer,
    domain: .int(0...1_000_000_000),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000000",
    doc: """
      Points per step of rfgsnn_fit, along each axis of a seponet, drawn from those that all functions \
      share; 0 = all. Operator networks only.
      """),
  OptionDescription(
    key: "clip_norm",
    scope: .trainer,
    domain: .float(0.0...1e+30, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1e+30",
    doc: """
      A gradient of larger Euclidean norm is scaled down to it; 0 = off.
      """),
  OptionDescription(
    key: "accumulate",
    scope: .trainer,
    domain: .int(1...1_000_000_000),
    defaultValue: .int(1),
    defaultText: "1",
    rangeText: "1 <= x <= 1000000000",
    doc: """
      Estimates that are averaged for one update; rfgsnn_fit takes a new batch for each.
      """),
  OptionDescription(
    key: "readout_solve",
    scope: .trainer,
    domain: .choice(["none", "start", "end", "both", "periodic"]),
    defaultValue: .word("none"),
    defaultText: "none",
    rangeText: "none | start | end | both | periodic",
    doc: """
      When rfgsnn_fit finds the linear readout by ridge regression: never, before the first step, after \
      the last one, at both ends, or periodically (at both ends and every readout_interval steps).
      """),
  OptionDescription(
    key: "trunks",
    scope: .trainer,
    domain: .choice(["trained", "held"]),
    defaultValue: .word("trained"),
    defaultText: "trained",
    rangeText: "trained | held",
    doc: """
      What training does to the trunks of an operator network: trains them, or holds them as they are, so \
      that only the branch is trained. After a closed-form start (readout_solve = start, both or periodic) \
      held trunks are the modes of the targets, and a step costs much less.
      """),
  OptionDescription(
    key: "trunk_steps",
    scope: .trainer,
    domain: .int(0...1_000_000_000),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000000",
    doc: """
      Steps for which rfgsnn_fit first trains each trunk of an operator network alone, with batch_size of \
      its points at a time, to the modes of the targets (after Lee and Shin 2024); 0 = none. For points \
      that all functions share.
      """),
  OptionDescription(
    key: "branch_start",
    scope: .trainer,
    domain: .choice(["solved", "kept"]),
    defaultValue: .word("solved"),
    defaultText: "solved",
    rangeText: "solved | kept",
    doc: """
      The readout with which the branch of an operator network starts after a closed-form start: solved, \
      or kept as it was, so that only the trunks take theirs, the modes of the targets. solved suits \
      operators that are nearly linear, kept those that are not.
      """),
  OptionDescription(
    key: "readout_interval",
    scope: .trainer,
    domain: .int(1...1_000_000_000),
    defaultValue: .int(250),
    defaultText: "250",
    rangeText: "1 <= x <= 1000000000",
    doc: """
      Steps between two periodic readout solves.
      """),
  OptionDescription(
    key: "readout_lambda",
    scope: .trainer,
    domain: .float(0.0...1000000.0, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000",
    doc: """
      Ridge of the readout solve, relative to the mean diagonal of the normal equations; 0 = the one of \
      1e-9, 1e-8, ... 1e-2 with the least error on a held-out fifth of the samples, with which all are \
      then solved for.
      """),
  OptionDescription(
    key: "readout_between_solves",
    scope: .trainer,
    domain: .choice(["trained", "held"]),
    defaultValue: .word("held"),
    defaultText: "held",
    rangeText: "trained | held",
    doc: """
      With readout_solve = periodic, between two solves: trained lets the optimiser move the readouts like \
      everything else, held moves the hidden layers only (variable projection, Golub and Pereyra 1973).
      """),
  OptionDescription(
    key: "report_interval",
    scope: .trainer,
    domain: .int(0...1_000_000_000),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000000",
    doc: """
      Steps between two reports, which evaluate the validation loss, add to the history and call the \
      progress callback; 0 = steps / 100, at least 1. The last step reports too.
      """),
  OptionDescription(
    key: "patience",
    scope: .trainer,
    domain: .int(0...1_000_000_000),
    defaultValue: .int(0),
    defaultText: "0",
    rangeText: "0 <= x <= 1000000000",
    doc: """
      Reports without a better validation loss after which rfgsnn_fit stops; 0 = off. It needs a \
      validation set.
      """),
  OptionDescription(
    key: "restore_best",
    scope: .trainer,
    domain: .choice(["yes", "no"]),
    defaultValue: .word("yes"),
    defaultText: "yes",
    rangeText: "yes | no",
    doc: """
      Whether rfgsnn_fit ends with the parameters of the best validation loss instead of the last ones. \
      Without a validation set it has no effect.
      """),
  OptionDescription(
    key: "loss_target",
    scope: .trainer,
    domain: .float(0.0...1e+30, minimumExcluded: false, maximumExcluded: false),
    defaultValue: .float(0.0),
    defaultText: "0",
    rangeText: "0 <= x <= 1e+30",
    doc: """
      rfgsnn_fit stops at a report whose loss (validation loss if there is one) is at or below it; 0 = \
      off.
      """),
]

import Directions
import GradientEstimators
import Runtime
import SpikingNetworks

/// The ways to estimate a gradient; see the files of GradientEstimators.
package enum EstimatorKind: Sendable {
  case rfgActivity, rfgPerStep, rfgGlobal, rfgLayerwise, rfgTensorwise, blackBox, exactForward, weightMirror
  case pseudoZerothOrder, forwardDirectFeedback, randomFeedback
  case spatialBackPropagation, backPropagation

  /// Whether it finds the gradient of a linear readout without noise.
  var hasExactReadout: Bool {
    switch self {
    case .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .blackBox: false
    case .rfgActivity, .rfgPerStep, .exactForward, .weightMirror, .pseudoZerothOrder, .forwardDirectFeedback,
      .randomFeedback, .spatialBackPropagation, .backPropagation:
      true
    }
  }
}

/// When `fit` solves for the linear readout in closed form.
package enum ReadoutSolve: Sendable {
  case none, start, end, both, periodic
}

/// How activity perturbation finds the last spiking layer's gradient.
package enum ActivityTop: Sendable {
  /// From the layer's own sensitivities and the readout's weights, exactly.
  case local
  case perturbed
}

/// Which layers a direction of activity perturbation perturbs.
package enum ActivityLayers: Sendable { case together, oneByOne }

/// The guess of the gradient that is a control variate of its estimate.
package enum Guide: Sendable {
  case none
  /// Of estimators that perturb parameters: a running mean of estimates; see MomentumGuide.
  case momentum
  /// Of activity perturbation: learned direct feedback; see FeedbackGuide.
  case feedback
}

/// What happens to the trunks of an operator network in training.
package enum Trunks: Sendable {
  case trained
  /// Only the branch is trained, to the features that the trunks have: see HeldTrunks.
  case held
}

/// The readout that the branch of an operator network has after the solve before the first step.
package enum BranchStart: Sendable {
  case solved
  /// The one it had: only the trunks take theirs, the modes of the targets. Features are then learned anew instead of
  /// being corrected.
  case kept
}

/// What happens to the readouts between two periodic solves.
package enum ReadoutBetweenSolves: Sendable {
  /// The optimiser moves them with everything else.
  case trained
  /// Only the hidden layers move: variable projection (Golub & Pereyra 1973).
  case held
}

/// Everything that decides how a trainer trains.
package struct TrainerSpecification: Sendable {
  package var estimator = EstimatorKind.rfgActivity
  /// Those of the layers of each stack, from the bottom up; the last holds for all layers above it. Empty: `estimator`
  /// for all.
  package var layerEstimators: [EstimatorKind] = []
  package var tangent = TangentKind.rate
  package var directions = 1
  package var directionLaw = DirectionLaw.rademacher
  package var activityTop = ActivityTop.local
  package var activityLayers = ActivityLayers.together
  package var aggregation = Aggregation.mean
  package var guide = Guide.none
  package var guideRule = GuideRule.whenItHelps
  package var feedbackMomentum = 0.97
  package var opzoSigma: Float = 0.2
  package var opzoBaseline = PseudoZerothOrderBaseline.cleanPass
  package var blackBoxSigma: Float = 0.02
  /// Of blackBoxSigma, at the last step.
  package var blackBoxSigmaFinal: Float = 1
  /// Antithetic pairs of a sampled surrogate; 0 for a computed one.
  package var steinPairs = 0
  /// Probability that a neuron's surrogate is left out at a time step.
  package var surrogateMask = 0.0
  /// Derivatives leave out what a spike's reset does.
  package var cutsReset = false
  package var surrogateAdaptation = SurrogateAdaptationKind.none
  /// Width per standard deviation of the membrane potentials.
  package var surrogateStatistic = 0.5
  /// Of the schedule's learning rate, for log-widths.
  package var surrogateRate = 0.1
  /// Part of the potentials' mean distance from their centre that each update takes off the biases; 0 means none.
  package var biasShift = 0.0
  package var seed: UInt64 = 0
  /// Bytes of numeric buffers; 0 means no limit.
  package var memoryLimit = 0
  package var loss = LossKind.mse
  package var optimizer = OptimizerKind.adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8)
  package var schedule = Schedule(kind: .cosine, learningRate: 0.003, finalFraction: 0.01, steps: 4000)
  package var batchSize = 500
  /// Points, along each axis, of a step of `fit`; 0 means all.
  package var pointsPerBatch = 0
  /// Greatest norm of the gradient; 0 means no clipping.
  package var clipNorm = 0.0
  /// Estimates that are averaged for one update.
  package var accumulate = 1
  package var readoutSolve = ReadoutSolve.none
  package var readoutInterval = 250
  /// 0 means chosen on held-out samples; see RidgeRegression.
  package var readoutLambda = 0.0
  package var trunks = Trunks.trained
  package var branchStart = BranchStart.solved
  /// Steps of each trunk's training before the first solve; see TrunkFit.
  package var trunkSteps = 0
  package var readoutBetweenSolves = ReadoutBetweenSolves.held
  /// Steps between two reports; 0 means a hundredth of all.
  package var reportInterval = 0
  /// Reports without a better validation loss after which `fit` stops; 0 means never.
  package var patience = 0
  package var restoreBest = true
  /// `fit` stops at this loss; 0 means never.
  package var lossTarget = 0.0

  package init() {}

  private static let fewestPairs = 4

  /// Those of the layers from the bottom up, or the one of all.
  var estimatorsInUse: [EstimatorKind] { layerEstimators.isEmpty ? [estimator] : layerEstimators }

  /// The estimator of all layers, with the surrogates that this specification says.
  func makeEstimator(_ network: Network, account: MemoryAccount) throws(Failure) -> any GradientEstimator {
    let estimator = try makeLayers(network, account: account)
    try estimator.changeSurrogates(self)
    return estimator
  }

  private func makeLayers(_ network: Network, account: MemoryAccount) throws(Failure) -> any GradientEstimator {
    let named = estimatorsInUse
    var kinds: [EstimatorKind] = []
    for kind in named where !kinds.contains(kind) { kinds.append(kind) }
    if kinds.count == 1 { return try makeEstimator(kinds[0], network, account: account) }
    var estimators: [any GradientEstimator] = []
    for kind in kinds { estimators.append(try makeEstimator(kind, network, account: account)) }
    let layers = named.map { kinds.firstIndex(of: $0) ?? 0 }
    let last = layers[layers.count - 1]
    let readout = kinds[last].hasExactReadout ? last : kinds.firstIndex { $0.hasExactReadout } ?? last
    return try Hybrid(network, estimators, layers: layers, readout: readout, account: account)
  }

  private func makeEstimator(
    _ kind: EstimatorKind, _ network: Network, account: MemoryAccount
  ) throws(Failure) -> any GradientEstimator {
    switch kind {
    case .rfgActivity:
      try ThreeFactorEstimator.activity(network, activityPlan, seed: seed, account: account)
    case .rfgPerStep:
      try PerStepPerturbation(
        network, directions: directions, law: directionLaw, seed: seed, account: account)
    case .rfgGlobal:
      try WeightPerturbation.global(network, weightPlan, tangent: tangent, seed: seed, account: account)
    case .rfgLayerwise:
      try WeightPerturbation.layerwise(network, weightPlan, tangent: tangent, seed: seed, account: account)
    case .rfgTensorwise:
      try WeightPerturbation.tensorwise(network, weightPlan, tangent: tangent, seed: seed, account: account)
    case .blackBox:
      try BlackBox(
        network, weightPlan, sigma: blackBoxSigma, finalFraction: blackBoxSigmaFinal, seed: seed, account: account)
    case .exactForward: try WeightPerturbation.exact(network, tangent: tangent, account: account)
    case .weightMirror: try ThreeFactorEstimator.weightMirror(network, seed: seed, account: account)
    case .spatialBackPropagation: try ThreeFactorEstimator.spatialBackPropagation(network, account: account)
    case .pseudoZerothOrder:
      try ThreeFactorEstimator.pseudoZerothOrder(
        network, sigma: opzoSigma, law: directionLaw, baseline: opzoBaseline, momentum: feedbackMomentum, seed: seed,
        account: account)
    case .forwardDirectFeedback:
      try ThreeFactorEstimator.forwardDirectFeedback(
        network, momentum: feedbackMomentum, seed: seed, account: account)
    case .randomFeedback: try ThreeFactorEstimator.randomFeedback(network, seed: seed, account: account)
    case .backPropagation: try BackPropagation(network, account: account)
    }
  }

  private var activityPlan: ActivityPlan {
    var plan = ActivityPlan(directions: directions)
    plan.law = directionLaw
    plan.tangent = tangent
    plan.localTop = activityTop == .local
    plan.oneByOne = activityLayers == .oneByOne
    plan.guide = guide == .feedback ? guideRule : .none
    plan.feedbackMomentum = feedbackMomentum
    return plan
  }

  private var weightPlan: DirectionPlan {
    DirectionPlan(
      directions: directions, law: directionLaw, aggregation: aggregation,
      guide: guide == .momentum ? guideRule : .none)
  }

  func validate(_ network: Network) throws(Failure) {
    try validateDirections()
    try validateGaussNewton(network)
    let layers = network.stacks.reduce(0) { max($0, $1.layers.count) }
    if layerEstimators.count > layers {
      throw Failure(
        .outOfRange,
        "layer_estimators: \(layerEstimators.count) words for \(layers) spiking layers; give at most one for each layer "
          + "(the readout goes with the last)")
    }
    if readoutSolve != .none && network.specification.readout == .spikingMean {
      throw Failure(
        .unsupported,
        "readout_solve: a spiking readout has no linear map to solve for; use readout_solve = none, or a network with "
          + "readout = linear")
    }
    if steinPairs != 0 {
      if steinPairs < Self.fewestPairs {
        throw Failure(
          .outOfRange,
          "stein_pairs: \(steinPairs) pairs are so few that their noise, carried from step to step, drowns the gradient; "
            + "use 0, or \(Self.fewestPairs) and more")
      }
      if network.specification.surrogate.shape != .gaussian {
        throw Failure(
          .unsupported,
          "stein_pairs: Stein's lemma samples the Gaussian, and this network's surrogate is another; use stein_pairs = 0, "
            + "or a network with surrogate = gaussian")
      }
    }
    if case .exponential = schedule.kind, schedule.finalFraction <= 0 {
      throw Failure(.outOfRange, "final_fraction: an exponential schedule never reaches 0; use a value such as 0.01")
    }
  }
}

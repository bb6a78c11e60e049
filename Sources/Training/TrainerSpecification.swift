import Directions
import GradientEstimators
import Runtime
import SpikingNetworks

/// The ways to estimate a gradient; see the files of GradientEstimators.
package enum EstimatorKind: Sendable {
  case rfgActivity, rfgGlobal, rfgLayerwise, blackBox, exactForward, weightMirror, spatialBackPropagation
  case pseudoZerothOrder, forwardDirectFeedback, randomFeedback
  case backPropagation
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

/// What happens to the trunks of an operator network in training.
package enum Trunks: Sendable {
  case trained
  /// Only the branch is trained, to the features that the trunks have: see HeldTrunks.
  case held
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
  package var tangent = TangentKind.rate
  package var directions = 1
  package var directionLaw = DirectionLaw.rademacher
  package var activityTop = ActivityTop.local
  package var activityLayers = ActivityLayers.together
  package var guide = GuideRule.none
  package var feedbackMomentum = 0.97
  package var opzoSigma: Float = 0.2
  package var opzoBaseline = PseudoZerothOrderBaseline.cleanPass
  package var blackBoxSigma: Float = 0.02
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
  package var readoutBetweenSolves = ReadoutBetweenSolves.held
  /// Steps between two reports; 0 means a hundredth of all.
  package var reportInterval = 0
  /// Reports without a better validation loss after which `fit` stops; 0 means never.
  package var patience = 0
  package var restoreBest = true
  /// `fit` stops at this loss; 0 means never.
  package var lossTarget = 0.0

  package init() {}

  func makeEstimator(_ network: Network, account: MemoryAccount) throws(Failure) -> any GradientEstimator {
    switch estimator {
    case .rfgActivity:
      try ThreeFactorEstimator.activity(network, activityPlan, seed: seed, account: account)
    case .rfgGlobal:
      try WeightPerturbation.global(
        network, directions: directions, law: directionLaw, tangent: tangent, seed: seed, account: account)
    case .rfgLayerwise:
      try WeightPerturbation.layerwise(
        network, directions: directions, law: directionLaw, tangent: tangent, seed: seed, account: account)
    case .blackBox:
      try BlackBox(
        network, directions: directions, law: directionLaw, sigma: blackBoxSigma, seed: seed, account: account)
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
    plan.guide = guide
    plan.feedbackMomentum = feedbackMomentum
    return plan
  }

  func validate(_ network: Network) throws(Failure) {
    if guide != .none && estimator != .rfgActivity {
      throw Failure(
        .unsupported,
        "guide: feedback learns from the tangents of activity perturbation; use guide = none, or estimator = "
          + "rfg_activity")
    }
    if readoutSolve != .none && network.specification.readout == .spikingMean {
      throw Failure(
        .unsupported,
        "readout_solve: a spiking readout has no linear map to solve for; use readout_solve = none, or a network with "
          + "readout = linear")
    }
    if case .exponential = schedule.kind, schedule.finalFraction <= 0 {
      throw Failure(.outOfRange, "final_fraction: an exponential schedule never reaches 0; use a value such as 0.01")
    }
  }
}

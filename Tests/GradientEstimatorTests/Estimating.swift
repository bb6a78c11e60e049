import Directions
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks

/// The mean over samples and outputs of (y - t)^2, in the network's units.
struct SquaredError: OutputLoss {
  let targets: [Double]

  init(_ samples: Samples) { targets = samples.targets.flatMap { $0 } }

  func value(_ outputs: UnsafePointer<Float>) -> Double {
    targets.indices.reduce(0) { sum, i in
      sum + (Double(outputs[i]) - targets[i]) * (Double(outputs[i]) - targets[i])
    } / Double(targets.count)
  }

  func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
    for i in targets.indices { gradient[i] = Float(2 * (Double(outputs[i]) - targets[i]) / Double(targets.count)) }
    return value(outputs)
  }

  func rootCurvature(field: Int) -> Double? { (2 / Double(targets.count)).squareRoot() }
}

/// An estimator by name, so that tests can go through them all.
enum Method: Sendable, CaseIterable {
  case global, globalRate, layerwise, layerwiseRate, tensorwise, tensorwiseRate, activity, activityRate, activityLimit,
    activityRateLimit
  case activityLocal, activityOneByOne, activityOneByOneRate, activityGuided, activityGuidedFull, activityAlwaysGuided
  case perStep, hybrid
  case blackBox, exact, exactRate, weightMirror, spatial, backPropagation
  case randomFeedback, forwardDirectFeedback, pseudoZerothOrder, pseudoZerothOrderSinglePass

  /// Whether an estimate depends on those before it, by feedback weights that they taught.
  var learns: Bool {
    switch self {
    case .weightMirror, .forwardDirectFeedback, .pseudoZerothOrder, .pseudoZerothOrderSinglePass, .activityGuided,
      .activityGuidedFull, .activityAlwaysGuided:
      true
    default: false
    }
  }

  func make(
    _ network: Network, directions: Int = 3, law: DirectionLaw = .rademacher, sigma: Float = 0.1, seed: UInt64 = 7,
    aggregation: Aggregation = .mean, guide: GuideRule = .none, account: MemoryAccount = MemoryAccount(limit: 0)
  ) throws -> any GradientEstimator {
    let plan = DirectionPlan(directions: directions, law: law, aggregation: aggregation, guide: guide)
    return switch self {
    case .global, .globalRate:
      try WeightPerturbation.global(
        network, plan, tangent: self == .global ? .full : .rate, seed: seed, account: account)
    case .layerwise, .layerwiseRate:
      try WeightPerturbation.layerwise(
        network, plan, tangent: self == .layerwise ? .full : .rate, seed: seed, account: account)
    case .tensorwise, .tensorwiseRate:
      try WeightPerturbation.tensorwise(
        network, plan, tangent: self == .tensorwise ? .full : .rate, seed: seed, account: account)
    case .activity, .activityRate, .activityLimit, .activityRateLimit, .activityLocal, .activityOneByOne,
      .activityOneByOneRate, .activityGuided, .activityGuidedFull, .activityAlwaysGuided:
      try ThreeFactorEstimator.activity(network, activityPlan(directions, law), seed: seed, account: account)
    case .perStep:
      try PerStepPerturbation(network, directions: directions, law: law, seed: seed, account: account)
    case .hybrid:
      try Hybrid(
        network,
        [Method.global, .perStep].map {
          try $0.make(network, directions: directions, law: law, seed: seed, account: account)
        }, layers: [0, 1], readout: 1, account: account)
    case .weightMirror: try ThreeFactorEstimator.weightMirror(network, seed: seed, account: account)
    case .randomFeedback: try ThreeFactorEstimator.randomFeedback(network, seed: seed, account: account)
    case .forwardDirectFeedback:
      try ThreeFactorEstimator.forwardDirectFeedback(network, momentum: 0.9, seed: seed, account: account)
    case .pseudoZerothOrder, .pseudoZerothOrderSinglePass:
      try ThreeFactorEstimator.pseudoZerothOrder(
        network, sigma: sigma, law: law, baseline: self == .pseudoZerothOrder ? .cleanPass : .runningMean,
        momentum: 0.99, seed: seed, account: account)
    case .spatial: try ThreeFactorEstimator.spatialBackPropagation(network, account: account)
    case .blackBox:
      try BlackBox(network, plan, sigma: sigma, seed: seed, account: account)
    case .exact: try WeightPerturbation.exact(network, tangent: .full, account: account)
    case .exactRate: try WeightPerturbation.exact(network, tangent: .rate, account: account)
    case .backPropagation: try BackPropagation(network, account: account)
    }
  }

  private func activityPlan(_ directions: Int, _ law: DirectionLaw) -> ActivityPlan {
    let limit = [.activityLimit, .activityRateLimit].contains(self)
    var plan = ActivityPlan(directions: limit ? nil : directions)
    plan.law = law
    let full: [Method] = [.activity, .activityLimit, .activityLocal, .activityOneByOne, .activityGuidedFull]
    plan.tangent = full.contains(self) ? .full : .rate
    plan.localTop = self == .activityLocal || self == .activityGuidedFull
    switch self {
    case .activityGuided, .activityGuidedFull: plan.guide = .whenItHelps
    case .activityAlwaysGuided: plan.guide = .always
    default: break
    }
    plan.oneByOne = [.activityOneByOne, .activityOneByOneRate].contains(self)
    return plan
  }
}

/// An estimator, its network and a batch.
final class Estimation {
  let network: Network
  let estimator: any GradientEstimator
  let samples: Samples
  private let inputs: HostMatrix

  init(
    _ method: Method, _ network: Network, _ samples: Samples, directions: Int = 3, law: DirectionLaw = .rademacher,
    sigma: Float = 0.1, seed: UInt64 = 7, aggregation: Aggregation = .mean, guide: GuideRule = .none,
    account: MemoryAccount = MemoryAccount(limit: 0)
  ) throws {
    self.network = network
    self.samples = samples
    inputs = samples.hostInputs
    estimator = try method.make(
      network, directions: directions, law: law, sigma: sigma, seed: seed, aggregation: aggregation, guide: guide,
      account: account)
  }

  /// Runs all time steps with the directions that `draw` names.
  func forward(draw: Int = 0) throws {
    try estimator.perturb(draw: draw)
    try estimator.forward(
      inputs.data.batch(of: network, first: 0, samples: samples.count),
      steps: network.specification.timeSteps)
  }

  /// The estimate from the last pass.
  func estimate() throws -> (loss: Double, gradient: [Double]) {
    let gradient = UnsafeMutablePointer<Float>.allocate(capacity: network.parameterCount)
    defer { gradient.deallocate() }
    let loss = try estimator.estimate(SquaredError(samples), into: gradient)
    return (loss, (0..<network.parameterCount).map { Double(gradient[$0]) })
  }

  func gradient(draw: Int = 0) throws -> [Double] {
    try forward(draw: draw)
    return try estimate().gradient
  }
}

extension WidthGradient {
  /// The derivatives of one batch, by layer.
  func estimate(_ samples: Samples, _ network: Network) throws -> [Double] {
    var gradient = [Double](repeating: 0, count: network.layers.count)
    try gradient.withUnsafeMutableBufferPointer { try add(SquaredError(samples), to: $0.baseAddress!) }
    return gradient
  }
}

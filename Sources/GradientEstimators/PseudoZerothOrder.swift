import Directions
import Kernels
import Runtime
import SpikingNetworks

/// What the outputs of the noisy pass are compared with.
package enum PseudoZerothOrderBaseline: Sendable {
  /// The features of a pass without noise.
  case cleanPass
  /// The mean of the noisy features so far: one pass does for all, and it is the one that is trained on.
  case runningMean
}

/// Direct feedback learned from noise that is truly added: online pseudo-zeroth-order training.
///
///     y(I + alpha z) - y_0  =  alpha z . dy/dI + ...,    z: a constant current into each neuron, for each sample anew
///
/// (Xiao et al., arXiv 2407.12516.) No tangent is carried: with Gaussian z the mean of z (y - y_0)^T / alpha is exactly
/// the Jacobian of the smoothed features E y(I + alpha z), by Stein's lemma.
///
/// That is a Jacobian by currents, chi J for J that by the layer's mean spike trains, and chi differs between samples
/// much more than J. So (y - y_0) / alpha is regressed on chi z instead of z, which gives B = E chi^2 J / E chi^2, the
/// mean of J over the samples where it matters, and credit is chi (e B) as in the other rules. With one sample chi B is
/// again its smoothed Jacobian by currents, whatever the surrogate.
final class PseudoZerothOrder: CreditAssignment {
  struct Plan {
    var sigma: Float
    var baseline: PseudoZerothOrderBaseline
    var momentum: Double
  }
  private let pass: ForwardPass
  private let noisy: ForwardPass
  private let plan: Plan
  private let local: LocalCredit
  private let feedback: LearnedFeedback
  private var directions: CurrentDirections
  private var hasLearned = false
  /// Mean features [features], before the first draw 0.
  private let mean: Buffer<Float>
  private var draws = 0
  /// Per thread: a sample's noise [neurons].
  private var scratch: [Buffer<Float>] = []

  /// - Parameter noisy: the pass with noise; it may be `pass` itself.
  init(_ pass: ForwardPass, noisy: ForwardPass, _ plan: Plan, _ directions: CurrentDirections) throws(Failure) {
    self.pass = pass
    self.noisy = noisy
    self.plan = plan
    self.directions = directions
    let stack = pass.stack
    local = LocalCredit(pass, try TransposedWeights(stack, layers: false, account: pass.account))
    feedback = try LearnedFeedback(pass, layers: stack.layers.count - 1, momentum: plan.momentum, local)
    mean = try Buffer(stack.features, for: "the mean features", account: pass.account)
    for _ in 0..<pass.pool.threads {
      scratch.append(try Buffer(stack.neurons, for: "a sample's noise", account: pass.account))
    }
    noisy.perturbation = .currents(directions)
  }

  func perturb(draw: Int) {
    directions.draw = draw
    noisy.perturbation = .currents(directions)
    hasLearned = false
  }

  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    if !hasLearned {
      try learn()
      hasLearned = true
    }
    try local.assign(e, to: currents)
    try feedback.assign(e, to: currents)
  }

  private func learn() throws(Failure) {
    guard let traces = pass.traces, let noisyTraces = noisy.traces else { return }
    let stack = pass.stack
    try feedback.observe(rows: pass.samples) { samples, x, y, worker in
      let drawn = scratch[worker].base
      for (row, sample) in samples.enumerated() {
        directions.draw(sample: sample, directions: 1, neurons: stack.neurons, into: drawn, kernels: pass.kernels)
        for (index, offset) in feedback.offsets.enumerated() {
          let layer = stack.layers[index]
          let out = x + row * feedback.width + offset
          out.update(from: drawn + layer.neuronOffset, count: layer.neurons)
          pass.kernels.multiplyElements(
            layer.neurons, UnsafePointer(traces.sensitivities[index]) + sample * layer.width, out)
        }
        let features = noisyTraces.features + sample * stack.features
        let base = plan.baseline == .cleanPass ? traces.features + sample * stack.features : mean.base
        let response = y + row * stack.featureWidth
        for j in 0..<stack.features { response[j] = (features[j] - base[j]) / plan.sigma }
      }
    }
    feedback.apply()
    if plan.baseline == .runningMean { follow(noisyTraces.features) }
  }

  private func follow(_ features: UnsafeMutablePointer<Float>) {
    draws += 1
    let rate = Float(LearnedFeedback.rate(momentum: plan.momentum, draw: draws))
    pass.kernels.scale(mean.count, 1 - rate, mean.base)
    for sample in 0..<pass.samples {
      pass.kernels.axpy(
        mean.count, rate / Float(pass.samples), UnsafePointer(features) + sample * mean.count, mean.base)
    }
  }
}

extension ThreeFactorEstimator {
  /// Online pseudo-zeroth-order training: direct feedback that noise in the currents teaches.
  ///
  /// - Parameters:
  ///   - law: of the noise; its standard deviation is `sigma`, in units of the currents.
  ///   - momentum: of the feedback weights, from 0 to 1; see LearnedFeedback.
  package static func pseudoZerothOrder(
    _ network: Network, sigma: Float, law: DirectionLaw, baseline: PseudoZerothOrderBaseline, momentum: Double,
    seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    func noise(_ riders: Riders, _ stack: Stack) -> Riders {
      if stack.layers.count == 1 { return riders }
      var riders = riders
      riders.currents = true
      riders.noise = sigma
      riders.layout = PerturbationLayout(
        all: 1, of: stack, layers: stack.layers.count - 1, includingReadout: false)
      return riders
    }
    var second: NetworkPass?
    if baseline == .cleanPass {
      second = try NetworkPass(network, account: account) { noise(Riders(), $0) }
    }
    let plan = PseudoZerothOrder.Plan(sigma: sigma, baseline: baseline, momentum: momentum)
    return try ThreeFactorEstimator(
      network, account: account, second: second,
      riders: { second == nil ? noise(.threeFactors, $0) : .threeFactors },
      credit: { pass throws(Failure) in
        try PseudoZerothOrder(
          pass, noisy: second?.passes[pass.stack.index] ?? pass, plan,
          CurrentDirections(seed: seed, law: .random(law), of: pass.stack))
      })
  }
}

import Directions
import Runtime
import SpikingNetworks

/// Fixed random feedback: nothing is learned about the forward weights, which have to align with it.
///
/// The baseline of learned feedback; see DirectFeedback. B_l is uniform in [-1, 1] / sqrt(n_l) for n_l neurons, as a
/// readout of that layer would be initialised.
final class RandomFeedback: CreditAssignment {
  private let local: LocalCredit
  private let direct: DirectFeedback

  init(_ pass: ForwardPass, seed: UInt64) throws(Failure) {
    let stack = pass.stack
    local = LocalCredit(pass, try TransposedWeights(stack, layers: false, account: pass.account))
    direct = try DirectFeedback(pass, layers: stack.layers.count - 1, local)
    let source = DirectionSource(seed: seed, purpose: .feedback, part: UInt8(truncatingIfNeeded: stack.index))
    for (index, layer) in stack.layers.dropLast().enumerated() {
      let bound = 1 / Float(layer.neurons).squareRoot()
      for feature in 0..<stack.features {
        let row = direct.matrix(index) + feature * layer.width
        source.fillUniform(
          step: feature, lane: index, first: 0, count: layer.neurons, into: row, kernels: pass.kernels)
        for neuron in 0..<layer.neurons { row[neuron] = (2 * row[neuron] - 1) * bound }
      }
    }
  }

  func perturb(draw: Int) {}

  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    try local.assign(e, to: currents)
    try direct.assign(e, to: currents)
  }
}

extension ThreeFactorEstimator {
  /// Direct feedback alignment with fixed random feedback weights.
  package static func randomFeedback(
    _ network: Network, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    try ThreeFactorEstimator(network, account: account, riders: { _ in .threeFactors }) { pass throws(Failure) in
      try RandomFeedback(pass, seed: seed)
    }
  }
}

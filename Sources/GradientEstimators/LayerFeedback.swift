import Runtime
import SpikingNetworks

/// Credit handed down from layer to layer on the rate linearisation.
///
///     dL/dI_l = chi_l (dL/dI_{l+1} B_{l+1})
///
/// One product per layer and sample after the time loop, whatever the number of time steps, and memory that does not
/// grow with them. With B = W^T it is spatial back-propagation, the limit of many directions of activity perturbation
/// with rate tangents; a WeightMirror learns B from perturbations instead, so that no weights are transported.
final class LayerFeedback: CreditAssignment {
  private let pass: ForwardPass
  private let transposed: TransposedWeights
  private let local: LocalCredit
  private let mirror: WeightMirror?

  /// - Parameter seed: of the mirror's directions; nil for the network's own weights, transposed.
  init(_ pass: ForwardPass, mirrorSeed seed: UInt64?) throws(Failure) {
    self.pass = pass
    transposed = try TransposedWeights(pass.stack, layers: true, account: pass.account)
    local = LocalCredit(pass, transposed)
    var mirror: WeightMirror?
    if let seed { mirror = try WeightMirror(pass, seed: seed) }
    self.mirror = mirror
  }

  func perturb(draw: Int) { mirror?.perturb(draw: draw) }

  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure) {
    let layers = pass.stack.layers
    try mirror?.learn()
    try local.assign(e, to: currents)
    for index in layers.indices.dropFirst().reversed() {
      transposed.take(mirror?.weights(index) ?? UnsafePointer(pass.parameters.weights[index]), layer: index)
      try local.propagate(
        UnsafePointer(currents.layers[index]), columns: layers[index].neurons, stride: layers[index].width,
        by: transposed.layer(index), to: index - 1, currents)
    }
  }
}

extension ThreeFactorEstimator {
  /// Spatial back-propagation of rates: the exact gradient of the rate linearisation, with transposed weights.
  package static func spatialBackPropagation(
    _ network: Network, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    try layerFeedback(network, mirrorSeed: nil, account: account)
  }

  /// The same through feedback weights that perturbations have taught; see WeightMirror.
  package static func weightMirror(
    _ network: Network, seed: UInt64, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    try layerFeedback(network, mirrorSeed: seed, account: account)
  }

  private static func layerFeedback(
    _ network: Network, mirrorSeed seed: UInt64?, account: MemoryAccount
  ) throws(Failure) -> ThreeFactorEstimator {
    try ThreeFactorEstimator(network, account: account, riders: { _ in .threeFactors }) { pass throws(Failure) in
      try LayerFeedback(pass, mirrorSeed: seed)
    }
  }
}

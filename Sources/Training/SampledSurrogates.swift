import GradientEstimators
import Runtime
import SpikingNetworks

extension GradientEstimator {
  /// Has the surrogates of all passes sampled, masked, or cut where a spike resets its neuron, if the trainer says so.
  func changeSurrogates(_ specification: TrainerSpecification) throws(Failure) {
    let samples = specification.steinPairs > 0 || specification.surrogateMask > 0
    if !samples && !specification.cutsReset { return }
    if surrogatePasses.isEmpty {
      let (option, off) =
        specification.steinPairs > 0
        ? ("stein_pairs", "0") : samples ? ("surrogate_mask", "0") : ("reset_derivative", "carried")
      throw Failure(
        .unsupported,
        "\(option): this estimator uses no surrogate; use \(option) = \(off), or estimator = rfg_activity")
    }
    for part in surrogatePasses.flatMap(\.passes) {
      part.riders.cutReset = specification.cutsReset
      if !samples { continue }
      part.sampling = SurrogateSampling(
        seed: specification.seed, pairs: specification.steinPairs, mask: Float(specification.surrogateMask))
    }
  }

  /// The passes whose surrogates are sampled or masked: the noise of each pass has a name.
  var sampledPasses: [ForwardPass] { surrogatePasses.flatMap(\.passes).filter { $0.sampling != nil } }
}

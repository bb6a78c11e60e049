import GradientEstimators
import Runtime
import SpikingNetworks

extension GradientEstimator {
  /// Has the surrogates of all passes sampled, if the trainer says so.
  func sampleSurrogates(_ specification: TrainerSpecification) throws(Failure) {
    if specification.steinPairs == 0 { return }
    if surrogatePasses.isEmpty {
      throw Failure(
        .unsupported,
        "stein_pairs: this estimator uses no surrogate; use stein_pairs = 0, or estimator = rfg_activity")
    }
    for part in surrogatePasses.flatMap(\.passes) {
      part.sampling = SurrogateSampling(seed: specification.seed, pairs: specification.steinPairs)
    }
  }

  /// Names the noise of the coming pass.
  func drawSurrogates(_ draw: Int) {
    for part in surrogatePasses.flatMap(\.passes) { part.sampling?.draw = draw }
  }
}

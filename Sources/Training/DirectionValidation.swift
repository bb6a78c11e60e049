import Directions
import GradientEstimators
import Runtime
import SpikingNetworks

extension TrainerSpecification {
  /// What an estimator perturbs, which decides what its directions can be and what can be made of them.
  private enum Perturbed { case parameters, neurons, nothing }

  /// By the estimators in use.
  private var perturbed: Set<Perturbed> {
    Set(
      estimatorsInUse.map { kind in
        switch kind {
        case .rfgGlobal, .rfgLayerwise, .rfgTensorwise, .blackBox: .parameters
        case .rfgActivity, .rfgPerStep, .pseudoZerothOrder: .neurons
        case .exactForward, .weightMirror, .forwardDirectFeedback, .randomFeedback, .spatialBackPropagation,
          .backPropagation:
          .nothing
        }
      })
  }

  private static let parameterEstimators = "rfg_global, rfg_layerwise, rfg_tensorwise or black_box"

  /// A guide must be of use to one of the estimators.
  private func validateGuide() throws(Failure) {
    switch guide {
    case .none: break
    case .momentum:
      if !perturbed.contains(.parameters) {
        throw Failure(
          .unsupported,
          "guide: momentum guides directions in parameter space; use none, or estimator = \(Self.parameterEstimators)")
      }
    case .feedback:
      if !estimatorsInUse.contains(.rfgActivity) {
        throw Failure(
          .unsupported,
          "guide: feedback learns from the tangents of activity perturbation; use none, or estimator = rfg_activity")
      }
    }
  }

  /// Throws for directions that the estimator cannot draw, and for what it cannot make of them.
  func validateDirections() throws(Failure) {
    if case .lowRank = directionLaw.entries {
      if !perturbed.contains(.parameters) || perturbed.contains(.neurons) {
        throw Failure(
          .unsupported,
          "direction_law: low_rank gives weight matrices a rank, and this estimator does not perturb them; use "
            + "another law, or estimator = \(Self.parameterEstimators)")
      }
      if directionLaw.mask > 0 {
        throw Failure(
          .unsupported,
          "direction_mask: entries of a low_rank direction cannot be left out one by one; use direction_mask = 0, or "
            + "another direction_law")
      }
    }
    if perturbed == [.nothing] {
      if directionLaw.mask > 0 || directionLaw.entries == .sphere || directionLaw.entries == .hadamard {
        throw Failure(
          .unsupported,
          "\(directionLaw.mask > 0 ? "direction_mask" : "direction_law"): this estimator draws no directions; leave "
            + "it at its default, or use an estimator that perturbs, such as rfg_activity")
      }
    }
    if !perturbed.contains(.parameters) {
      if case .projection = aggregation {
        throw Failure(
          .unsupported,
          "aggregation: projection is on the span of directions in parameter space; use mean, or estimator = "
            + "\(Self.parameterEstimators)")
      }
    }
    try validateGuide()
  }

  /// Refuses least squares where it has no output tangents, or no one loss to make the least.
  func validateGaussNewton(_ network: Network) throws(Failure) {
    guard case .gaussNewton = aggregation else { return }
    let weights: [EstimatorKind] = [.rfgGlobal, .rfgLayerwise, .rfgTensorwise]
    guard estimatorsInUse.allSatisfy({ weights.contains($0) }) else {
      throw Failure(
        .unsupported,
        "aggregation: gauss_newton needs tangents along directions in parameter space; use mean, or estimator = "
          + "rfg_layerwise, rfg_global or rfg_tensorwise")
    }
    if network.stacks.count > 1 {
      throw Failure(
        .unsupported,
        "aggregation: gauss_newton is for multilayer perceptrons, whose features are the outputs; use mean")
    }
    if guide != .none {
      throw Failure(
        .unsupported, "guide: gauss_newton makes steps, not gradients, which a guide could learn; use guide = none")
    }
  }
}

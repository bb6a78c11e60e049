import Directions
import GradientEstimators
import Runtime
import SpikingNetworks

/// The ways to estimate a gradient; see the files of GradientEstimators.
package enum EstimatorKind: Sendable {
  case rfgActivity, rfgGlobal, rfgLayerwise, blackBox, exactForward, backPropagation
}

/// When `fit` solves for the linear readout in closed form.
package enum ReadoutSolve: Sendable {
  case none, start, periodic, end
}

/// Everything that decides how a trainer trains.
package struct TrainerSpecification: Sendable {
  package var estimator = EstimatorKind.rfgActivity
  package var tangent = TangentKind.rate
  package var directions = 1
  package var directionLaw = DirectionLaw.rademacher
  package var blackBoxSigma: Float = 0.02
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
  /// Greatest norm of the gradient; 0 means no clipping.
  package var clipNorm = 0.0
  /// Estimates that are averaged for one update.
  package var accumulate = 1
  package var readoutSolve = ReadoutSolve.none
  package var readoutInterval = 250
  package var readoutLambda = 1e-6
  /// Steps between two reports; 0 means a hundredth of all.
  package var reportInterval = 0
  /// Reports without a better validation loss after which `fit` stops; 0 means never.
  package var patience = 0
  package var restoreBest = true
  /// `fit` stops at this loss; 0 means never.
  package var lossTarget = 0.0

  package init() {}

  private static let fewestPairs = 4

  func makeEstimator(_ network: Network, account: MemoryAccount) throws(Failure) -> any GradientEstimator {
    switch estimator {
    case .rfgActivity:
      try RFGActivity(
        network, directions: directions, law: directionLaw, tangent: tangent, seed: seed, account: account)
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
    case .backPropagation: try BackPropagation(network, account: account)
    }
  }

  func validate(_ network: Network) throws(Failure) {
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

import Runtime
import SpikingNetworks

/// An estimator of its own for each layer: every one runs the same batch and draw, and the gradient of a layer's
/// weights and biases is taken from the one that is named for it.
///
/// Its cost and memory are the sums of its estimators'. ActivityPlan.localTop is the cheap special case: perturbation
/// below, exact on top, in one pass.
package final class Hybrid: GradientEstimator {
  private let network: Network
  private let estimators: [any GradientEstimator]
  /// Of each estimator: the ranges of the flat parameters that are its.
  private let parts: [[Range<Int>]]
  private let estimate: Buffer<Float>

  /// - Parameters:
  ///   - estimators: one or more.
  ///   - layers: the place in `estimators` of that for each layer of a stack, bottom up; the last holds for the layers
  ///     above it.
  ///   - readout: the place of that for the linear readouts.
  package init(
    _ network: Network, _ estimators: [any GradientEstimator], layers: [Int], readout: Int, account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.estimators = estimators
    var parts = [[Range<Int>]](repeating: [], count: estimators.count)
    for stack in network.stacks {
      for (index, layer) in stack.layers.enumerated() {
        parts[layers[min(index, layers.count - 1)]].append(
          layer.weightOffset..<layer.biasOffset + layer.neurons)
      }
      if let linear = stack.readout {
        parts[readout].append(linear.weightOffset..<linear.biasOffset + stack.features)
      }
    }
    self.parts = parts
    estimate = try Buffer(network.parameterCount, for: "the gradient of one estimator", account: account)
  }

  package func follow(progress: Double) {
    for estimator in estimators { estimator.follow(progress: progress) }
  }

  package func perturb(draw: Int) throws(Failure) {
    for estimator in estimators { try estimator.perturb(draw: draw) }
  }

  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    for estimator in estimators { try estimator.forward(inputs, steps: steps) }
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    for estimator in estimators { try estimator.begin(samples: samples, steps: steps) }
  }

  package func step(_ input: InputBatch) throws(Failure) {
    for estimator in estimators { try estimator.step(input) }
  }

  package func finish() throws(Failure) {
    for estimator in estimators { try estimator.finish() }
  }

  package var outputs: UnsafePointer<Float>? { estimators[0].outputs }
  package var outputsPerSample: Int { estimators[0].outputsPerSample }
  package var surrogatePasses: [NetworkPass] { estimators.flatMap(\.surrogatePasses) }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    var value = 0.0
    for (estimator, ranges) in zip(estimators, parts) {
      value = try estimator.estimate(loss, into: estimate.base)
      for range in ranges {
        (gradient + range.lowerBound).update(from: estimate.base + range.lowerBound, count: range.count)
      }
    }
    return value
  }
}

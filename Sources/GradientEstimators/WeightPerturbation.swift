import Directions
import Runtime
import SpikingNetworks

/// Forward gradients by directions in parameter space: g = sum_k c_k <grad L, v_k> v_k.
///
/// The scalar <grad L, v_k> rides through the pass as the tangent of the outputs; all samples of the batch share the
/// direction. The three estimators that build on it differ in which parameters a direction perturbs and in the
/// factor c_k: see RFGGlobal.swift, RFGLayerwise.swift and ExactForward.swift.
package final class WeightPerturbation: SinglePassEstimator {
  package let network: Network
  package let pass: ForwardPass
  private let layout: PerturbationLayout
  private let law: Law
  private let factor: Float
  private let source: DirectionSource
  private let directions: WeightDirections
  private let outputGradient: OutputGradient

  enum Law {
    case random(DirectionLaw)
    /// The k-th direction of a layer is the axis of its k-th parameter.
    case basis
  }

  init(
    _ network: Network, _ layout: PerturbationLayout, _ law: Law, factor: Float, tangent: TangentKind, seed: UInt64,
    account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.layout = layout
    self.law = law
    self.factor = factor
    source = DirectionSource(seed: seed, purpose: .weights)
    directions = try WeightDirections(network.stack, layout, account: account)
    var riders = Riders()
    riders.tangents = tangent
    riders.layout = layout
    riders.traces = tangent == .rate
    riders.sensitivities = tangent == .rate
    pass = try ForwardPass(
      network.stack, riders: riders, perturbation: .weights(directions), kernels: network.kernels,
      pool: network.pool, account: account)
    outputGradient = OutputGradient(account: account)
    if case .basis = law { fillBasis() }
  }

  package func perturb(draw: Int) {
    guard case .random(let law) = law else { return }
    forEachRow { direction, offset, count, row in
      source.fill(
        law, step: draw, lane: direction, first: offset, count: count, into: row, kernels: network.kernels)
    }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let traces = pass.traces else { return 0 }
    let e = try outputGradient.reserve(pass.samples * pass.stack.features)
    let value = loss.value(UnsafePointer(traces.features), gradient: e)
    gradient.update(repeating: 0, count: network.stack.parameterCount)
    var current = -1
    var scale: Float = 0
    forEachRow { direction, offset, count, row in
      if direction != current {
        current = direction
        scale = factor * Float(pass.derivative(direction, UnsafePointer(e), traces))
      }
      network.kernels.axpy(count, scale, UnsafePointer(row), gradient + offset)
    }
    return value
  }

  /// Directions are in the order of the parameters, so the k-th is the axis of parameter k.
  private func fillBasis() {
    forEachRow { direction, offset, count, row in
      if direction >= offset && direction < offset + count { row[direction - offset] = 1 }
    }
  }

  /// Calls `body` for every row of every direction with its place in the flat parameters; the rows of a direction
  /// follow each other only within one layer's weights or biases.
  private func forEachRow(
    _ body: (_ direction: Int, _ offset: Int, _ count: Int, _ row: UnsafeMutablePointer<Float>) -> Void
  ) {
    let stack = network.stack
    for (index, layer) in stack.layers.enumerated() {
      for (place, direction) in layout.layers[index].perturbed.enumerated() {
        for input in 0..<layer.inputs {
          body(
            direction, layer.weightOffset + input * layer.neurons, layer.neurons,
            directions.weights[index] + (place * layer.inputs + input) * layer.width)
        }
        body(direction, layer.biasOffset, layer.neurons, directions.biases[index] + place * layer.width)
      }
    }
    guard let readout = stack.readout else { return }
    let neurons = stack.lastLayer.neurons
    for (place, direction) in layout.readout.enumerated() {
      for neuron in 0..<neurons {
        body(
          direction, readout.weightOffset + neuron * stack.features, stack.features,
          directions.readoutWeights + (place * neurons + neuron) * stack.featureWidth)
      }
      body(direction, readout.biasOffset, stack.features, directions.readoutBias + place * stack.featureWidth)
    }
  }
}

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
  package let pass: NetworkPass
  private let plan: Plan
  private let source: DirectionSource
  private let parts: [Part]
  private let outputGradient: OutputGradient

  enum Law {
    case random(DirectionLaw)
    /// The k-th direction of a stack is the axis of its k-th parameter.
    case basis
  }

  /// What the estimators that build on this one differ in.
  struct Plan {
    let law: Law
    /// c_k, the same for all k.
    let factor: Float
    /// Whether direction k is one direction of all stacks together, or each stack has directions of its own.
    let shared: Bool
    let layout: (Stack) -> PerturbationLayout
  }

  private struct Part {
    let pass: ForwardPass
    let layout: PerturbationLayout
    let directions: WeightDirections
    /// Number of the stack's first direction among those of all stacks.
    let first: Int
  }

  init(
    _ network: Network, _ plan: Plan, tangent: TangentKind, seed: UInt64, account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.plan = plan
    source = DirectionSource(seed: seed, purpose: .weights)
    pass = try NetworkPass(network, account: account) { stack in
      var riders = Riders()
      riders.tangents = tangent
      riders.layout = plan.layout(stack)
      riders.traces = tangent == .rate
      riders.sensitivities = tangent == .rate
      return riders
    }
    var parts: [Part] = []
    var first = 0
    for pass in pass.passes {
      let layout = plan.layout(pass.stack)
      let directions = try WeightDirections(pass.stack, layout, account: account)
      pass.perturbation = .weights(directions)
      parts.append(Part(pass: pass, layout: layout, directions: directions, first: first))
      if !plan.shared { first += layout.directions }
    }
    self.parts = parts
    outputGradient = OutputGradient(account: account)
    if case .basis = plan.law { fillBasis() }
  }

  package func perturb(draw: Int) {
    guard case .random(let law) = plan.law else { return }
    for part in parts {
      forEachRow(part) { direction, offset, count, row in
        source.fill(
          law, step: draw, lane: part.first + direction, first: offset, count: count, into: row,
          kernels: network.kernels)
      }
    }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    gradient.update(repeating: 0, count: network.parameterCount)
    let scalars = directionalDerivatives(byFeatures)
    for part in parts {
      forEachRow(part) { direction, offset, count, row in
        let scale = plan.factor * Float(scalars[part.first + direction])
        network.kernels.axpy(count, scale, UnsafePointer(row), gradient + offset)
      }
    }
    return value
  }

  /// <grad L, v_k> for every direction: what rode through each stack, times the loss's derivative by its features.
  private func directionalDerivatives(_ byFeatures: [UnsafePointer<Float>]) -> [Double] {
    let count = parts.reduce(0) { max($0, $1.first + $1.layout.directions) }
    var scalars = [Double](repeating: 0, count: count)
    for (part, e) in zip(parts, byFeatures) {
      guard let traces = part.pass.traces else { continue }
      for direction in 0..<part.layout.directions {
        scalars[part.first + direction] += part.pass.derivative(direction, e, traces)
      }
    }
    return scalars
  }

  /// Directions are in the order of the parameters, so the k-th is the axis of parameter k.
  private func fillBasis() {
    for part in parts {
      forEachRow(part) { direction, offset, count, row in
        let axis = part.pass.stack.parameterOffset + direction
        if axis >= offset && axis < offset + count { row[axis - offset] = 1 }
      }
    }
  }

  /// Calls `body` for every row of every direction with its place in the flat parameters.
  private func forEachRow(
    _ part: Part, _ body: (_ direction: Int, _ offset: Int, _ count: Int, _ row: UnsafeMutablePointer<Float>) -> Void
  ) {
    let stack = part.pass.stack
    let directions = part.directions
    for (index, layer) in stack.layers.enumerated() {
      for (place, direction) in part.layout.layers[index].perturbed.enumerated() {
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
    for (place, direction) in part.layout.readout.enumerated() {
      for neuron in 0..<neurons {
        body(
          direction, readout.weightOffset + neuron * stack.features, stack.features,
          directions.readoutWeights + (place * neurons + neuron) * stack.featureWidth)
      }
      body(direction, readout.biasOffset, stack.features, directions.readoutBias + place * stack.featureWidth)
    }
  }
}

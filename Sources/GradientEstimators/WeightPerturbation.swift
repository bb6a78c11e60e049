import Directions
import Runtime
import SpikingNetworks

/// Forward gradients by directions in parameter space, from the scalars <grad L, v_k>.
///
/// A scalar rides through the pass as the tangent of the outputs; all samples of the batch share the direction. The
/// estimators that build on it differ in which parameters share a direction (RFGGlobal.swift, RFGLayerwise.swift,
/// RFGTensorwise.swift, ExactForward.swift); DirectionAggregation.swift makes the gradient of the scalars.
package final class WeightPerturbation: SinglePassEstimator {
  package let network: Network
  package let pass: NetworkPass
  package let guide: MomentumGuide?
  private let parts: [Part]
  private let outputGradient: OutputGradient
  /// Nil where the k-th direction is the axis of the k-th parameter.
  private let random: (directions: ParameterDirections, aggregation: DirectionAggregation)?
  private let gaussNewton: GaussNewton?
  private let drawn: Buffer<Float>
  /// <grad L, v_k> of every direction.
  private var scalars: [Double]

  private struct Part {
    let pass: ForwardPass
    let layout: PerturbationLayout
    let directions: WeightDirections
    /// Number of the stack's first direction among those of all stacks.
    let first: Int
  }

  /// Random directions.
  ///
  /// - Parameter layout: in the order of the parameters, as the blocks of `splitting` are.
  init(
    _ network: Network, _ splitting: ParameterSplitting, _ plan: DirectionPlan, tangent: TangentKind, seed: UInt64,
    account: MemoryAccount, layout: (Stack) -> PerturbationLayout
  ) throws(Failure) {
    let directions = try ParameterDirections(
      network, splitting, directions: plan.directions, law: plan.law, seed: seed, account: account)
    guide = try MomentumGuide(directions, plan.aggregation, rule: plan.guide, account: account)
    let aggregation = try DirectionAggregation(directions, plan.aggregation, guide: guide, account: account)
    random = (directions, aggregation)
    drawn = try Buffer(directions.mostNumbers, for: "a direction", account: account)
    self.network = network
    (pass, parts) = try Self.makeParts(
      network, rank: plan.law.rank, shared: splitting == .global, tangent, account, layout)
    scalars = Self.zeros(parts)
    if case .gaussNewton(let damping) = plan.aggregation {
      gaussNewton = try GaussNewton(pass.passes[0], directions: scalars.count, damping: damping, account: account)
    } else {
      gaussNewton = nil
    }
    outputGradient = OutputGradient(account: account)
  }

  /// The axes of all parameters.
  init(axesOf network: Network, tangent: TangentKind, account: MemoryAccount) throws(Failure) {
    guide = nil
    random = nil
    gaussNewton = nil
    drawn = try Buffer(network.parameterCount, for: "the axes of parameters", account: account)
    self.network = network
    (pass, parts) = try Self.makeParts(network, rank: 0, shared: false, tangent, account) { stack in
      PerturbationLayout(perLayer: stack.layerTensors.map { $0[0].count + $0[1].count }, of: stack)
    }
    scalars = Self.zeros(parts)
    outputGradient = OutputGradient(account: account)
    layOutAxes()
  }

  /// One for each direction.
  private static func zeros(_ parts: [Part]) -> [Double] {
    Array(repeating: 0, count: parts.reduce(0) { max($0, $1.first + $1.layout.directions) })
  }

  private static func makeParts(
    _ network: Network, rank: Int, shared: Bool, _ tangent: TangentKind, _ account: MemoryAccount,
    _ layout: (Stack) -> PerturbationLayout
  ) throws(Failure) -> (NetworkPass, [Part]) {
    let pass = try NetworkPass(network, account: account) { stack in
      var riders = Riders()
      riders.tangents = tangent
      riders.layout = layout(stack)
      riders.rank = rank
      riders.traces = tangent == .rate
      riders.sensitivities = tangent == .rate
      return riders
    }
    var parts: [Part] = []
    var first = 0
    for pass in pass.passes {
      let layout = layout(pass.stack)
      let directions = try WeightDirections(pass.stack, layout, rank: rank, account: account)
      pass.perturbation = .weights(directions)
      parts.append(Part(pass: pass, layout: layout, directions: directions, first: first))
      if !shared { first += layout.directions }
    }
    return (pass, parts)
  }

  package func perturb(draw: Int) throws(Failure) {
    guard let (directions, _) = random else { return }
    guide?.learn()
    directions.draw = draw
    for (index, block) in directions.blocks.enumerated() {
      for direction in 0..<directions.perBlock {
        try network.stopFlag.check()
        directions.drawNumbers(direction, block: index, into: drawn.base)
        var numbers = UnsafePointer(drawn.base)
        for tensor in block.tensors {
          layOut(tensor, direction, numbers)
          numbers += directions.numbers(of: tensor)
        }
      }
    }
  }

  /// Copies a tensor's part of a direction to where its pass reads it.
  private func layOut(_ tensor: Tensor, _ direction: Int, _ numbers: UnsafePointer<Float>) {
    guard let part = parts.last(where: { $0.pass.stack.parameterOffset <= tensor.offset }),
      let index = part.pass.stack.tensors.firstIndex(where: { $0.offset == tensor.offset }),
      let layer = part.directions.layer(ofTensor: index)
    else { return }
    if tensor.shape.count == 2 {
      layer.setWeights(direction, numbers)
    } else {
      layer.setBiases(direction, numbers)
    }
  }

  /// Every layer's directions are in the order of its parameters: its weights, then its biases.
  private func layOutAxes() {
    for part in parts {
      for tensors in part.pass.stack.layerTensors {
        let weights = tensors[0].count
        for axis in 0..<weights + tensors[1].count {
          drawn.base[axis] = 1
          layOut(tensors[0], axis, UnsafePointer(drawn.base))
          layOut(tensors[1], axis, UnsafePointer(drawn.base + weights))
          drawn.base[axis] = 0
        }
      }
    }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    try findDerivatives(byFeatures)
    try gaussNewton?.solve(&scalars, pass.passes[0], loss)
    if let random {
      try random.aggregation.write(scalars, into: gradient)
    } else {
      for (index, scalar) in scalars.enumerated() { gradient[index] = Float(scalar) }
    }
    return value
  }

  /// <grad L, v_k> for every direction: what rode through each stack, times the loss's derivative by its features.
  private func findDerivatives(_ byFeatures: [UnsafePointer<Float>]) throws(Failure) {
    for index in scalars.indices { scalars[index] = 0 }
    for (part, e) in zip(parts, byFeatures) {
      guard let traces = part.pass.traces else { continue }
      for direction in 0..<part.layout.directions {
        try network.stopFlag.check()
        scalars[part.first + direction] += part.pass.derivative(direction, e, traces)
      }
    }
  }
}

extension Stack {
  /// Weights and biases of each layer; the readout is a layer.
  var layerTensors: [[Tensor]] {
    stride(from: 0, to: tensors.count, by: 2).map { [tensors[$0], tensors[$0 + 1]] }
  }
}

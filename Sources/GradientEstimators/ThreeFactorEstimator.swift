import Runtime
import SpikingNetworks

/// Finds the loss's gradient by a constant current into every spiking neuron of a stack: the neuron's credit times its
/// sensitivity.
protocol CreditAssignment: AnyObject {
  /// Chooses the directions of the coming pass.
  func perturb(draw: Int)
  /// Fills `currents` from the loss's derivative by the stack's features, [samples][features].
  func assign(_ e: UnsafePointer<Float>, to currents: CurrentGradients) throws(Failure)
}

/// Gradient estimates of the form presynaptic trace times sensitivity times credit, all of which are known when the
/// forward pass ends; the estimators that build on it differ in how they assign credit.
///
/// See RFGActivity.swift (random currents), LayerFeedback.swift (spatial back-propagation and weight mirrors), and
/// RandomFeedback.swift, ForwardDirectFeedback.swift and PseudoZerothOrder.swift (direct feedback).
package final class ThreeFactorEstimator: SinglePassEstimator {
  package let network: Network
  package let pass: NetworkPass
  /// That, and a second one of the same batch and parameters, where credit needs it.
  private let passes: [NetworkPass]
  private let parts: [Part]
  private let outputGradient: OutputGradient

  /// One stack: a sample (a function, a point) has credit of its own in each, so that the stacks add nothing to each
  /// other's variance.
  private struct Part {
    let credit: any CreditAssignment
    let currents: CurrentGradients
  }

  init(
    _ network: Network, account: MemoryAccount, second: NetworkPass? = nil, riders: (Stack) -> Riders,
    credit: (ForwardPass) throws(Failure) -> any CreditAssignment
  ) throws(Failure) {
    self.network = network
    let pass = try NetworkPass(network, account: account, riders: riders)
    self.pass = pass
    passes = second.map { [pass, $0] } ?? [pass]
    var parts: [Part] = []
    for pass in pass.passes {
      parts.append(Part(credit: try credit(pass), currents: try CurrentGradients(pass)))
    }
    self.parts = parts
    outputGradient = OutputGradient(account: account)
  }

  package func perturb(draw: Int) {
    for part in parts { part.credit.perturb(draw: draw) }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    for (part, e) in zip(parts, byFeatures) {
      try part.currents.reserve()
      try part.credit.assign(e, to: part.currents)
      part.currents.prepare(e)
    }
    try write(into: gradient)
    return value
  }

  /// The weight gradients of all layers of all stacks, in one loop that the threads share.
  private func write(into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    var pieces = 0
    for part in parts { pieces += part.currents.pieces }
    try network.pool.forEach(pieces, unless: network.stopFlag) { piece, worker in
      var piece = piece
      for part in parts {
        if piece < part.currents.pieces { return part.currents.write(piece, worker, into: gradient) }
        piece -= part.currents.pieces
      }
    }
  }
}

extension ThreeFactorEstimator {
  package func forward(_ inputs: NetworkBatch, steps: Int) throws(Failure) {
    for pass in passes {
      pass.pack(network.parameters.base)
      try pass.run(inputs, steps: steps)
    }
  }

  package func begin(samples: Int, steps: Int) throws(Failure) {
    for pass in passes {
      pass.pack(network.parameters.base)
      try pass.begin(samples: samples, steps: steps)
    }
  }

  package func step(_ input: InputBatch) throws(Failure) {
    for pass in passes { try pass.step(input) }
  }

  package func finish() throws(Failure) {
    for pass in passes { try pass.finish() }
  }
}

extension Riders {
  /// Mean spike trains and sensitivities: two of the three factors.
  static var threeFactors: Riders {
    var riders = Riders()
    riders.traces = true
    riders.sensitivities = true
    return riders
  }
}

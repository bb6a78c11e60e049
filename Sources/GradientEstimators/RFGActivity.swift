import Directions
import Kernels
import Runtime
import SpikingNetworks

/// RFG by activity perturbation: a random constant current into every spiking neuron, another for each sample.
///
///     d_bk = <dL/dy_b, dy_b/dn . u_bk>                  one scalar per sample and direction
///     dL/dn_b = (1/K) sum_k d_bk u_bk                   gradient by the input currents
///     dL/dW_l = sum_b trace_{l-1,b} (dL/dn_l,b)^T       trace: mean presynaptic spike train (or input)
///
/// The gradient of a linear readout is exact. Each sample has directions of its own, in the space of neurons instead
/// of weights, so that the variance falls with the batch and the fan-in (Ren et al., arXiv 2210.03310). With rate
/// tangents it is unbiased for the gradient of the rate linearisation; with full tangents it leaves out, below the
/// first layer, how spikes and sensitivities vary together in time. Cost: a pass with K tangents (full), or a pass and
/// one product per layer and direction (rate).
package final class RFGActivity: SinglePassEstimator {
  package let network: Network
  package let pass: NetworkPass
  private let parts: [ActivityPart]
  private let outputGradient: OutputGradient

  /// - Parameter directions: K, or nil for one direction on each neuron's axis, which leaves no noise: the limit of
  ///   many directions.
  package init(
    _ network: Network, directions count: Int?, law: DirectionLaw, tangent: TangentKind, seed: UInt64,
    account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    pass = try NetworkPass(network, account: account) { stack in
      var riders = Riders()
      riders.traces = true
      riders.sensitivities = tangent == .rate
      riders.tangents = tangent
      riders.currents = true
      riders.layout = PerturbationLayout(all: count ?? stack.neurons, of: stack, includingReadout: false)
      return riders
    }
    var parts: [ActivityPart] = []
    for pass in pass.passes {
      parts.append(
        try ActivityPart(
          pass, CurrentDirections(seed: seed, law: count == nil ? .basis : .random(law), of: pass.stack),
          factor: count.map { 1 / Float($0) } ?? 1))
    }
    self.parts = parts
    outputGradient = OutputGradient(account: account)
  }

  package func perturb(draw: Int) {
    for part in parts { part.perturb(draw: draw) }
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let (value, byFeatures) = try outputGradient.evaluate(loss, pass) else { return 0 }
    for (part, e) in zip(parts, byFeatures) { try part.write(e, into: gradient) }
    return value
  }
}

/// Activity perturbation of one stack: each of its samples (a function, a point) has directions and scalars of its own,
/// so that the stacks add nothing to each other's variance.
private final class ActivityPart {
  private let pass: ForwardPass
  private let factor: Float
  private var directions: CurrentDirections
  private let traceGradient: TraceGradient
  /// Per layer [samples][width]: gradient by the input currents; and the padded derivative by the features.
  private var currents: [Buffer<Float>] = []
  private var paddedFeatures: Buffer<Float>?
  /// Per thread: a sample's directions, and their weighted sum.
  private var scratch: [Buffer<Float>] = []
  private var capacity = 0

  init(_ pass: ForwardPass, _ directions: CurrentDirections, factor: Float) throws(Failure) {
    self.pass = pass
    self.directions = directions
    self.factor = factor
    traceGradient = try TraceGradient(pass)
    pass.perturbation = .currents(directions)
  }

  func perturb(draw: Int) {
    directions.draw = draw
    pass.perturbation = .currents(directions)
  }

  /// Writes the stack's part of the gradient from the loss's derivative by its features.
  func write(_ e: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>) throws(Failure) {
    guard let traces = pass.traces else { return }
    let stack = pass.stack
    try reserve(pass.samples)
    gatherCurrentGradients(e, traces)
    for (index, layer) in stack.layers.enumerated() {
      traceGradient.write(
        inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
        trace: UnsafePointer(index == 0 ? traces.inputs : traces.rates[index - 1]),
        stride: index == 0 ? stack.inputs : stack.layers[index - 1].width,
        current: UnsafePointer(currents[index].base), weightOffset: layer.weightOffset, biasOffset: layer.biasOffset,
        into: gradient)
    }
    if let readout = stack.readout, let paddedFeatures {
      traceGradient.writeReadout(
        readout, samples: pass.samples, rates: UnsafePointer(traces.rates[stack.layers.count - 1]),
        outputGradient: e, padded: paddedFeatures.base, into: gradient)
    }
  }

  /// dL/dn of every sample: the directions are drawn again and weighted by the scalars that they gave.
  private func gatherCurrentGradients(_ e: UnsafePointer<Float>, _ traces: Traces) {
    let stack = pass.stack
    let kernels = pass.kernels
    let count = pass.riders.directions
    let neurons = stack.neurons
    let tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    pass.pool.forEach(tiles) { tile, worker in
      let drawn = scratch[worker].base
      let sum = drawn + count * neurons
      for sample in tile * TileState.samples..<min((tile + 1) * TileState.samples, pass.samples) {
        directions.draw(sample: sample, directions: count, neurons: neurons, into: drawn, kernels: kernels)
        sum.update(repeating: 0, count: neurons)
        for direction in 0..<count {
          let scalar = factor * Float(pass.derivative(direction, sample: sample, e, traces))
          kernels.axpy(neurons, scalar, UnsafePointer(drawn + direction * neurons), sum)
        }
        for (index, layer) in stack.layers.enumerated() {
          (currents[index].base + sample * layer.width).update(from: sum + layer.neuronOffset, count: layer.neurons)
        }
      }
    }
  }

  private func reserve(_ samples: Int) throws(Failure) {
    if samples <= capacity { return }
    let stack = pass.stack
    let purpose = "the gradients by the currents of \(samples) samples"
    capacity = 0
    currents = []
    for layer in stack.layers {
      currents.append(
        try Buffer(try checkedProduct(samples, layer.width, for: purpose), for: purpose, account: pass.account))
    }
    if stack.readout != nil {
      paddedFeatures = try Buffer(
        try checkedProduct(samples, stack.featureWidth, for: purpose), for: purpose, account: pass.account)
    }
    while scratch.count < pass.pool.threads {
      scratch.append(try Buffer((pass.riders.directions + 1) * stack.neurons, for: purpose, account: pass.account))
    }
    capacity = samples
  }
}

import Directions
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
  package let pass: ForwardPass
  private let factor: Float
  private var directions: CurrentDirections
  private let traceGradient: TraceGradient
  private let outputGradient: OutputGradient
  private let account: MemoryAccount
  /// Per layer [samples][width]: gradient by the input currents; and the padded derivative by the outputs.
  private var currents: [Buffer<Float>] = []
  private var paddedOutputs: Buffer<Float>?
  /// Per thread: a sample's directions, and their weighted sum.
  private var scratch: [Buffer<Float>] = []
  private var capacity = 0

  /// - Parameter directions: K, or nil for one direction on each neuron's axis, which leaves no noise: the limit of
  ///   many directions.
  package init(
    _ network: Network, directions count: Int?, law: DirectionLaw, tangent: TangentKind, seed: UInt64,
    account: MemoryAccount
  ) throws(Failure) {
    self.network = network
    self.account = account
    directions = CurrentDirections(seed: seed, law: count == nil ? .basis : .random(law))
    factor = count.map { 1 / Float($0) } ?? 1
    var riders = Riders()
    riders.traces = true
    riders.sensitivities = tangent == .rate
    riders.tangents = tangent
    riders.currents = true
    riders.layout = PerturbationLayout(
      all: count ?? network.stack.neurons, of: network.stack, includingReadout: false)
    pass = try ForwardPass(
      network.stack, riders: riders, perturbation: .currents(directions), kernels: network.kernels,
      pool: network.pool, account: account)
    traceGradient = try TraceGradient(network, account: account)
    outputGradient = OutputGradient(account: account)
  }

  package func perturb(draw: Int) {
    directions.draw = draw
    pass.perturbation = .currents(directions)
  }

  package func estimate(
    _ loss: any OutputLoss, into gradient: UnsafeMutablePointer<Float>
  ) throws(Failure) -> Double {
    guard let traces = pass.traces else { return 0 }
    let stack = network.stack
    try reserve(pass.samples)
    let e = try outputGradient.reserve(pass.samples * stack.features)
    let value = loss.value(UnsafePointer(traces.features), gradient: e)
    gatherCurrentGradients(UnsafePointer(e), traces)
    for (index, layer) in stack.layers.enumerated() {
      traceGradient.write(
        inputs: layer.inputs, neurons: layer.neurons, width: layer.width, samples: pass.samples,
        trace: UnsafePointer(index == 0 ? traces.inputs : traces.rates[index - 1]),
        stride: index == 0 ? stack.inputs : stack.layers[index - 1].width,
        current: UnsafePointer(currents[index].base), weightOffset: layer.weightOffset, biasOffset: layer.biasOffset,
        into: gradient)
    }
    if let readout = stack.readout, let paddedOutputs {
      traceGradient.writeReadout(
        readout, samples: pass.samples, rates: UnsafePointer(traces.rates[stack.layers.count - 1]),
        outputGradient: UnsafePointer(e), padded: paddedOutputs.base, into: gradient)
    }
    return value
  }

  /// dL/dn of every sample: the directions are drawn again and weighted by the scalars that they gave.
  private func gatherCurrentGradients(_ e: UnsafePointer<Float>, _ traces: Traces) {
    let stack = network.stack
    let kernels = network.kernels
    let count = pass.riders.directions
    let neurons = stack.neurons
    let tiles = (pass.samples + TileState.samples - 1) / TileState.samples
    network.pool.forEach(tiles) { tile, worker in
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
    let stack = network.stack
    let purpose = "the gradients by the currents of \(samples) samples"
    capacity = 0
    currents = []
    for layer in stack.layers {
      currents.append(
        try Buffer(try checkedProduct(samples, layer.width, for: purpose), for: purpose, account: account))
    }
    if stack.readout != nil {
      paddedOutputs = try Buffer(
        try checkedProduct(samples, stack.featureWidth, for: purpose), for: purpose, account: account)
    }
    while scratch.count < network.pool.threads {
      scratch.append(try Buffer((pass.riders.directions + 1) * stack.neurons, for: purpose, account: account))
    }
    capacity = samples
  }
}

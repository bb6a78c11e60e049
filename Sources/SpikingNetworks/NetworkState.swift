import Runtime

/// The membranes and spikes of a batch between two time steps, for inference that the host clocks.
package final class NetworkState {
  package let network: Network
  package let samples: Int
  private let pass: ForwardPass
  /// Whether a step was stopped, so that some samples may have done it and others not.
  private var isTorn = false

  package init(_ network: Network, samples: Int) throws(Failure) {
    try network.requireSteps()
    self.network = network
    self.samples = samples
    pass = try ForwardPass(
      network.stacks[0], riders: Riders(), kernels: network.kernels, pool: network.pool, account: network.account,
      stopFlag: network.stopFlag)
    try pass.begin(samples: samples, steps: network.specification.timeSteps)
  }

  /// Back to rest.
  package func reset() throws(Failure) {
    try pass.begin(samples: samples, steps: network.specification.timeSteps)
    isTorn = false
  }

  private func resetIfTorn() throws(Failure) {
    if isTorn { try reset() }
  }

  /// One time step with the network's present parameters; the output reads the mean spike train so far. If it is
  /// stopped, the state is back at rest.
  package func step(_ input: HostArray, into output: HostArray?) throws(Failure) {
    do throws(Failure) {
      try advance(input, into: output)
    } catch {
      if error.kind == .cancelled { isTorn = true }
      throw error
    }
  }

  private func advance(_ input: HostArray, into output: HostArray?) throws(Failure) {
    try network.requireUsable(input, "input")
    if let output { try network.requireFiniteOutputs(output) } else { try network.requireFiniteParameters() }
    pass.parameters.pack(network.parameters.base)
    try resetIfTorn()
    try pass.step(InputBatch(input, scaling: network.inputScalings[0], first: 0, samples: samples))
    if let output {
      try pass.finish()
      network.writeOutputs(pass.traces?.features, samples: samples, into: output)
    }
  }

  /// The spikes of the last step, -1, 0 or 1.
  package func spikes(layer: Int, into spikes: HostArray) throws(Failure) {
    try resetIfTorn()
    for sample in 0..<samples {
      let state = pass.state(sample: sample, layer: layer)
      for neuron in 0..<network.stacks[0].layers[layer].neurons {
        let bit = UInt64(1) << UInt64(neuron % 64)
        let up = state.positive[neuron / 64] & bit != 0
        let down = state.negative.map { $0[neuron / 64] & bit != 0 } ?? false
        spikes.write(up ? 1 : down ? -1 : 0, sample: sample, feature: neuron)
      }
    }
  }

  /// The membrane potentials after the reset of the last step.
  package func membrane(layer: Int, into membrane: HostArray) throws(Failure) {
    try resetIfTorn()
    for sample in 0..<samples {
      let state = pass.state(sample: sample, layer: layer)
      for neuron in 0..<network.stacks[0].layers[layer].neurons {
        membrane.write(Double(state.membrane[neuron]), sample: sample, feature: neuron)
      }
    }
  }
}

extension Network {
  /// Throws unless the host may step it: the time steps of several stacks are not one another's.
  package func requireSteps() throws(Failure) {
    if specification.architecture != .mlp {
      throw Failure(.unsupported, "network: an operator network is not stepped by the host; use forward or predict")
    }
  }
}

import CSystem
import Kernels
import Runtime

/// A spiking network: its stack of layers, its parameters in one flat buffer, and the scaling of inputs and outputs.
package final class Network {
  package let specification: NetworkSpecification
  package let stack: Stack
  /// Every weight and bias, in the order and at the offsets of `stack.tensors`.
  package let parameters: Buffer<Float>
  package var inputScaling: Scaling
  package var outputScaling: Scaling
  package let kernels: KernelTable
  package let pool: ThreadPool
  package let account: MemoryAccount
  private var inference: ForwardPass?

  package init(_ specification: NetworkSpecification) throws(Failure) {
    try specification.validate()
    self.specification = specification
    stack = Stack(specification)
    kernels = KernelTable.table(for: specification.instructionSet)
    pool = ThreadPool(
      threads: specification.threads > 0 ? specification.threads : Int(rfgs_allowed_processors()))
    account = MemoryAccount(limit: specification.memoryLimit)
    parameters = try Buffer(stack.parameterCount, for: "the parameters", account: account)
    inputScaling = Scaling(identity: stack.inputs)
    outputScaling = Scaling(identity: stack.features)
    initialize()
  }

  /// A network of its own with the same specification, parameters and scaling.
  package func clone() throws(Failure) -> Network {
    let copy = try Network(specification)
    copy.parameters.base.update(from: parameters.base, count: parameters.count)
    copy.inputScaling = inputScaling
    copy.outputScaling = outputScaling
    return copy
  }

  /// Replaces all parameters; nothing changes if one of them is not finite.
  package func setParameters(_ values: UnsafePointer<Float>) throws(Failure) {
    try requireFinite(values, "values")
    parameters.base.update(from: values, count: parameters.count)
  }

  /// The host may write parameters through its view, so every pass looks at them first; O(parameters).
  package func requireFiniteParameters() throws(Failure) {
    try requireFinite(parameters.base, "parameters")
  }

  /// Throws unless every input is a finite number, and stays one in the network's units.
  package func requireUsable(_ inputs: HostArray, _ name: String) throws(Failure) {
    try inputs.requireFinite(name, shift: inputScaling.shift, scale: inputScaling.scale)
  }

  /// Throws unless the outputs of any inputs are finite numbers of the array's type, so that a call fails before it
  /// has run or written anything. Mean spike trains are in [-1, 1]: the absolute weights of an output bound it.
  package func requireFiniteOutputs(_ outputs: HostArray) throws(Failure) {
    try requireFiniteParameters()
    for j in 0..<stack.features {
      var bound = 1.0
      if let readout = stack.readout {
        bound = abs(Double(parameters.base[readout.biasOffset + j]))
        for neuron in 0..<stack.lastLayer.neurons {
          bound += abs(Double(parameters.base[readout.weightOffset + neuron * stack.features + j]))
        }
      }
      // Half, because the sum itself is rounded in single precision.
      if bound > Double(Float.greatestFiniteMagnitude) / 2 {
        throw Failure(
          .notFinite, "outputs: the network's outputs overflow; its parameters have grown too large, set them anew")
      }
      if !(abs(outputScaling.shift[j]) + abs(outputScaling.scale[j]) * bound <= outputs.greatest) {
        throw Failure(
          .notFinite,
          "outputs: output \(j) overflows its array in the host's units; use a double array, or a smaller output_scale")
      }
    }
  }

  private func requireFinite(_ values: UnsafePointer<Float>, _ name: String) throws(Failure) {
    if kernels.allFinite(parameters.count, values) { return }
    for index in 0..<parameters.count where !values[index].isFinite {
      throw Failure(
        .notFinite, "\(name): element \(index) is \(values[index]); set the parameters to finite numbers")
    }
  }

  /// Outputs of every sample, without tangents or traces; memory does not grow with time steps.
  package func predict(_ inputs: HostArray, into outputs: HostArray) throws(Failure) {
    try requireFiniteOutputs(outputs)
    try forEachPrediction(inputs) { features, first, count in
      writeOutputs(features, samples: count, into: outputs, from: first)
    }
  }

  /// Calls `body` with the outputs of block after block of samples, in the network's units.
  package func forEachPrediction(
    _ inputs: HostArray, _ body: (_ outputs: UnsafePointer<Float>, _ first: Int, _ count: Int) -> Void
  ) throws(Failure) {
    let pass = try inferencePass()
    try forEachBlock(inputs, pass) { first, count in
      if let traces = pass.traces { body(UnsafePointer(traces.features), first, count) }
    }
  }

  /// Mean number of spikes of either sign per neuron and time step, by layer.
  package func firingRates(_ inputs: HostArray) throws(Failure) -> [Double] {
    let pass = try inferencePass()
    var spikes = [Double](repeating: 0, count: stack.layers.count)
    try forEachBlock(inputs, pass) { _, _ in
      for (layer, count) in pass.spikes.enumerated() { spikes[layer] += Double(count) }
    }
    let steps = Double(inputs.samples) * Double(specification.timeSteps)
    return zip(spikes, stack.layers).map { $0 / (steps * Double($1.neurons)) }
  }

  /// Runs the data in blocks of bounded size, so that memory does not grow with the number of samples.
  func forEachBlock(
    _ inputs: HostArray, _ pass: ForwardPass, _ body: (_ first: Int, _ count: Int) -> Void
  ) throws(Failure) {
    try requireFiniteParameters()
    pass.parameters.pack(parameters.base)
    var first = 0
    while first < inputs.samples {
      let count = min(Self.blockSamples, inputs.samples - first)
      try pass.run(
        InputBatch(inputs, scaling: inputScaling, first: first, samples: count), steps: specification.timeSteps)
      body(first, count)
      first += count
    }
  }

  private static let blockSamples = 1024

  private func inferencePass() throws(Failure) -> ForwardPass {
    if let inference { return inference }
    var riders = Riders()
    riders.spikeCounts = true
    let pass = try ForwardPass(stack, riders: riders, kernels: kernels, pool: pool, account: account)
    inference = pass
    return pass
  }

  /// Writes features [samples][outputs] in the host's units.
  package func writeOutputs(
    _ features: UnsafePointer<Float>?, samples: Int, into outputs: HostArray, from first: Int = 0
  ) {
    guard let features else { return }
    for sample in 0..<samples {
      for j in 0..<stack.features {
        let value = Double(features[sample * stack.features + j])
        outputs.write(
          outputScaling.shift[j] + outputScaling.scale[j] * value, sample: first + sample, feature: j)
      }
    }
  }
}

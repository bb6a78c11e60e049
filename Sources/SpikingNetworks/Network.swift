import CSystem
import Kernels
import Runtime

/// A spiking network: its stacks of layers, its parameters in one flat buffer, and the scaling of inputs and outputs.
package final class Network {
  package let specification: NetworkSpecification
  /// One, or branch and trunks.
  package let stacks: [Stack]
  package let tensors: [Tensor]
  /// Every weight and bias, in the order and at the offsets of `tensors`.
  package let parameters: Buffer<Float>
  /// Of each stack's inputs, and of the outputs.
  package var inputScalings: [Scaling]
  package var outputScaling: Scaling
  package let surrogateWidths: SurrogateWidths
  package let kernels: KernelTable
  package let pool: ThreadPool
  package let account: MemoryAccount
  /// Raised to end the call that the network is in.
  package let stopFlag: StopFlag
  private var inference: NetworkPass?

  /// - Parameters:
  ///   - pool: threads to share; nil for its own.
  ///   - stopFlag: of the network whose calls run this one; nil for its own.
  package init(
    _ specification: NetworkSpecification, pool: ThreadPool? = nil, stopFlag: StopFlag? = nil
  ) throws(Failure) {
    try specification.validate()
    self.specification = specification
    var stacks: [Stack] = []
    var offset = 0
    for (index, stack) in specification.stacks.enumerated() {
      stacks.append(
        Stack(
          stack, index: index, parameterOffset: offset, neuron: specification.neuron,
          surrogate: specification.surrogate))
      offset += stacks[index].parameterCount
    }
    self.stacks = stacks
    tensors = stacks.flatMap(\.tensors)
    surrogateWidths = SurrogateWidths(specification, layers: stacks.reduce(0) { $0 + $1.layers.count })
    kernels = KernelTable.table(for: specification.instructionSet)
    self.pool =
      pool
      ?? ThreadPool(threads: specification.threads > 0 ? specification.threads : Int(rfgs_allowed_processors()))
    account = MemoryAccount(limit: specification.memoryLimit)
    self.stopFlag = stopFlag ?? StopFlag()
    parameters = try Buffer(offset, for: "the parameters", account: account)
    inputScalings = stacks.map { Scaling(identity: $0.inputs) }
    outputScaling = Scaling(identity: specification.outputs)
    parameterCount = offset
    initialize()
  }

  /// The branch of an operator network as a network of its own, whose outputs are the branch's features: it shares the
  /// parameters, of which the branch's come first, and the threads.
  private init(branchOf network: Network) {
    var specification = network.specification
    specification.architecture = .mlp
    specification.outputs = network.stacks[0].features
    self.specification = specification
    stacks = [network.stacks[0]]
    tensors = network.stacks[0].tensors
    parameters = network.parameters
    parameterCount = network.stacks[0].parameterCount
    surrogateWidths = network.surrogateWidths
    inputScalings = [network.inputScalings[0]]
    outputScaling = Scaling(identity: specification.outputs)
    kernels = network.kernels
    pool = network.pool
    account = network.account
    stopFlag = network.stopFlag
  }

  /// The branch of an operator network, which trains like any network while its trunks are held.
  package var branch: Network { Network(branchOf: self) }

  /// Weights and biases of the stacks: for a branch, fewer than the buffer holds.
  package let parameterCount: Int
  package var neurons: Int { stacks.reduce(0) { $0 + $1.neurons } }
  /// Spiking layers of all stacks, branch first.
  package var layers: [LIFLayer] { stacks.flatMap(\.layers) }

  /// Where the weights and biases of the linear readouts are among the parameters.
  package var readoutRanges: [Range<Int>] {
    stacks.compactMap { stack in
      stack.readout.map { $0.weightOffset..<stack.parameterOffset + stack.parameterCount }
    }
  }

  /// A network of its own with the same specification, parameters, scaling and widths of surrogates.
  package func clone() throws(Failure) -> Network {
    let copy = try Network(specification)
    copy.parameters.base.update(from: parameters.base, count: parameters.count)
    copy.inputScalings = inputScalings
    copy.outputScaling = outputScaling
    try copy.surrogateWidths.set(surrogateWidths.values)
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
  package func requireUsable(_ inputs: HostArray, _ name: String, stack: Int = 0) throws(Failure) {
    try inputs.requireFinite(
      name, shift: inputScalings[stack].shift, scale: inputScalings[stack].scale, unless: stopFlag)
  }

  /// Throws unless the outputs of any inputs are finite numbers of the array's type, so that a call fails before it
  /// has run or written anything.
  package func requireFiniteOutputs(_ outputs: HostArray) throws(Failure) {
    try requireFiniteParameters()
    let latent = stacks.count == 1 ? 1 : specification.latent
    // Half, because the sum itself is rounded in single precision.
    let greatest = Double(Float.greatestFiniteMagnitude) / 2
    func fits(_ field: Int, _ bound: Double) -> Bool {
      abs(outputScaling.shift[field]) + abs(outputScaling.scale[field]) * bound <= outputs.greatest
    }
    let rough = stacks.reduce(Double(latent)) { $0 * roughBound($1) }
    if rough <= greatest && (0..<specification.outputs).allSatisfy({ fits($0, rough) }) { return }
    for field in 0..<specification.outputs {
      var bound = 0.0
      for k in 0..<latent {
        bound += stacks.reduce(1) { $0 * featureBound($1, field * latent + k) }
      }
      if bound > greatest {
        throw Failure(
          .notFinite, "outputs: the network's outputs overflow; its parameters have grown too large, set them anew")
      }
      if !fits(field, bound) {
        throw Failure(
          .notFinite,
          "outputs: output \(field) overflows its array in the host's units; use a double array, or a smaller "
            + "output_scale")
      }
    }
  }

  /// Mean spike trains are in [-1, 1]: the absolute weights of a feature bound it.
  private func featureBound(_ stack: Stack, _ feature: Int) -> Double {
    guard let readout = stack.readout else { return 1 }
    var bound = abs(Double(parameters.base[readout.biasOffset + feature]))
    for neuron in 0..<stack.lastLayer.neurons {
      bound += abs(Double(parameters.base[readout.weightOffset + neuron * stack.features + feature]))
    }
    return bound
  }

  /// No feature of the stack is greater: the absolute sum of n numbers is at most the root of n times their squares'.
  private func roughBound(_ stack: Stack) -> Double {
    guard let readout = stack.readout else { return 1 }
    let count = stack.lastLayer.neurons * stack.features
    let squares =
      kernels.sumOfSquares(count, parameters.base + readout.weightOffset)
      + kernels.sumOfSquares(stack.features, parameters.base + readout.biasOffset)
    return (Double(stack.lastLayer.neurons + 1) * squares).squareRoot()
  }

  private func requireFinite(_ values: UnsafePointer<Float>, _ name: String) throws(Failure) {
    if kernels.allFinite(parameters.count, values) { return }
    for index in 0..<parameters.count where !values[index].isFinite {
      throw Failure(
        .notFinite, "\(name): element \(index) is \(values[index]); set the parameters to finite numbers")
    }
  }

  /// Outputs of every sample, without tangents or traces; memory does not grow with time steps.
  package func predict(_ data: NetworkData, into outputs: HostArray) throws(Failure) {
    try requireFiniteOutputs(outputs)
    try forEachPrediction(data) { features, first, count in
      writeOutputs(features, samples: count, into: outputs, from: first)
    }
  }

  /// Calls `body` with the outputs of block after block of samples, in the network's units.
  package func forEachPrediction(
    _ data: NetworkData,
    _ body: (_ outputs: UnsafePointer<Float>, _ first: Int, _ count: Int) throws(Failure) -> Void
  ) throws(Failure) {
    let pass = try inferencePass()
    try forEachBlock(data, pass) { first, count throws(Failure) in
      if let outputs = pass.outputs { try body(outputs, first, count) }
    }
  }

  /// Runs the data in blocks of bounded size, so that memory does not grow with the number of samples.
  func forEachBlock(
    _ data: NetworkData, _ pass: NetworkPass, _ body: (_ first: Int, _ count: Int) throws(Failure) -> Void
  ) throws(Failure) {
    try requireFiniteParameters()
    pass.pack(parameters.base)
    let block = max(1, min(Self.blockSamples, Self.blockOutputs / data.outputsPerSample(of: self)))
    var first = 0
    while first < data.samples {
      let count = min(block, data.samples - first)
      try pass.run(data.batch(of: self, first: first, samples: count), steps: specification.timeSteps)
      try body(first, count)
      first += count
    }
  }

  private static let blockSamples = 1024
  private static let blockOutputs = 1 << 22

  func inferencePass() throws(Failure) -> NetworkPass {
    if let inference { return inference }
    var riders = Riders()
    riders.spikeCounts = true
    let pass = try NetworkPass(self, account: account) { _ in riders }
    inference = pass
    return pass
  }

  /// Writes outputs [samples][points][fields] in the host's units.
  package func writeOutputs(
    _ outputs: UnsafePointer<Float>?, samples: Int, into host: HostArray, from first: Int = 0
  ) {
    guard let outputs else { return }
    for sample in 0..<samples {
      host.writeScaled(
        outputs + sample * host.features, sample: first + sample, shift: outputScaling.shift,
        scale: outputScaling.scale)
    }
  }
}

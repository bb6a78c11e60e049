import Kernels
import Runtime

/// How the outputs are read from the last spiking layer.
package enum ReadoutKind: Sendable {
  /// A linear map of the mean spike train; its weights have an exact, local gradient.
  case linear
  /// The outputs are themselves the mean spike trains of a last spiking layer: in [-1, 1], in steps of 1 / T.
  case spikingMean
}

/// How weights and biases are drawn.
package enum Initialization: Sendable {
  /// Uniform in +-1/sqrt(fan-in), weights and biases: the rule of the published spiking regressors.
  case uniformFanIn
  /// Normal with variance 2 / fan-in, biases zero (He et al. 2015, arXiv 1502.01852).
  case kaimingNormal
}

/// What the stacks of a network are combined to.
package enum Architecture: Sendable {
  /// One stack; its features are the outputs.
  case mlp
  /// y(f, x) = sum_k branch_k(f) trunk_k(x) (Lu et al. 2021, arXiv 1910.03193).
  case deepONet
  /// y(f, x) = sum_k branch_k(f) prod_i trunk^i_k(x_i), on tensor grids (Yu et al. 2024, arXiv 2407.11253).
  case sepONet
}

/// One stack of a network, as the specification describes it.
package struct StackSpecification: Sendable {
  /// Empty for the only stack; else the prefix of its tensors' names.
  package let name: String
  let inputs: Int
  let hidden: [Int]
  let features: Int
  let readout: ReadoutKind
  let readoutWindow: ReadoutWindow
  let timeSteps: Int
  let inputGain: Float
  let biasSpread: Float
}

/// Everything that decides what a network is, but for its parameters.
package struct NetworkSpecification: Sendable {
  package var architecture = Architecture.mlp
  /// Inputs of the MLP, or sensors of an operator network's branch.
  package var inputs = 0
  package var outputs = 0
  package var hidden = [64, 64]
  /// Of an operator network: coordinates of a point, hidden layers of a trunk (empty: as the branch), and products that
  /// are summed for each output.
  package var coordinates = 1
  package var trunkHidden: [Int] = []
  package var latent = 64
  package var timeSteps = 32
  package var neuron = NeuronModel(leak: 1, threshold: 1, initialMembrane: 0, reset: .soft, ternary: true)
  package var surrogate = Surrogate(shape: .gaussian, width: 0.5)
  package var readout = ReadoutKind.linear
  package var readoutWindow = ReadoutWindow.flat
  package var initialization = Initialization.uniformFanIn
  /// Multiplies the initial weights, and `biasSpread` the initial biases, of the first layer: how finely its neurons
  /// divide the domain.
  package var inputGain: Float = 1
  package var biasSpread: Float = 1
  /// The same for trunks.
  package var trunkGain: Float = 4
  package var trunkBiasSpread: Float = 2
  /// Multiplies the initial weights and biases of linear readouts.
  package var readoutGain: Float = 1
  package var calibration = Calibration()
  package var seed: UInt64 = 0
  /// 0 means as many as the process may use processors.
  package var threads = 0
  package var instructionSet = InstructionSet.best
  /// Bytes of numeric buffers; 0 means no limit.
  package var memoryLimit = 0

  package init() {}

  /// Sizes above this cannot be meant; below it no product of two sizes overflows.
  static let largestSize = 1 << 24
  static let mostParameters = 1 << 31

  /// The network's stacks, branch first.
  package var stacks: [StackSpecification] {
    let operatorNetwork = architecture != .mlp
    let first = StackSpecification(
      name: operatorNetwork ? "branch" : "", inputs: inputs, hidden: hidden,
      features: operatorNetwork ? latent * outputs : outputs, readout: readout,
      readoutWindow: readoutWindow, timeSteps: timeSteps, inputGain: inputGain, biasSpread: biasSpread)
    func trunk(_ name: String, _ inputs: Int) -> StackSpecification {
      StackSpecification(
        name: name, inputs: inputs, hidden: trunkHidden.isEmpty ? hidden : trunkHidden, features: latent * outputs,
        readout: readout, readoutWindow: readoutWindow, timeSteps: timeSteps, inputGain: trunkGain,
        biasSpread: trunkBiasSpread)
    }
    return switch architecture {
    case .mlp: [first]
    case .deepONet: [first, trunk("trunk", coordinates)]
    case .sepONet: [first] + (0..<coordinates).map { trunk("trunk\($0)", 1) }
    }
  }

  func validate() throws(Failure) {
    try Self.requireSize("inputs", inputs)
    try Self.requireSize("outputs", outputs)
    try Self.requireSize("latent", latent)
    for size in hidden { try Self.requireSize("hidden", size) }
    for size in trunkHidden { try Self.requireSize("trunk_hidden", size) }
    if coordinates < 1 || coordinates > Self.mostCoordinates {
      throw Failure(.outOfRange, "coordinates: \(coordinates) is not between 1 and \(Self.mostCoordinates)")
    }
    if hidden.isEmpty && readout == .linear {
      throw Failure(.outOfRange, "hidden: a linear readout needs at least one hidden layer; give its size, such as 64")
    }
    try surrogate.requireStable(neuron)
    // Sizes are below 2^24, so a sum of few products of three of them stays an Int once each is checked.
    var parameters = 0
    for stack in stacks {
      try Self.requireSize("latent * outputs", stack.features)
      var fanIn = stack.inputs
      for size in stack.hidden + [stack.features] {
        parameters += (fanIn + 1) * size
        fanIn = size
        if parameters > Self.mostParameters {
          throw Failure(.outOfRange, "hidden: more than \(Self.mostParameters) parameters; use smaller layers")
        }
      }
    }
  }

  static let mostCoordinates = 4

  private static func requireSize(_ name: String, _ size: Int) throws(Failure) {
    if size < 1 || size > largestSize {
      throw Failure(.outOfRange, "\(name): \(size) is not a size between 1 and \(largestSize)")
    }
  }
}

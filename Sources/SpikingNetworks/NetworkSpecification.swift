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

/// Everything that decides what a network is, but for its parameters.
package struct NetworkSpecification: Sendable {
  package var inputs = 0
  package var outputs = 0
  package var hidden = [64, 64]
  package var timeSteps = 32
  package var neuron = NeuronModel(leak: 1, threshold: 1, initialMembrane: 0, reset: .soft, ternary: true)
  package var surrogate = Surrogate(shape: .gaussian, width: 0.5)
  package var readout = ReadoutKind.linear
  package var initialization = Initialization.uniformFanIn
  /// Multiplies the initial weights, and `biasSpread` the initial biases, of the first layer: how finely its neurons
  /// divide the domain.
  package var inputGain: Float = 1
  package var biasSpread: Float = 1
  package var seed: UInt64 = 0
  /// 0 means as many as the process may run on.
  package var threads = 0
  package var instructionSet = InstructionSet.best
  /// Bytes of numeric buffers; 0 means no limit.
  package var memoryLimit = 0

  package init() {}

  /// Sizes above this cannot be meant; below it no product of two sizes overflows.
  static let largestSize = 1 << 24
  static let mostParameters = 1 << 31

  func validate() throws(Failure) {
    try Self.requireSize("inputs", inputs)
    try Self.requireSize("outputs", outputs)
    for size in hidden { try Self.requireSize("hidden", size) }
    if hidden.isEmpty && readout == .linear {
      throw Failure(.outOfRange, "hidden: a linear readout needs at least one hidden layer; give its size, such as 64")
    }
    try surrogate.requireStable(neuron)
    var parameters = 0
    var fanIn = inputs
    for size in hidden + [outputs] {
      parameters += (fanIn + 1) * size
      fanIn = size
      if parameters > Self.mostParameters {
        throw Failure(.outOfRange, "hidden: more than \(Self.mostParameters) parameters; use smaller layers")
      }
    }
  }

  private static func requireSize(_ name: String, _ size: Int) throws(Failure) {
    if size < 1 || size > largestSize {
      throw Failure(.outOfRange, "\(name): \(size) is not a size between 1 and \(largestSize)")
    }
  }
}

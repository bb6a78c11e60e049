import Directions
import Kernels
import Runtime

/// What a closed-form solve found.
package struct ReadoutSolution: Sendable {
  /// Mean squared error on the data, in the host's units.
  package let loss: Double
  /// The ridge, relative to the mean diagonal of the normal equations.
  package let lambda: Double
}

/// The ridge regression of targets on a stack's mean spike trains, whose penalty is given or chosen on held-out samples.
///
/// The hidden layers run once: the normal equations of the held-out fifth are summed apart, and added to the others
/// when the penalty is known.
struct RidgeRegression {
  private let network: Network
  private let algebra: MatrixAlgebra
  private let stack: Stack
  private let inputs: HostArray
  private let outputs: Int
  /// Whether a sample is held out.
  private let held: [Bool]

  /// What is tried, if the penalty is to be chosen.
  static let choices = [1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2]
  /// With fewer samples than this nothing can be held out, and `fallback` is taken.
  static let fewest = 5
  static let fallback = 1e-6
  /// With more outputs than this the choice is made on random mixtures of them.
  private static let mixtures = 256
  private static let passBlock = 1024
  private static let sumBlock = 128

  init(_ network: Network, _ algebra: MatrixAlgebra, inputs: HostArray, outputs: Int, lambda: Double) throws(Failure) {
    self.network = network
    self.algebra = algebra
    self.inputs = inputs
    self.outputs = outputs
    stack = network.stacks[0]
    held = lambda == 0 && inputs.samples >= Self.fewest ? try Self.holdOut(inputs.samples, network) : []
  }

  /// A fifth of the samples, drawn from the network's seed.
  static func holdOut(_ samples: Int, _ network: Network) throws(Failure) -> [Bool] {
    let keys = try Buffer<Float>(padded(samples), for: "the held-out samples", account: network.account)
    DirectionSource(seed: network.specification.seed, purpose: .holdingOut).fillUniform(
      step: 0, lane: 0, first: 0, count: samples, into: keys.base, kernels: network.kernels)
    var order = Array(0..<samples)
    // All that it can throw is that the flag is raised.
    try? order.sort { one, other in
      try network.stopFlag.check()
      return (keys.base[one], one) < (keys.base[other], other)
    }
    try network.stopFlag.check()
    var held = [Bool](repeating: false, count: samples)
    for sample in order.prefix(samples / 5) { held[sample] = true }
    return held
  }

  /// Sums the normal equations of all samples and factors them with the penalty.
  ///
  /// - Parameters:
  ///   - lambda: 0 to choose it.
  ///   - readTargets: writes the targets of some samples [samples][outputs].
  func equations(
    lambda: Double, _ name: String,
    _ readTargets: (_ samples: ArraySlice<Int>, _ into: UnsafeMutablePointer<Double>) throws(Failure) -> Void
  ) throws(Failure) -> (equations: NormalEquations, lambda: Double) {
    let unknowns = stack.lastLayer.neurons + 1
    let training = try NormalEquations(unknowns, outputs, algebra)
    let validation = held.isEmpty ? nil : try NormalEquations(unknowns, outputs, algebra)
    try forEachBlock { isHeld, samples, rows, stride throws(Failure) in
      let wanted = try algebra.matrix(samples.count, outputs)
      try readTargets(samples, wanted.base)
      try (isHeld ? validation ?? training : training).add(rows: samples.count, rows, stride: stride, wanted.base)
    }
    training.complete()
    var chosen = lambda == 0 ? Self.fallback : lambda
    if let validation {
      validation.complete()
      chosen = try choose(training, validation)
      training.add(validation)
    }
    if !(try training.factorize(lambda: chosen)) {
      throw Failure(
        .outOfRange, "\(name): the normal equations are singular at \(chosen); use a larger lambda, such as 1e-6")
    }
    return (training, chosen)
  }

  /// Runs the hidden layers; `body` gets samples that are all held out or all not, with rows of their mean spike trains
  /// and a 1.
  private func forEachBlock(
    _ body: (_ held: Bool, _ samples: ArraySlice<Int>, _ rows: UnsafePointer<Float>, _ stride: Int) throws(Failure)
      -> Void
  ) throws(Failure) {
    try network.requireFiniteParameters()
    var riders = Riders()
    riders.traces = true
    let pass = try ForwardPass(
      stack, riders: riders, kernels: algebra.kernels, pool: algebra.pool, account: algebra.account,
      stopFlag: algebra.stopFlag)
    pass.parameters.pack(network.parameters.base)
    let neurons = stack.lastLayer.neurons
    let stride = padded(neurons + 1)
    let rows = try Buffer<Float>(Self.sumBlock * stride, for: algebra.purpose, account: algebra.account)
    for first in Swift.stride(from: 0, to: inputs.samples, by: Self.passBlock) {
      let count = min(Self.passBlock, inputs.samples - first)
      try pass.run(
        InputBatch(inputs, scaling: network.inputScalings[0], first: first, samples: count),
        steps: network.specification.timeSteps)
      guard let traces = pass.traces else { return }
      let rates = traces.rates[stack.layers.count - 1]
      for part in [false, true] {
        let samples = (first..<first + count).filter { (held.isEmpty ? false : held[$0]) == part }
        for place in Swift.stride(from: 0, to: samples.count, by: Self.sumBlock) {
          let some = samples[place..<min(place + Self.sumBlock, samples.count)]
          for (row, sample) in some.enumerated() {
            let target = rows.base + row * stride
            target.update(from: rates + (sample - first) * stack.lastLayer.width, count: neurons)
            target[neurons] = 1
          }
          try body(part, some, UnsafePointer(rows.base), stride)
        }
      }
    }
  }

  /// The penalty with the least squared error on the held-out samples, in the network's units.
  private func choose(_ training: NormalEquations, _ validation: NormalEquations) throws(Failure) -> Double {
    var (training, validation) = (training, validation)
    if outputs > Self.mixtures {
      let signs = try mixingSigns()
      (training, validation) = (try training.mixed(signs), try validation.mixed(signs))
    }
    var best = (lambda: Self.choices[0], error: Double.infinity)
    for lambda in Self.choices where try training.factorize(lambda: lambda) {
      let error = try validation.excess(of: training.solution())
      if error < best.error { best = (lambda, error) }
    }
    return best.lambda
  }

  private func mixingSigns() throws(Failure) -> Matrix {
    let signs = try algebra.matrix(outputs, Self.mixtures)
    let row = try Buffer<Float>(Self.mixtures, for: algebra.purpose, account: algebra.account)
    let source = DirectionSource(seed: network.specification.seed, purpose: .holdingOut)
    for output in 0..<outputs {
      source.fill(
        .rademacher, step: 1, lane: output, first: 0, count: Self.mixtures, into: row.base, kernels: algebra.kernels)
      for k in 0..<Self.mixtures { signs[output][k] = Double(row.base[k]) }
    }
    return signs
  }
}

import Foundation
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// How near the gradient of the rate linearisation is to the exact surrogate gradient: the numbers of
/// docs/rate-tangents.md, which this prints.
@Suite("accuracy of rate tangents")
struct RateTangentAccuracyTests {
  /// The Mexican hat on [-1, 1]^2.
  private static func task(_ count: Int, seed: UInt64) -> Samples {
    var data = Samples(count, inputs: 2, outputs: 1, seed: seed)
    data.targets = data.inputs.map { input in
      let square = (input[0][0] * input[0][0] + input[0][1] * input[0][1]) / (2 * 0.64)
      return [(1 - square) * exp(-square) / (Double.pi * 0.4096)]
    }
    return data
  }

  /// Cosine between the two gradients, and their relative distance, over all parameters but the readout's, whose
  /// gradient is exact in both.
  private func compare(_ network: Network, _ data: Samples) throws -> (cosine: Double, error: Double) {
    let account = MemoryAccount(limit: 0)
    let estimators: [any GradientEstimator] = [
      try ThreeFactorEstimator.spatialBackPropagation(network, account: account),
      try BackPropagation(network, account: account),
    ]
    let loss = TargetLoss(
      .mse, targets: data.hostTargets.array, samples: data.count, scaling: network.outputScaling,
      stopFlag: network.stopFlag)
    let inputs = data.hostInputs
    let gradients = try estimators.map { estimator in
      var gradient = [Float](repeating: 0, count: network.stacks[0].parameterCount)
      try estimator.perturb(draw: 0)
      try estimator.forward(
        inputs.data.batch(of: network, first: 0, samples: data.count),
        steps: network.specification.timeSteps)
      _ = try gradient.withUnsafeMutableBufferPointer { try estimator.estimate(loss, into: $0.baseAddress!) }
      let hidden = network.stacks[0].readout?.weightOffset ?? network.stacks[0].parameterCount
      return gradient[..<hidden].map { Double($0) }
    }
    return (cosine(gradients[0], gradients[1]), relativeError(gradients[0], gradients[1]))
  }

  private func network(
    _ reset: Reset, _ hidden: [Int] = [64, 64], steps: Int = 16, leak: Float = 1, ternary: Bool = true,
    gain: Float = 5.66, width: Float = 0.5, shape: Surrogate.Shape = .gaussian
  ) throws -> Network {
    try Network(
      specification(2, hidden, 1, steps: steps, leak: leak, reset: reset, ternary: ternary, gain: gain) {
        $0.biasSpread = gain > 1 ? 4 : 1
        $0.surrogate = Surrogate(shape: shape, width: width)
      })
  }

  /// Prints a line of the table with the worst of some networks, and returns its cosine.
  private func measure(_ name: String, _ networks: [Network], _ data: Samples) throws -> Double {
    let all = try networks.map { try compare($0, data) }
    let worst = (cosine: all.map(\.cosine).min()!, error: all.map(\.error).max()!)
    let rates = try networks[networks.count - 1].firingRates(data.hostInputs.data)
    print(
      "rate tangents, \(name): cosine", String(format: "%.4f, distance %.3f,", worst.cosine, worst.error),
      "firing rates", rates.map { String(format: "%.2f", $0) }.joined(separator: " "))
    return worst.cosine
  }

  private func measure(_ name: String, _ network: Network, _ data: Samples) throws -> Double {
    try measure(name, [network], data)
  }

  private let data: Samples

  init() { data = Self.task(100, seed: 1) }

  struct Case: Sendable, CustomTestStringConvertible {
    let reset: Reset
    let leak: Float
    let ternary: Bool
    var testDescription: String { "\(reset) reset, leak \(leak), \(ternary ? "ternary" : "binary")" }
  }

  static let cases: [Case] = [Reset.soft, .hard].flatMap { reset in
    [Float(0.5), 0.9, 1].flatMap { leak in
      [true, false].map { Case(reset: reset, leak: leak, ternary: $0) }
    }
  }

  @Test("at the start of a training, 2-64-64-1, constant inputs", arguments: cases)
  func atTheStart(_ this: Case) throws {
    for gain in [Float(1), 5.66] {
      let networks = try [8, 16, 32].map { steps in
        try network(this.reset, steps: steps, leak: this.leak, ternary: this.ternary, gain: gain)
      }
      let cosine = try measure("\(this.testDescription), input gain \(gain), T = 8 to 32", networks, data)
      #expect(cosine > (this.reset == .soft ? 0.999 : 0.995))
    }
  }

  @Test("after 200 steps of training with rate tangents", arguments: [Reset.soft, .hard], [Float(1), 5.66])
  func trained(_ reset: Reset, _ gain: Float) throws {
    let network = try network(reset, gain: gain)
    let trainer = try Trainer(network) {
      $0.schedule = Schedule(kind: .cosine, learningRate: 0.003, finalFraction: 0.01, steps: 200)
      $0.directions = 4
      $0.batchSize = 100
    }
    try trainer.fit(Self.task(500, seed: 2))
    let cosine = try measure("trained, \(reset) reset, input gain \(gain)", network, data)
    #expect(cosine > (reset == .soft ? 0.99 : gain > 1 ? 0.98 : 0.85))
  }

  @Test("inputs that vary in time", arguments: [Reset.soft, .hard], [Float(0.5), 1])
  func varyingInputs(_ reset: Reset, _ leak: Float) throws {
    let network = try network(reset, leak: leak)
    for cycles in [0.5, 1, 4] {
      let wave = over(16) { cos(2 * Double.pi * cycles * Double($0) / 16) }
      #expect(try measure("\(reset) reset, leak \(leak), inputs times \(cycles) cycles", network, wave) > 0.99)
    }
    for burst in [1, 4] {
      let early = over(16) { $0 < burst ? 16 / Double(burst) : 0 }
      #expect(
        try measure("\(reset) reset, leak \(leak), inputs in the first \(burst) of 16 steps", network, early) > 0.99)
    }
  }

  /// The inputs times a factor of the time step.
  private func over(_ steps: Int, _ factor: (Int) -> Double) -> Samples {
    var varying = data
    varying.inputs = data.inputs.map { input in
      (0..<steps).map { time in input[0].map { $0 * factor(time) } }
    }
    return varying
  }

  @Test("few spikes: all hidden parameters scaled down", arguments: [Reset.soft, .hard])
  func fewSpikes(_ reset: Reset) throws {
    for factor in [Float(0.5), 0.25, 0.12] {
      let network = try network(reset)
      for index in 0..<network.stacks[0].readout!.weightOffset { network.parameters.base[index] *= factor }
      #expect(try measure("\(reset) reset, parameters times \(factor)", network, data) > 0.99)
    }
  }

  @Test("depth", arguments: [Reset.soft, .hard])
  func depth(_ reset: Reset) throws {
    for layers in [1, 3, 4] {
      let network = try network(reset, [Int](repeating: 64, count: layers))
      let cosine = try measure("\(reset) reset, \(layers) hidden layers", network, data)
      #expect(cosine > (layers == 1 ? 0.999999 : 0.99), "exact for one layer")
    }
  }

  @Test("width of the surrogate, soft reset: down to the least that is allowed", arguments: [16, 64])
  func widthSoft(steps: Int) throws {
    for width in [Float(0.2), 0.3, 1] {
      let network = try network(.soft, steps: steps, width: width)
      #expect(try measure("soft reset, width \(width), T = \(steps)", network, data) > 0.999)
    }
  }

  @Test("width of the surrogate, hard reset: down to the least that is allowed", arguments: [16, 64])
  func widthHard(steps: Int) throws {
    for width in [Float(0.45), 0.5, 1] {
      let network = try network(.hard, steps: steps, width: width)
      #expect(try measure("hard reset, width \(width), T = \(steps)", network, data) > 0.995)
    }
  }

  /// The norm of the exact gradient, the readout's aside.
  private func exactNorm(_ network: Network) throws -> Double {
    let trainer = try Trainer(network) { $0.estimator = .backPropagation }
    try trainer.estimate(data)
    return norm(Array(try trainer.gradientValues[..<network.stacks[0].readout!.weightOffset]))
  }

  @Test("many steps: the exact gradient stays of one size, but for hard resets of binary spikes, which are printed")
  func manySteps() throws {
    for (reset, ternary) in [(Reset.soft, true), (.soft, false), (.hard, true), (.hard, false)] {
      for (shape, width) in [
        (Surrogate.Shape.gaussian, Float(0.45)), (.gaussian, 0.5), (.gaussian, 1), (.boxcar, 0.85),
      ] {
        let norms = try [16, 64, 256].map { steps in
          try exactNorm(network(reset, steps: steps, ternary: ternary, width: width, shape: shape))
        }
        print(
          "exact gradient, \(reset) reset, \(ternary ? "ternary" : "binary"), \(shape), width \(width): norm",
          String(format: "%.3g at T = 16, %.3g at T = 64, %.3g at T = 256", norms[0], norms[1], norms[2]))
        if reset == .soft || ternary { #expect(norms.max()! < 2 * norms.min()!) }
      }
    }
  }
}

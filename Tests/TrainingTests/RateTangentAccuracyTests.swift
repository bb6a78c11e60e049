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
  private func task(_ count: Int, seed: UInt64) -> Samples {
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
      try RFGActivity(network, directions: nil, law: .rademacher, tangent: .rate, seed: 0, account: account),
      try BackPropagation(network, account: account),
    ]
    let loss = TargetLoss(
      .mse, targets: data.hostTargets.array, samples: data.count, scaling: network.outputScaling)
    let inputs = data.hostInputs
    let gradients = try estimators.map { estimator in
      var gradient = [Float](repeating: 0, count: network.parameterCount)
      try estimator.perturb(draw: 0)
      try estimator.forward(
        inputs.data.batch(of: network, first: 0, samples: data.count),
        steps: network.specification.timeSteps)
      _ = try gradient.withUnsafeMutableBufferPointer { try estimator.estimate(loss, into: $0.baseAddress!) }
      let hidden = network.stacks[0].readout?.weightOffset ?? network.parameterCount
      return gradient[..<hidden].map { Double($0) }
    }
    return (cosine(gradients[0], gradients[1]), relativeError(gradients[0], gradients[1]))
  }

  @Test("explore")
  func explore() throws {
    let data = task(100, seed: 1)
    func line(_ name: String, _ network: Network, _ data: Samples) throws {
      let (c, e) = try compare(network, data)
      let r = try network.firingRates(data.hostInputs.data).map { String(format: "%.3f", $0) }
      print("RATE", name, String(format: "cos %.4f err %.4f", c, e), r)
    }
    func make(_ hidden: [Int] = [64, 64], steps: Int = 16, leak: Float = 1, reset: Reset = .soft, ternary: Bool = true, gain: Float = 1, seed: UInt64 = 1, _ change: (inout NetworkSpecification) -> Void = { _ in }) throws -> Network {
      try Network(specification(2, hidden, 1, steps: steps, leak: leak, reset: reset, ternary: ternary, gain: gain, seed: seed) { if gain > 1 { $0.biasSpread = 4 }; change(&$0) })
    }
    func train(_ network: Network) throws {
      let trainer = try Trainer(network) {
        $0.schedule = Schedule(kind: .cosine, learningRate: 0.003, finalFraction: 0.01, steps: 300)
        $0.directions = 4
      }
      try trainer.fit(task(500, seed: 2))
    }
    for reset in [Reset.soft, .hard] {
      for gain in [Float(1), 5.66] {
        for steps in [8, 16, 32] {
          for leak in [Float(0.5), 0.9, 1] {
            for ternary in [true, false] {
              let network = try make(steps: steps, leak: leak, reset: reset, ternary: ternary, gain: gain)
              try line("\(reset) gain \(gain) T \(steps) leak \(leak) ternary \(ternary)", network, data)
              if steps == 16 {
                try train(network)
                try line("   trained", network, data)
              }
            }
          }
        }
      }
    }
    for width in [Float(0.2), 0.22, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 2] {
      try line("width \(width)", make(gain: 5.66) { $0.surrogate.width = width }, data)
    }
    for shape in Surrogate.Shape.allCases { try line("shape \(shape)", make(gain: 5.66) { $0.surrogate.shape = shape }, data) }
    for hidden in [[64], [64, 64, 64], [64, 64, 64, 64]] { try line("hidden \(hidden)", make(hidden, gain: 5.66), data) }
    for shrink in [Float(1), 0.5, 0.25, 0.12, 0.06] {
      let network = try make(gain: 5.66)
      let end = network.stacks[0].readout!.weightOffset
      for i in 0..<end { network.parameters.base[i] *= shrink }
      try line("shrunk \(shrink)", network, data)
    }
    for amplitude in [0.1, 0.3, 1, 3] {
      var generator = TestGenerator(seed: 3)
      var varying = data
      varying.inputs = data.inputs.map { x in (0..<16).map { _ in x[0].map { $0 + amplitude * generator.value() } } }
      try line("noise \(amplitude)", make(gain: 5.66), varying)
    }
    for cycles in [0.25, 0.5, 1, 2, 4] {
      var varying = data
      varying.inputs = data.inputs.map { x in (0..<16).map { t in x[0].map { $0 * cos(2 * Double.pi * cycles * Double(t) / 16) } } }
      try line("cos cycles \(cycles)", make(gain: 5.66), varying)
    }
    for seed in 1...5 as ClosedRange<UInt64> { try line("seed \(seed)", make(gain: 5.66, seed: seed), data) }
    try line("spiking readout", make(gain: 5.66) { $0.readout = .spikingMean }, data)
  }
}

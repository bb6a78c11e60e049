import Directions
import Foundation
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("surrogates that are sampled and surrogates that adapt")
struct SurrogateAdaptationTests {
  private let data = smoothTask(40)

  private func network(ternary: Bool = true, readout: ReadoutKind = .linear, threads: Int = 1) throws -> Network {
    try Network(
      specification(2, [12, 9], 1, steps: 8, ternary: ternary, readout: readout) { $0.threads = threads })
  }

  @Test("sampling is off unless asked for, and changes the estimate if it is")
  func sampling() throws {
    for kind in Kind.all where kind.estimator != .blackBox {
      let plain = try Trainer(network()) { kind.apply(&$0) }
      let sampled = try Trainer(network()) {
        kind.apply(&$0)
        $0.steinPairs = 4
      }
      try plain.estimate(data)
      try sampled.estimate(data)
      #expect(try plain.gradientValues != sampled.gradientValues, "\(kind)")
      let again = try Trainer(network()) {
        kind.apply(&$0)
        $0.steinPairs = 4
      }
      try again.estimate(data, draw: 0)
      #expect(try again.gradientValues == sampled.gradientValues, "the same seed and draw, the same noise")
    }
  }

  @Test("a mask, and a cut reset, change the estimate and not the loss", arguments: [true, false])
  func maskedOrCut(masks: Bool) throws {
    for kind in Kind.all where kind.estimator != .blackBox {
      let plain = try Trainer(network()) { kind.apply(&$0) }
      let changed = try Trainer(network()) {
        kind.apply(&$0)
        $0.surrogateMask = masks ? 0.5 : 0
        $0.cutsReset = !masks
      }
      #expect(try plain.estimate(data) == changed.estimate(data))
      #expect(try plain.gradientValues != changed.gradientValues, "\(kind)")
    }
  }

  @Test("two draws with the same directions have different noise")
  func drawsDiffer() throws {
    let trainer = try Trainer(network()) {
      $0.estimator = .exactForward
      $0.steinPairs = 8
    }
    try trainer.estimate(data)
    let first = try trainer.gradientValues
    try trainer.estimate(data)
    #expect(try trainer.gradientValues != first)
  }

  @Test("pairs that are too few, other shapes than the Gaussian, and estimators without a surrogate are refused")
  func refused() throws {
    #expect(failureKind { _ = try Trainer(network()) { $0.steinPairs = 3 } } == .outOfRange)
    let triangle = try Network(
      specification(2, [5], 1) { $0.surrogate = Surrogate(shape: .triangle, width: 0.5) })
    #expect(failureKind { _ = try Trainer(triangle) { $0.steinPairs = 4 } } == .unsupported)
    let changes: [(inout TrainerSpecification) -> Void] = [
      { $0.steinPairs = 4 }, { $0.surrogateAdaptation = .statistic }, { $0.surrogateAdaptation = .gradient },
      { $0.biasShift = 0.1 }, { $0.surrogateMask = 0.5 }, { $0.cutsReset = true },
    ]
    for change in changes {
      let kind = failureKind {
        _ = try Trainer(network()) {
          $0.estimator = .blackBox
          change(&$0)
        }
      }
      #expect(kind == .unsupported)
    }
  }

  /// Standard deviation and mean of each layer's potentials, by the reference.
  private func potentials(_ network: Network) -> [(deviation: Double, mean: Double)] {
    let passes = data.inputs.map { network.reference.run($0) }
    return network.layers.indices.map { layer in
      let all = passes.flatMap { $0.potentials.flatMap { $0[layer] } }
      let mean = all.reduce(0, +) / Double(all.count)
      return ((all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)).squareRoot(), mean)
    }
  }

  @Test("statistic: widths follow the deviation of the potentials, for every estimator with a surrogate")
  func statistic() throws {
    for kind in Kind.all where kind.estimator != .blackBox {
      let network = try network()
      let trainer = try Trainer(network) {
        kind.apply(&$0)
        $0.surrogateAdaptation = .statistic
        $0.surrogateStatistic = 0.6
      }
      let first = potentials(network).map(\.deviation)
      try trainer.estimate(data)
      try trainer.update()
      let widths = network.surrogateWidths.values.map { Double($0) }
      #expect(greatestError(widths, first.map { 0.6 * $0 }) < 1e-5, "\(kind)")
      let second = potentials(network).map(\.deviation)
      try trainer.estimate(data)
      try trainer.update()
      let mixed = zip(first, second).map { 0.6 * (0.9 * $0 + 0.1 * $1) }
      #expect(greatestError(network.surrogateWidths.values.map { Double($0) }, mixed) < 1e-5)
    }
  }

  @Test("widths stay where tangents are bounded, and below four thresholds")
  func clipped() throws {
    for (factor, width) in [(0.01, Surrogate.smallestWidth(.gaussian, threshold: 1, reset: .soft)), (100, 4)] {
      let network = try network()
      let trainer = try Trainer(network) {
        $0.surrogateAdaptation = .statistic
        $0.surrogateStatistic = factor
      }
      try trainer.estimate(data)
      try trainer.update()
      #expect(network.surrogateWidths.values == [width, width])
    }
  }

  @Test("gradient: one step of gradient descent is the rate times the soft spikes' finite difference")
  func gradient() throws {
    for readout in [ReadoutKind.linear, .spikingMean] {
      let network = try network(readout: readout)
      let widths = network.surrogateWidths.values.map { Double($0) }
      let expected = network.reference.rateWidthGradient(data, widths: widths)
      let trainer = try Trainer(network) {
        $0.optimizer = .sgd(momentum: 0)
        $0.schedule.learningRate = 0.5
        $0.surrogateAdaptation = .gradient
        $0.surrogateRate = 2
      }
      try trainer.estimate(data)
      try trainer.update()
      let moved = zip(network.surrogateWidths.values, widths).map { log(Double($0)) - log($1) }
      #expect(norm(moved) > 1e-4)
      #expect(relativeError(moved, expected.map { -$0 }) < 1e-3)
    }
  }

  @Test("gradient: accumulated estimates count alike")
  func accumulated() throws {
    let once = try network()
    let twice = try network()
    for (network, accumulate) in [(once, 1), (twice, 2)] {
      let trainer = try Trainer(network) {
        $0.estimator = .exactForward
        $0.optimizer = .sgd(momentum: 0)
        $0.surrogateAdaptation = .gradient
        $0.accumulate = accumulate
      }
      for _ in 0..<accumulate { try trainer.estimate(data) }
      try trainer.update()
    }
    let widths = [once, twice].map { $0.surrogateWidths.values.map { Double($0) } }
    #expect(greatestError(widths[0], widths[1]) < 1e-6)
    #expect(widths[0] != [0.5, 0.5])
  }

  @Test("bias shift: every hidden layer's biases move by eta times the potentials' distance from their centre")
  func biasShift() throws {
    for (ternary, readout) in [(true, ReadoutKind.linear), (false, .linear), (false, .spikingMean)] {
      let plain = try network(ternary: ternary, readout: readout)
      let shifted = try network(ternary: ternary, readout: readout)
      let center = ternary ? 0 : 0.5
      let shifts = potentials(plain).map { 0.2 * ($0.mean - center) }
      for (network, eta) in [(plain, 0.0), (shifted, 0.2)] {
        let trainer = try Trainer(network) { $0.biasShift = eta }
        try trainer.estimate(data)
        try trainer.update()
      }
      var expected = plain.values.map { Double($0) }
      for (index, layer) in plain.layers.enumerated() where readout == .linear || index < 2 {
        for neuron in 0..<layer.neurons { expected[layer.biasOffset + neuron] -= shifts[index] }
      }
      #expect(greatestError(shifted.values.map { Double($0) }, expected) < 1e-5)
      #expect(shifts.contains { abs($0) > 1e-3 })
    }
  }

  @Test("bias shift brings the potentials to their centre")
  func centre() throws {
    let network = try network(ternary: false)
    for layer in network.layers {
      for neuron in 0..<layer.neurons { network.parameters.base[layer.biasOffset + neuron] += 0.4 }
    }
    let before = potentials(network).map { abs($0.mean - 0.5) }
    let trainer = try Trainer(network) {
      $0.schedule.learningRate = 1e-9
      $0.biasShift = 0.02
    }
    for _ in 0..<150 {
      try trainer.estimate(data)
      try trainer.update()
    }
    for (after, before) in zip(potentials(network), before) { #expect(abs(after.mean - 0.5) < 0.2 * before) }
  }

  @Test("all together train, with the same bits on any number of threads")
  func together() throws {
    var bits: [[Float]] = []
    for threads in [1, 3] {
      for adaptation in [SurrogateAdaptationKind.statistic, .gradient] {
        let network = try network(ternary: false, threads: threads)
        let trainer = try Trainer(network) {
          $0.schedule = Schedule(kind: .cosine, learningRate: 0.01, finalFraction: 0.01, steps: 150)
          $0.directions = 4
          $0.steinPairs = 8
          $0.surrogateAdaptation = adaptation
          $0.biasShift = 0.001
        }
        let before = try trainer.estimate(data)
        try trainer.fit(data)
        let after = try trainer.estimate(data)
        #expect(after < 0.5 * before)
        bits.append(network.values + network.surrogateWidths.values)
      }
    }
    #expect(bits[0] == bits[2] && bits[1] == bits[3])
  }
}

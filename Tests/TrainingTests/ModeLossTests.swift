import Foundation
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// The loss in the branch's features is the loss of the outputs.
@Suite("losses in the modes of held trunks")
struct ModeLossTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let architecture: Architecture
    let outputs: Int
    let loss: LossKind
    var testDescription: String { "\(architecture), \(outputs) outputs, \(loss)" }
  }

  static let cases: [Case] = [Architecture.deepONet, .sepONet].flatMap { architecture in
    [1, 2].flatMap { outputs in
      [LossKind.mse, .relativeL2].map { Case(architecture: architecture, outputs: outputs, loss: $0) }
    }
  }

  @Test("value and derivative, whatever the scaling", arguments: cases)
  func agrees(_ this: Case) throws {
    var specification = specification(9, [12], this.outputs, steps: 8)
    specification.architecture = this.architecture
    specification.coordinates = 2
    specification.latent = 4
    let network = try Network(specification)
    network.outputScaling = try Scaling(
      shift: (0..<this.outputs).map { 0.3 * Double($0) - 0.1 }, scale: (0..<this.outputs).map { 0.5 + Double($0) },
      name: "output")
    let functions = Samples(7, inputs: 9, outputs: 1, seed: 1).hostInputs
    let axes =
      this.architecture == .deepONet
      ? [Samples(6, inputs: 2, outputs: 1, seed: 2).hostInputs]
      : [Samples(3, inputs: 1, outputs: 1, seed: 2).hostInputs, Samples(2, inputs: 1, outputs: 1, seed: 3).hostInputs]
    let targets = Samples(7, inputs: 1, outputs: 6 * this.outputs, seed: 4).hostTargets
    let inputs = NetworkData([functions.array] + axes.map(\.array), points: .shared)
    let account = MemoryAccount(limit: 0)
    let trunks = try HeldTrunks(network, account: account)
    try trunks.run(inputs.batch(of: network, first: 0, samples: 1), steps: 8)
    let reduced = try ModeLoss(this.loss, network, trunks, inputs, targets.array, account: account)

    let rows: [Int32] = [5, 0, 3]
    let count = rows.count * this.outputs * 4
    var generator = TestGenerator(seed: 5)
    let features = (0..<count).map { _ in Float(generator.value()) }
    var found = [Float](repeating: 0, count: count)
    var expected = found
    try rows.withUnsafeBufferPointer { indices in
      try features.withUnsafeBufferPointer { features in
        let base = try #require(features.baseAddress)
        trunks.take(points: .shared, functions: rows.count)
        let whole = try trunks.byFeatures(
          TargetLoss(
            this.loss, targets: targets.array, indices: indices, scaling: network.outputScaling,
            stopFlag: network.stopFlag), base)
        let value = try expected.withUnsafeMutableBufferPointer { try whole.value(base, gradient: $0.baseAddress!) }
        let batch = reduced.batch(indices)
        let short = try found.withUnsafeMutableBufferPointer { try batch.value(base, gradient: $0.baseAddress!) }
        #expect(abs(short - value) < 1e-5 * (1 + value))
        let alone = try batch.value(base)
        #expect(abs(alone - value) < 1e-5 * (1 + value))
      }
    }
    #expect(norm(expected.map(Double.init)) > 1e-3)
    #expect(relativeError(found.map(Double.init), expected.map(Double.init)) < 1e-4)
  }
}

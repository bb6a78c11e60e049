import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import GradientEstimators

/// What cannot happen through the C interface, as the trainer keeps the order: it is said to be a fault of the library
/// instead of being answered by a number.
@Suite("estimators without what they need")
struct InternalFaultTests {
  private func kind(_ body: () throws -> Void) -> Failure.Kind? {
    do { try body() } catch let failure as Failure { return failure.kind } catch {}
    return nil
  }

  private static func network(_ architecture: Architecture) throws -> Network {
    try Network(
      specification(2, [4, 3], 1, steps: 3) {
        $0.architecture = architecture
        $0.latent = 2
      })
  }

  @Test("an estimate of a pass that has not run", arguments: Method.allCases)
  func notRun(_ method: Method) throws {
    for architecture in [Architecture.mlp, .deepONet] {
      let network = try Self.network(architecture)
      let estimator = try method.make(network)
      try estimator.perturb(draw: 0)
      var gradient = [Float](repeating: 7, count: network.parameterCount)
      let loss = SquaredError(Samples(5, inputs: 2, outputs: 1, seed: 1))
      #expect(kind { _ = try estimator.outputs } == .internalFault)
      #expect(kind { _ = try estimator.estimate(loss, into: &gradient) } == .internalFault)
      #expect(gradient.allSatisfy { $0 == 7 })
    }
  }

  @Test("a stepped pass that has not begun", arguments: Method.allCases)
  func notBegun(_ method: Method) throws {
    let estimator = try method.make(try Self.network(.mlp))
    try estimator.perturb(draw: 0)
    #expect(kind { try estimator.finish() } == .internalFault)
  }

  @Test("a batch for some of the stacks only, or for more than there are", arguments: Method.allCases)
  func otherStacks(_ method: Method) throws {
    let data = Samples(5, inputs: 2, outputs: 1, seed: 1)
    let inputs = NetworkData([data.hostInputs.array, data.hostInputs.array], points: .shared)
    for (architecture, inputs) in [(Architecture.deepONet, data.hostInputs.data), (.mlp, inputs)] {
      let network = try Self.network(architecture)
      let estimator = try method.make(network)
      try estimator.perturb(draw: 0)
      let batch = NetworkBatch(
        InputBatch(inputs.first, scaling: network.inputScalings[0], first: 0, samples: 5),
        others: inputs.others.map { _, array in
          InputBatch(array, scaling: network.inputScalings[0], first: 0, samples: 5)
        }, points: inputs.points)
      #expect(kind { try estimator.forward(batch, steps: 3) } == .internalFault)
    }
  }

  @Test("tangents along no perturbation")
  func noPerturbation() throws {
    let network = try Self.network(.mlp)
    var riders = Riders()
    riders.tangents = .full
    riders.layout = PerturbationLayout(all: 2, of: network.stacks[0], includingReadout: false)
    let pass = try ForwardPass(
      network.stacks[0], riders: riders, kernels: network.kernels, pool: network.pool, account: network.account,
      stopFlag: network.stopFlag)
    pass.parameters.pack(network.parameters.base)
    let inputs = Samples(5, inputs: 2, outputs: 1, seed: 1).hostInputs
    let batch = InputBatch(inputs.array, scaling: network.inputScalings[0], first: 0, samples: 5)
    #expect(kind { try pass.run(batch, steps: 3) } == .internalFault)
  }

  @Test("features that are not of the batch")
  func otherFeatures() throws {
    let network = try Self.network(.deepONet)
    let combination = ProductCombination(network, account: network.account)
    let values = [Float](repeating: 1, count: 100)
    #expect(kind { try combination.combine() } == .internalFault)
    #expect(kind { _ = try combination.outputs } == .internalFault)
    try values.withUnsafeBufferPointer { values in
      let base = try #require(values.baseAddress)
      func take(_ rows: [Int], _ points: Points, _ extents: [Int]) throws {
        try combination.take(
          StackList(rows.map { ProductCombination.Features(values: base, rows: $0) }),
          BatchShape(samples: 3, points: points, extents: StackList(extents), steps: 3, variesInTime: false))
      }
      #expect(kind { try take([3, 4], .shared, [4]) } == nil)
      #expect(kind { try take([3, 12], .perSample, [4]) } == nil)
      #expect(kind { try take([2, 4], .shared, [4]) } == .internalFault)
      #expect(kind { try take([3, 5], .shared, [4]) } == .internalFault)
      #expect(kind { try take([3, 4], .perSample, [4]) } == .internalFault)
      #expect(kind { try take([3, 4, 4], .perSample, [4, 4]) } == .internalFault)
      #expect(kind { try take([3], .shared, [4]) } == .internalFault)
      #expect(kind { try combination.combine() } == .internalFault)
    }
  }
}

import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// A hybrid takes each layer's gradient, bit by bit, from the estimator that is named for it.
@Suite("hybrids")
struct HybridTests {
  private static let methods = [Method.activityRate, .global, .blackBox]
  private let account = MemoryAccount(limit: 0)

  /// Which of `methods` made each tensor: by layer, `layers`, the last going on; the readout by `readout`.
  private func check(
    _ network: Network, _ inputs: NetworkData, layers: [Int], readout: Int
  ) throws {
    func gradient(_ estimator: any GradientEstimator) throws -> [Float] {
      try estimator.perturb(draw: 3)
      try estimator.forward(
        inputs.batch(of: network, first: 0, samples: inputs.samples), steps: network.specification.timeSteps)
      var gradient = [Float](repeating: .nan, count: network.parameterCount)
      let outputs = inputs.samples * max(inputs.outputsPerSample(of: network), 1)
      let loss = SumOfSquares(count: outputs)
      let value = try gradient.withUnsafeMutableBufferPointer { try estimator.estimate(loss, into: $0.baseAddress!) }
      #expect(value > 0)
      return gradient
    }
    let alone = try Self.methods.map { try gradient($0.make(network)) }
    let hybrid = try gradient(
      Hybrid(network, Self.methods.map { try $0.make(network) }, layers: layers, readout: readout, account: account))
    for tensor in network.tensors {
      let range = tensor.offset..<tensor.offset + tensor.count
      let layer = tensor.name.split(separator: ".").first { $0.hasPrefix("layer") }.flatMap { Int($0.dropFirst(5)) }
      let source = layer.map { layers[min($0, layers.count - 1)] } ?? readout
      #expect(hybrid[range] == alone[source][range], "\(tensor.name)")
      for other in alone.indices where other != source {
        #expect(hybrid[range] != alone[other][range], "\(tensor.name): the estimators differ")
      }
    }
  }

  /// The loss as a function of the outputs alone.
  private struct SumOfSquares: OutputLoss {
    let count: Int

    func value(_ outputs: UnsafePointer<Float>) -> Double {
      (0..<count).reduce(0) { $0 + Double(outputs[$1]) * Double(outputs[$1]) }
    }

    func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      for index in 0..<count { gradient[index] = 2 * outputs[index] }
      return value(outputs)
    }
  }

  @Test(
    "of an MLP, one word for each layer or fewer",
    arguments: [([0, 1, 2], 1), ([2, 0, 1], 1), ([2, 0], 0), ([1, 1, 0], 2)])
  func layers(_ layers: [Int], readout: Int) throws {
    let network = try Network(specification(2, [7, 6, 5], 2, steps: 9, leak: 0.9, reset: .hard))
    network.randomize(seed: 61)
    let inputs = Samples(5, inputs: 2, outputs: 2, seed: 62).hostInputs
    try check(network, inputs.data, layers: layers, readout: readout)
  }

  @Test("of an operator network: the same words for branch and trunks, however deep each is")
  func operators() throws {
    let network = try Network(
      specification(4, [7, 6], 1, steps: 9, leak: 0.9, reset: .hard) {
        $0.architecture = .deepONet
        $0.coordinates = 1
        $0.latent = 3
        $0.trunkHidden = [5]
        $0.trunkGain = 3
      })
    network.randomize(seed: 63)
    let branch = HostMatrix(Samples(4, inputs: 4, outputs: 1, seed: 64).inputs.map { $0[0] })
    let trunk = HostMatrix(Samples(5, inputs: 1, outputs: 1, seed: 65).inputs.map { $0[0] })
    try check(network, NetworkData([branch.array, trunk.array], points: .shared), layers: [0, 2], readout: 1)
  }
}

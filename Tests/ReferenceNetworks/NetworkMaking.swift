import Runtime
import SpikingNetworks

/// A specification that differs from the defaults in what matters to a test.
package func specification(
  _ inputs: Int, _ hidden: [Int], _ outputs: Int, steps: Int = 8, leak: Float = 1, reset: Reset = .soft,
  ternary: Bool = true, initialMembrane: Float = 0, readout: ReadoutKind = .linear, gain: Float = 3,
  seed: UInt64 = 1, _ change: (inout NetworkSpecification) -> Void = { _ in }
) -> NetworkSpecification {
  var specification = NetworkSpecification()
  specification.inputs = inputs
  specification.hidden = hidden
  specification.outputs = outputs
  specification.timeSteps = steps
  specification.neuron = NeuronModel(
    leak: leak, threshold: 1, initialMembrane: initialMembrane, reset: reset, ternary: ternary)
  specification.readout = readout
  specification.inputGain = gain
  specification.seed = seed
  specification.threads = 1
  change(&specification)
  return specification
}

extension Network {
  package var values: [Float] { (0..<parameters.count).map { parameters.base[$0] } }

  /// The same network, in the reference's plain double precision.
  package var reference: ReferenceNetwork { ReferenceNetwork(specification, parameters: values) }

  /// Replaces the parameters by uniform numbers in [-1, 1), weights scaled by `gain` / sqrt(fan-in), so that deep
  /// layers spike too.
  package func randomize(seed: UInt64, gain: Double = 2) {
    var generator = TestGenerator(seed: seed)
    for tensor in tensors {
      let scale = tensor.shape.count == 2 ? gain / Double(tensor.shape[0]).squareRoot() : 0.5
      for index in tensor.offset..<tensor.offset + tensor.count {
        parameters.base[index] = Float(generator.value() * scale)
      }
    }
  }

  package func outputs(_ inputs: HostMatrix) throws -> [[Double]] {
    let outputs = HostMatrix(samples: inputs.array.samples, features: specification.outputs)
    try predict(NetworkData(inputs.array), into: outputs.array)
    return outputs.rows
  }
}

extension NetworkData {
  /// The arrays of all stacks, at most five, functions first.
  package init(_ arrays: [HostArray], points: Points = .none) {
    self.init(arrays[0], others: try! StackList(arrays.dropFirst()), points: points)
  }
}

import ReferenceNetworks
import SpikingNetworks
import Testing

/// u~ = leak u + I, spike at the threshold, reset: held against the plain simulation, step by step.
@Suite("leaky integrate-and-fire dynamics")
struct LeakyIntegrateAndFireTests {
  struct Neuron: Sendable, CustomTestStringConvertible {
    let leak: Float
    let reset: Reset
    let ternary: Bool
    let initialMembrane: Float
    var testDescription: String {
      "leak \(leak), \(reset) reset, \(ternary ? "ternary" : "binary"), initial membrane \(initialMembrane)"
    }
  }

  static let neurons = [Float(1), 0.9].flatMap { leak in
    [Reset.soft, .hard].flatMap { reset in
      [true, false].flatMap { ternary in
        [Float(0), 0.375].map { Neuron(leak: leak, reset: reset, ternary: ternary, initialMembrane: $0) }
      }
    }
  }

  @Test("membranes, spikes and outputs are those of the plain simulation", arguments: neurons)
  func followsReference(_ neuron: Neuron) throws {
    for readout in [ReadoutKind.linear, .spikingMean] {
      for varying in [false, true] {
        for samples in [1, 7, 8, 9] {
          let specification = specification(
            3, [5, 17, 70], 2, steps: 16, leak: neuron.leak, reset: neuron.reset, ternary: neuron.ternary,
            initialMembrane: neuron.initialMembrane, readout: readout)
          try compare(specification, samples: samples, varying: varying)
        }
      }
    }
  }

  /// At leak 1 every number is a small multiple of a power of 2: single precision is exact, ties with the threshold
  /// occur, and all must be equal. At leak 0.9 a sample that comes nearer to a threshold than rounding can tell is left
  /// out.
  private func compare(_ specification: NetworkSpecification, samples: Int, varying: Bool) throws {
    let exact = specification.neuron.leak == 1
    let network = try Network(specification)
    var generator = TestGenerator(seed: UInt64(samples))
    if exact {
      for index in 0..<network.parameters.count { network.parameters.base[index] = Float(generator.dyadic(32)) }
    } else {
      network.randomize(seed: UInt64(samples))
    }
    let times = varying ? specification.timeSteps : 1
    let inputs = (0..<samples).map { _ in
      (0..<times).map { _ in (0..<specification.inputs).map { _ in generator.dyadic(8) } }
    }
    let data = Samples(inputs: inputs, targets: inputs.map { _ in [0] })
    let outputs = try network.outputs(data.hostInputs)
    let passes = inputs.map { network.reference.run($0) }
    let compared = passes.indices.filter { exact || passes[$0].margin > 1e-5 }
    try #require(compared.count >= samples - 1)
    try #require(passes.contains { $0.rates[network.stacks[0].layers.count - 2].contains { $0 != 0 } }, "they do spike")
    // The means over 16 steps are exact, the linear readout's sum of them is rounded.
    #expect(compared.allSatisfy { greatestError(outputs[$0], passes[$0].outputs) <= 1e-5 })

    var membraneError = 0.0
    var spikeErrors = 0
    let state = try NetworkState(network, samples: samples)
    for time in 0..<specification.timeSteps {
      try state.step(HostMatrix(inputs.map { $0[varying ? time : 0] }).array, into: nil)
      for (index, layer) in network.stacks[0].layers.enumerated() {
        let membranes = HostMatrix(samples: samples, features: layer.neurons)
        let spikes = HostMatrix(samples: samples, features: layer.neurons)
        try state.membrane(layer: index, into: membranes.array)
        try state.spikes(layer: index, into: spikes.array)
        for sample in compared {
          membraneError = max(
            membraneError, greatestError(membranes.rows[sample], passes[sample].membranes[time][index]))
          spikeErrors += spikes.rows[sample] == passes[sample].spikes[time][index] ? 0 : 1
        }
      }
    }
    #expect(membraneError <= (exact ? 0 : 1e-5))
    #expect(spikeErrors == 0)
  }

  @Test("a potential exactly at the threshold spikes, a hair below it does not")
  func tie() throws {
    let network = try Network(specification(1, [1], 1, steps: 1))
    // Weight 1, no bias, readout the spike itself.
    try [Float(1), 0, 1, 0].withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) }
    let inputs: [Float] = [1, Float(1).nextDown, -1, -Float(1).nextDown, 0]
    #expect(try network.outputs(HostMatrix(inputs.map { [Double($0)] })) == [[1], [0], [-1], [0], [0]])
  }

  @Test("a soft reset keeps what was above the threshold, a hard one forgets it")
  func resets() throws {
    // Current 0.75 over 4 steps. Soft: 0.75, 1.5 -> 0.5, 1.25 -> 0.25, 1 -> 0. Hard: 0.75, 1.5 -> 0, 0.75, 1.5 -> 0.
    for (reset, rate) in [(Reset.soft, 0.75), (.hard, 0.5)] {
      let network = try Network(specification(1, [1], 1, steps: 4, reset: reset))
      try [Float(1), 0, 1, 0].withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) }
      #expect(try network.outputs(HostMatrix([[0.75], [-0.75]])) == [[rate], [-rate]])
    }
  }
}

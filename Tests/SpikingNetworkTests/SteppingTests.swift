import Kernels
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("networks that the host clocks")
struct SteppingTests {
  @Test("stepping gives the bits of a whole pass, whatever the inputs, samples and instruction set")
  func sameBits() throws {
    for instructionSet in InstructionSet.supported {
      for (samples, varying) in [(1, true), (7, false), (8, true), (9, false), (9, true)] {
        let network = try Network(
          specification(3, [19, 33], 2, steps: 11, leak: 0.9) { $0.instructionSet = instructionSet })
        network.randomize(seed: 5)
        let data = Samples(samples, inputs: 3, outputs: 2, varyingOver: varying ? 11 : nil, seed: 6)
        let state = try NetworkState(network, samples: samples)
        #expect(try stepped(state, data) == network.outputs(data.hostInputs))
        try state.reset()
        #expect(try stepped(state, data) == network.outputs(data.hostInputs), "reset brings the state back to rest")
      }
    }
  }

  private func stepped(_ state: NetworkState, _ data: Samples) throws -> [[Double]] {
    let outputs = HostMatrix(samples: data.count, features: state.network.stacks[0].features)
    for time in 0..<state.network.specification.timeSteps {
      let input = HostMatrix(data.inputs.map { $0[$0.count == 1 ? 0 : time] })
      try state.step(input.array, into: time % 2 == 0 ? outputs.array : nil)
    }
    return outputs.rows
  }

  @Test("the output after t steps is that of a network with t time steps")
  func everyStepHasAnOutput() throws {
    let data = Samples(4, inputs: 2, outputs: 1, seed: 8)
    let network = try Network(specification(2, [9], 1, steps: 6))
    let state = try NetworkState(network, samples: 4)
    for steps in 1...9 {
      let outputs = HostMatrix(samples: 4, features: 1)
      try state.step(data.hostInputs.array, into: outputs.array)
      #expect(try outputs.rows == Network(specification(2, [9], 1, steps: steps)).outputs(data.hostInputs))
    }
  }

  @Test("a sample's output does not depend on the batch it is in")
  func batches() throws {
    // Ternary, and binary with many spikes.
    for (ternary, threshold): (Bool, Float) in [(true, 1), (false, 0.3)] {
      let network = try Network(
        specification(3, [19, 33], 2, readout: .spikingMean) {
          $0.neuron = NeuronModel(
            leak: 1, threshold: threshold, initialMembrane: 0, reset: .soft, ternary: ternary)
        })
      network.randomize(seed: 9)
      let data = Samples(1030, inputs: 3, outputs: 2, seed: 10)
      let all = try network.outputs(data.hostInputs)
      for range in [0..<1, 5..<12, 16..<24, 100..<109, 1022..<1030] {
        #expect(try network.outputs(data[range].hostInputs) == Array(all[range]))
      }
    }
  }

  @Test("parameters changed between steps count from the next step on")
  func parametersMayChange() throws {
    let network = try Network(specification(1, [1], 1))
    let set = { (values: [Float]) in
      try values.withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) }
    }
    let state = try NetworkState(network, samples: 1)
    let output = HostMatrix(samples: 1, features: 1)
    try set([1, 0, 1, 0])
    try state.step(HostMatrix([[1]]).array, into: output.array)
    #expect(output.values == [1])
    try set([0, 0, 1, 0])
    try state.step(HostMatrix([[1]]).array, into: output.array)
    #expect(output.values == [0.5])
  }
}

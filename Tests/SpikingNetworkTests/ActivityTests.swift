import ReferenceNetworks
import SpikingNetworks
import Testing

/// What the neurons of a layer do, against spikes that are looked at one by one.
@Suite("activity")
struct ActivityTests {
  private struct Counted {
    var dead: [Double]
    var saturated: [Double]
  }

  private func counted(_ network: Network, _ data: Samples) -> Counted {
    let reference = network.reference
    var ever = reference.spiking.map { [Bool](repeating: false, count: $0.neurons) }
    var always = reference.spiking.map { [Bool](repeating: true, count: $0.neurons) }
    for input in data.inputs {
      for step in reference.run(input).spikes {
        for (layer, spikes) in step.enumerated() {
          for (neuron, spike) in spikes.enumerated() {
            ever[layer][neuron] = ever[layer][neuron] || spike != 0
            always[layer][neuron] = always[layer][neuron] && spike != 0
          }
        }
      }
    }
    func fraction(_ flags: [[Bool]], _ value: Bool) -> [Double] {
      flags.map { layer in Double(layer.count { $0 == value }) / Double(layer.count) }
    }
    return Counted(dead: fraction(ever, false), saturated: fraction(always, true))
  }

  private func setBiases(_ network: Network, layer: Int, _ value: (_ neuron: Int) -> Float) {
    let layer = network.layers[layer]
    for neuron in 0..<layer.neurons { network.parameters.base[layer.biasOffset + neuron] = value(neuron) }
  }

  @Test("dead and saturated neurons are those that never and always spike", arguments: [1, 9, 64])
  func counts(samples: Int) throws {
    // Layers that end inside the first and the second word of spikes.
    let network = try Network(specification(2, [9, 70], 1, steps: 6, leak: 0.9))
    network.randomize(seed: 1)
    setBiases(network, layer: 0) { $0 % 3 == 0 ? 9 : 0.2 }
    setBiases(network, layer: 1) { $0 % 5 == 0 ? -12 : 0.1 }
    let data = Samples(samples, inputs: 2, outputs: 1, seed: 3)
    let activity = try network.activity(data.hostInputs.data)
    let counted = counted(network, data)
    #expect(activity.map(\.dead) == counted.dead)
    #expect(activity.map(\.saturated) == counted.saturated)
    #expect(counted.saturated[0] >= 3.0 / 9)
    #expect(activity.map(\.rate) == (try network.firingRates(data.hostInputs.data)))
  }

  @Test("a layer without current is dead, and so is everything behind it")
  func deadLayer() throws {
    let network = try Network(specification(2, [70, 5], 1))
    for index in 0..<network.parameterCount { network.parameters.base[index] = 0 }
    let activity = try network.activity(Samples(20, inputs: 2, outputs: 1, seed: 3).hostInputs.data)
    #expect(activity.map(\.dead) == [1, 1])
    #expect(activity.map(\.saturated) == [0, 0])
  }

  @Test("a neuron that spikes both ways is neither dead nor, with a pause, saturated")
  func bothWays() throws {
    let network = try Network(specification(1, [1], 1, steps: 4))
    network.parameters.base[0] = 2
    network.parameters.base[1] = 0
    // Its mean spike train is 0: up, down, and none.
    let there = Samples(inputs: [[[1], [-1], [1], [-1]]], targets: [[0]])
    let alternating = try network.activity(there.hostInputs.data)
    #expect(alternating[0].rate == 1 && alternating[0].dead == 0 && alternating[0].saturated == 1)
    let pausing = Samples(inputs: [[[1], [-2], [0.5], [0]]], targets: [[0]])
    let paused = try network.activity(pausing.hostInputs.data)
    #expect(paused[0].dead == 0 && paused[0].saturated == 0)
  }

  @Test("all blocks of a large set count, and a small batch after it by itself")
  func blocks() throws {
    let network = try Network(specification(1, [3], 1, gain: 1))
    for index in 0..<network.parameterCount { network.parameters.base[index] = 0 }
    for neuron in 0..<3 { network.parameters.base[neuron] = 9 }
    // 1040 samples are a block of 1024 and a block of 16: only the last sample is not 0.
    var data = Samples(1040, inputs: 1, outputs: 1, seed: 4)
    for sample in 0..<1040 { data.inputs[sample] = [[sample == 1039 ? 1 : 0]] }
    #expect(try network.activity(data.hostInputs.data)[0].dead == 0)
    #expect(try network.activity(data.hostInputs.data)[0].saturated == 0)
    #expect(try network.activity(data[0..<8].hostInputs.data)[0].dead == 1)
    #expect(try network.activity(data[1039..<1040].hostInputs.data)[0].saturated == 1)
  }
}

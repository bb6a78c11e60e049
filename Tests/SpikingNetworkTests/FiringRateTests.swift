import ReferenceNetworks
import SpikingNetworks
import Testing

@Suite("firing rates")
struct FiringRateTests {
  private func network() throws -> Network {
    let network = try Network(specification(2, [9, 20], 1, steps: 6, leak: 0.9))
    network.randomize(seed: 1)
    return network
  }

  /// Spikes of either sign per neuron and time step, counted one by one.
  private func counted(_ network: Network, _ data: Samples) -> [Double] {
    let reference = network.reference
    var counts = reference.spiking.map { _ in 0.0 }
    for input in data.inputs {
      for step in reference.run(input).spikes {
        for (layer, spikes) in step.enumerated() { counts[layer] += spikes.reduce(0) { $0 + abs($1) } }
      }
    }
    return zip(counts, reference.spiking).map { $0 / Double(data.count * reference.steps * $1.neurons) }
  }

  @Test("they count spikes of either sign, in every layer", arguments: [1, 9, 64])
  func counts(samples: Int) throws {
    let network = try network()
    let data = Samples(samples, inputs: 2, outputs: 1, seed: 3)
    #expect(greatestError(try network.firingRates(data.hostInputs.data), counted(network, data)) < 1e-12)
  }

  @Test("a small batch after a large one counts its own spikes only")
  func smallAfterLarge() throws {
    let network = try network()
    let data = Samples(1040, inputs: 2, outputs: 1, seed: 4)
    // 1040 samples are a block of 1024 and a block of 16.
    #expect(greatestError(try network.firingRates(data.hostInputs.data), counted(network, data)) < 1e-12)
    let few = data[0..<3]
    #expect(greatestError(try network.firingRates(few.hostInputs.data), counted(network, few)) < 1e-12)
  }
}

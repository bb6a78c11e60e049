import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Networks and trainers that are wrong in one way, and what they are told.
@Suite("advice")
struct AdviceTests {
  private let data = Samples(32, inputs: 2, outputs: 1, seed: 52)

  private func network(
    _ change: (inout NetworkSpecification) -> Void = { _ in }
  ) throws -> Network {
    let network = try Network(specification(2, [24, 20], 1, steps: 16, change))
    network.randomize(seed: 51)
    return network
  }

  private func advice(
    _ network: Network, _ data: Samples, draws: Int = 16, _ change: (inout TrainerSpecification) -> Void = { _ in }
  ) throws -> [String] {
    let trainer = try Trainer(network, change)
    return trainer.advice(
      try trainer.diagnose(data.set, draws: draws))
  }

  private func setBiases(_ network: Network, layer: Int, _ value: Float) {
    let layer = network.layers[layer]
    for neuron in 0..<layer.neurons { network.parameters.base[layer.biasOffset + neuron] = value }
  }

  private func scaleWeights(_ network: Network, layer: Int, by factor: Float) {
    let layer = network.layers[layer]
    for index in 0..<layer.inputs * layer.neurons { network.parameters.base[layer.weightOffset + index] *= factor }
  }

  @Test("nothing wrong: it says so")
  func nothingWrong() throws {
    let advice = try advice(try network(), data) { $0.estimator = .weightMirror }
    #expect(advice.count == 1 && advice[0].contains("nothing stands out"))
  }

  @Test("a dead layer: larger currents")
  func dead() throws {
    let network = try network()
    scaleWeights(network, layer: 1, by: 0)
    setBiases(network, layer: 1, 0.01)
    let advice = try advice(network, data) { $0.estimator = .weightMirror }
    #expect(advice[0].contains("layer 1: 100 % of the neurons never spike"))
    #expect(advice[0].contains("calibrate") && !advice[0].contains("input_gain"))
  }

  @Test("a saturated first layer: smaller gain and spread")
  func saturated() throws {
    let network = try network { $0.neuron.ternary = false }
    setBiases(network, layer: 0, 20)
    let advice = try advice(network, data) { $0.estimator = .weightMirror }
    #expect(advice[0].contains("layer 0: 100 % of the neurons spike at every time step"))
    #expect(advice[0].contains("smaller input_gain or bias_spread"))
  }

  @Test("neurons that spike for few samples and answer no other: a wider surrogate")
  func narrow() throws {
    let network = try network { $0.surrogate.width = 0.2 }
    setBiases(network, layer: 0, 0)
    var data = data
    for sample in 4..<data.count { data.inputs[sample] = [[0, 0]] }
    let advice = try advice(network, data) { $0.estimator = .weightMirror }
    #expect(advice.contains { $0.contains("layer 0") && $0.contains("surrogate_width above 0.2") })
  }

  @Test("noise: as many directions as would lift signal-to-noise to 0.1, or another estimator")
  func noise() throws {
    let advice = try advice(try network(), data, draws: 64) {
      $0.estimator = .rfgLayerwise
      $0.directions = 2
    }
    let sentence = try #require(advice.first { $0.contains("signal-to-noise") })
    // The variance of layer-wise +-1 directions, about n / 2 for each layer, needs about n / 10.
    let words = sentence.split(separator: " ")
    let place = try #require(words.firstIndex(of: "about"))
    let wanted = try #require(Int(words[place + 1].filter(\.isNumber)))
    #expect(sentence.contains("raise directions from 2 to about"))
    #expect(wanted > 20 && wanted < 80)
    #expect(sentence.contains("weight_mirror"))
  }

  @Test("no advice to raise directions where there are none, or where it would take hundreds")
  func hopelessNoise() throws {
    let advice = try advice(try network(), data) {
      $0.estimator = .blackBox
      $0.blackBoxSigma = 1e-4
    }
    let sentence = try #require(advice.first { $0.contains("signal-to-noise") })
    #expect(!sentence.contains("raise directions") && sentence.contains("use estimator ="))
  }

  @Test("rate tangents of a hard reset, far from the exact gradient: full ones")
  func bias() throws {
    // Membranes that are below 0 let full tangents grow; see docs/rate-tangents.md.
    let network = try network {
      $0.neuron.reset = .hard
      $0.neuron.ternary = false
      $0.surrogate.width = 1
      $0.timeSteps = 128
    }
    let rates = try advice(network, data) { $0.estimator = .spatialBackPropagation }
    #expect(rates.contains { $0.contains("bias") && $0.contains("tangent = full") && $0.contains("reset = soft") })
    let exact = try advice(network, data) { $0.estimator = .backPropagation }
    #expect(!exact.contains { $0.contains("bias") })
  }

  @Test("a gradient of zero is told as such")
  func zero() throws {
    let network = try network()
    for index in 0..<network.parameterCount { network.parameters.base[index] = 0 }
    let advice = try advice(network, data)
    #expect(advice.contains { $0.contains("gradient of the spiking layers is zero") })
    #expect(!advice.contains { $0.contains("nothing stands out") })
  }

  @Test("a bias that would not show is told, and more draws are asked for")
  func moreDraws() throws {
    let few = try advice(try network(), data, draws: 4) { $0.directions = 1 }
    #expect(few.last?.contains("would not show in the noise of 4 draws") == true)
  }
}

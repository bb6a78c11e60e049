import Directions
import ReferenceNetworks
import SpikingNetworks
import Testing

/// Derivatives of the outputs along directions, held against forward mode written out in double precision.
@Suite("full tangents")
struct TangentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let hidden: [Int]
    let leak: Float
    let reset: Reset
    let ternary: Bool
    let readout: ReadoutKind
    let varying: Bool
    var testDescription: String {
      "hidden \(hidden), leak \(leak), \(reset), ternary \(ternary), \(readout), varying \(varying)"
    }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for hidden in [[17], [9, 20], [5, 7, 6]] {
      for leak in [Float(1), 0.8] {
        for reset in [Reset.soft, .hard] {
          for ternary in [true, false] {
            for readout in [ReadoutKind.linear, .spikingMean] {
              let varying = (hidden.count + (ternary ? 1 : 0)) % 2 == 0
              cases.append(
                Case(hidden: hidden, leak: leak, reset: reset, ternary: ternary, readout: readout, varying: varying))
            }
          }
        }
      }
    }
    return cases
  }()

  private func run(
    _ network: Network, _ data: Samples, _ layout: PerturbationLayout, _ perturbation: Perturbation
  ) throws -> [[[Double]]] {
    var riders = Riders()
    riders.tangents = .full
    riders.layout = layout
    if case .currents = perturbation { riders.currents = true }
    let pass = try ForwardPass(
      network.stacks[0], riders: riders, perturbation: perturbation, kernels: network.kernels, pool: network.pool,
      account: network.account, stopFlag: network.stopFlag)
    pass.parameters.pack(network.parameters.base)
    try pass.run(
      InputBatch(data.hostInputs.array, scaling: network.inputScalings[0], first: 0, samples: data.count),
      steps: network.specification.timeSteps)
    let features = network.stacks[0].features
    return (0..<layout.directions).map { direction in
      data.inputs.indices.map { sample in
        (0..<features).map {
          Double(pass.traces!.featureTangents[(direction * data.count + sample) * features + $0])
        }
      }
    }
  }

  private func network(_ this: Case) throws -> Network {
    let network = try Network(
      specification(
        3, this.hidden, 2, steps: 10, leak: this.leak, reset: this.reset, ternary: this.ternary,
        initialMembrane: 0.25, readout: this.readout))
    network.randomize(seed: 11)
    return network
  }

  @Test("along random weight directions they are those of the plain forward mode", arguments: cases)
  func weights(_ this: Case) throws {
    let network = try network(this)
    let stack = network.stacks[0]
    let data = Samples(9, inputs: 3, outputs: 2, varyingOver: this.varying ? 10 : nil, seed: 12)
    try #require(network.reference.margin(data) > 1e-6)
    let layout = PerturbationLayout(all: 3, of: stack, includingReadout: true)
    let directions = try WeightDirections(stack, layout, account: network.account)
    var generator = TestGenerator(seed: 13)
    let flat = (0..<3).map { _ in generator.values(stack.parameterCount) }
    for k in 0..<3 {
      for (index, layer) in stack.layers.enumerated() {
        set(directions.layers[index], k, flat[k], layer.weightOffset, layer.biasOffset)
      }
      if let readout = stack.readout, let directions = directions.readout {
        set(directions, k, flat[k], readout.weightOffset, readout.biasOffset)
      }
    }
    let tangents = try run(network, data, layout, .weights(directions))
    let reference = network.reference
    for k in 0..<3 {
      let expected = data.inputs.flatMap { reference.tangent(reference.run($0), along: flat[k]) }
      #expect(relativeError(tangents[k].flatMap { $0 }, expected) < 1e-5)
    }
  }

  private func set(_ directions: LayerDirections, _ k: Int, _ flat: [Double], _ weights: Int, _ biases: Int) {
    let numbers = flat.map { Float($0) }
    numbers.withUnsafeBufferPointer { numbers in
      directions.setWeights(k, numbers.baseAddress! + weights)
      directions.setBiases(k, numbers.baseAddress! + biases)
    }
  }

  @Test(
    "along random constant currents, each sample its own, they are those of the plain forward mode", arguments: cases)
  func currents(_ this: Case) throws {
    let network = try network(this)
    let stack = network.stacks[0]
    let data = Samples(9, inputs: 3, outputs: 2, varyingOver: this.varying ? 10 : nil, seed: 12)
    let layout = PerturbationLayout(all: 2, of: stack, includingReadout: false)
    let tangents = try run(
      network, data, layout, .currents(CurrentDirections(seed: 14, law: .random(.gaussian), of: stack, draw: 3)))
    let reference = network.reference
    // A sample is a lane of its own; direction k is the k-th run of as many numbers as there are neurons.
    let source = DirectionSource(seed: 14, purpose: .currents)
    let neurons = stack.neurons
    for k in 0..<2 {
      let expected = data.inputs.indices.flatMap { sample in
        var drawn = [Float](repeating: 0, count: neurons)
        source.fill(
          .gaussian, step: 3, lane: sample, first: k * neurons, count: neurons, into: &drawn, kernels: network.kernels)
        let currents = stack.layers.map { layer in
          drawn[layer.neuronOffset..<layer.neuronOffset + layer.neurons].map { Double($0) }
        }
        return reference.tangent(reference.run(data.inputs[sample]), currents: currents)
      }
      #expect(relativeError(tangents[k].flatMap { $0 }, expected) < 1e-5)
    }
  }
}

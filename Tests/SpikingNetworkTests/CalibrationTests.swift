import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// Currents after a calibration have the spread that was asked for, whatever the data's units are.
@Suite("calibration")
struct CalibrationTests {
  private static let rows = 64

  /// Standard deviation of the currents that a layer's weights bring, over samples and neurons, in plain loops.
  private func deviation(_ network: Network, _ data: Samples, layer index: Int) -> Double {
    let reference = network.reference
    let layer = reference.spiking[index]
    var currents: [Double] = []
    for sample in 0..<data.count {
      let pass = reference.run(data.inputs[sample])
      let trace = pass.trace(index)
      for j in 0..<layer.neurons {
        currents.append((0..<layer.inputs).reduce(0) { $0 + trace[$1] * layer.weights[$1][j] })
      }
    }
    let mean = currents.reduce(0, +) / Double(currents.count)
    return (currents.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(currents.count)).squareRoot()
  }

  private func calibrated(_ inputs: Int, threshold: Float = 1, scale: Double = 1) throws -> (Network, Samples) {
    var specification = specification(inputs, [30, 20], 1, steps: 12)
    specification.neuron.threshold = threshold
    specification.surrogate.width = 0.5 * threshold
    specification.calibration.hiddenCurrent = 1.25
    let network = try Network(specification)
    var data = Samples(Self.rows, inputs: inputs, outputs: 1, seed: 5)
    data.inputs = data.inputs.map { $0.map { $0.map { $0 * scale } } }
    try network.calibrate(data.hostInputs.data)
    return (network, data)
  }

  @Test("the rule: 1.4 thresholds for coordinates, 0.5 for sensors, and what was asked for behind", arguments: [2, 17])
  func spread(inputs: Int) throws {
    for scale in [0.01, 1, 100] {
      let (network, data) = try calibrated(inputs, scale: scale)
      #expect(abs(deviation(network, data, layer: 0) - (inputs == 2 ? 1.4 : 0.5)) < 1e-3)
      #expect(abs(deviation(network, data, layer: 1) - 1.25) < 1e-3)
    }
  }

  @Test("in units of the threshold, biases too")
  func thresholds() throws {
    let (one, _) = try calibrated(17)
    let (three, data) = try calibrated(17, threshold: 3)
    #expect(abs(deviation(three, data, layer: 0) - 1.5) < 3e-3)
    let bias = one.tensors[1]
    for index in bias.offset..<bias.offset + bias.count {
      #expect(abs(one.values[index]) <= 0.7)
      #expect(abs(three.values[index] - 3 * one.values[index]) < 1e-5)
    }
    let biases = one.values[bias.offset..<bias.offset + bias.count].map(Double.init)
    #expect(biases.max()! > 0.4 && biases.min()! < -0.4, "they use the range")
  }

  @Test("every stack of an operator network is calibrated, and the readouts stay")
  func operators() throws {
    var specification = specification(9, [12], 1, steps: 8)
    specification.architecture = .deepONet
    specification.latent = 4
    let network = try Network(specification)
    let before = network.values
    let functions = Samples(6, inputs: 9, outputs: 1, seed: 1).hostInputs
    let points = Samples(5, inputs: 1, outputs: 1, seed: 2).hostInputs
    try network.calibrate(NetworkData([functions.array, points.array], points: .shared))
    for tensor in network.tensors {
      let range = tensor.offset..<tensor.offset + tensor.count
      #expect((network.values[range] == before[range]) == tensor.name.contains("readout"), "\(tensor.name)")
    }
  }

  @Test("inputs that are all zero leave the weights as they are")
  func silence() throws {
    let network = try Network(specification(3, [8], 1))
    let before = network.values
    try network.calibrate(HostMatrix(samples: 4, features: 3).data)
    let weight = network.tensors[0]
    let range = weight.offset..<weight.offset + weight.count
    #expect(network.values[range] == before[range])
  }

  @Test("the same seed gives the same bits, on any number of threads")
  func reproducible() throws {
    let (one, _) = try calibrated(17)
    let (two, _) = try calibrated(17)
    #expect(one.values == two.values)
  }
}

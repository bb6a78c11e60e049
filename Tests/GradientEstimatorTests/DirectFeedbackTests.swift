import Directions
import GradientEstimators
import ReferenceNetworks
import SpikingNetworks
import Testing

/// Feedback weights straight from the outputs: what they learn from tangents and from added noise, and how fast.
@Suite("direct feedback")
struct DirectFeedbackTests {
  private func network(_ hidden: [Int] = [4, 3], outputs: Int = 1, seed: UInt64 = 51) throws -> Network {
    let network = try Network(specification(2, hidden, outputs, steps: 6, leak: 0.9))
    network.randomize(seed: seed)
    return network
  }
  private let data = Samples(6, inputs: 2, outputs: 1, seed: 52)

  /// The first layer's biases' gradient is the sum over samples of its credit times its sensitivities.
  private func biases(_ gradient: [Double], _ network: Network) -> [Double] {
    let bias = network.tensors[1]
    return Array(gradient[bias.offset..<bias.offset + bias.count])
  }

  /// dy/dr of the first layer's mean spike trains, and its sensitivities times dL/dy, sample by sample, for one output.
  private func jacobians(_ network: Network, _ data: Samples) -> [(jacobian: [Double], factors: [Double])] {
    let reference = network.reference
    return zip(data.inputs, data.targets).map { input, target in
      let pass = reference.run(input)
      let currents = reference.rateGradient(pass, outputs: [1]).currents[1]
      let e = 2 * (pass.outputs[0] - target[0]) / Double(data.count)
      return (
        reference.spiking[1].weights.map { dot($0, currents) }, reference.sensitivities(pass)[0].map { $0 * e }
      )
    }
  }

  @Test("random feedback: fixed, and uniform within 1 / sqrt(neurons)")
  func random() throws {
    let network = try network([50, 3])
    let estimation = try Estimation(.randomFeedback, network, data[0..<1])
    let feedback = { (data: Samples) in
      let gradient = biases(try Estimation(.randomFeedback, network, data).gradient(), network)
      return zip(gradient, jacobians(network, data)[0].factors).map { $0 / $1 }
    }
    let first = try feedback(data[0..<1])
    #expect(relativeError(try feedback(data[1..<2]), first) < 1e-4)
    let bound = 1 / 50.0.squareRoot()
    #expect(first.allSatisfy { abs($0) <= bound * 1.0001 })
    #expect(first.contains { $0 > 0.8 * bound } && first.contains { $0 < -0.8 * bound })
    #expect(norm(try estimation.gradient()) > 0)
  }

  @Test("tangents: what one draw teaches has the mean Jacobian as its mean, and the variance of +-1 noise")
  func oneDraw() throws {
    let network = try network()
    let samples = jacobians(network, data)
    let (neurons, batch) = (4, Double(data.count))
    let rate = 1 / (1 + Double(neurons - 1) / batch)
    let factors = (0..<neurons).map { j in samples.reduce(0) { $0 + $1.factors[j] } }
    let mean = (0..<neurons).map { j in samples.reduce(0) { $0 + $1.jacobian[j] } / batch }
    var draws = MeanOfDraws(expected: zip(factors, mean).map { rate * $0 * $1 })
    for draw in 0..<3000 {
      let gradient = try Estimation(.forwardDirectFeedback, network, data).gradient(draw: draw)
      draws.add(biases(gradient, network))
    }
    #expect(draws.deviation < 5)
    let variance = (0..<neurons).reduce(0.0) { sum, j in
      sum
        + rate * rate * factors[j] * factors[j]
        * samples.reduce(0) { $0 + dot($1.jacobian, $1.jacobian) - $1.jacobian[j] * $1.jacobian[j] } / (batch * batch)
    }
    let measured = draws.squaredError
    #expect(measured.standardError < 0.05 * variance)
    #expect(abs(measured.mean - variance) < 5 * measured.standardError)
  }

  @Test("tangents: where the samples have one Jacobian, the delta rule learns it without a rest of noise")
  func withoutNoise() throws {
    let network = try network([16, 9], outputs: 2)
    let one = Samples(1, inputs: 2, outputs: 2, seed: 53)
    let many = Samples(
      inputs: (0..<40).map { _ in one.inputs[0] }, targets: (0..<40).map { _ in one.targets[0] })
    let expected = network.reference.lossGradient(many, .rate)
    let estimation = try Estimation(.forwardDirectFeedback, network, many)
    var error = 1.0
    for draw in 0..<300 { error = relativeError(try estimation.gradient(draw: draw), expected) }
    #expect(error < 1e-4)
  }

  @Test("tangents: with fixed parameters, the first layer's gradient comes to a cosine above 0.95 with the exact one")
  func cosineRises() throws {
    let network = try network([20, 12])
    let data = Samples(64, inputs: 2, outputs: 1, seed: 54)
    let expected = Array(network.reference.lossGradient(data, .rate)[..<60])
    let cosines = try [Method.randomFeedback, .forwardDirectFeedback].map { method in
      let estimation = try Estimation(method, network, data)
      var gradient: [Double] = []
      for draw in 0..<100 { gradient = try estimation.gradient(draw: draw) }
      return cosine(Array(gradient[..<60]), expected)
    }
    #expect(cosines[1] > 0.95)
    #expect(cosines[0] < 0.7, "fixed random feedback is not that good")
  }

  @Test("each draw teaches once, however many estimates are made", arguments: Method.allCases.filter(\.learns))
  func oncePerDraw(_ method: Method) throws {
    let estimation = try Estimation(method, network([9, 5]), data)
    _ = try estimation.gradient(draw: 0)
    try estimation.forward(draw: 1)
    let first = try estimation.estimate().gradient
    #expect(try estimation.estimate().gradient == first)
  }

  /// d E y(I + sigma z) / dI of the first layer, by central differences of means over many z, and its standard error.
  private func smoothed(
    _ network: Network, _ input: [[Double]], sigma: Double, width: Double, draws: Int
  ) -> (slope: [Double], error: [Double]) {
    var generator = TestGenerator(seed: 55)
    let specification = network.specification
    let bias = network.tensors[1]
    let noise = (0..<draws).map { _ in
      // Sums of 12 uniform numbers in [-1, 1): variance 4, and as good as normal.
      (0..<bias.count).map { _ in generator.values(12).reduce(0, +) / 2 }
    }
    var slope: [Double] = []
    var error: [Double] = []
    for neuron in 0..<bias.count {
      var (sum, squares) = (0.0, 0.0)
      for z in noise {
        let values = [width, -width].map { shift in
          var parameters = network.values
          for j in 0..<bias.count {
            parameters[bias.offset + j] += Float(sigma * z[j] + (j == neuron ? shift : 0))
          }
          return ReferenceNetwork(specification, parameters: parameters).run(input).outputs[0]
        }
        let difference = (values[0] - values[1]) / (2 * width)
        sum += difference
        squares += difference * difference
      }
      let mean = sum / Double(draws)
      slope.append(mean)
      error.append(((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot())
    }
    return (slope, error)
  }

  @Test("added noise: what it teaches is the slope of the smoothed outputs, by finite differences")
  func slopeOfSmoothedOutputs() throws {
    let network = try network([3, 4])
    let sigma = 0.5
    let one = data[2..<3]
    let slope = smoothed(network, one.inputs[0], sigma: sigma, width: 0.15, draws: 3000)
    let many = Samples(
      inputs: (0..<200).map { _ in one.inputs[0] }, targets: (0..<200).map { _ in one.targets[0] })
    let estimation = try Estimation(.pseudoZerothOrder, network, many, law: .gaussian, sigma: Float(sigma))
    // The mean over draws, when it has forgotten its start, of the first layer's credit over dL/dy.
    var sum = [Double](repeating: 0, count: 3)
    let (start, draws) = (300, 1500)
    for draw in 0..<start + draws {
      try estimation.forward(draw: draw)
      let gradient = try estimation.estimate().gradient
      if draw < start { continue }
      // The readout's bias has dL/dy itself as its gradient.
      for (j, value) in biases(gradient, network).enumerated() { sum[j] += value / gradient[gradient.count - 1] }
    }
    let learned = sum.map { $0 / Double(draws) }
    try #require(norm(slope.slope) > 0.1)
    for j in 0..<3 {
      #expect(abs(learned[j] - slope.slope[j]) < 5 * slope.error[j] + 0.05 * norm(slope.slope))
    }
  }

  @Test("added noise: a running mean of outputs as baseline teaches nearly the same, with more noise")
  func singlePass() throws {
    let network = try network([12, 8])
    let data = Samples(100, inputs: 2, outputs: 1, seed: 56)
    // Outputs are noisy too in a single pass, so that dL/dy is the same only for a loss that is linear in them.
    let draws = { (method: Method, from: Int) in
      let estimation = try Estimation(method, network, data, law: .gaussian, sigma: 0.3)
      var sum = [Double](repeating: 0, count: network.parameterCount)
      var gradient = [Float](repeating: 0, count: network.parameterCount)
      for draw in 0..<600 {
        try estimation.forward(draw: draw)
        _ = try gradient.withUnsafeMutableBufferPointer {
          try estimation.estimator.estimate(SumOfOutputs(count: data.count), into: $0.baseAddress!)
        }
        if draw >= from { for index in sum.indices { sum[index] += Double(gradient[index]) } }
      }
      return Array(sum[..<36])
    }
    let clean = try draws(.pseudoZerothOrder, 100)
    #expect(cosine(try draws(.pseudoZerothOrderSinglePass, 100), clean) > 0.95)
    let last = try [Method.pseudoZerothOrder, .pseudoZerothOrderSinglePass].map { cosine(try draws($0, 599), clean) }
    #expect(last[0] > 0.99 && last[1] < last[0])
  }

  private struct SumOfOutputs: OutputLoss {
    let count: Int
    func value(_ outputs: UnsafePointer<Float>) -> Double { (0..<count).reduce(0) { $0 + Double(outputs[$1]) } }
    func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      gradient.update(repeating: 1, count: count)
      return value(outputs)
    }
  }
}

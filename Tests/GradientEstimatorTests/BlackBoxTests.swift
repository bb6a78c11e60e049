import Directions
import Foundation
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// Black-box perturbation estimates the gradient of the smoothed loss E L(theta + sigma v).
@Suite("black box")
struct BlackBoxTests {
  private let sigma = 0.25

  /// One input, one spiking neuron, a linear readout: parameters weight, bias, readout weight, readout bias.
  private func network(ternary: Bool) throws -> Network {
    let network = try Network(specification(1, [1], 1, steps: 6, leak: 0.9, ternary: ternary))
    try [Float(1.5), 0.2, 0.8, -0.3].withUnsafeBufferPointer { try network.setParameters($0.baseAddress!) }
    return network
  }
  private let data = Samples(inputs: [[[0.9]], [[-0.4]], [[0.2]]], targets: [[0.7], [-0.5], [0.4]])

  /// Mean spikes of one neuron under a constant current.
  private func rate(_ current: Double, leak: Double, ternary: Bool) -> Double {
    var u = 0.0
    var sum = 0.0
    for _ in 0..<6 {
      u = leak * u + current
      let s: Double = u >= 1 ? 1 : ternary && u <= -1 ? -1 : 0
      u -= s
      sum += s
    }
    return sum / 6
  }

  /// The gradient of the smoothed loss by quadrature.
  ///
  /// A sample's output is r m(I) + c, and its current I = w x + b is normal with deviation sigma sqrt(x^2 + 1): the
  /// expectation over r and c is in closed form, that over I an integral in one dimension. Its derivative by the mean
  /// of I is E[f(I) (I - mean)] / variance.
  private func smoothedGradient(_ network: Network) -> [Double] {
    let theta = network.values.map { Double($0) }
    let leak = Double(network.specification.neuron.leak)
    var gradient = [0.0, 0, 0, 0]
    for (input, target) in zip(data.inputs, data.targets) {
      let x = input[0][0]
      let deviation = sigma * (x * x + 1).squareRoot()
      let cells = 40000
      for cell in 0..<cells {
        let xi = -8 + 16 * (Double(cell) + 0.5) / Double(cells)
        let weight = exp(-xi * xi / 2) / (2 * Double.pi).squareRoot() * 16 / Double(cells) / 3
        let m = rate(
          theta[0] * x + theta[1] + deviation * xi, leak: leak, ternary: network.specification.neuron.ternary)
        let residual = theta[2] * m + theta[3] - target[0]
        let byCurrent = (residual * residual + sigma * sigma * m * m) * xi / deviation
        gradient[0] += weight * byCurrent * x
        gradient[1] += weight * byCurrent
        gradient[2] += weight * 2 * residual * m
        gradient[3] += weight * 2 * residual
      }
    }
    return gradient
  }

  @Test("Gaussian directions: the mean is the gradient of the smoothed loss, by quadrature", arguments: [true, false])
  func smoothed(ternary: Bool) throws {
    let network = try network(ternary: ternary)
    let expected = smoothedGradient(network)
    let estimation = try Estimation(
      .blackBox, network, data, directions: 64, law: .gaussian, sigma: Float(sigma))
    var honest = MeanOfDraws(expected: expected)
    var scaled = honest
    var moved = honest
    for draw in 0..<500 {
      let estimate = try estimation.gradient(draw: draw)
      honest.add(estimate)
      scaled.add(estimate.map { 1.05 * $0 })
      moved.add([estimate[0] + 0.05 * norm(expected)] + estimate.dropFirst())
    }
    #expect(honest.deviation < 5)
    #expect(scaled.deviation > 5, "a factor of 1.05")
    #expect(moved.deviation > 5, "one component off by 5 % of the norm")
  }

  @Test("+-1 directions: the mean over all sign vectors, enumerated")
  func enumerated() throws {
    let network = try Network(specification(1, [2], 1, steps: 6))
    network.randomize(seed: 61)
    let n = network.parameterCount
    let sigma: Float = 0.25
    var expected = [Double](repeating: 0, count: n)
    for signs in 0..<1 << n {
      let v = (0..<n).map { Float(signs >> $0 & 1 == 1 ? 1 : -1) }
      let above = zip(network.values, v).map { $0 + sigma * $1 }
      let loss = ReferenceNetwork(network.specification, parameters: above).loss(data)
      // Both ends of every pair occur among the sign vectors.
      for index in 0..<n { expected[index] += loss * Double(v[index]) / Double(sigma) / Double(1 << n) }
    }
    let estimation = try Estimation(.blackBox, network, data, directions: 64, sigma: sigma)
    var mean = MeanOfDraws(expected: expected)
    for draw in 0..<500 { mean.add(try estimation.gradient(draw: draw)) }
    #expect(mean.deviation < 5)
  }

  @Test("an estimate is (1/K) sum of (L+ - L-) / (2 sigma) v, with the losses of the plain simulation")
  func formula() throws {
    let network = try Network(specification(2, [7, 5], 2, steps: 6, leak: 0.9))
    let data = Samples(9, inputs: 2, outputs: 2, seed: 62)
    for law in [DirectionLaw.gaussian, .rademacher] {
      let estimation = try Estimation(.blackBox, network, data, directions: 5, law: law, sigma: 0.2)
      let blackBox = estimation.estimator as! BlackBox
      let estimate = try estimation.gradient(draw: 3)
      let n = network.parameterCount
      var expected = [Double](repeating: 0, count: n)
      for k in 0..<5 {
        let ends = [2 * k, 2 * k + 1].map { index in
          var values = [Float](repeating: 0, count: n)
          values.withUnsafeMutableBufferPointer { blackBox.perturbedParameters(index, into: $0.baseAddress!) }
          return values
        }
        let losses = ends.map { ReferenceNetwork(network.specification, parameters: $0).loss(data) }
        for index in 0..<n {
          let v = (Double(ends[0][index]) - Double(ends[1][index])) / 0.4
          if law == .rademacher { #expect(abs(abs(v) - 1) < 1e-5) }
          expected[index] += (losses[0] - losses[1]) / 0.4 * v / 5
        }
      }
      #expect(relativeError(estimate, expected) < 1e-4)
    }
  }
}

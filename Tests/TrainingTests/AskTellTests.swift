import ReferenceNetworks
import SpikingNetworks
import Testing

@testable import Training

@Suite("black box, ask and tell")
struct AskTellTests {
  private let data = smoothTask(9)

  private func network() throws -> Network {
    let network = try Network(specification(2, [7, 5], 1))
    network.outputScaling = try Scaling(shift: [0.5], scale: [2], name: "output")
    return network
  }

  private func trainer(_ network: Network) throws -> Trainer {
    try Trainer(network) {
      $0.estimator = .blackBox
      $0.directions = 6
      $0.blackBoxSigma = 0.1
      $0.directionLaw = .gaussian
    }
  }

  /// The gradient from losses of the outputs that a clone predicts with the perturbed parameters.
  private func told(_ network: Network, loss: ([[Double]]) -> Double) throws -> [Double] {
    let trainer = try trainer(network)
    let clone = try network.clone()
    let before = network.values
    #expect(try trainer.perturbationCount() == 12)
    try trainer.perturb(draw: nil)
    let losses = try (0..<12).map { index in
      try trainer.perturbedParameters(index, into: clone.parameters.base)
      return loss(try clone.outputs(data.hostInputs))
    }
    #expect(network.values == before, "asking changes nothing")
    try losses.withUnsafeBufferPointer { try trainer.estimateGradient(losses: $0) }
    return try trainer.gradientValues
  }

  @Test("losses that the host finds on a clone give the built-in estimate")
  func equalsBuiltIn() throws {
    let network = try network()
    let builtIn = try trainer(network)
    try builtIn.estimate(data)
    let gradient = try told(network) { outputs in
      var sum = 0.0
      for (y, t) in zip(outputs, data.targets) { sum += (y[0] - t[0]) * (y[0] - t[0]) }
      return sum / 9
    }
    #expect(relativeError(gradient, try builtIn.gradientValues) < 1e-5)
  }

  @Test("a loss known by its derivative by the outputs is taken as linear")
  func linear() throws {
    let network = try network()
    let derivative = data.targets
    let builtIn = try trainer(network)
    try builtIn.forward(data.hostInputs.data, into: nil)
    try builtIn.estimateGradient(outputGradient: HostMatrix(derivative).array)
    let gradient = try told(network) { outputs in dot(outputs.flatMap { $0 }, derivative.flatMap { $0 }) }
    #expect(relativeError(gradient, try builtIn.gradientValues) < 1e-5)
  }

  @Test("pairs lie opposite each other around the parameters, sigma away from them")
  func pairs() throws {
    let network = try Network(specification(2, [7], 1))
    let trainer = try Trainer(network) {
      $0.estimator = .blackBox
      $0.directions = 2
      $0.blackBoxSigma = 0.5
    }
    let n = network.parameterCount
    let asked = try (0..<4).map { index in
      var values = [Float](repeating: 0, count: n)
      try values.withUnsafeMutableBufferPointer { try trainer.perturbedParameters(index, into: $0.baseAddress!) }
      return values
    }
    for index in 0..<n {
      let center = network.values[index]
      for pair in [0, 2] {
        #expect(abs(abs(asked[pair][index] - center) - 0.5) < 1e-6)
        #expect(abs((asked[pair][index] + asked[pair + 1][index]) / 2 - center) < 1e-6)
      }
    }
    #expect(asked[0] != asked[2] && asked[0] != asked[3])
  }
}

import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

/// Diagnoses against plain statistics in double precision, against variances that are known, and that they leave no
/// mark.
@Suite("diagnostics")
struct DiagnosticsTests {
  private let data = Samples(16, inputs: 2, outputs: 1, seed: 52)

  private func network(
    _ hidden: [Int] = [6, 5], reset: Reset = .soft, readout: ReadoutKind = .linear, steps: Int = 8
  ) throws -> Network {
    let network = try Network(specification(2, hidden, 1, steps: steps, leak: 0.9, reset: reset, readout: readout))
    network.randomize(seed: 51)
    return network
  }

  private func diagnose(
    _ network: Network, _ data: Samples, draws: Int, _ change: (inout TrainerSpecification) -> Void
  ) throws -> Diagnosis {
    try Trainer(network, change).diagnose(data.set, draws: draws)
  }

  /// The parameters of the spiking layers.
  private func spiking(_ network: Network, _ gradient: [Double]) -> [Double] {
    let end = network.stacks[0].readout?.weightOffset ?? network.parameterCount
    return Array(gradient[0..<end])
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func minus(_ a: [Double], _ b: [Double]) -> [Double] { zip(a, b).map { $0 - $1 } }

  private func meanOverPairs(_ draws: [[Double]], _ kernel: ([Double], [Double]) -> Double) -> Double {
    var values: [Double] = []
    for i in draws.indices {
      for j in draws.indices where j != i { values.append(kernel(draws[i], draws[j])) }
    }
    return mean(values)
  }

  @Test("cosine, variance and bias are those of the draws, one by one", arguments: Kind.all)
  func plainStatistics(kind: Kind) throws {
    let network = try network()
    func change(_ specification: inout TrainerSpecification) {
      kind.apply(&specification)
      specification.directions = 2
      specification.blackBoxSigma = 0.1
    }
    let count = 12
    let trainer = try Trainer(network, change)
    let warmUp = trainer.specification.warmUpDraws(network)
    #expect((warmUp > 0) == kind.learns)
    let draws = try (0..<warmUp + count).map { draw in
      try trainer.estimate(data, draw: draw)
      return spiking(network, try trainer.gradientValues)
    }.suffix(count).map { $0 }
    let exact = spiking(network, network.reference.lossGradient(data, .exact))
    let noise = meanOverPairs(draws) { a, b in dot(minus(a, b), minus(a, b)) / 2 }
    let whole = meanOverPairs(draws) { a, b in dot(a, b) }
    let along = meanOverPairs(draws) { a, b in dot(a, exact) * dot(b, exact) / dot(exact, exact) }
    let squaredBias = meanOverPairs(draws) { a, b in dot(minus(a, exact), minus(b, exact)) }

    let diagnosis = try trainer.diagnose(data.set, draws: count)
    #expect(diagnosis.reference == .backPropagation)
    #expect(abs(diagnosis.cosine - mean(draws.map { cosine($0, exact) })) < 1e-5)
    // The whole signal where it stands out of the noise, else its part along the exact gradient; without noise both
    // are infinite.
    let expected: [Double] = [max(whole, 0) / noise, max(along, 0) / noise]
    #expect(expected.contains { $0 == diagnosis.signalToNoise || abs(diagnosis.signalToNoise - $0) <= 1e-3 * $0 })
    let bias = max(squaredBias, 0).squareRoot() / norm(exact)
    #expect(diagnosis.bias == 0 || abs(diagnosis.bias - bias) < 1e-4)
    #expect(diagnosis.bias > 0 || bias < 1.01 * diagnosis.leastBias + 1e-4)
  }

  @Test("+-1 directions: the variance is (n - 1) / K over all parameters", arguments: [4, 16])
  func knownVariance(directions: Int) throws {
    let network = try network([4, 3], readout: .spikingMean)
    let diagnosis = try diagnose(network, data, draws: 1000) {
      $0.estimator = .rfgGlobal
      $0.tangent = .full
      $0.directions = directions
    }
    let theory = Double(network.parameterCount - 1) / Double(directions)
    #expect(abs(diagnosis.variance / theory - 1) < 0.15)
    #expect(abs(diagnosis.variance * diagnosis.signalToNoise - 1) < 1e-12)
    #expect(diagnosis.bias < 0.15, "it is unbiased")
  }

  @Test("with a linear readout the noise is over the spiking layers, of the whole gradient: n_h |g|^2 / |g_h|^2 - 1")
  func varianceBesideReadout() throws {
    let network = try network([4, 3])
    let diagnosis = try diagnose(network, data, draws: 1000) {
      $0.estimator = .rfgGlobal
      $0.tangent = .full
      $0.directions = 16
    }
    let gradient = network.reference.lossGradient(data, .exact)
    let part = spiking(network, gradient)
    let theory = (Double(part.count) * dot(gradient, gradient) / dot(part, part) - 1) / 16
    #expect(abs(diagnosis.variance / theory - 1) < 0.15)
  }

  @Test("with few draws of much noise, the signal is looked for along the reference")
  func fewNoisyDraws() throws {
    let network = try network([20, 16], readout: .spikingMean)
    var ratios: [Double] = []
    for seed in 0..<20 {
      let diagnosis = try diagnose(network, data, draws: 16) {
        $0.estimator = .rfgGlobal
        $0.tangent = .full
        $0.seed = UInt64(seed)
      }
      ratios.append(diagnosis.signalToNoise * Double(network.parameterCount - 1))
    }
    // By products of the draws alone the deviation would be that of <v, w> among n = 413 numbers over the root of 120
    // pairs, about 2.
    let deviation = mean(ratios.map { ($0 - 1) * ($0 - 1) }).squareRoot()
    #expect(abs(mean(ratios) - 1) < 0.5)
    #expect(deviation < 1)
  }

  @Test("a bias without noise is told exactly; an estimator that is exact has none")
  func knownBias() throws {
    let network = try network(reset: .hard)
    let exact = spiking(network, network.reference.lossGradient(data, .exact))
    let rate = spiking(network, network.reference.lossGradient(data, .rate))
    let spatial = try diagnose(network, data, draws: 3) { $0.estimator = .spatialBackPropagation }
    #expect(abs(spatial.bias / relativeError(rate, exact) - 1) < 1e-3)
    #expect(spatial.bias > 0.01)
    #expect(spatial.variance == 0 && spatial.signalToNoise == .infinity)
    #expect(abs(spatial.cosine - cosine(rate, exact)) < 1e-5)
    let forward = try diagnose(network, data, draws: 3) {
      $0.estimator = .exactForward
      $0.tangent = .full
    }
    #expect(forward.bias < 1e-4 && forward.cosine > 0.99999)
    let noisy = try diagnose(network, data, draws: 1000) {
      $0.directions = 8
      $0.activityTop = .perturbed
    }
    #expect(abs(noisy.bias / spatial.bias - 1) < 0.25, "the noise is taken out")
    #expect(noisy.variance > 0.1)
  }

  @Test("a weight mirror is taught before it is measured")
  func mirror() throws {
    let network = try network([40, 30])
    let mirror = try diagnose(network, data, draws: 4) { $0.estimator = .weightMirror }
    let spatial = try diagnose(network, data, draws: 4) { $0.estimator = .spatialBackPropagation }
    #expect(abs(mirror.cosine - spatial.cosine) < 1e-3)
    #expect(mirror.variance < 1e-3)
  }

  @Test(
    "neither parameters nor counters, draws, moments or feedback change",
    arguments: [
      EstimatorKind.rfgActivity, .rfgGlobal, .blackBox, .weightMirror, .forwardDirectFeedback, .backPropagation,
    ])
  func leavesNoMark(estimator: EstimatorKind) throws {
    var runs: [[Float]] = []
    for isDiagnosed in [false, true] {
      let network = try network()
      let trainer = try Trainer(network) {
        $0.estimator = estimator
        $0.accumulate = 2
      }
      func look() throws {
        if !isDiagnosed { return }
        let before = network.values
        _ = try trainer.diagnose(data.set, draws: 3)
        #expect(network.values == before)
      }
      for _ in 0..<3 {
        try look()
        for _ in 0..<2 {
          try trainer.perturb(draw: nil)
          try look()
          try trainer.forward(data.hostInputs.data, into: nil)
          try look()
          _ = try trainer.estimateGradient(targets: data.hostTargets.array)
          try look()
        }
        try trainer.update()
      }
      #expect(trainer.updates == 3)
      runs.append(network.values)
    }
    #expect(runs[0] == runs[1])
  }

  @Test("without memory for a history the reference is that of rates, and without any the mean of the other draws")
  func lesserReferences() throws {
    let many = Samples(2048, inputs: 2, outputs: 1, seed: 9)
    var references: [Diagnosis.Reference] = []
    for limit in [0, 2_000_000, 600_000] {
      let network = try network([16, 16], steps: 12)
      let diagnosis = try diagnose(network, many, draws: 8) {
        $0.estimator = .rfgGlobal
        $0.tangent = .full
        $0.directions = 4
        $0.memoryLimit = limit
      }
      references.append(diagnosis.reference)
      #expect(abs(diagnosis.cosine) < 0.5)
      #expect(diagnosis.bias.isNaN == (diagnosis.reference == .mean))
    }
    #expect(references == [.backPropagation, .spatialBackPropagation, .mean])
  }

  @Test("what cannot be measured is refused by name")
  func refused() throws {
    let network = try network()
    let trainer = try Trainer(network)
    func kind(draws: Int, _ data: Samples) -> Failure.Kind? {
      failureKind { _ = try trainer.diagnose(data.set, draws: draws) }
    }
    #expect(kind(draws: 1, data) == .outOfRange)
    #expect(kind(draws: Trainer.mostDraws + 1, data) == .outOfRange)
    #expect(kind(draws: 2, data) == nil)
    network.parameters.base[0] = .nan
    #expect(kind(draws: 2, data) == .notFinite)
  }
}

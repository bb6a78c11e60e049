import Directions
import GradientEstimators
import Kernels
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import GradientEstimators

/// Projection of the gradient on the span of the directions.
@Suite("projection")
struct ProjectionTests {
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 52)

  private func network() throws -> Network {
    let network = try Network(specification(2, [4, 3], 1, steps: 4, leak: 0.9))
    network.randomize(seed: 51)
    return network
  }

  private func measure(
    _ method: Method, _ network: Network, directions: Int, law: DirectionLaw, _ scale: ProjectionScale,
    expected: [Double], draws: Int = 800
  ) throws -> MeanOfDraws {
    let estimation = try Estimation(
      method, network, data, directions: directions, law: law, aggregation: .projection(scale))
    var mean = MeanOfDraws(expected: expected)
    for draw in 0..<draws { mean.add(try estimation.gradient(draw: draw)) }
    return mean
  }

  private func check(_ measured: MeanOfDraws, _ theory: Double) {
    let (error, deviation) = measured.squaredError
    #expect(deviation < 0.08 * theory)
    #expect(abs(error - theory) < 5 * deviation, "\(error) instead of \(theory)")
  }

  @Test(
    "as many directions as parameters, or more: the exact gradient",
    arguments: [DirectionLaw.gaussian, .rademacher, .sphere, .lowRank(2)])
  func complete(law: DirectionLaw) throws {
    let network = try network()
    let n = network.parameterCount
    for (method, route) in [(Method.global, ReferenceNetwork.Route.exact), (.layerwiseRate, .rate)] {
      let gradient = network.reference.lossGradient(data, route)
      for scale in [ProjectionScale.none, .unbiased, .expectedNorm] {
        let estimation = try Estimation(
          method, network, data, directions: n + 9, law: law, aggregation: .projection(scale))
        for draw in 0..<3 { #expect(relativeError(try estimation.gradient(draw: draw), gradient) < 2e-3) }
      }
    }
  }

  @Test(
    "mean squared error (1 - K / n) |g|^2 unscaled, (n / K - 1) |g|^2 unbiased", arguments: [1, 4, 16],
    [DirectionLaw.rademacher, .gaussian, .sphere, DirectionLaw(.gaussian, mask: 0.3)])
  func errors(directions: Int, law: DirectionLaw) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let n = Double(gradient.count)
    let k = Double(directions)
    let square = dot(gradient, gradient)
    let plain = try measure(.global, network, directions: directions, law: law, .none, expected: gradient)
    check(plain, (1 - k / n) * square)
    let unbiased = try measure(.global, network, directions: directions, law: law, .unbiased, expected: gradient)
    check(unbiased, (n / k - 1) * square)
    #expect(unbiased.deviation < 5)
  }

  @Test("unscaled, the mean is K / n of the gradient; one that is not is found out")
  func shrinks() throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .rate)
    let expected = gradient.map { $0 * 8 / Double(gradient.count) }
    let plain = try measure(.globalRate, network, directions: 8, law: .rademacher, .none, expected: expected)
    #expect(plain.deviation < 5)
    let scaled = try measure(.globalRate, network, directions: 8, law: .rademacher, .expectedNorm, expected: expected)
    #expect(scaled.deviation > 5)
  }

  @Test("expected norm: with Gaussian directions the mean length is that of the gradient", arguments: [1, 5, 20])
  func length(directions: Int) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(
      .global, network, data, directions: directions, law: .gaussian, aggregation: .projection(.expectedNorm))
    var sum = 0.0
    var squares = 0.0
    let draws = 800
    for draw in 0..<draws {
      let length = norm(try estimation.gradient(draw: draw)) / norm(gradient)
      sum += length
      squares += length * length
    }
    let mean = sum / Double(draws)
    let error = ((squares / Double(draws) - mean * mean) / Double(draws)).squareRoot()
    #expect(error < 0.04)
    #expect(abs(mean - 1) < 5 * error)
  }

  @Test("block by block: the errors of layers, or of tensors, add up", arguments: [Method.layerwise, .tensorwise])
  func blocks(method: Method) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let ranges =
      method == .layerwise
      ? network.reference.layerRanges : network.tensors.map { $0.offset..<$0.offset + $0.count }
    let theory = ranges.reduce(0) { sum, range in
      let part = Array(gradient[range])
      return sum + max(Double(range.count) / 2 - 1, 0) * dot(part, part)
    }
    let measured = try measure(
      method, network, directions: 2, law: .gaussian, .unbiased, expected: gradient, draws: 1500)
    #expect(measured.deviation < 5)
    check(measured, theory)
  }

  @Test("black box: a projection has the differences of the losses as its own derivatives")
  func blackBox() throws {
    let network = try network()
    let estimation = try Estimation(
      .blackBox, network, data, directions: 5, law: .gaussian, sigma: 0.2, aggregation: .projection(.none))
    let blackBox = estimation.estimator as! BlackBox
    let estimate = try estimation.gradient(draw: 3)
    for k in 0..<5 {
      let ends = [2 * k, 2 * k + 1].map { index in
        var values = [Float](repeating: 0, count: network.parameterCount)
        values.withUnsafeMutableBufferPointer { blackBox.perturbedParameters(index, into: $0.baseAddress!) }
        return values
      }
      let losses = ends.map { ReferenceNetwork(network.specification, parameters: $0).loss(data) }
      let v = zip(ends[0], ends[1]).map { (Double($0) - Double($1)) / 0.4 }
      #expect(abs(dot(estimate, v) - (losses[0] - losses[1]) / 0.4) < 1e-4 * norm(estimate) * norm(v))
    }
  }

  @Test("directions that depend on those before them are dropped: the projection is on the span of the others")
  func dependent() throws {
    let account = MemoryAccount(limit: 0)
    var generator = TestGenerator(seed: 8)
    for components in [3, 40, 300] {
      let a = generator.values(components)
      let b = generator.values(components)
      let nearly = zip(a, b).map { $0 + 1e-6 * $1 }
      let rows = [a, a.map { -2 * $0 }, nearly, b, zip(a, b).map { $0 + $1 }, a.map { _ in 0 }]
      let g = generator.values(components)
      var values = rows.map { dot($0, g) }
      let gram = try GramMatrix(rows.count, kernels: .table(for: .best), account: account, stopFlag: StopFlag())
      try rows.flatMap { $0.map { Float($0) } }.withUnsafeBufferPointer {
        try gram.take($0.baseAddress!, components: components)
      }
      #expect(try gram.solve(&values) == 2)
      #expect(values.map { $0 != 0 } == [true, false, false, true, false, false])
      let projection = (0..<components).map { values[0] * a[$0] + values[3] * b[$0] }
      for row in [a, b] {
        #expect(abs(dot(projection, row) - dot(g, row)) < 1e-4 * norm(g) * norm(row))
      }
    }
  }
}

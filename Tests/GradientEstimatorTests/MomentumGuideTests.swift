import Directions
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// The running mean of past estimates as a control variate.
@Suite("momentum guide")
struct MomentumGuideTests {
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 52)

  private func network() throws -> Network {
    let network = try Network(specification(2, [4, 3], 1, steps: 4, leak: 0.9))
    network.randomize(seed: 51)
    return network
  }

  private func guide(_ estimation: Estimation) -> MomentumGuide {
    (estimation.estimator as? WeightPerturbation)?.guide ?? (estimation.estimator as! BlackBox).guide!
  }

  @Test("estimates are those of the equations in double precision", arguments: [GuideRule.always, .whenItHelps])
  func equations(rule: GuideRule) throws {
    let network = try network()
    let g = network.reference.lossGradient(data, .exact)
    let n = g.count
    let plain = try Estimation(.global, network, data, directions: 1)
    let guided = try Estimation(.global, network, data, directions: 1, guide: rule)
    let rate = 1 / Double(n + 1)
    let kept = max(1 - rate, 0.9)
    var mean = [Double](repeating: 0, count: n)
    var (product, square, residual, whole) = (0.0, 0.0, 0.0, 0.0)
    var used = 0
    for draw in 0..<200 {
      // <g, v> v, so the signs of v but for one of the whole, which cancels.
      let estimate = try plain.gradient(draw: draw)
      let v = estimate.map { $0 < 0 ? -1.0 : 1 }
      let (d, h) = (dot(g, v), dot(mean, v))
      let candidate = square > 0 ? min(max(product / square, 0), 1) : 0
      let c = rule == .always || residual < whole ? candidate : 0
      if c > 0 { used += 1 }
      let expected = zip(mean, v).map { c * $0 + (d - c * h) * $1 }
      #expect(relativeError(try guided.gradient(draw: draw), expected) < 1e-3)
      mean = zip(mean, expected).map { (1 - rate) * $0 + rate * $1 }
      product = kept * product + d * h
      square = kept * square + h * h
      residual = kept * residual + (d - candidate * h) * (d - candidate * h)
      whole = kept * whole + d * d
    }
    #expect(used > 100)
  }

  @Test(
    "the mean over seeds is the gradient, and the error less than without",
    arguments: [Method.global, .layerwiseRate, .tensorwise])
  func unbiased(method: Method) throws {
    let network = try network()
    let g = network.reference.lossGradient(data, method == .layerwiseRate ? .rate : .exact)
    let step = 25
    var means = [GuideRule.none, .whenItHelps, .always].map { _ in MeanOfDraws(expected: g) }
    for (index, rule) in [GuideRule.none, .whenItHelps, .always].enumerated() {
      for seed in 0..<200 {
        let estimation = try Estimation(method, network, data, directions: 2, seed: UInt64(seed), guide: rule)
        if rule != .none { for draw in 0..<step { _ = try estimation.gradient(draw: draw) } }
        means[index].add(try estimation.gradient(draw: step))
      }
      #expect(means[index].deviation < 5)
    }
    let errors = means.map { $0.squaredError.mean }
    #expect(errors[1] < 0.7 * errors[0])
    #expect(errors[2] < 0.7 * errors[0])
  }

  @Test(
    "a gradient that stays is learnt: the error goes to zero",
    arguments: [Aggregation.mean, .projection(.unbiased), .projection(.expectedNorm), .projection(.none)])
  func learns(aggregation: Aggregation) throws {
    let network = try network()
    let g = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(
      .global, network, data, directions: 4, law: .gaussian, aggregation: aggregation, guide: .whenItHelps)
    for draw in 0..<200 { _ = try estimation.gradient(draw: draw) }
    #expect(guide(estimation).factors[0] > 0.9)
    #expect(relativeError(try estimation.gradient(draw: 200), g) < 0.01)
  }

  /// A loss whose sign is random, so that the past says nothing of the next gradient.
  private struct Flipped: OutputLoss {
    let loss: SquaredError
    let sign: Double
    func value(_ outputs: UnsafePointer<Float>) -> Double { sign * loss.value(outputs) }
    func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      let value = loss.value(outputs, gradient: gradient)
      for index in loss.targets.indices { gradient[index] *= Float(sign) }
      return sign * value
    }
  }

  @Test("a guide that hurts is switched off: alternating gradients have the error of no guide")
  func rule() throws {
    let network = try network()
    let g = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(.global, network, data, directions: 4, guide: .whenItHelps)
    let plain = try Estimation(.global, network, data, directions: 4)
    var errors = [0.0, 0.0]
    var out = [Float](repeating: 0, count: g.count)
    // First a gradient that stays, so that the guide is good; then its sign alternates.
    for draw in 0..<400 {
      let sign = draw < 100 || draw % 2 == 0 ? 1.0 : -1
      for (index, estimation) in [estimation, plain].enumerated() {
        try estimation.forward(draw: draw)
        _ = try out.withUnsafeMutableBufferPointer {
          try estimation.estimator.estimate(Flipped(loss: SquaredError(data), sign: sign), into: $0.baseAddress!)
        }
        if draw >= 200 {
          let error = zip(out, g).map { Double($0) - sign * $1 }
          errors[index] += dot(error, error)
        }
      }
    }
    #expect(errors[0] < 1.1 * errors[1])
  }

  @Test("an estimate made again from the same draw is the same, and learnt once")
  func again() throws {
    let network = try network()
    for method in [Method.global, .blackBox] {
      let once = try Estimation(method, network, data, guide: .always)
      let twice = try Estimation(method, network, data, guide: .always)
      for draw in 0..<20 {
        let expected = try once.gradient(draw: draw)
        let first = try twice.gradient(draw: draw)
        #expect(try twice.estimate().gradient == first)
        #expect(first == expected)
      }
      #expect(guide(once).factors[0] > 0)
    }
  }

  @Test("black box: the mean over seeds is that of no guide")
  func blackBox() throws {
    let network = try network()
    let plain = try Estimation(.blackBox, network, data, directions: 64, law: .gaussian, sigma: 0.2, seed: 999)
    var expected = [Double](repeating: 0, count: network.parameterCount)
    for draw in 0..<400 {
      for (index, value) in try plain.gradient(draw: draw).enumerated() { expected[index] += value / 400 }
    }
    var guided = MeanOfDraws(expected: expected)
    for seed in 0..<200 {
      let estimation = try Estimation(
        .blackBox, network, data, directions: 4, law: .gaussian, sigma: 0.2, seed: UInt64(seed), guide: .whenItHelps)
      for draw in 0..<21 {
        let estimate = try estimation.gradient(draw: draw)
        if draw == 20 { guided.add(estimate) }
      }
    }
    #expect(guided.deviation < 5)
  }
}

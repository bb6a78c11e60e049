import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

/// The weak form: a sampled surrogate changes what an estimate is around its mean, never the mean.
@Suite("sampled surrogates")
struct SampledSurrogateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: Method
    let route: ReferenceNetwork.Route
    let reset: Reset
    let ternary: Bool
    var testDescription: String { "\(method), \(reset), ternary \(ternary)" }
  }

  static let cases: [Case] = [
    (Method.exact, ReferenceNetwork.Route.exact), (.exactRate, .rate), (.activityLimit, .activity),
    (.activityRateLimit, .rate), (.activityRate, .rate), (.backPropagation, .exact),
  ].flatMap { method, route in
    [(Reset.soft, true), (.soft, false), (.hard, true)].map {
      Case(method: method, route: route, reset: $0.0, ternary: $0.1)
    }
  }

  private func network(
    reset: Reset = .soft, ternary: Bool = true, threads: Int = 1, steps: Int = 5
  ) throws -> Network {
    let network = try Network(
      specification(2, [4, 3], 1, steps: steps, leak: 0.9, reset: reset, ternary: ternary) { $0.threads = threads })
    network.randomize(seed: 41)
    return network
  }
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 42)

  private func sample(_ estimation: Estimation, pairs: Int = 4, mask: Float = 0, draw: Int = 0) {
    for pass in estimation.estimator.surrogatePasses.flatMap(\.passes) {
      pass.sampling = SurrogateSampling(seed: 5, pairs: pairs, mask: mask)
      pass.sampling?.draw = draw
    }
  }

  @Test("the mean over draws is the Gaussian surrogate's gradient; one that is 5 % off is found out", arguments: cases)
  func unbiased(_ this: Case) throws {
    let network = try network(reset: this.reset, ternary: this.ternary)
    let reference = network.reference
    try #require(reference.margin(data) > 1e-5)
    let gradient = reference.lossGradient(data, this.route)
    let estimation = try Estimation(this.method, network, data, directions: 64)
    var honest = MeanOfDraws(expected: gradient)
    var scaled = honest
    for draw in 0..<3000 {
      sample(estimation, pairs: 8, draw: draw)
      let estimate = try estimation.gradient(draw: draw)
      honest.add(estimate)
      scaled.add(estimate.map { 1.05 * $0 })
    }
    #expect(honest.deviation < 5)
    #expect(scaled.deviation > 5, "a factor of 1.05")
  }

  @Test("more pairs, less noise: the squared error falls as 1 / pairs where it is small")
  func pairs() throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .rate)
    let errors = try [16, 64].map { pairs in
      let estimation = try Estimation(.activityRateLimit, network, data)
      var mean = MeanOfDraws(expected: gradient)
      for draw in 0..<2000 {
        sample(estimation, pairs: pairs, draw: draw)
        mean.add(try estimation.gradient())
      }
      return mean.squaredError.mean
    }
    #expect(abs(errors[0] / errors[1] - 4) < 0.8)
  }

  @Test("a mask keeps the mean too, of a computed and of a sampled surrogate", arguments: cases.filter(\.ternary))
  func masked(_ this: Case) throws {
    let network = try network(reset: this.reset, ternary: this.ternary)
    let gradient = network.reference.lossGradient(data, this.route)
    for pairs in [0, 16] {
      let estimation = try Estimation(this.method, network, data, directions: 64)
      var honest = MeanOfDraws(expected: gradient)
      var scaled = honest
      for draw in 0..<3000 {
        sample(estimation, pairs: pairs, mask: 0.4, draw: draw)
        let estimate = try estimation.gradient(draw: draw)
        honest.add(estimate)
        scaled.add(estimate.map { 1.1 * $0 })
      }
      #expect(honest.deviation < 5)
      #expect(honest.squaredError.mean > 0)
      #expect(scaled.deviation > 5, "a factor of 1.1")
    }
  }

  private static let methods: [Method] = [
    .global, .globalRate, .layerwise, .activity, .activityRate, .exact, .backPropagation,
  ]

  @Test("stepping gives the bits of a whole pass, on any number of threads", arguments: methods)
  func bits(_ method: Method) throws {
    let data = Samples(20, inputs: 2, outputs: 1, varyingOver: 5, seed: 43)
    let whole = try Estimation(method, network(), data)
    sample(whole, mask: 0.3, draw: 3)
    let bits = try whole.gradient(draw: 4)
    for threads in [1, 2, 5] {
      let network = try network(threads: threads)
      let again = try Estimation(method, network, data)
      sample(again, mask: 0.3, draw: 3)
      #expect(try again.gradient(draw: 4) == bits)
      try again.estimator.perturb(draw: 4)
      try again.estimator.begin(samples: data.count, steps: 5)
      for time in 0..<5 {
        let input = HostMatrix(data.inputs.map { $0[time] })
        try again.estimator.step(
          InputBatch(input.array, scaling: network.inputScalings[0], first: 0, samples: data.count))
      }
      try again.estimator.finish()
      #expect(try again.estimate().gradient == bits)
    }
    sample(whole, draw: 2)
    #expect(try whole.gradient(draw: 4) != bits, "another draw is other noise")
  }

  @Test("no two neurons, time steps, samples or layers share noise, and no two stacks or draws")
  func fresh() throws {
    // Potentials stay at their biases, half a width below the threshold, in every layer, sample and step.
    let network = try Network(specification(1, [16, 16], 1, steps: 7, leak: 1e-6))
    network.parameters.clear()
    for layer in network.layers {
      for neuron in 0..<layer.neurons { network.parameters.base[layer.biasOffset + neuron] = 0.75 }
    }
    let data = Samples(20, inputs: 1, outputs: 1, seed: 3)
    var seen = Set<Float>()
    var count = 0
    for draw in 0..<3 {
      let estimation = try Estimation(.backPropagation, network, data)
      sample(estimation, pairs: 64, draw: draw)
      try estimation.forward()
      let history = try #require(estimation.estimator.surrogatePasses[0].passes[0].history)
      for layer in history.layers {
        for first in stride(from: 0, to: data.count, by: TileState.samples) {
          for step in 0..<7 {
            let row = history.row(tile: first / TileState.samples, step: step)
            for place in 0..<min(TileState.samples, data.count - first) * 16 {
              seen.insert(layer.psi[row * 16 + place])
            }
          }
        }
        count += 20 * 7 * 16
      }
    }
    // Sums of about 39 numbers in single precision: independent ones are the same once in a million pairs or so.
    #expect(Double(seen.count) > 0.99 * Double(count))
  }
}

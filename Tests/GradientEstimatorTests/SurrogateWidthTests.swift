import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("widths of surrogates")
struct SurrogateWidthTests {
  private func network(
    _ hidden: [Int], shape: Surrogate.Shape = .gaussian, reset: Reset = .soft, ternary: Bool = true,
    readout: ReadoutKind = .linear, threads: Int = 1, width: Float = 0.9
  ) throws -> Network {
    let network = try Network(
      specification(2, hidden, 2, steps: 6, leak: 0.9, reset: reset, ternary: ternary, readout: readout) {
        $0.surrogate = Surrogate(shape: shape, width: width)
        $0.threads = threads
      })
    network.randomize(seed: 21)
    return network
  }
  private let data = Samples(11, inputs: 2, outputs: 2, seed: 22)

  @Test("every estimator uses the widths that are set", arguments: Method.allCases)
  func used(_ method: Method) throws {
    let wide = try network([5, 4], width: 1.1)
    let set = try network([5, 4], width: 0.7)
    let before = try Estimation(method, set, data).gradient()
    try set.surrogateWidths.set([1.1, 1.1])
    let after = try Estimation(method, set, data).gradient()
    #expect(after == (try Estimation(method, wide, data).gradient()))
    if method != .blackBox { #expect(after != before) }
  }

  @Test(
    "with a width for each layer the gradient is the finite difference of soft spikes",
    arguments: Surrogate.Shape.allCases, [Reset.soft, .hard])
  func perLayer(shape: Surrogate.Shape, reset: Reset) throws {
    let network = try network([4, 3], shape: shape, reset: reset)
    let widths: [Float] = [1.2, 0.85]
    try network.surrogateWidths.set(widths)
    let gradient = try Estimation(.exact, network, data).gradient()
    let expected = network.reference.parameterDifferences(data, widths: widths.map { Double($0) })
    #expect(relativeError(gradient, expected) < 1e-4)
  }

  @Test("tangents that are mostly zero, of compact surrogates, leave nothing out", arguments: [Reset.soft, .hard])
  func compact(reset: Reset) throws {
    for shape in [Surrogate.Shape.triangle, .boxcar] {
      for width: Float in reset == .soft ? [0.25, 0.5] : [0.85] {
        let network = try network([40, 33], shape: shape, reset: reset, width: width)
        let gradient = try Estimation(.activityLimit, network, data).gradient()
        let expected = network.reference.lossGradient(data, .activity)
        #expect(relativeError(gradient, expected) < 1e-4, "\(shape) \(width)")
      }
    }
  }

  private func widthGradient(_ network: Network, _ method: Method) throws -> [Double] {
    let estimation = try Estimation(method, network, data)
    let gradient = try WidthGradient(estimation.estimator.surrogatePasses[0], account: MemoryAccount(limit: 0))
    try estimation.forward()
    return try gradient.estimate(data, network)
  }

  @Test(
    "of one layer, the gradient by log-width is the finite difference of soft spikes",
    arguments: Surrogate.Shape.allCases,
    [(Reset.soft, true), (.soft, false), (.hard, true), (.hard, false)])
  func oneLayer(shape: Surrogate.Shape, model: (reset: Reset, ternary: Bool)) throws {
    for method in [Method.activityRate, .global, .backPropagation] {
      let network = try network([9], shape: shape, reset: model.reset, ternary: model.ternary)
      let expected = network.reference.widthDifferences(data, widths: [Double(Float(0.9))])
      #expect(relativeError(try widthGradient(network, method), expected) < 2e-4, "\(method)")
    }
  }

  @Test("of several layers it is that of the rate linearisation, and near the finite difference")
  func severalLayers() throws {
    for readout in [ReadoutKind.linear, .spikingMean] {
      let network = try network([12, 9], readout: readout)
      let widths: [Float] = readout == .linear ? [1.1, 0.8] : [1.1, 0.8, 0.9]
      try network.surrogateWidths.set(widths)
      let gradient = try widthGradient(network, .activityRate)
      let expected = network.reference.widthDifferences(data, widths: widths.map { Double($0) })
      #expect(gradient.count == widths.count)
      #expect(abs(gradient[widths.count - 1] - expected[widths.count - 1]) < 1e-4 * norm(expected))
      #expect(relativeError(gradient, expected) < 0.2)
      let rate = network.reference.rateWidthGradient(data, widths: widths.map { Double($0) })
      #expect(relativeError(gradient, rate) < 1e-4)
    }
  }

  @Test("the number of threads changes no bit of it, and it changes no bit of the estimate")
  func bits() throws {
    let plain = try Estimation(.activityRate, network([12, 9]), data).gradient()
    let one = try widthGradient(network([12, 9]), .activityRate)
    for threads in [2, 5] { #expect(try widthGradient(network([12, 9], threads: threads), .activityRate) == one) }
    let estimation = try Estimation(.activityRate, network([12, 9]), data)
    _ = try WidthGradient(estimation.estimator.surrogatePasses[0], account: MemoryAccount(limit: 0))
    #expect(try estimation.gradient() == plain)
  }

  @Test("moments are those of all potentials before the reset")
  func moments() throws {
    let network = try network([5, 4])
    let estimation = try Estimation(.activityRate, network, data)
    let pass = estimation.estimator.surrogatePasses[0].passes[0]
    pass.riders.potentials = true
    try estimation.forward()
    let passes = data.inputs.map { network.reference.run($0) }
    for layer in 0..<2 {
      let found = try pass.potentialMoments(of: layer)
      let moments = try #require(found)
      let all = passes.flatMap { $0.potentials.flatMap { $0[layer] } }
      let mean = all.reduce(0, +) / Double(all.count)
      let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)).squareRoot()
      #expect(abs(moments.mean - mean) < 1e-5)
      #expect(abs(moments.deviation - deviation) < 1e-5)
    }
  }

  @Test("widths at which tangents grow without bound, and others that cannot be, are refused and change nothing")
  func refused() throws {
    let network = try network([5, 4])
    let cases: [([Float], Failure.Kind)] = [
      ([1], .shape), ([1, .nan], .notFinite), ([0.1, 1], .outOfRange), ([1, -1], .outOfRange), ([1, 1e7], .outOfRange),
    ]
    for (widths, kind) in cases {
      let failure = #expect(throws: Failure.self) { try network.surrogateWidths.set(widths) }
      #expect(failure?.kind == kind)
    }
    #expect(network.surrogateWidths.values == [0.9, 0.9])
  }

  @Test("a clone takes the widths along")
  func clone() throws {
    let network = try network([5, 4])
    try network.surrogateWidths.set([1.5, 0.5])
    let clone = try network.clone()
    #expect(clone.surrogateWidths.values == [1.5, 0.5])
    try clone.surrogateWidths.set([1, 1])
    #expect(network.surrogateWidths.values == [1.5, 0.5])
  }
}

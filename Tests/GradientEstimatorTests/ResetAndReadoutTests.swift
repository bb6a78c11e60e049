import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@Suite("resets that are absent or cut, and readouts that weigh time steps")
struct ResetAndReadoutTests {
  private static let routes: [(Method, ReferenceNetwork.Route)] = [
    (.exact, .exact), (.exactRate, .rate), (.activityLimit, .activity), (.activityRateLimit, .rate),
    (.backPropagation, .exact),
  ]

  private func network(
    _ reset: Reset, ternary: Bool, leak: Float = 0.8, window: ReadoutWindow = .flat, readout: ReadoutKind = .linear,
    threads: Int = 1
  ) throws -> Network {
    let network = try Network(
      specification(2, [5, 7, 4], 2, steps: 7, leak: leak, reset: reset, ternary: ternary, readout: readout) {
        $0.readoutWindow = window
        $0.threads = threads
      })
    network.randomize(seed: 61)
    return network
  }
  private let data = Samples(11, inputs: 2, outputs: 2, varyingOver: 7, seed: 62)

  private func check(_ network: Network, _ reference: ReferenceNetwork, cut: Bool = false) throws {
    try #require(reference.margin(data) > 1e-6)
    let expected = data.inputs.map { reference.run($0).outputs }
    for (outputs, expected) in zip(try network.outputs(data.hostInputs), expected) {
      #expect(greatestError(outputs, expected) < 1e-5)
    }
    for (method, route) in Self.routes {
      let estimation = try Estimation(method, network, data)
      for pass in estimation.estimator.surrogatePasses.flatMap(\.passes) { pass.riders.cutReset = cut }
      #expect(relativeError(try estimation.gradient(), reference.lossGradient(data, route)) < 1e-4, "\(method)")
    }
  }

  @Test("without a reset a neuron keeps its potential, and gradients know", arguments: [true, false])
  func none(ternary: Bool) throws {
    let network = try network(.none, ternary: ternary)
    try check(network, network.reference)
    let resets = try self.network(.soft, ternary: ternary)
    #expect(try network.outputs(data.hostInputs) != resets.outputs(data.hostInputs))
  }

  @Test(
    "a cut reset leaves spikes as they are, and its derivative out", arguments: [Reset.soft, .hard], [true, false])
  func cut(reset: Reset, ternary: Bool) throws {
    let network = try network(reset, ternary: ternary)
    var reference = network.reference
    let carried = reference.lossGradient(data, .exact)
    reference.cutsReset = true
    #expect(relativeError(reference.lossGradient(data, .exact), carried) > 0.01)
    try check(network, reference, cut: true)
  }

  @Test("a cut reset's derivative by log-width is the finite difference of soft spikes with hard resets")
  func cutWidths() throws {
    for reset in [Reset.soft, .hard, .none] {
      let network = try network(reset, ternary: true)
      var reference = network.reference
      reference.cutsReset = true
      let estimation = try Estimation(.activityRate, network, data)
      let pass = estimation.estimator.surrogatePasses[0]
      for part in pass.passes { part.riders.cutReset = true }
      let gradient = try WidthGradient(pass, account: MemoryAccount(limit: 0))
      try estimation.forward()
      let expected = reference.rateWidthGradient(data, widths: [0.5, 0.5, 0.5])
      #expect(relativeError(try gradient.estimate(data, network), expected) < 1e-4)
    }
  }

  private static let windows: [ReadoutWindow] = [.leaky(0.9), .leaky(0.3), .tapered]

  @Test(
    "a leaky readout weighs late spikes more, a tapered one those of the middle", arguments: windows, [true, false])
  func weighed(window: ReadoutWindow, ternary: Bool) throws {
    for reset in [Reset.soft, .hard, .none] {
      let network = try network(reset, ternary: ternary, window: window)
      try check(network, network.reference)
      let plain = try self.network(reset, ternary: ternary)
      #expect(try network.outputs(data.hostInputs) != plain.outputs(data.hostInputs))
    }
  }

  @Test("so do steps that are done at once, under a constant input", arguments: windows)
  func constant(window: ReadoutWindow) throws {
    let data = Samples(19, inputs: 2, outputs: 2, seed: 63)
    for ternary in [true, false] {
      let network = try network(.soft, ternary: ternary, window: window)
      let reference = network.reference
      for (method, route) in Self.routes {
        let gradient = try Estimation(method, network, data).gradient()
        #expect(relativeError(gradient, reference.lossGradient(data, route)) < 1e-4, "\(method)")
      }
    }
  }

  @Test("their gradient by log-width is that of the rate linearisation", arguments: windows)
  func weighedWidths(window: ReadoutWindow) throws {
    let network = try network(.soft, ternary: true, window: window)
    let estimation = try Estimation(.activityRate, network, data)
    let gradient = try WidthGradient(estimation.estimator.surrogatePasses[0], account: MemoryAccount(limit: 0))
    try estimation.forward()
    let expected = network.reference.rateWidthGradient(data, widths: [0.5, 0.5, 0.5])
    #expect(relativeError(try gradient.estimate(data, network), expected) < 1e-4)
  }

  @Test("stepping them gives the bits of a whole pass, on any number of threads", arguments: windows)
  func bits(window: ReadoutWindow) throws {
    for (method, _) in Self.routes {
      let whole = try Estimation(method, network(.soft, ternary: true, window: window), data).gradient()
      let network = try network(.soft, ternary: true, window: window, threads: 3)
      let stepped = try Estimation(method, network, data)
      try stepped.estimator.perturb(draw: 0)
      try stepped.estimator.begin(samples: data.count, steps: 7)
      for time in 0..<7 {
        try stepped.estimator.step(
          InputBatch(
            HostMatrix(data.inputs.map { $0[time] }).array, scaling: network.inputScalings[0], first: 0,
            samples: data.count))
        if time == 3 { try stepped.estimator.finish() }
      }
      try stepped.estimator.finish()
      #expect(try stepped.estimate().gradient == whole, "\(method)")
    }
  }

  @Test("a spiking readout weighs all time steps alike")
  func spiking() throws {
    let leaky = try network(.soft, ternary: true, window: .leaky(0.5), readout: .spikingMean)
    let plain = try network(.soft, ternary: true, readout: .spikingMean)
    #expect(try leaky.outputs(data.hostInputs) == plain.outputs(data.hostInputs))
  }
}

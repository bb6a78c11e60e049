import GradientEstimators
import ReferenceNetworks
import SpikingNetworks
import Testing

/// Gradients without noise, held against back-propagation and the rate linearisation in double precision.
@Suite("exact gradients")
struct GradientTests {
  private func check(
    _ method: Method, _ this: TangentTests.Case, _ route: ReferenceNetwork.Route, tolerance: Double = 1e-4
  ) throws {
    let network = try Network(
      specification(
        3, this.hidden, 2, steps: 10, leak: this.leak, reset: this.reset, ternary: this.ternary, readout: this.readout))
    network.randomize(seed: 21)
    for count in [1, 9] {
      let data = Samples(count, inputs: 3, outputs: 2, varyingOver: this.varying ? 10 : nil, seed: 22)
      let reference = network.reference
      try #require(reference.margin(data) > 1e-6)
      let estimation = try Estimation(method, network, data)
      try estimation.forward()
      let (loss, gradient) = try estimation.estimate()
      #expect(abs(loss - reference.loss(data)) < 1e-5 * (1 + loss))
      let expected = reference.lossGradient(data, route)
      try #require(norm(expected) > 1e-3)
      #expect(relativeError(gradient, expected) < tolerance)
      // Layer by layer too, so that a large one cannot hide a small one.
      for range in reference.layerRanges where norm(Array(expected[range])) > 1e-3 * norm(expected) {
        #expect(relativeError(Array(gradient[range]), Array(expected[range])) < 10 * tolerance)
      }
    }
  }

  @Test("forward mode over all parameters is the surrogate gradient", arguments: TangentTests.cases)
  func exactForward(_ this: TangentTests.Case) throws { try check(.exact, this, .exact) }

  @Test("back-propagation through time is the surrogate gradient", arguments: TangentTests.cases)
  func backPropagation(_ this: TangentTests.Case) throws { try check(.backPropagation, this, .exact) }

  @Test("forward mode and back-propagation agree with each other", arguments: TangentTests.cases)
  func agree(_ this: TangentTests.Case) throws {
    let network = try Network(
      specification(
        3, this.hidden, 2, steps: 32, leak: this.leak, reset: this.reset, ternary: this.ternary, readout: this.readout))
    let data = Samples(9, inputs: 3, outputs: 2, varyingOver: this.varying ? 32 : nil, seed: 26)
    let forward = try Estimation(.exact, network, data).gradient()
    #expect(relativeError(forward, try Estimation(.backPropagation, network, data).gradient()) < 1e-4)
  }

  @Test("rate tangents over all parameters are the rate linearisation's gradient", arguments: TangentTests.cases)
  func exactRate(_ this: TangentTests.Case) throws { try check(.exactRate, this, .rate) }

  @Test("spatial back-propagation of rates: the same", arguments: TangentTests.cases)
  func spatial(_ this: TangentTests.Case) throws { try check(.spatial, this, .rate) }

  @Test("a weight mirror that has seen enough draws: the same", arguments: TangentTests.cases)
  func weightMirror(_ this: TangentTests.Case) throws {
    let network = try Network(
      specification(
        3, this.hidden, 2, steps: 10, leak: this.leak, reset: this.reset, ternary: this.ternary, readout: this.readout))
    network.randomize(seed: 21)
    let data = Samples(9, inputs: 3, outputs: 2, varyingOver: this.varying ? 10 : nil, seed: 22)
    let estimation = try Estimation(.weightMirror, network, data)
    let expected = network.reference.lossGradient(data, .rate)
    let first = relativeError(try estimation.gradient(draw: 0), expected)
    #expect(first < 0.05, "its first draw is repeated until it knows the weights to 1 %")
    var last = first
    for draw in 1..<12 { last = relativeError(try estimation.gradient(draw: draw), expected) }
    #expect(last < 1e-4)
  }

  @Test("activity perturbation of every neuron, rate tangents: the same", arguments: TangentTests.cases)
  func activityRate(_ this: TangentTests.Case) throws { try check(.activityRateLimit, this, .rate) }

  @Test(
    "activity perturbation of every neuron, full tangents: exact by currents, times mean traces",
    arguments: TangentTests.cases)
  func activityFull(_ this: TangentTests.Case) throws { try check(.activityLimit, this, .activity) }

  @Test("activity perturbation is exact for biases, the first layer and the readout, under constant inputs")
  func activityIsExactThere() throws {
    for reset in [Reset.soft, .hard] {
      let network = try Network(specification(3, [9, 12], 2, steps: 10, leak: 0.9, reset: reset))
      network.randomize(seed: 23)
      let data = Samples(5, inputs: 3, outputs: 2, seed: 24)
      let gradient = try Estimation(.activityLimit, network, data).gradient()
      let exact = try Estimation(.exact, network, data).gradient()
      for tensor in network.tensors {
        let range = tensor.offset..<tensor.offset + tensor.count
        let error = relativeError(Array(gradient[range]), Array(exact[range]))
        if tensor.name == "layer1.weight" {
          #expect(error > 1e-3, "spikes and sensitivities do vary together in time")
        } else {
          #expect(error < 1e-4, "\(tensor.name)")
        }
      }
    }
  }

  @Test("one layer under a constant input: rate tangents are exact")
  func rateIsExactForOneLayer() throws {
    for reset in [Reset.soft, .hard] {
      let network = try Network(specification(3, [20], 2, steps: 10, leak: 0.9, reset: reset))
      let data = Samples(5, inputs: 3, outputs: 2, seed: 25)
      let rate = try Estimation(.exactRate, network, data).gradient()
      #expect(relativeError(rate, try Estimation(.exact, network, data).gradient()) < 1e-5)
    }
  }
}

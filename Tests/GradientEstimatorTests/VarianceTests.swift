import Directions
import ReferenceNetworks
import SpikingNetworks
import Testing

/// E|estimate - gradient|^2, measured over many draws, is what theory says.
@Suite("variances")
struct VarianceTests {
  private let draws = 2000

  private func network() throws -> Network {
    let network = try Network(specification(2, [4, 3], 1, steps: 4, leak: 0.9))
    network.randomize(seed: 51)
    return network
  }
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 52)

  private func measure(
    _ method: Method, _ network: Network, _ data: Samples, _ expected: [Double], directions: Int, law: DirectionLaw,
    sigma: Float = 0.1
  ) throws -> MeanOfDraws {
    let estimation = try Estimation(method, network, data, directions: directions, law: law, sigma: sigma)
    var mean = MeanOfDraws(expected: expected)
    for draw in 0..<draws { mean.add(try estimation.gradient(draw: draw)) }
    return mean
  }

  /// Within 5 standard errors, which must be few per cent for the test to mean anything.
  private func check(_ measured: MeanOfDraws, _ theory: Double) {
    let (mean, error) = measured.squaredError
    #expect(error < 0.05 * theory)
    #expect(abs(mean - theory) < 5 * error)
  }

  @Test("global: (n + 1) |g|^2 / K for Gaussian, (n - 1) |g|^2 / K for +-1 directions", arguments: [1, 4])
  func global(directions: Int) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let n = Double(gradient.count)
    for (law, dimension) in [(DirectionLaw.gaussian, n + 1), (.rademacher, n - 1)] {
      let measured = try measure(.global, network, data, gradient, directions: directions, law: law)
      check(measured, dimension * dot(gradient, gradient) / Double(directions))
    }
  }

  @Test("layer-wise: the sum over layers of (n_l + 1) |g_l|^2 / K, or n_l - 1", arguments: [1, 4])
  func layerwise(directions: Int) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    for (law, more) in [(DirectionLaw.gaussian, 1.0), (.rademacher, -1)] {
      let theory = network.reference.layerRanges.reduce(0) { sum, range in
        let part = Array(gradient[range])
        return sum + (Double(range.count) + more) * dot(part, part) / Double(directions)
      }
      let measured = try measure(.layerwise, network, data, gradient, directions: directions, law: law)
      check(measured, theory)
    }
  }

  /// For sample b with gradient g by all currents and traces r: sum over layers of
  /// (|r_{l-1}|^2 + 1) (N_l |g|^2 - |g_l|^2) for +-1 directions, + |g_l|^2 for Gaussian ones; samples are independent.
  private func activityTheory(_ network: Network, _ data: Samples, _ law: DirectionLaw) -> Double {
    let reference = network.reference
    return zip(data.inputs, data.targets).reduce(0) { sum, sample in
      let pass = reference.run(sample.0)
      let e = zip(pass.outputs, sample.1).map { 2 * ($0 - $1) / Double(data.count) }
      let currents = reference.rateGradient(pass, outputs: e).currents
      let all = currents.reduce(0) { $0 + dot($1, $1) }
      return sum
        + reference.spiking.indices.reduce(0) { sum, layer in
          let own = dot(currents[layer], currents[layer])
          let trace = dot(pass.trace(layer), pass.trace(layer)) + 1
          return sum + trace * (Double(currents[layer].count) * all + (law == .gaussian ? own : -own))
        }
    }
  }

  @Test("activity: neurons instead of weights as dimension, times fan-in", arguments: [1, 4])
  func activity(directions: Int) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .rate)
    for law in [DirectionLaw.gaussian, .rademacher] {
      let measured = try measure(.activityRate, network, data, gradient, directions: directions, law: law)
      check(measured, activityTheory(network, data, law) / Double(directions))
    }
  }

  @Test("activity: every sample has directions of its own, so the variance falls as 1 / batch")
  func activityOverBatch() throws {
    let network = try network()
    let one = data[0..<1]
    let gradient = network.reference.lossGradient(one, .rate)
    let single = activityTheory(network, one, .rademacher)
    for batch in [4, 16] {
      // The same sample again and again has the same gradient.
      let many = Samples(
        inputs: (0..<batch).map { _ in one.inputs[0] }, targets: (0..<batch).map { _ in one.targets[0] })
      let measured = try measure(.activityRate, network, many, gradient, directions: 1, law: .rademacher)
      check(measured, single / Double(batch))
    }
  }

  /// For sample b with gradient G[t] by the currents of every step, D of them, and presynaptic signals s[t]: the sum
  /// over weights of |s|^2 |G|^2 + (s . G)^2 - 2 sum_t (s G)^2 for +-1 directions, without the last term for Gaussian
  /// ones. s . G is that weight's gradient.
  private func perStepTheory(_ network: Network, _ data: Samples, _ law: DirectionLaw) -> Double {
    let reference = network.reference
    return zip(data.inputs, data.targets).reduce(0) { total, sample in
      let pass = reference.run(sample.0)
      let e = zip(pass.outputs, sample.1).map { 2 * ($0 - $1) / Double(data.count) }
      let gradients = reference.gradient(pass, outputs: e).stepCurrents
      let all = gradients.joined().joined().reduce(0) { $0 + $1 * $1 }
      var sum = 0.0
      for (index, layer) in reference.spiking.enumerated() {
        // The last signal is that of the bias.
        for input in 0...layer.inputs {
          let signal = (0..<reference.steps).map { input < layer.inputs ? pass.below(index, $0)[input] : 1 }
          for neuron in 0..<layer.neurons {
            let terms = (0..<reference.steps).map { signal[$0] * gradients[index][$0][neuron] }
            let own = terms.reduce(0, +)
            sum += dot(signal, signal) * all + own * own - (law == .gaussian ? 0 : 2 * dot(terms, terms))
          }
        }
      }
      return total + sum
    }
  }

  @Test("per step: time steps times neurons as dimension, times what meets at the synapses", arguments: [1, 4])
  func perStep(directions: Int) throws {
    let network = try network()
    for data in [data, Samples(4, inputs: 2, outputs: 1, varyingOver: 4, seed: 53)] {
      let gradient = network.reference.lossGradient(data, .exact)
      for law in [DirectionLaw.gaussian, .rademacher] {
        let measured = try measure(.perStep, network, data, gradient, directions: directions, law: law)
        check(measured, perStepTheory(network, data, law) / Double(directions))
      }
    }
  }

  @Test("weight perturbation: all samples share the directions, so the variance does not fall with the batch")
  func globalOverBatch() throws {
    let network = try network()
    let many = Samples(inputs: (0..<16).map { _ in data.inputs[0] }, targets: (0..<16).map { _ in data.targets[0] })
    let gradient = network.reference.lossGradient(data[0..<1], .exact)
    let measured = try measure(.global, network, many, gradient, directions: 1, law: .rademacher)
    check(measured, Double(gradient.count - 1) * dot(gradient, gradient))
  }

  @Test("black box: the variance falls as 1 / K")
  func blackBox() throws {
    let network = try network()
    var measured: [(mean: Double, standardError: Double)] = []
    for directions in [1, 4] {
      let mean = try meanOfManyDraws(network)
      measured.append(
        try measure(.blackBox, network, data, mean, directions: directions, law: .gaussian, sigma: 0.2).squaredError)
    }
    let ratio = measured[0].mean / measured[1].mean
    let error = measured.reduce(0) { $0 + $1.standardError / $1.mean }
    #expect(error < 0.08)
    #expect(abs(ratio / 4 - 1) < 3 * error)
  }

  private func meanOfManyDraws(_ network: Network) throws -> [Double] {
    let estimation = try Estimation(.blackBox, network, data, directions: 64, law: .gaussian, sigma: 0.2, seed: 8)
    var sum = [Double](repeating: 0, count: network.parameterCount)
    for draw in 0..<200 {
      for (index, value) in try estimation.gradient(draw: draw).enumerated() { sum[index] += value / 200 }
    }
    return sum
  }
}

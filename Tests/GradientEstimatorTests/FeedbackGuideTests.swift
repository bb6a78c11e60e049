import GradientEstimators
import ReferenceNetworks
import SpikingNetworks
import Testing

/// A guess by learned feedback as a control variate of activity perturbation; its mean is among the unbiased.
@Suite("feedback guide")
struct FeedbackGuideTests {
  private let data = Samples(40, inputs: 2, outputs: 1, seed: 62)

  private func network() throws -> Network {
    let network = try Network(specification(2, [12, 8], 1, steps: 6))
    network.randomize(seed: 61)
    return network
  }

  /// Mean of |estimate - gradient|^2 over the draws in `range`; those before have taught. `change` is done before each.
  private func error(
    _ method: Method, _ range: Range<Int>, _ change: (Int, Network) -> Void = { _, _ in }
  ) throws -> Double {
    let network = try network()
    let estimation = try Estimation(method, network, data, directions: 2)
    var sum = 0.0
    for draw in 0..<range.upperBound {
      change(draw, network)
      let estimate = try estimation.gradient(draw: draw)
      if !range.contains(draw) { continue }
      let error = zip(estimate, try Estimation(.spatial, network, data).gradient()).map { $0 - $1 }
      sum += dot(error, error) / Double(range.count)
    }
    return sum
  }

  @Test("a good guess: less than a fifth of the variance, with or without the rule")
  func good() throws {
    let plain = try error(.activityRate, 50..<250)
    #expect(try error(.activityAlwaysGuided, 50..<250) < 0.2 * plain)
    #expect(try error(.activityGuided, 50..<250) < 0.2 * plain)
  }

  @Test("a guess that has become wrong: up to four times the variance, but not with the rule, from the second draw on")
  func wrong() throws {
    // The readout changes its sign, and the feedback weights come after it slowly.
    let flip = { (draw: Int, network: Network) in
      if draw != 50 { return }
      for tensor in network.tensors.suffix(2) {
        for index in tensor.offset..<tensor.offset + tensor.count { network.parameters.base[index] *= -1 }
      }
    }
    let plain = try error(.activityRate, 51..<60, flip)
    #expect(try error(.activityAlwaysGuided, 51..<60, flip) > 1.5 * plain)
    #expect(try error(.activityGuided, 51..<60, flip) < 1.05 * plain)
  }

  @Test("a guess that is worth nothing yet costs nothing: the first draw is that of plain activity perturbation")
  func first() throws {
    let network = try network()
    let plain = try Estimation(.activityRate, network, data).gradient()
    #expect(try Estimation(.activityAlwaysGuided, network, data).gradient() == plain)
  }
}

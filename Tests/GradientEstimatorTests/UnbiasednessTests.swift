import Directions
import ReferenceNetworks
import SpikingNetworks
import Testing

/// The mean over many directions is the gradient that an estimator stands for, and the check would see if it were not.
@Suite("means over many directions")
struct UnbiasednessTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let method: Method
    let law: DirectionLaw
    let route: ReferenceNetwork.Route
    var testDescription: String { "\(method), \(law)" }
  }

  static let cases = [
    Case(method: .global, law: .gaussian, route: .exact),
    Case(method: .global, law: .rademacher, route: .exact),
    Case(method: .layerwise, law: .gaussian, route: .exact),
    Case(method: .layerwise, law: .rademacher, route: .exact),
    Case(method: .globalRate, law: .rademacher, route: .rate),
    Case(method: .layerwiseRate, law: .gaussian, route: .rate),
    Case(method: .activity, law: .rademacher, route: .activity),
    Case(method: .activity, law: .gaussian, route: .activity),
    Case(method: .activityRate, law: .rademacher, route: .rate),
    Case(method: .activityRate, law: .gaussian, route: .rate),
    Case(method: .activityOneByOne, law: .rademacher, route: .activity),
    Case(method: .activityOneByOneRate, law: .gaussian, route: .rate),
    Case(method: .activityLocal, law: .rademacher, route: .activity),
    Case(method: .perStep, law: .rademacher, route: .exact),
    Case(method: .perStep, law: .gaussian, route: .exact),
    Case(method: .hybrid, law: .rademacher, route: .exact),
    Case(method: .activityGuided, law: .rademacher, route: .rate),
    Case(method: .activityAlwaysGuided, law: .gaussian, route: .rate),
    Case(method: .activityGuidedFull, law: .rademacher, route: .activity),
  ]

  /// 32 000 directions: enough to tell 5 % from nothing.
  private let directions = 64
  private let draws = 500

  private func network(_ reset: Reset = .soft) throws -> Network {
    // A linear readout has an exact gradient in activity perturbation, which would give a factor away at once.
    let network = try Network(specification(2, [4], 1, steps: 5, leak: 0.9, reset: reset, readout: .spikingMean))
    network.randomize(seed: 41)
    return network
  }
  private let data = Samples(4, inputs: 2, outputs: 1, seed: 42)

  @Test("the mean is the gradient that the estimator stands for; one that is 5 % off is found out", arguments: cases)
  func unbiased(_ this: Case) throws {
    let network = try network()
    let reference = network.reference
    try #require(reference.margin(data) > 1e-5)
    let gradient = reference.lossGradient(data, this.route)

    let estimation = try Estimation(this.method, network, data, directions: directions, law: this.law)
    var honest = MeanOfDraws(expected: gradient)
    var scaled = honest
    var moved = honest
    for draw in 0..<draws {
      let estimate = try estimation.gradient(draw: draw)
      honest.add(estimate)
      scaled.add(estimate.map { 1.05 * $0 })
      moved.add([estimate[0] + 0.05 * norm(gradient)] + estimate.dropFirst())
    }
    #expect(honest.deviation < 5)
    #expect(moved.deviation > 5, "one component off by 5 % of the norm")
    #expect(scaled.deviation > 5, "a factor of 1.05")
  }

  @Test("activity perturbation with full tangents is not unbiased for the exact gradient, and the check sees it")
  func activityIsNotExact() throws {
    let network = try network(.hard)
    let estimation = try Estimation(.activity, network, data, directions: directions)
    var mean = MeanOfDraws(expected: network.reference.lossGradient(data, .exact))
    for draw in 0..<draws { mean.add(try estimation.gradient(draw: draw)) }
    #expect(mean.deviation > 5)
  }

  @Test(
    "with directions of its own at every step it is, hard reset or soft, constant inputs or not",
    arguments: [Reset.hard, .soft], [false, true])
  func perStepIsExact(_ reset: Reset, varying: Bool) throws {
    let network = try network(reset)
    let data = varying ? Samples(4, inputs: 2, outputs: 1, varyingOver: 5, seed: 43) : data
    let exact = network.reference.lossGradient(data, .exact)
    let estimation = try Estimation(.perStep, network, data, directions: directions)
    var mean = MeanOfDraws(expected: exact)
    var constant = MeanOfDraws(expected: network.reference.lossGradient(data, .activity))
    for draw in 0..<draws {
      let estimate = try estimation.gradient(draw: draw)
      mean.add(estimate)
      constant.add(estimate)
    }
    #expect(mean.deviation < 5)
    if reset == .hard { #expect(constant.deviation > 5, "mean traces times constant currents are something else") }
  }
}

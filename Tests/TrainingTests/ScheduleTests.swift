import Foundation
import ReferenceNetworks
import SpikingNetworks
import Testing

@testable import Training

@Suite("learning-rate schedules")
struct ScheduleTests {
  private func rates(_ kind: Schedule.Kind) -> [Double] {
    let schedule = Schedule(kind: kind, learningRate: 0.2, finalFraction: 0.01, steps: 8)
    return (0...12).map { schedule.rate(at: $0) }
  }

  @Test("constant stays")
  func constant() { #expect(rates(.constant) == [Double](repeating: 0.2, count: 13)) }

  @Test("exponential falls by the same factor at each step, to the final fraction")
  func exponential() {
    let rates = rates(.exponential)
    #expect(rates[0] == 0.2)
    for step in 0..<8 { #expect(abs(rates[step + 1] / rates[step] - pow(0.01, 1.0 / 8)) < 1e-12) }
    for step in 8...12 { #expect(abs(rates[step] - 0.002) < 1e-15) }
  }

  @Test("cosine falls along half a wave, to the final fraction")
  func cosine() {
    let rates = rates(.cosine)
    for step in 0...12 {
      let wave = step < 8 ? (1 + cos(Double.pi * Double(step) / 8)) / 2 : 0
      #expect(abs(rates[step] - 0.2 * (0.01 + 0.99 * wave)) < 1e-15)
    }
    #expect(abs(rates[4] - 0.2 * 0.505) < 1e-15)
  }

  @Test("a trainer's update k has the rate of step k; fit begins the schedule anew")
  func applied() throws {
    let data = smoothTask(6)
    let network = try Network(specification(2, [5], 1))
    let schedule = Schedule(kind: .cosine, learningRate: 1e-3, finalFraction: 0.1, steps: 4)
    let trainer = try Trainer(network) {
      $0.estimator = .exactForward
      $0.optimizer = .sgd(momentum: 0)
      $0.schedule = schedule
    }
    let check = { (step: Int) in
      let before = network.values.map { Double($0) }
      try trainer.estimate(data)
      let gradient = try trainer.gradientValues
      try trainer.update()
      let expected = zip(before, gradient).map { $0 - schedule.rate(at: step) * $1 }
      #expect(greatestError(network.values.map { Double($0) }, expected) < 1e-7)
    }
    for step in 0..<6 { try check(step) }
    try trainer.fit(data)
    #expect(trainer.updates == 10)
    // Four steps of fit are the schedule from its beginning, and it goes on from there.
    try check(4)
    let again = try Network(specification(2, [5], 1))
    let fresh = try Trainer(again, trainer.specification)
    try fresh.fit(data)
    try fresh.fit(data)
    let twice = try Network(specification(2, [5], 1))
    for _ in 0..<2 {
      let other = try Trainer(twice, trainer.specification)
      for _ in 0..<4 {
        try other.estimate(data)
        try other.update()
      }
    }
    #expect(again.values == twice.values)
  }

  @Test("an exponential schedule that ends at 0 is refused")
  func refused() throws {
    let network = try Network(specification(2, [5], 1))
    #expect(
      failureKind {
        _ = try Trainer(network) {
          $0.schedule = Schedule(kind: .exponential, learningRate: 1, finalFraction: 0, steps: 3)
        }
      } == .outOfRange)
  }
}

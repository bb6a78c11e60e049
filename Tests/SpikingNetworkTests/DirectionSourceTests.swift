import Directions
import Kernels
import Testing

/// Random numbers are a function of (seed, purpose, step, lane, index), and of nothing else.
@Suite("direction source")
struct DirectionSourceTests {
  private func numbers(
    seed: UInt64 = 1, _ purpose: DirectionSource.Purpose = .weights, _ law: DirectionLaw = .gaussian, step: Int = 2,
    lane: Int = 3, first: Int = 0, count: Int = 64, set: InstructionSet = .best
  ) -> [Float] {
    var out = [Float](repeating: 0, count: count)
    DirectionSource(seed: seed, purpose: purpose).fill(
      law, step: step, lane: lane, first: first, count: count, into: &out, kernels: .table(for: set))
    return out
  }

  @Test("each of the five changes the numbers")
  func arguments() {
    let all = [
      numbers(), numbers(seed: 2), numbers(seed: 1 | 1 << 32), numbers(.currents), numbers(step: 3),
      numbers(step: 2 + 1 << 32), numbers(lane: 4), numbers(first: 64),
    ]
    for (index, one) in all.enumerated() {
      #expect(numbers() == all[0])
      for other in all[..<index] { #expect(one != other) }
    }
  }

  @Test("any part can be drawn alone", arguments: [DirectionLaw.gaussian, .rademacher])
  func parts(law: DirectionLaw) {
    let whole = numbers(.weights, law, count: 200)
    for (first, count) in [(0, 1), (1, 5), (3, 64), (63, 2), (100, 100)] {
      #expect(numbers(.weights, law, first: first, count: count) == Array(whole[first..<first + count]))
    }
  }

  @Test(
    "mean 0, variance 1, and no correlation between components, lanes and steps",
    arguments: [
      DirectionLaw.gaussian, .rademacher,
    ])
  func moments(law: DirectionLaw) {
    let n = 40000
    let base = numbers(.weights, law, count: n).map { Double($0) }
    let others = [
      base, Array(base[1...] + base[..<1]), numbers(.weights, law, lane: 4, count: n).map { Double($0) },
      numbers(.weights, law, step: 3, count: n).map { Double($0) },
      numbers(.currents, law, count: n).map { Double($0) },
    ]
    #expect(abs(base.reduce(0, +) / Double(n)) < 0.025)
    for (index, other) in others.enumerated() {
      let correlation = zip(base, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(n)
      // 5 standard errors: of a square sqrt(2 / n), of a product of two sqrt(1 / n).
      #expect(abs(correlation - (index == 0 ? 1 : 0)) < 5 * (2 / Double(n)).squareRoot())
    }
    if law == .rademacher { #expect(base.allSatisfy { abs($0) == 1 }) }
  }
}

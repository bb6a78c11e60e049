import ReferenceNetworks
import Runtime
import Testing

@testable import SpikingNetworks

@Suite("sums over time steps")
struct StepSumsTests {
  private let account = MemoryAccount(limit: 0)

  private func stack(_ window: ReadoutWindow, steps: Int) throws -> Stack {
    try Network(specification(1, [1], 1, steps: steps) { $0.readoutWindow = window }).stacks[0]
  }

  @Test("counts of more than single precision can count to are exact")
  func manySpikes() throws {
    let sums = try StepSums(stack(.flat, steps: 1), count: 2, folds: true, account: account)
    let counts = sums.take(2)
    for block in 1...5000 {
      counts[0] = Float(StepSums.longest)
      counts[1] = block == 1 ? 1 : Float(StepSums.longest)
      sums.fold(after: block * StepSums.longest)
    }
    let steps = 5000 * StepSums.longest
    counts[0] += 3
    var values = [Float](repeating: 0, count: 2)
    sums.read(counts, count: 2, after: steps + 3, into: &values)
    #expect(values[0] == Float(Double(steps + 3)))
    #expect(values[1] == Float(Double(steps - StepSums.longest + 1)))
  }

  @Test("weighed as they come, and folded, sums over 300000 steps are those of exact arithmetic")
  func windows() throws {
    let steps = 300_000
    let windows: [ReadoutWindow] = [.flat, .leaky(0.9999), .leaky(0.999_999), .tapered]
    for window in windows {
      let stack = try stack(window, steps: steps)
      let sums = try StepSums(stack, count: 2, folds: true, account: account)
      let plain = sums.take(1)
      sums.beginWeighed()
      let weighed = sums.take(1)
      var generator = TestGenerator(seed: 3)
      var (exact, weights, exactPlain) = (0.0, 0.0, 0.0)
      for step in 0..<steps {
        let value = generator.value() + 1
        plain[0] += Float(value)
        weighed[0] = stack.readoutKept(at: step) * weighed[0] + Float(value)
        sums.fold(after: step + 1)
        let weight = Self.weight(window, step + 1, steps)
        exact += weight * value
        weights += weight
        exactPlain += value
      }
      var values = [Float](repeating: 0, count: 2)
      sums.read(plain, count: 1, after: steps, into: &values)
      #expect(abs(Double(values[0]) / exactPlain - 1) < 1e-5)
      sums.read(weighed, count: 1, after: steps, into: &values)
      let mean = Double(values[0] * stack.readoutScale(steps: steps))
      #expect(abs(mean / (exact / weights) - 1) < 1e-5, "\(window)")
    }
  }

  private static func weight(_ window: ReadoutWindow, _ step: Int, _ steps: Int) -> Double {
    switch window {
    case .flat: 1
    case .leaky(let leak): power(Double(leak), steps - step)
    case .tapered: Double(step) * Double(steps + 1 - step)
    }
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest % 2 == 1 { result *= factor }
      factor *= factor
      rest /= 2
    }
    return result
  }

  @Test("passes that fit the first level have no second one, and begin anew after a long one")
  func levels() throws {
    let short = try StepSums(stack(.flat, steps: 8), count: 1, folds: false, account: account)
    #expect(short.room(after: 1_000_000) == .max)
    let sums = try StepSums(stack(.flat, steps: 8), count: 1, folds: true, account: account)
    let sum = sums.take(1)
    sum[0] = 5
    #expect(sums.room(after: 10) == StepSums.longest - 10)
    sums.fold(after: StepSums.longest)
    #expect(sum[0] == 0)
    sum[0] = 2
    var value: [Float] = [0]
    sums.read(sum, count: 1, after: StepSums.longest + 1, into: &value)
    #expect(value == [7])
    sums.clear()
    sum[0] = 3
    sums.read(sum, count: 1, after: 1, into: &value)
    #expect(value == [3])
  }
}

import Foundation
import Kernels
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import Training

@Suite("optimisers")
struct OptimizerTests {
  private let count = 37

  /// Twenty updates by the library and by `rule`, a reference for one parameter: (parameter, gradient, step from 1).
  private func compare(_ kind: OptimizerKind, rule: () -> (Double, Double, Int) -> Double) throws {
    for set in InstructionSet.supported {
      let optimizer = try Optimizer(
        kind, count: count, kernels: .table(for: set), pool: ThreadPool(threads: 1), account: MemoryAccount(limit: 0))
      var generator = TestGenerator(seed: 1)
      var parameters = generator.values(count).map { Float($0) }
      var expected = parameters.map { Double($0) }
      let rules = (0..<count).map { _ in rule() }
      for step in 1...20 {
        var gradient = generator.values(count).map { Float($0 * Double(step)) }
        for index in 0..<count { expected[index] = rules[index](expected[index], Double(gradient[index]), step) }
        try optimizer.update(&parameters, gradient: &gradient, rate: rate(step))
        #expect(optimizer.updates == step)
      }
      #expect(greatestError(parameters.map { Double($0) }, expected) < 2e-6)
    }
  }

  private func rate(_ step: Int) -> Double { 0.02 / Double(step) }

  @Test("SGD: v = momentum v + g, theta -= rate v", arguments: [Float(0), 0.9])
  func sgd(momentum: Float) throws {
    try compare(.sgd(momentum: momentum)) {
      var velocity = 0.0
      return { parameter, gradient, step in
        velocity = Double(momentum) * velocity + gradient
        return parameter - rate(step) * velocity
      }
    }
  }

  @Test("Adam with bias correction (Kingma and Ba 2015, algorithm 1)", arguments: [0.9, 0.99], [1e-8, 0.1])
  func adam(beta1: Double, epsilon: Double) throws {
    let beta2 = 0.999
    try compare(.adam(beta1: beta1, beta2: beta2, epsilon: epsilon)) {
      var m = 0.0
      var v = 0.0
      return { parameter, gradient, step in
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient * gradient
        let corrected = (m: m / (1 - pow(beta1, Double(step))), v: v / (1 - pow(beta2, Double(step))))
        return parameter - rate(step) * corrected.m / (corrected.v.squareRoot() + epsilon)
      }
    }
  }

  @Test("AdaBelief (Zhuang et al. 2020, algorithm 2)", arguments: [0.9, 0.99], [1e-8, 1e-3])
  func adaBelief(beta1: Double, epsilon: Double) throws {
    let beta2 = 0.999
    try compare(.adaBelief(beta1: beta1, beta2: beta2, epsilon: epsilon)) {
      var m = 0.0
      var s = 0.0
      return { parameter, gradient, step in
        m = beta1 * m + (1 - beta1) * gradient
        s = beta2 * s + (1 - beta2) * (gradient - m) * (gradient - m) + epsilon
        let corrected = (m: m / (1 - pow(beta1, Double(step))), s: s / (1 - pow(beta2, Double(step))))
        return parameter - rate(step) * corrected.m / (corrected.s.squareRoot() + epsilon)
      }
    }
  }

  @Test(
    "an update that overflows leaves the parameters as they were",
    arguments: [
      OptimizerKind.sgd(momentum: 0), .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
      .adaBelief(beta1: 0.9, beta2: 0.999, epsilon: 1e-8),
    ])
  func overflow(_ kind: OptimizerKind) throws {
    let optimizer = try Optimizer(
      kind, count: 2, kernels: .table(for: .best), pool: ThreadPool(threads: 1), account: MemoryAccount(limit: 0))
    var parameters: [Float] = [1, 2]
    var gradient: [Float] = [1, 1e30]
    #expect(
      failureKind { try optimizer.update(&parameters, gradient: &gradient, rate: 1e300) } == .notFinite)
    #expect(parameters == [1, 2])
    #expect(optimizer.updates == 0)
  }

  @Test("many parameters are shared out among threads and follow the same rule")
  func blocks() throws {
    let count = 40_000
    let gradient = (0..<count).map { Float($0 % 7) - 3 }
    var results: [[Float]] = []
    for threads in [1, 3] {
      let optimizer = try Optimizer(
        .adam(beta1: 0.9, beta2: 0.999, epsilon: 1e-8), count: count, kernels: .table(for: .best),
        pool: ThreadPool(threads: threads), account: MemoryAccount(limit: 0))
      var parameters = [Float](repeating: 1, count: count)
      var values = gradient
      try optimizer.update(&parameters, gradient: &values, rate: 0.01)
      results.append(parameters)
    }
    #expect(results[0] == results[1])
    // Adam's first step is the rate, against the gradient's sign.
    for (index, value) in results[0].enumerated() {
      let sign: Float = gradient[index] == 0 ? 0 : gradient[index] > 0 ? 1 : -1
      #expect(abs(value - (1 - 0.01 * sign)) < 1e-6)
    }
  }
}

extension Optimizer {
  /// Proposes, and accepts.
  fileprivate func update(
    _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafeMutablePointer<Float>, rate: Double
  ) throws(Failure) {
    _ = try propose(UnsafePointer(parameters), gradient: gradient, rate: rate)
    accept(parameters)
  }
}

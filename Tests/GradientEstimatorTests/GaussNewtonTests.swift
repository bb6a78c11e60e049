import Directions
import GradientEstimators
import ReferenceNetworks
import Runtime
import SpikingNetworks
import Testing

@testable import GradientEstimators

/// The damped least-squares step in the span of the directions.
@Suite("Gauss-Newton steps")
struct GaussNewtonTests {
  private let data = Samples(6, inputs: 2, outputs: 2, seed: 62)

  private func network() throws -> Network {
    let network = try Network(specification(2, [4, 3], 2, steps: 4, leak: 0.9))
    network.randomize(seed: 61)
    return network
  }

  /// One output of one sample, whose gradient is a row of the Jacobian.
  private struct OneOutput: OutputLoss {
    let place: Int
    let count: Int
    func value(_ outputs: UnsafePointer<Float>) -> Double { Double(outputs[place]) }
    func value(_ outputs: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>) -> Double {
      for index in 0..<count { gradient[index] = index == place ? 1 : 0 }
      return value(outputs)
    }
  }

  /// Derivatives of all outputs of all samples by all parameters.
  private func jacobian(_ network: Network) throws -> [[Double]] {
    let exact = try Estimation(.exact, network, data)
    try exact.forward()
    let outputs = data.count * 2
    return try (0..<outputs).map { place in
      var row = [Float](repeating: 0, count: network.parameterCount)
      _ = try exact.estimator.estimate(OneOutput(place: place, count: outputs), into: &row)
      return row.map { Double($0) }
    }
  }

  /// x of (A + shift I) x = b, by elimination.
  private func solve(_ matrix: [[Double]], shift: Double, _ right: [Double]) -> [Double] {
    var (a, x) = (matrix, right)
    let n = x.count
    for i in 0..<n { a[i][i] += shift }
    for i in 0..<n {
      for row in i + 1..<max(n, i + 1) {
        let factor = a[row][i] / a[i][i]
        for column in i..<n { a[row][column] -= factor * a[i][column] }
        x[row] -= factor * x[i]
      }
    }
    for i in (0..<n).reversed() {
      for column in i + 1..<max(n, i + 1) { x[i] -= a[i][column] * x[column] }
      x[i] /= a[i][i]
    }
    return x
  }

  /// J^T H J with H of the mean squared error.
  private func curvature(_ network: Network) throws -> [[Double]] {
    let rows = try jacobian(network)
    let n = network.parameterCount
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for row in rows {
      for i in 0..<n {
        for j in 0..<n { matrix[i][j] += 2 / Double(rows.count) * row[i] * row[j] }
      }
    }
    return matrix
  }

  @Test(
    "on all rows of a Hadamard matrix: (J^T H J + damping I)^-1 grad L; without the curvature it is not",
    arguments: [0.01, 0.3])
  func complete(damping: Double) throws {
    let network = try network()
    let n = network.parameterCount
    var order = 1
    while order < n { order *= 2 }
    let step = try Estimation(
      .global, network, data, directions: order, law: .hadamard, aggregation: .gaussNewton(damping: damping)
    ).gradient()
    let matrix = try curvature(network)
    // V V^T = N I, so that the mean diagonal of V^T A V is the trace of A, which damping in N dimensions divides by N.
    let shift = damping * matrix.indices.reduce(0) { $0 + matrix[$1][$1] } / Double(order)
    let gradient = network.reference.lossGradient(data, .exact)
    let expected = solve(matrix, shift: shift, gradient)
    #expect(relativeError(step, expected) < 2e-3)
    #expect(relativeError(step, gradient) > 0.5)
  }

  @Test(
    "on few directions: no other combination of them takes the linearised loss lower",
    arguments: [Method.layerwise, .tensorwise])
  func least(method: Method) throws {
    let network = try network()
    let gradient = network.reference.lossGradient(data, .exact)
    let matrix = try curvature(network)
    func linearised(_ step: [Double]) -> Double {
      let product = matrix.map { dot($0, step) }
      return 0.5 * dot(step, product) - dot(gradient, step)
    }
    for draw in 0..<5 {
      let step = try Estimation(method, network, data, directions: 2, aggregation: .gaussNewton(damping: 0))
        .gradient(draw: draw)
      let found = linearised(step)
      // In the span lie the step itself, longer or shorter, and the mean of the directions by their derivatives.
      let mean = try Estimation(method, network, data, directions: 2).gradient(draw: draw)
      #expect(found < 0)
      for factor in [0.5, 0.9, 1.1, 2] { #expect(found < linearised(step.map { factor * $0 })) }
      for factor in [-0.1, 0.01, 0.1] {
        #expect(found < linearised(zip(step, mean).map { $0 + factor * $1 }) + 1e-6)
      }
    }
  }

  @Test("a loss that does not tell its second derivative is refused")
  func refuses() throws {
    let network = try network()
    let estimation = try Estimation(.global, network, data, aggregation: .gaussNewton(damping: 0.1))
    try estimation.forward()
    var gradient = [Float](repeating: 0, count: network.parameterCount)
    do {
      _ = try estimation.estimator.estimate(OneOutput(place: 0, count: 12), into: &gradient)
      Issue.record("it was taken")
    } catch {
      #expect(error.kind == .unsupported)
    }
  }
}

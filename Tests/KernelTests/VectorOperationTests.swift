import CSystem
import Foundation
import Kernels
import Testing

private let lengths = [0, 1, 7, 8, 15, 16, 17, 31, 33, 129, 1000]

@Suite("vector operations and Adam")
struct VectorOperationTests {
  @Test("axpy, scale and elementwise product: any length, any alignment", arguments: lengths)
  func elementwise(n: Int) {
    for table in tables() {
      for shift in [0, 1, 5] {
        var g = TestGenerator(seed: 11)
        let x = Memory<Float>(n, &g, shift: 3)
        let start = Memory<Float>(n, &g).values
        let y = Memory<Float>(start, shift: shift)
        table.axpy(n, 0.3, x.pointer, y.pointer)
        #expect(deviation(y.values, (0..<n).map { Double(start[$0]) + 0.3 * Double(x[$0]) }) < 1e-7)
        let z = Memory<Float>(start, shift: shift)
        table.scale(n, -1.7, z.pointer)
        #expect(z.values == start.map { -1.7 * $0 })
        let w = Memory<Float>(start, shift: shift)
        table.multiplyElements(n, x.pointer, w.pointer)
        #expect(w.values == (0..<n).map { start[$0] * x[$0] })
        #expect(y.guardsSurvive && z.guardsSurvive && w.guardsSurvive)
      }
    }
  }

  @Test("splitting a vector changes no bit")
  func splitting() {
    for table in tables() {
      var g = TestGenerator(seed: 12)
      let n = 101
      let x = Memory<Float>(n, &g)
      let start = Memory<Float>(n, &g).values
      let whole = Memory<Float>(start)
      table.axpy(n, 0.7, x.pointer, whole.pointer)
      for cut in 0...n {
        let parts = Memory<Float>(start)
        table.axpy(cut, 0.7, x.pointer, parts.pointer)
        table.axpy(n - cut, 0.7, x.pointer + cut, parts.pointer + cut)
        #expect(parts.values == whole.values)
      }
    }
  }

  @Test("the sum of squares is a double precision sum", arguments: lengths)
  func sumOfSquares(n: Int) {
    var g = TestGenerator(seed: 13)
    let x = Memory<Float>(n, &g, shift: 1)
    let expected = x.values.reduce(0.0) { $0 + Double($1) * Double($1) }
    for table in tables() {
      #expect(abs(table.sumOfSquares(n, x.pointer) - expected) <= 1e-13 * expected)
    }
  }

  @Test("one infinity or NaN anywhere is found", arguments: lengths)
  func allFinite(n: Int) {
    for table in tables() {
      let x = Memory<Float>(
        (0..<n).map { $0 % 2 == 0 ? Float.greatestFiniteMagnitude : -Float.leastNonzeroMagnitude })
      #expect(table.allFinite(n, x.pointer))
      for i in 0..<n {
        let old = x[i]
        for bad in [Float.nan, .infinity, -.infinity] {
          x.pointer[i] = bad
          #expect(!table.allFinite(n, x.pointer))
        }
        x.pointer[i] = old
      }
    }
  }

  @Test("Adam follows its paper's algorithm 1", arguments: [1, 16, 45])
  func adam(n: Int) {
    let (rate, beta1, beta2, epsilon) = (0.01, 0.9, 0.999, 1e-8)
    for table in tables() {
      var g = TestGenerator(seed: 14)
      let parameters = Memory<Float>(n, &g, shift: 1)
      let first = Memory<Float>(n)
      let second = Memory<Float>(n)
      var expected = parameters.values.map(Double.init)
      var m = [Double](repeating: 0, count: n)
      var v = m
      for t in 1...20 {
        let gradient = Memory<Float>(n, &g)
        let correction = sqrt(1 - pow(beta2, Double(t)))
        var a = rfgk_adam()
        a.count = Int64(n)
        a.parameters = parameters.pointer
        a.first = first.pointer
        a.second = second.pointer
        a.gradient = UnsafePointer(gradient.pointer)
        a.step = Float(rate * correction / (1 - pow(beta1, Double(t))))
        a.beta1 = Float(beta1)
        a.beta2 = Float(beta2)
        a.epsilon_hat = Float(epsilon * correction)
        table.adamUpdate(&a)
        for i in 0..<n {
          let d = Double(gradient[i])
          m[i] = beta1 * m[i] + (1 - beta1) * d
          v[i] = beta2 * v[i] + (1 - beta2) * d * d
          let mean = m[i] / (1 - pow(beta1, Double(t)))
          expected[i] -= rate * mean / (sqrt(v[i] / (1 - pow(beta2, Double(t)))) + epsilon)
        }
      }
      #expect(deviation(parameters.values, expected) < 1e-5, "\(table.instructionSet)")
      #expect(deviation(first.values, m) < 1e-6)
      #expect(deviation(second.values, v) < 1e-6)
      #expect(parameters.guardsSurvive && first.guardsSurvive && second.guardsSurvive)
    }
  }
}

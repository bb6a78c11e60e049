import CSystem
import Foundation
import Kernels
import Testing

@Suite("widthSensitivities and addMoments")
struct WidthSensitivityTests {
  /// The antiderivatives of the shapes; p = 1 / (w sqrt(2 pi)).
  private func soft(_ kind: Int, _ x: Double, _ width: Double) -> Double {
    let p = 1 / (width * (2 * Double.pi).squareRoot())
    switch kind {
    case 0: return 0.5 * erf(x / (width * 2.0.squareRoot()))
    case 1: return p * x / (1 + 2 * p * abs(x))
    case 2: return atan(Double.pi * p * x) / Double.pi
    case 3: return 1 / (1 + exp(-4 * p * x))
    case 4: return abs(x) < 1 / p ? p * x - (x < 0 ? -1 : 1) * p * p * x * x / 2 : (x < 0 ? -0.5 : 0.5)
    default: return min(max(p * x, -0.5), 0.5)
    }
  }

  @Test(
    "a step is the finite difference of the soft spike by the logarithm of its width", arguments: 0..<6,
    [(false, false), (false, true), (true, false), (true, true)])
  func differences(kind: Int, model: (ternary: Bool, hardReset: Bool)) {
    let (threshold, leak, width) = (0.7, 0.9, 0.6)
    let n = 112
    var g = TestGenerator(seed: 8)
    let potential = Memory<Float>((0..<n).map { _ in 2 * g.value() })
    let (psi, rho) = (Memory<Float>(n, &g), Memory<Float>(n, &g))
    let du0 = (0..<n).map { _ in g.value() }
    let sum0 = (0..<n).map { _ in g.value() }
    var du: [Double] = []
    var sum: [Double] = []
    for i in 0..<n {
      let u = Double(potential[i])
      let h = 1e-5
      func slope(_ x: Double) -> Double {
        (soft(kind, x, width * exp(h)) - soft(kind, x, width * exp(-h))) / (2 * h)
      }
      let plus = slope(u - threshold)
      let minus = model.ternary ? slope(-u - threshold) : 0
      let before = leak * Double(du0[i])
      du.append(Double(rho[i]) * before - (model.hardReset ? u * (plus + minus) : threshold * (plus - minus)))
      sum.append(Double(sum0[i]) + Double(psi[i]) * before + plus - minus)
    }
    for table in tables() {
      let (sensitivity, total) = (Memory<Float>(du0), Memory<Float>(sum0))
      var a = rfgk_width()
      a.count = Int64(n)
      a.kind = Int32(kind)
      a.ternary = model.ternary ? 1 : 0
      a.hard_reset = model.hardReset ? 1 : 0
      a.peak = Float(1 / (width * (2 * Double.pi).squareRoot()))
      a.threshold = Float(threshold)
      a.leak = Float(leak)
      a.potential = UnsafePointer(potential.pointer)
      a.psi = UnsafePointer(psi.pointer)
      a.rho = UnsafePointer(rho.pointer)
      a.sensitivity = sensitivity.pointer
      a.sensitivity_sum = total.pointer
      table.widthSensitivities(&a)
      #expect(deviation(sensitivity.values, du) < 2e-6, "\(table.instructionSet)")
      #expect(deviation(total.values, sum) < 2e-6, "\(table.instructionSet)")
      #expect(sensitivity.guardsSurvive && total.guardsSurvive)
    }
  }

  @Test("addMoments adds numbers and their squares", arguments: [16, 48, 112])
  func moments(count: Int) {
    var g = TestGenerator(seed: 2)
    let x = Memory<Float>(count, &g)
    let start = (0..<count).map { _ in g.value() }
    for table in tables() {
      let (sum, squares) = (Memory<Float>(start), Memory<Float>(start))
      table.addMoments(count, UnsafePointer(x.pointer), sum.pointer, squares.pointer)
      #expect(deviation(sum.values, (0..<count).map { Double(start[$0]) + Double(x[$0]) }) < 1e-6)
      #expect(deviation(squares.values, (0..<count).map { Double(start[$0]) + Double(x[$0]) * Double(x[$0]) }) < 1e-6)
      #expect(sum.guardsSurvive && squares.guardsSurvive)
    }
  }
}

import CSystem
import Foundation
import Kernels
import Testing

/// The shapes as their formulas say, in double precision; x = u~ - threshold, p = the height at 0.
private let shapes: [@Sendable (_ x: Double, _ p: Double) -> Double] = [
  { x, p in p * exp(-Double.pi * p * p * x * x) },
  { x, p in p / ((1 + 2 * p * abs(x)) * (1 + 2 * p * abs(x))) },
  { x, p in p / (1 + (Double.pi * p * x) * (Double.pi * p * x)) },
  { x, p in
    let s = 1 / (1 + exp(-4 * p * x))
    return 4 * p * s * (1 - s)
  },
  { x, p in max(0, p * (1 - p * abs(x))) },
  { x, p in abs(x) <= 1 / (2 * p) ? p : 0 },
]

@Suite("surrogateFactors")
struct SurrogateTests {
  /// psi alone, of potentials shifted so that the threshold is 0.
  private func psi(_ table: KernelTable, kind: Int, peak: Float, _ x: [Float]) -> [Float] {
    let potential = Memory<Float>(x)
    let out = Memory<Float>(x.count)
    var a = rfgk_surrogate()
    a.count = Int64(x.count)
    a.kind = Int32(kind)
    a.peak = peak
    a.potential = UnsafePointer(potential.pointer)
    a.psi = out.pointer
    table.surrogateFactors(&a)
    #expect(out.guardsSurvive)
    return out.values
  }

  @Test("each shape follows its formula", arguments: 0..<6)
  func formulas(kind: Int) {
    let x = (-2000..<2000).map { Float($0) * 0.001 + 0.00037 }
    for table in tables() {
      for peak: Float in [0.3989, 1, 2.5] {
        let expected = x.map { shapes[kind](Double($0), Double(peak)) }
        #expect(deviation(psi(table, kind: kind, peak: peak, x), expected) < 1e-6, "\(table.instructionSet)")
      }
    }
  }

  @Test("each shape is even, highest at 0 and has area 1", arguments: 0..<6)
  func areas(kind: Int) {
    let step: Float = 1 / 256
    let x = (-256_000..<256_000).map { (Float($0) + 0.5) * step }
    for table in tables() {
      let y = psi(table, kind: kind, peak: 1, x)
      #expect(y == y.reversed())
      #expect(abs(psi(table, kind: kind, peak: 1, [Float](repeating: 0, count: 16))[0] - 1) < 1e-6)
      #expect(y.allSatisfy { $0 <= 1 && $0 >= 0 })
      let area = y.reduce(0.0) { $0 + Double($1) } * Double(step)
      // The tails of the fast sigmoid and the arctangent reach far beyond 1000.
      #expect(abs(area - 1) < 2e-3, "\(table.instructionSet)")
    }
  }

  @Test("the exponential's relative error is small until results vanish")
  func exponential() {
    // The Gaussian of peak 1 is exp(-pi x^2): exponents from 0 to -86.9, and beyond.
    let x = (0..<5280).map { Float($0) * 0.001 }
    for table in tables() {
      let y = psi(table, kind: 0, peak: 1, x)
      for (x, y) in zip(x, y) {
        let exponent = -Double.pi * Double(x) * Double(x)
        if exponent > -86.9 {
          // Rounding the exponent itself costs |exponent| 2^-23.
          let bound = 4e-7 + abs(exponent) * 2e-7
          #expect(abs(Double(y) / exp(exponent) - 1) < bound, "\(table.instructionSet) \(exponent)")
        }
      }
      let far = psi(
        table, kind: 0, peak: 1, [Float](repeating: 6, count: 8) + [Float](repeating: 1e18, count: 8))
      #expect(far == [Float](repeating: 0, count: 16))
    }
  }

  @Test(
    "factors and sensitivities of every neuron model", arguments: 0..<6,
    [(false, false), (false, true), (true, false), (true, true)])
  func models(kind: Int, model: (ternary: Bool, hardReset: Bool)) {
    let (threshold, leak, peak): (Float, Float, Float) = (0.7, 0.9, 0.8)
    let n = 112
    var g = TestGenerator(seed: 3)
    let potential = Memory<Float>((0..<n).map { _ in 2 * g.value() })
    let du0 = (0..<n).map { _ in g.value() }
    let sum0 = (0..<n).map { _ in g.value() }
    var psi = [Double](), rho = [Double](), du = [Double](), sum = [Double]()
    for i in 0..<n {
      let u = Double(potential[i])
      let plus = shapes[kind](u - Double(threshold), Double(peak))
      let minus = model.ternary ? shapes[kind](-u - Double(threshold), Double(peak)) : 0
      let spike = u >= Double(threshold) || (model.ternary && -u >= Double(threshold))
      psi.append(plus + minus)
      rho.append(
        model.hardReset ? (spike ? 0 : 1) - u * (plus - minus) : 1 - Double(threshold) * (plus + minus))
      let d = Double(leak) * Double(du0[i]) + 1
      du.append(rho[i] * d)
      sum.append(Double(sum0[i]) + psi[i] * d)
    }
    for table in tables() {
      let outputs = [Memory<Float>(n), Memory<Float>(n), Memory<Float>(du0), Memory<Float>(sum0)]
      var a = rfgk_surrogate()
      a.count = Int64(n)
      a.kind = Int32(kind)
      a.ternary = model.ternary ? 1 : 0
      a.hard_reset = model.hardReset ? 1 : 0
      a.peak = peak
      a.threshold = threshold
      a.leak = leak
      a.potential = UnsafePointer(potential.pointer)
      a.psi = outputs[0].pointer
      a.rho = outputs[1].pointer
      a.sensitivity = outputs[2].pointer
      a.sensitivity_sum = outputs[3].pointer
      table.surrogateFactors(&a)
      for (output, expected) in zip(outputs, [psi, rho, du, sum]) {
        #expect(deviation(output.values, expected) < 2e-6, "\(table.instructionSet)")
        #expect(output.guardsSurvive)
      }
      // A cut reset: rho without what the surrogate adds to it.
      let cut = Memory<Float>(n)
      a.cut_reset = 1
      a.rho = cut.pointer
      a.sensitivity = nil
      a.sensitivity_sum = nil
      table.surrogateFactors(&a)
      let spikes = (0..<n).map {
        potential[$0] >= threshold || (model.ternary && -potential[$0] >= threshold)
      }
      #expect(cut.values == spikes.map { model.hardReset && $0 ? 0 : 1 })
      a.cut_reset = 0
      // Outputs are optional, and do not change one another.
      let alone = [Memory<Float>(du0), Memory<Float>(sum0)]
      a.psi = nil
      a.rho = nil
      a.sensitivity = alone[0].pointer
      a.sensitivity_sum = alone[1].pointer
      table.surrogateFactors(&a)
      #expect(alone[0].values == outputs[2].values)
      #expect(alone[1].values == outputs[3].values)
    }
  }
}

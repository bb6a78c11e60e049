import CSystem
import Foundation
import Kernels
import Testing

@Suite("sampledFactors")
struct SampledFactorsTests {
  private func counter(_ sample: UInt32 = 0, _ time: UInt32 = 0) -> rfgk_counter {
    rfgk_counter(key0: 11, key1: 22, word1: sample, word2: time, word3: 0)
  }

  /// |xi| of one neuron, from the generator's words, in double precision.
  private func magnitudes(_ table: KernelTable, sample: UInt32, neuron: Int, pairs: Int) -> [Double] {
    let blocks = (pairs + 3) / 4
    var numbers: [Double] = []
    for q in 0..<blocks {
      var words = [UInt32](repeating: 0, count: 4)
      var c = counter(sample, 5)
      table.philoxBlock(&c, UInt32((neuron / 16 * blocks + q) * 16 + neuron % 16), &words)
      for pair in 0..<2 {
        let uniform = (Double(words[2 * pair] >> 9) + 0.5) / 8_388_608
        let turn = Double(words[2 * pair + 1] >> 8) / 16_777_216
        let radius = (-2 * log(uniform)).squareRoot()
        numbers += [abs(radius * cos(2 * Double.pi * turn)), abs(radius * sin(2 * Double.pi * turn))]
      }
    }
    return Array(numbers.prefix(pairs))
  }

  @Test(
    "factors and sensitivities are those of the formula, neuron by neuron",
    arguments: [(1, 16, 4), (3, 48, 5), (7, 112, 6), (8, 16, 7), (2, 32, 64), (1, 16, 1)],
    [(false, false), (false, true), (true, false), (true, true)])
  func formula(size: (rows: Int, padded: Int, pairs: Int), model: (ternary: Bool, hardReset: Bool)) {
    let (threshold, leak, width) = (0.7, 0.9, 0.4)
    let n = size.rows * size.padded
    var g = TestGenerator(seed: 5)
    let potential = Memory<Float>((0..<n).map { _ in 2 * g.value() })
    let du0 = (0..<n).map { _ in g.value() }
    let sum0 = (0..<n).map { _ in g.value() }
    for table in tables() {
      var expected = [[Double]](repeating: [], count: 4)
      var close = Set<Int>()
      for i in 0..<n {
        let u = Double(potential[i])
        let xi = magnitudes(table, sample: UInt32(3 + i / size.padded), neuron: i % size.padded, pairs: size.pairs)
        func psi(_ x: Double) -> Double {
          if xi.contains(where: { abs($0 - abs(x) / width) < 1e-5 }) { close.insert(i) }
          return xi.reduce(0) { $0 + ($1 > abs(x) / width ? $1 : 0) } / (2 * width * Double(size.pairs))
        }
        let plus = psi(u - threshold)
        let minus = model.ternary ? psi(-u - threshold) : 0
        let spike = u >= threshold || (model.ternary && -u >= threshold)
        let rho = model.hardReset ? (spike ? 0 : 1) - u * (plus - minus) : 1 - threshold * (plus + minus)
        let du = leak * Double(du0[i]) + 1
        expected[0].append(plus + minus)
        expected[1].append(rho)
        expected[2].append(rho * du)
        expected[3].append(Double(sum0[i]) + (plus + minus) * du)
      }
      let outputs = [Memory<Float>(n), Memory<Float>(n), Memory<Float>(du0), Memory<Float>(sum0)]
      var a = rfgk_sampled()
      a.padded = Int32(size.padded)
      a.pairs = Int32(size.pairs)
      a.counter = counter(3, 5)
      a.factors.count = Int64(n)
      a.factors.ternary = model.ternary ? 1 : 0
      a.factors.hard_reset = model.hardReset ? 1 : 0
      a.factors.peak = Float(1 / (width * (2 * Double.pi).squareRoot()))
      a.factors.threshold = Float(threshold)
      a.factors.leak = Float(leak)
      a.factors.potential = UnsafePointer(potential.pointer)
      a.factors.psi = outputs[0].pointer
      a.factors.rho = outputs[1].pointer
      a.factors.sensitivity = outputs[2].pointer
      a.factors.sensitivity_sum = outputs[3].pointer
      table.sampledFactors(&a)
      #expect(close.count * 20 < n + 20, "numbers that rounding may put on either side of a threshold are few")
      for (output, expected) in zip(outputs, expected) {
        let kept = (0..<n).filter { !close.contains($0) }
        #expect(deviation(kept.map { output[$0] }, kept.map { expected[$0] }) < 1e-5, "\(table.instructionSet)")
        #expect(output.guardsSurvive)
      }
    }
  }

  /// Mean and variance of psi at a distance from the threshold, over neurons, samples and time steps.
  private func moments(_ table: KernelTable, x: Float, width: Float, pairs: Int) -> (Double, Double, Double) {
    let (rows, padded, steps) = (8, 496, 100)
    let n = rows * padded
    let potential = Memory<Float>([Float](repeating: x, count: n))
    let out = Memory<Float>(n)
    var sums = (0.0, 0.0, 0.0)
    for time in 0..<steps {
      var a = rfgk_sampled()
      a.padded = Int32(padded)
      a.pairs = Int32(pairs)
      a.counter = counter(0, UInt32(time))
      a.factors.count = Int64(n)
      a.factors.peak = 1 / (width * (2 * Float.pi).squareRoot())
      a.factors.potential = UnsafePointer(potential.pointer)
      a.factors.psi = out.pointer
      table.sampledFactors(&a)
      for i in 0..<n { sums = (sums.0 + 1, sums.1 + Double(out[i]), sums.2 + Double(out[i]) * Double(out[i])) }
    }
    let mean = sums.1 / sums.0
    return (mean, sums.2 / sums.0 - mean * mean, sums.0)
  }

  @Test("the mean is the Gaussian surrogate, and the variance falls as 1 / pairs", arguments: [1, 4, 10])
  func meanAndVariance(pairs: Int) {
    let width = 0.3
    for x in [0.0, 0.3, -0.6, 0.15] {
      let a = abs(x) / width
      let density = exp(-a * a / 2) / (2 * Double.pi).squareRoot()
      let tail = a * density + 0.5 * erfc(a / 2.0.squareRoot())
      let variance = (tail / 2 - density * density) / (width * width)
      if x == 0 { #expect(abs(variance - (1 - 2 / Double.pi) / (4 * width * width)) < 1e-12) }
      for table in tables() {
        let measured = moments(table, x: Float(x), width: Float(width), pairs: pairs)
        let error = (variance / Double(pairs) / measured.2).squareRoot()
        #expect(abs(measured.0 - density / width) < 5 * error, "\(table.instructionSet) \(x)")
        // The standard error of the variance of 396 800 numbers is below 0.5 %.
        #expect(abs(measured.1 * Double(pairs) / variance - 1) < 0.02, "\(table.instructionSet) \(x)")
      }
    }
  }

  @Test("one pair has the known variances at width 0.3: 1.01 at the threshold, 0.69 and 1.58 beside it")
  func knownVariances() {
    for (x, variance) in [(Float(0), 1.01), (-0.6, 0.69), (0.3, 1.58)] {
      #expect(abs(moments(tables()[0], x: x, width: 0.3, pairs: 1).1 - variance) < 0.02)
    }
  }
}

import CSystem
import Kernels
import Testing

@Suite("maskFactors")
struct MaskFactorsTests {
  private func keeps(_ table: KernelTable, sample: UInt32, neuron: Int, keep: Float) -> Bool {
    var words = [UInt32](repeating: 0, count: 4)
    var c = rfgk_counter(key0: 1, key1: 2, word1: sample, word2: 3, word3: 4)
    table.philoxBlock(&c, UInt32(neuron / 64 * 16 + neuron % 16), &words)
    return Float(words[neuron / 16 % 4] >> 9) < keep * 8_388_608
  }

  @Test(
    "factors and sensitivities are those of the formula, neuron by neuron", arguments: [(1, 16), (3, 48), (7, 112)],
    [(false, false), (false, true), (true, false), (true, true)])
  func formula(size: (rows: Int, padded: Int), model: (ternary: Bool, hardReset: Bool)) {
    let (threshold, leak, keep): (Float, Float, Float) = (0.7, 0.9, 0.6)
    let n = size.rows * size.padded
    var g = TestGenerator(seed: 6)
    let potential = Memory<Float>((0..<n).map { _ in 2 * g.value() })
    let (psi0, rho0) = ((0..<n).map { _ in g.value() }, (0..<n).map { _ in g.value() })
    let (du0, sum0) = ((0..<n).map { _ in g.value() }, (0..<n).map { _ in g.value() })
    for table in tables() {
      var expected = [[Double]](repeating: [], count: 4)
      for i in 0..<n {
        let kept = keeps(table, sample: UInt32(9 + i / size.padded), neuron: i % size.padded, keep: keep)
        let m = kept ? 1 / Double(keep) : 0
        let u = potential[i]
        let spike = u >= threshold || (model.ternary && -u >= threshold)
        let rest = model.hardReset && spike ? 0.0 : 1
        let psi = m * Double(psi0[i])
        let rho = rest + m * (Double(rho0[i]) - rest)
        let du = Double(leak) * Double(du0[i]) + 1
        for (place, value) in [psi, rho, rho * du, Double(sum0[i]) + psi * du].enumerated() {
          expected[place].append(value)
        }
      }
      let outputs = [Memory<Float>(psi0), Memory<Float>(rho0), Memory<Float>(du0), Memory<Float>(sum0)]
      var a = rfgk_mask()
      a.padded = Int32(size.padded)
      a.keep = keep
      a.counter = rfgk_counter(key0: 1, key1: 2, word1: 9, word2: 3, word3: 4)
      a.factors.count = Int64(n)
      a.factors.ternary = model.ternary ? 1 : 0
      a.factors.hard_reset = model.hardReset ? 1 : 0
      a.factors.threshold = threshold
      a.factors.leak = leak
      a.factors.potential = UnsafePointer(potential.pointer)
      a.factors.psi = outputs[0].pointer
      a.factors.rho = outputs[1].pointer
      a.factors.sensitivity = outputs[2].pointer
      a.factors.sensitivity_sum = outputs[3].pointer
      table.maskFactors(&a)
      for (output, expected) in zip(outputs, expected) {
        #expect(deviation(output.values, expected) < 1e-6, "\(table.instructionSet)")
        #expect(output.guardsSurvive)
      }
    }
  }

  @Test("as many are kept as should be, and mean and variance follow: 1 and p / (1 - p) for psi = 1")
  func moments() {
    let (rows, padded) = (200, 496)
    for table in tables() {
      for keep: Float in [0.3, 0.5, 0.9] {
        let (psi, rho) = (Memory<Float>([Float](repeating: 1, count: rows * padded)), Memory<Float>(rows * padded))
        var a = rfgk_mask()
        a.padded = Int32(padded)
        a.keep = keep
        a.counter = rfgk_counter(key0: 1, key1: 2, word1: 0, word2: 0, word3: 0)
        a.factors.count = Int64(rows * padded)
        a.factors.psi = psi.pointer
        a.factors.rho = rho.pointer
        table.maskFactors(&a)
        let count = Double(rows * padded)
        let mean = psi.values.reduce(0) { $0 + Double($1) } / count
        let variance = psi.values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        let theory = Double((1 - keep) / keep)
        #expect(abs(mean - 1) < 5 * (theory / count).squareRoot())
        #expect(abs(variance / theory - 1) < 0.05)
      }
    }
  }
}

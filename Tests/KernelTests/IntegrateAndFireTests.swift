import CSystem
import Kernels
import Testing

/// One call of integrateAndFire on random data, and what a plain loop says about it.
private struct Case {
  var samples = 3
  var padded = 64
  var presynaptic = 70
  var probability = 0.3
  var ternary = false
  var hardReset = false
  var noReset = false
  var sharedBase = false
  /// Whether there are tables for rows that spike much.
  var tables = false
  let leak: Float = 0.9
  let threshold: Float = 0.75

  struct Result: Equatable {
    var potential: [Float]
    var membrane: [Float]
    var count: [Float]
    var positive: [UInt64]
    var negative: [UInt64]
  }

  func run(_ table: KernelTable, wantPotential: Bool = true) -> (result: Result, expectedPotential: [Double]) {
    var g = TestGenerator(seed: UInt64(samples * 1000 + padded + presynaptic))
    let words = (presynaptic + 63) / 64
    let outWords = (padded + 63) / 64
    let cells = samples * padded
    let base = Memory<Float>(sharedBase ? padded : cells, &g)
    let weights = Memory<Float>(max(presynaptic, 1) * padded, &g)
    let membrane = Memory<Float>(cells, &g)
    let count = Memory<Float>(cells, &g)
    let potential = Memory<Float>(cells)
    let currents = Memory<Float>(cells)
    var positive = g.mask(rows: samples, words: words, neurons: presynaptic, probability: probability)
    var negative = g.mask(rows: samples, words: words, neurons: presynaptic, probability: probability)
    for i in 0..<positive.count { negative[i] &= ~positive[i] }
    // Rubbish in the outputs: every word must be written, unused bits too.
    var outPositive = [UInt64](repeating: .max, count: samples * outWords)
    var outNegative = [UInt64](repeating: .max, count: samples * outWords)
    let before = membrane.values

    var a = rfgk_integrate()
    a.samples = Int32(samples)
    a.padded = Int32(padded)
    a.in_words = Int32(words)
    a.out_words = Int32(outWords)
    a.ternary = ternary ? 1 : 0
    a.hard_reset = hardReset ? 1 : 0
    a.no_reset = noReset ? 1 : 0
    a.steps = 1
    a.leak = leak
    a.threshold = threshold
    a.base = UnsafePointer(base.pointer)
    a.base_stride = sharedBase ? 0 : Int64(padded)
    // Panel by panel, as the kernel reads them.
    let panels = Memory<Float>(max(presynaptic, 1) * padded)
    let panel = Int(RFGK_PANEL)
    for first in stride(from: 0, to: padded, by: panel) {
      let columns = min(panel, padded - first)
      for row in 0..<presynaptic {
        for column in 0..<columns {
          panels.pointer[presynaptic * first + row * columns + column] = weights[row * padded + first + column]
        }
      }
    }
    a.weights = UnsafePointer(panels.pointer)
    a.panel_stride = Int64(presynaptic * panel)
    let pieces = (presynaptic + 15) / 16
    let sums = Memory<Float>(tables ? 64 * pieces * padded : 0)
    if tables {
      var t = rfgk_tables(
        presynaptic: Int32(presynaptic), padded: Int32(padded), pieces: Int32(pieces),
        weights: UnsafePointer(weights.pointer), tables: sums.pointer)
      table.fillTables(&t)
      a.tables = UnsafePointer(sums.pointer)
      a.table_pieces = Int32(pieces)
    }
    a.currents = currents.pointer
    a.membrane = membrane.pointer
    a.potential = wantPotential ? potential.pointer : nil
    a.count = count.pointer
    let countBefore = count.values
    positive.withUnsafeMutableBufferPointer { p in
      negative.withUnsafeMutableBufferPointer { n in
        outPositive.withUnsafeMutableBufferPointer { op in
          outNegative.withUnsafeMutableBufferPointer { on in
            a.in_positive = UnsafePointer(p.baseAddress)
            a.in_negative = ternary ? UnsafePointer(n.baseAddress) : nil
            a.out_positive = op.baseAddress
            a.out_negative = ternary ? on.baseAddress : nil
            table.integrateAndFire(&a)
          }
        }
      }
    }
    for memory in [base, weights, membrane, count, potential, currents, sums] { #expect(memory.guardsSurvive) }

    var expected = [Double](repeating: 0, count: cells)
    for s in 0..<samples {
      for j in 0..<padded {
        var u =
          Double(leak) * Double(before[s * padded + j]) + Double(base[(sharedBase ? 0 : s * padded) + j])
        for i in 0..<presynaptic {
          let bit = UInt64(1) << UInt64(i % 64)
          if positive[s * words + i / 64] & bit != 0 { u += Double(weights[i * padded + j]) }
          if ternary, negative[s * words + i / 64] & bit != 0 { u -= Double(weights[i * padded + j]) }
        }
        expected[s * padded + j] = u
      }
    }
    let result = Result(
      potential: potential.values, membrane: membrane.values,
      count: zip(count.values, countBefore).map { ($0 - $1).rounded() }, positive: outPositive,
      negative: ternary ? outNegative : [])
    return (result, expected)
  }

  /// Spikes, masks, reset and counts as they follow from the potentials.
  func consequences(of potential: [Float]) -> Result {
    let outWords = (padded + 63) / 64
    var r = Result(
      potential: potential, membrane: potential, count: potential.map { _ in 0 },
      positive: [UInt64](repeating: 0, count: samples * outWords),
      negative: [UInt64](repeating: 0, count: ternary ? samples * outWords : 0))
    for s in 0..<samples {
      for j in 0..<padded {
        let i = s * padded + j
        let u = potential[i]
        let bit = UInt64(1) << UInt64(j % 64)
        if u >= threshold {
          r.count[i] = 1
          r.positive[s * outWords + j / 64] |= bit
        }
        if ternary && -u >= threshold {
          r.count[i] = -1
          r.negative[s * outWords + j / 64] |= bit
        }
        if r.count[i] != 0 && !noReset { r.membrane[i] = hardReset ? 0 : u - threshold * r.count[i] }
      }
    }
    return r
  }

  func check() {
    for table in KernelTests.tables() {
      let (result, expected) = run(table)
      #expect(deviation(result.potential, expected) < 2e-5, "\(table.instructionSet) \(self)")
      #expect(result == consequences(of: result.potential), "\(table.instructionSet) \(self)")
      var silent = run(table, wantPotential: false).result
      silent.potential = result.potential
      #expect(silent == result, "the potential is optional")
    }
  }
}

@Suite("integrateAndFire")
struct IntegrateAndFireTests {
  @Test("any number of samples", arguments: 1...9)
  func samples(samples: Int) { Case(samples: samples).check() }

  @Test("any width", arguments: (1...17).map { 16 * $0 })
  func widths(padded: Int) { Case(padded: padded).check() }

  @Test("any number of presynaptic neurons", arguments: [0, 1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 200])
  func presynaptic(count: Int) { Case(presynaptic: count).check() }

  @Test("silence to all spiking", arguments: [0, 0.01, 0.5, 1])
  func densities(probability: Double) { Case(padded: 144, probability: probability).check() }

  @Test("spikes that are many are summed from tables", arguments: [1, 16, 17, 64, 65, 128, 200])
  func fromTables(presynaptic: Int) {
    for padded in [16, 32, 48, 144] {
      for probability in [0.2, 0.36, 0.5, 1] {
        Case(samples: 9, padded: padded, presynaptic: presynaptic, probability: probability, tables: true).check()
      }
    }
  }

  @Test("tables change rounding alone")
  func tablesRound() {
    for table in tables() {
      let plain = Case(samples: 9, padded: 48, presynaptic: 200, probability: 0.36).run(table).result
      let tabled = Case(samples: 9, padded: 48, presynaptic: 200, probability: 0.36, tables: true).run(table).result
      #expect(plain != tabled)
      #expect(deviation(tabled.potential, plain.potential) < 1e-5)
    }
  }

  @Test("every neuron model", arguments: [false, true], [false, true])
  func models(ternary: Bool, hardReset: Bool) {
    for sharedBase in [false, true] {
      Case(padded: 176, ternary: ternary, hardReset: hardReset, sharedBase: sharedBase).check()
      Case(presynaptic: 0, ternary: ternary, hardReset: hardReset, sharedBase: sharedBase).check()
    }
  }

  @Test("without a reset the membrane keeps its potential", arguments: [false, true])
  func noReset(ternary: Bool) {
    Case(padded: 176, ternary: ternary, noReset: true).check()
    Case(presynaptic: 0, ternary: ternary, noReset: true).check()
  }

  @Test("instruction sets differ by rounding alone")
  func levelsAgree() {
    let c = Case(samples: 5, padded: 208, presynaptic: 129)
    let results = tables().map { c.run($0).result.potential }
    for result in results { #expect(deviation(result, results[0]) < 2e-6) }
  }

  @Test("a potential exactly at the threshold is a spike")
  func threshold() {
    for table in tables() {
      let base = Memory<Float>([Float](repeating: 0.75, count: 16))
      let membrane = Memory<Float>(16)
      let count = Memory<Float>(16)
      var spikes: UInt64 = 0
      withUnsafeMutablePointer(to: &spikes) { out in
        var a = rfgk_integrate()
        a.samples = 1
        a.padded = 16
        a.out_words = 1
        a.steps = 1
        a.leak = 1
        a.threshold = 0.75
        a.base = UnsafePointer(base.pointer)
        a.membrane = membrane.pointer
        a.out_positive = out
        a.count = count.pointer
        table.integrateAndFire(&a)
      }
      #expect(spikes == 0xFFFF)
      #expect(membrane.values == [Float](repeating: 0, count: 16))
    }
  }
}

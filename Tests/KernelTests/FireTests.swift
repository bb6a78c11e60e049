import CSystem
import Kernels
import Testing

/// Some time steps of 3 samples under a constant current, at once or one by one.
private struct Layer {
  var padded = 80
  var kind = 0
  var ternary = false
  var reset = 0
  var cutReset = false
  /// 0: no surrogate, 1: sensitivities, 2: psi, rho and potentials as well, 3: without the potentials, 4: psi and rho
  /// alone.
  var wanted = 1
  /// Whether sums are weighed.
  var weighs = false
  let samples = 3
  let steps = 5

  struct Result: Equatable {
    var arrays: [[Float]]
    var masks: [UInt64]
  }

  /// - Parameter fused: whether one call does everything; else each step is two calls, of `integrateAndFire` and of
  ///   `surrogateFactors`, after sums have been weighed by `scale`.
  func run(_ table: KernelTable, fused: Bool) -> Result {
    var g = TestGenerator(seed: 11)
    let cells = samples * padded
    let words = (padded + 63) / 64
    let base = Memory<Float>((0..<cells).map { _ in g.value() })
    // Membrane, count, sensitivity and its sum; then what is written: potential, psi and rho of every step.
    let state = (0..<4).map { _ in Memory<Float>((0..<cells).map { _ in g.value() }) }
    let written = [Memory<Float>(cells), Memory<Float>(steps * cells), Memory<Float>(steps * cells)]
    // Rubbish in the outputs: every word must be written, unused bits too.
    let masks = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: 2 * steps * samples * words)
    masks.initialize(repeating: .max)
    defer { masks.deallocate() }
    let positive = masks.baseAddress!
    let negative = positive + steps * samples * words
    if !ternary { negative.update(repeating: 0, count: steps * samples * words) }

    var surrogate = rfgk_surrogate()
    surrogate.count = Int64(cells)
    surrogate.kind = Int32(kind)
    surrogate.peak = 0.8
    surrogate.cut_reset = cutReset || reset == 2 ? 1 : 0
    if wanted < 4 {
      surrogate.sensitivity = state[2].pointer
      surrogate.sensitivity_sum = state[3].pointer
    }
    if wanted >= 2 {
      surrogate.psi = written[1].pointer
      surrogate.rho = written[2].pointer
    }
    var a = rfgk_integrate()
    a.samples = Int32(samples)
    a.padded = Int32(padded)
    a.out_words = Int32(words)
    a.step_rows = Int32(samples)
    a.ternary = ternary ? 1 : 0
    a.hard_reset = reset == 1 ? 1 : 0
    a.no_reset = reset == 2 ? 1 : 0
    a.leak = 0.9
    a.threshold = 0.75
    a.base = UnsafePointer(base.pointer)
    a.base_stride = Int64(padded)
    let kept = Memory<Float>((0..<steps).map { _ in g.value() })
    if fused && weighs { a.kept = UnsafePointer(kept.pointer) }
    let currents = Memory<Float>(steps * cells)
    a.currents = currents.pointer
    a.membrane = state[0].pointer
    a.count = state[1].pointer
    if !fused || wanted == 2 { a.potential = written[0].pointer }

    for step in 0..<(fused ? 1 : steps) {
      a.steps = Int32(fused ? steps : 1)
      a.out_positive = positive + step * samples * words
      a.out_negative = ternary ? negative + step * samples * words : nil
      if !fused && weighs {
        table.scale(cells, kept[step], state[1].pointer)
        if wanted > 0 && wanted < 4 { table.scale(cells, kept[step], state[3].pointer) }
      }
      if fused && wanted > 0 {
        withUnsafePointer(to: surrogate) {
          a.surrogate = $0
          table.integrateAndFire(&a)
        }
      } else {
        table.integrateAndFire(&a)
        if wanted == 0 { continue }
        if wanted >= 2 {
          surrogate.psi = written[1].pointer + step * cells
          surrogate.rho = written[2].pointer + step * cells
        }
        // What the fused call takes from the layer.
        surrogate.ternary = a.ternary
        surrogate.hard_reset = a.hard_reset
        surrogate.leak = a.leak
        surrogate.threshold = a.threshold
        surrogate.potential = UnsafePointer(written[0].pointer)
        table.surrogateFactors(&surrogate)
      }
    }
    for memory in state + written + [currents] { #expect(memory.guardsSurvive) }
    return Result(
      arrays: (state + (wanted == 2 ? [written[0]] : []) + written[1...]).map(\.values), masks: Array(masks))
  }

  func check() {
    for table in tables() {
      let (fused, apart) = (run(table, fused: true), run(table, fused: false))
      #expect(fused == apart, "\(table.instructionSet) \(self)")
      #expect(fused.masks.contains { $0 != 0 && $0 != .max })
    }
  }
}

@Suite("integrateAndFire, several steps and the surrogate at once")
struct FireTests {
  @Test("the same bits as step by step", arguments: 0..<6, 0..<5)
  func shapes(kind: Int, wanted: Int) { Layer(kind: kind, wanted: wanted).check() }

  @Test("sums that are weighed from step to step", arguments: 0..<6, [false, true])
  func weighed(kind: Int, ternary: Bool) {
    for wanted in 0..<5 { Layer(kind: kind, ternary: ternary, wanted: wanted, weighs: true).check() }
  }

  @Test("any width", arguments: (1...9).map { 16 * $0 })
  func widths(padded: Int) {
    for wanted in [1, 3] { Layer(padded: padded, wanted: wanted).check() }
  }

  @Test("every neuron model", arguments: [false, true], [0, 1, 2])
  func models(ternary: Bool, reset: Int) {
    for wanted in 0..<5 {
      for cutReset in [false, true] {
        Layer(ternary: ternary, reset: reset, cutReset: cutReset, wanted: wanted).check()
      }
    }
  }

  @Test("sums of weight rows are not touched by the surrogate")
  func afterSums() {
    for table in tables() {
      var g = TestGenerator(seed: 5)
      let weights = Memory<Float>((0..<3 * 16).map { _ in g.value() })
      let base = Memory<Float>((0..<16).map { _ in g.value() })
      let (membrane, count) = (Memory<Float>(16), Memory<Float>(16))
      let (du, sum, potential) = (Memory<Float>(16), Memory<Float>(16), Memory<Float>(16))
      let currents = Memory<Float>(16)
      let spikes: [UInt64] = [0b101]
      var out: UInt64 = 0
      var surrogate = rfgk_surrogate()
      surrogate.peak = 0.8
      surrogate.sensitivity = du.pointer
      surrogate.sensitivity_sum = sum.pointer
      var a = rfgk_integrate()
      a.samples = 1
      a.padded = 16
      a.in_words = 1
      a.out_words = 1
      a.steps = 1
      a.leak = 0.5
      a.threshold = 0.75
      a.base = UnsafePointer(base.pointer)
      a.weights = UnsafePointer(weights.pointer)
      a.panel_stride = 48
      a.currents = currents.pointer
      a.membrane = membrane.pointer
      a.count = count.pointer
      a.potential = potential.pointer
      withUnsafePointer(to: surrogate) { surrogate in
        spikes.withUnsafeBufferPointer { spikes in
          withUnsafeMutablePointer(to: &out) { out in
            a.surrogate = surrogate
            a.in_positive = spikes.baseAddress
            a.out_positive = out
            table.integrateAndFire(&a)
          }
        }
      }
      // From rest, du~ = 1: the sum is psi of the potential.
      surrogate.count = 16
      surrogate.threshold = a.threshold
      surrogate.potential = UnsafePointer(potential.pointer)
      (surrogate.sensitivity, surrogate.sensitivity_sum) = (nil, nil)
      let psi = Memory<Float>(16)
      surrogate.psi = psi.pointer
      table.surrogateFactors(&surrogate)
      #expect(sum.values == psi.values)
      for j in 0..<16 { #expect(potential[j] == base[j] + weights[j] + weights[32 + j]) }
    }
  }

  @Test("several steps of sums over spikes, at once or one by one", arguments: [1, 3, 16], [false, true])
  func sums(samples: Int, ternary: Bool) {
    let (steps, rows, padded, presynaptic) = (5, 16, 144, 70)
    let (words, outWords) = (2, 3)
    for table in tables() {
      var g = TestGenerator(seed: 9)
      let base = Memory<Float>((0..<samples * padded).map { _ in g.value() })
      let weights = Memory<Float>((0..<presynaptic * padded).map { _ in g.value() })
      let panels = Memory<Float>(presynaptic * padded)
      for row in 0..<presynaptic {
        for j in 0..<128 { panels.pointer[row * 128 + j] = weights[row * padded + j] }
        for j in 128..<144 { panels.pointer[presynaptic * 128 + row * 16 + j - 128] = weights[row * padded + j] }
      }
      let positive = g.mask(rows: steps * rows, words: words, neurons: presynaptic, probability: 0.2)
      let negative = g.mask(rows: steps * rows, words: words, neurons: presynaptic, probability: 0.2)
      var results: [[Float]] = []
      var masks: [[UInt64]] = []
      for atOnce in [true, false] {
        let (membrane, count) = (Memory<Float>(samples * padded), Memory<Float>(samples * padded))
        let (du, sum) = (Memory<Float>(samples * padded), Memory<Float>(samples * padded))
        let (psi, rho) = (Memory<Float>(steps * rows * padded), Memory<Float>(steps * rows * padded))
        let currents = Memory<Float>(steps * rows * padded)
        var out = [UInt64](repeating: 0, count: steps * rows * outWords)
        var outNegative = out
        var surrogate = rfgk_surrogate()
        surrogate.peak = 0.8
        surrogate.sensitivity = du.pointer
        surrogate.sensitivity_sum = sum.pointer
        var a = rfgk_integrate()
        a.samples = Int32(samples)
        a.padded = Int32(padded)
        a.in_words = Int32(words)
        a.out_words = Int32(outWords)
        a.step_rows = Int32(rows)
        a.ternary = ternary ? 1 : 0
        a.leak = 0.9
        a.threshold = 0.75
        a.base = UnsafePointer(base.pointer)
        a.base_stride = Int64(padded)
        a.weights = UnsafePointer(panels.pointer)
        a.panel_stride = Int64(presynaptic * 128)
        a.currents = currents.pointer
        a.membrane = membrane.pointer
        a.count = count.pointer
        positive.withUnsafeBufferPointer { p in
          negative.withUnsafeBufferPointer { n in
            out.withUnsafeMutableBufferPointer { op in
              outNegative.withUnsafeMutableBufferPointer { on in
                for step in 0..<(atOnce ? 1 : steps) {
                  a.steps = Int32(atOnce ? steps : 1)
                  a.in_positive = p.baseAddress! + step * rows * words
                  a.in_negative = ternary ? n.baseAddress! + step * rows * words : nil
                  a.out_positive = op.baseAddress! + step * rows * outWords
                  a.out_negative = ternary ? on.baseAddress! + step * rows * outWords : nil
                  surrogate.psi = psi.pointer + step * rows * padded
                  surrogate.rho = rho.pointer + step * rows * padded
                  withUnsafePointer(to: surrogate) {
                    a.surrogate = $0
                    table.integrateAndFire(&a)
                  }
                }
              }
            }
          }
        }
        for memory in [membrane, count, du, sum, psi, rho, currents] { #expect(memory.guardsSurvive) }
        results.append([membrane, count, du, sum, psi, rho].flatMap(\.values))
        masks.append(out + outNegative)
      }
      #expect(results[0] == results[1])
      #expect(masks[0] == masks[1])
    }
  }
}

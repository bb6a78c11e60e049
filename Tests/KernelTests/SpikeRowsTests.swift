import CSystem
import Kernels
import Testing

@Suite("addRows and scatterRows")
struct SpikeRowsTests {
  @Test("outputs gain the rows of the spikes", arguments: [16, 48, 64, 128, 144, 272], [false, true])
  func addRows(padded: Int, signed: Bool) {
    for (samples, presynaptic) in [(1, 1), (3, 64), (4, 65), (9, 129)] {
      var g = TestGenerator(seed: 7)
      let words = (presynaptic + 63) / 64
      let stride = padded + 16
      let matrix = Memory<Float>(presynaptic * padded, &g)
      let start = Memory<Float>(samples * stride, &g).values
      let positive = g.mask(rows: samples, words: words, neurons: presynaptic, probability: 0.4)
      let negative = g.mask(rows: samples, words: words, neurons: presynaptic, probability: 0.4)
      var expected = start.map(Double.init)
      for s in 0..<samples {
        for i in 0..<presynaptic {
          let plus = positive[s * words + i / 64] >> UInt64(i % 64) & 1
          let minus = signed ? negative[s * words + i / 64] >> UInt64(i % 64) & 1 : 0
          for j in 0..<padded {
            expected[s * stride + j] += (Double(plus) - Double(minus)) * Double(matrix[i * padded + j])
          }
        }
      }
      for table in tables() {
        let out = Memory<Float>(start)
        positive.withUnsafeBufferPointer { p in
          negative.withUnsafeBufferPointer { n in
            var a = rfgk_rows()
            a.samples = Int32(samples)
            a.padded = Int32(padded)
            a.words = Int32(words)
            a.positive = p.baseAddress
            a.negative = signed ? n.baseAddress : nil
            a.matrix = UnsafePointer(matrix.pointer)
            a.out = out.pointer
            a.out_stride = Int64(stride)
            table.addRows(&a)
          }
        }
        #expect(deviation(out.values, expected) < 1e-5, "\(table.instructionSet)")
        #expect(out.guardsSurvive)
      }
    }
  }

  @Test("matrix rows of the spikes gain the source row, in the given columns only", arguments: [false, true])
  func scatterRows(signed: Bool) {
    for rows in [1, 11, 64, 65, 130] {
      for (first, last) in [(0, 96), (32, 80), (16, 32), (48, 48), (0, 176)] { scatter(rows, signed, first, last) }
    }
  }

  private func scatter(_ rows: Int, _ signed: Bool, _ first: Int, _ last: Int) {
    var g = TestGenerator(seed: 8)
    let (presynaptic, padded, words) = (70, 176, 2)
    let source = Memory<Float>(rows * padded, &g)
    let start = Memory<Float>(presynaptic * padded, &g).values
    let positive = g.mask(rows: rows, words: words, neurons: presynaptic, probability: 0.4)
    let negative = g.mask(rows: rows, words: words, neurons: presynaptic, probability: 0.4)
    var expected = start.map(Double.init)
    for r in 0..<rows {
      for i in 0..<presynaptic {
        let plus = positive[r * words + i / 64] >> UInt64(i % 64) & 1
        let minus = signed ? negative[r * words + i / 64] >> UInt64(i % 64) & 1 : 0
        for j in first..<last {
          expected[i * padded + j] += (Double(plus) - Double(minus)) * Double(source[r * padded + j])
        }
      }
    }
    let rowScratch = Memory<Float>(64 * Int(RFGK_SCATTER_COLUMNS))
    var maskScratch = [UInt64](repeating: .max, count: 128)
    for table in tables() {
      let matrix = Memory<Float>(start)
      positive.withUnsafeBufferPointer { p in
        negative.withUnsafeBufferPointer { n in
          maskScratch.withUnsafeMutableBufferPointer { scratch in
            var a = rfgk_scatter()
            a.rows = Int64(rows)
            a.padded = Int32(padded)
            a.words = Int32(words)
            a.first_column = Int32(first)
            a.last_column = Int32(last)
            a.positive = p.baseAddress
            a.negative = signed ? n.baseAddress : nil
            a.source = UnsafePointer(source.pointer)
            a.matrix = matrix.pointer
            a.row_scratch = rowScratch.pointer
            a.mask_scratch = scratch.baseAddress
            table.scatterRows(&a)
          }
        }
      }
      #expect(deviation(matrix.values, expected) < 1e-5, "\(table.instructionSet) \(rows) \(first) \(last)")
      #expect(matrix.guardsSurvive && rowScratch.guardsSurvive)
    }
  }
}

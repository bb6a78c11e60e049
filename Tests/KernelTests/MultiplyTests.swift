import CSystem
import Kernels
import Testing

@Suite("multiply")
struct MultiplyTests {
  /// C of a product of random matrices, and the same in double precision.
  private func product(
    _ table: KernelTable, m: Int, n: Int, k: Int, transposed: Bool = false, accumulate: Bool = false,
    rows: Range<Int>? = nil
  ) -> (c: [Float], expected: [Double]) {
    var g = TestGenerator(seed: UInt64(m * 10_000 + n * 100 + k))
    // Odd strides and a shifted start: A promises no alignment.
    let (aRow, aColumn) = transposed ? (1, m + 3) : (k + 1, 1)
    let a = Memory<Float>((transposed ? k * aColumn : m * aRow) + 1, &g, shift: 1)
    let b = Memory<Float>(k * (n + 16), &g)
    let c = Memory<Float>(m * (n + 32), &g)
    let before = c.values
    let rows = rows ?? 0..<m
    var arguments = rfgk_gemm()
    arguments.m = Int64(rows.count)
    arguments.n = Int64(n)
    arguments.k = Int64(k)
    arguments.a = UnsafePointer(a.pointer + rows.lowerBound * aRow)
    arguments.a_row = Int64(aRow)
    arguments.a_column = Int64(aColumn)
    arguments.b = UnsafePointer(b.pointer)
    arguments.b_row = Int64(n + 16)
    arguments.c = c.pointer + rows.lowerBound * (n + 32)
    arguments.c_row = Int64(n + 32)
    arguments.accumulate = accumulate ? 1 : 0
    table.multiply(&arguments)
    #expect(c.guardsSurvive)
    var expected = before.map(Double.init)
    for i in rows {
      for j in 0..<n {
        var sum = accumulate ? Double(before[i * (n + 32) + j]) : 0
        for p in 0..<k { sum += Double(a[i * aRow + p * aColumn]) * Double(b[p * (n + 16) + j]) }
        expected[i * (n + 32) + j] = sum
      }
    }
    return (c.values, expected)
  }

  @Test("any number of rows", arguments: 1...19)
  func rows(m: Int) {
    for table in tables() {
      for n in [16, 48, 128] {
        let (c, expected) = product(table, m: m, n: n, k: 17)
        #expect(deviation(c, expected) < 1e-5, "\(table.instructionSet) n \(n)")
      }
    }
  }

  @Test("any number of columns", arguments: (1...17).map { 16 * $0 })
  func columns(n: Int) {
    for table in tables() {
      for m in [1, 2, 5, 15] {
        let (c, expected) = product(table, m: m, n: n, k: 9)
        #expect(deviation(c, expected) < 1e-5, "\(table.instructionSet) m \(m)")
      }
    }
  }

  @Test(
    "any inner length, either orientation of A, with and without the old C",
    arguments: [1, 15, 16, 17, 129, 600])
  func depths(k: Int) {
    for table in tables() {
      for (transposed, accumulate) in [(false, false), (false, true), (true, false), (true, true)] {
        let (c, expected) = product(table, m: 15, n: 80, k: k, transposed: transposed, accumulate: accumulate)
        #expect(deviation(c, expected) < 1e-5, "\(table.instructionSet) \(transposed) \(accumulate)")
      }
    }
  }

  @Test("an empty sum is zero, or leaves C alone")
  func emptySum() {
    for table in tables() {
      for accumulate in [false, true] {
        let (c, expected) = product(table, m: 5, n: 32, k: 0, accumulate: accumulate)
        #expect(c.map(Double.init) == expected)
      }
    }
  }

  @Test("bits do not depend on how rows are shared out")
  func split() {
    for table in tables() {
      let whole = product(table, m: 23, n: 112, k: 300).c
      for cut in 1..<23 {
        let first = product(table, m: 23, n: 112, k: 300, rows: 0..<cut).c
        let second = product(table, m: 23, n: 112, k: 300, rows: cut..<23).c
        #expect(Array(first[..<(cut * 144)]) == Array(whole[..<(cut * 144)]))
        #expect(Array(second[(cut * 144)...]) == Array(whole[(cut * 144)...]))
      }
    }
  }

  @Test("instruction sets differ by rounding alone")
  func levelsAgree() {
    let results = tables().map { product($0, m: 9, n: 144, k: 129).c }
    for result in results { #expect(deviation(result, results[0]) < 5e-6) }
  }

  @Test(
    "zeros that are left out change no bit, few or many", arguments: [0, 0.02, 0.3, 0.44, 0.46, 0.9, 1],
    [1, 15, 16, 17, 63, 64, 65, 129, 300])
  func sparse(density: Double, k: Int) {
    for table in tables() {
      for (m, n) in [(1, 16), (3, 80), (16, 144), (5, 272)] {
        for accumulate in [false, true] {
          var g = TestGenerator(seed: UInt64(m * 1000 + k))
          let (aRow, bRow, cRow) = (k + 3, n + 16, n + 32)
          // Rubbish between the rows: only their k elements count.
          let a = Memory<Float>(m * aRow + 1, &g, shift: 1)
          for i in 0..<m {
            for p in 0..<k where abs(Double(g.value())) > density { a.pointer[i * aRow + p] = 0 }
          }
          let b = Memory<Float>(k * bRow, &g)
          let before = Memory<Float>(m * cRow, &g).values
          let results = [0, 1].map { sparse in
            let c = Memory<Float>(before)
            var arguments = rfgk_gemm(
              m: Int64(m), n: Int64(n), k: Int64(k), a: UnsafePointer(a.pointer), a_row: Int64(aRow), a_column: 1,
              b: UnsafePointer(b.pointer), b_row: Int64(bRow), c: c.pointer, c_row: Int64(cRow),
              accumulate: accumulate ? 1 : 0, sparse: Int32(sparse))
            table.multiply(&arguments)
            #expect(c.guardsSurvive)
            return c.values
          }
          #expect(results[0] == results[1], "\(table.instructionSet) m \(m) n \(n)")
        }
      }
    }
  }

  @Test("rows of B that only meet zeros are not read, where zeros are many")
  func skips() {
    for table in tables() {
      let (k, n) = (100, 32)
      for kept in [3, 70] {
        let a = Memory<Float>(k)
        for p in 0..<kept { a.pointer[p] = 1 }
        let b = Memory<Float>([Float](repeating: 1, count: kept * n) + [Float](repeating: .nan, count: (k - kept) * n))
        let c = Memory<Float>(n)
        var arguments = rfgk_gemm(
          m: 1, n: Int64(n), k: Int64(k), a: UnsafePointer(a.pointer), a_row: Int64(k), a_column: 1,
          b: UnsafePointer(b.pointer), b_row: Int64(n), c: c.pointer, c_row: Int64(n), accumulate: 0, sparse: 1)
        table.multiply(&arguments)
        // Above the density at which it pays, the whole product is done.
        #expect(c.values.allSatisfy { kept == 3 ? $0 == 3 : $0.isNaN }, "\(table.instructionSet) \(kept)")
      }
    }
  }
}

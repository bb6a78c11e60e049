import Kernels
import Testing

@Suite("normal equations in double precision")
struct NormalEquationTests {
  private static let sizes = [1, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100, 129]

  @Test("the Gram matrix's lower triangle, and nothing else", arguments: sizes)
  func gram(n: Int) {
    var g = TestGenerator(seed: 21)
    let (rows, aRow, gramRow) = (70, n + 3, n + 2)
    let a = Memory<Float>((rows - 1) * aRow + n, &g, shift: 1)
    let start = Memory<Double>(n * gramRow, &g).values
    var expected = start
    for i in 0..<n {
      for j in 0...i {
        for r in 0..<rows { expected[i * gramRow + j] += Double(a[r * aRow + i]) * Double(a[r * aRow + j]) }
      }
    }
    for table in tables() {
      let gram = Memory<Double>(start)
      table.accumulateGram(rows, n, a.pointer, aRow, gram.pointer, gramRow, 0, n)
      #expect(deviation(gram.values, expected) < 1e-13, "\(table.instructionSet)")
      for i in 0..<n {
        for j in i + 1..<gramRow { #expect(gram[i * gramRow + j] == start[i * gramRow + j]) }
      }
      #expect(gram.guardsSurvive)
      // Rows shared out between threads: the same bits.
      let parts = Memory<Double>(start)
      for (first, last) in [(0, n / 3), (n / 3, n / 2), (n / 2, n)] {
        table.accumulateGram(rows, n, a.pointer, aRow, parts.pointer, gramRow, first, last)
      }
      #expect(parts.values == gram.values)
    }
  }

  @Test("the cross product", arguments: sizes, [1, 2, 3, 8, 11])
  func cross(n: Int, m: Int) {
    var g = TestGenerator(seed: 22)
    let (rows, aRow, bRow) = (70, n + 1, m + 2)
    let a = Memory<Float>((rows - 1) * aRow + n, &g)
    let b = Memory<Double>((rows - 1) * bRow + m, &g)
    let start = Memory<Double>(n * m, &g).values
    var expected = start
    for i in 0..<n {
      for j in 0..<m {
        for r in 0..<rows { expected[i * m + j] += Double(a[r * aRow + i]) * b[r * bRow + j] }
      }
    }
    for table in tables() {
      let out = Memory<Double>(start)
      table.accumulateCross(rows, n, m, a.pointer, aRow, b.pointer, bRow, out.pointer)
      #expect(deviation(out.values, expected) < 1e-13, "\(table.instructionSet)")
      #expect(out.guardsSurvive)
    }
  }

  /// A symmetric positive definite matrix [n][row], as A^T A + I.
  private func definite(_ n: Int, row: Int) -> [Double] {
    var g = TestGenerator(seed: 23)
    let a = (0..<n * n).map { _ in Double(g.value()) }
    var s = [Double](repeating: 7, count: n * row)
    for i in 0..<n {
      for j in 0..<n {
        s[i * row + j] = i == j ? 1 : 0
        for k in 0..<n { s[i * row + j] += a[k * n + i] * a[k * n + j] }
      }
    }
    return s
  }

  @Test("L L^T is the matrix, and the upper triangle is left alone", arguments: sizes + [200])
  func factor(n: Int) {
    let row = n + 1
    let matrix = definite(n, row: row)
    for table in tables() {
      let l = Memory<Double>(matrix)
      #expect(table.choleskyFactor(n, l.pointer, row, { false }))
      #expect(l.guardsSurvive)
      var product = matrix
      for i in 0..<n {
        for j in 0...i {
          product[i * row + j] = 0
          for k in 0...j { product[i * row + j] += l[i * row + k] * l[j * row + k] }
        }
        for j in i + 1..<row { #expect(l[i * row + j] == matrix[i * row + j]) }
      }
      #expect(deviation(product, matrix) < 1e-13, "\(table.instructionSet)")
    }
  }

  @Test("the solution satisfies the equations", arguments: sizes, [1, 3, 8, 9])
  func solve(n: Int, m: Int) {
    let (row, bRow) = (n + 1, m + 1)
    let matrix = definite(n, row: row)
    var g = TestGenerator(seed: 24)
    let b = Memory<Double>(n * bRow, &g).values
    for table in tables() {
      let l = Memory<Double>(matrix)
      let x = Memory<Double>(b)
      #expect(table.choleskyFactor(n, l.pointer, row, { false }))
      table.choleskySolve(n, m, l.pointer, row, x.pointer, bRow)
      #expect(x.guardsSurvive)
      var residual = b
      for i in 0..<n {
        for j in 0..<m {
          residual[i * bRow + j] = 0
          for k in 0..<n { residual[i * bRow + j] += matrix[i * row + k] * x[k * bRow + j] }
        }
        #expect(x[i * bRow + m] == b[i * bRow + m], "padding is left alone")
      }
      #expect(deviation(residual, b) < 1e-11, "\(table.instructionSet)")
    }
  }

  @Test("a matrix that is not positive definite is refused", arguments: [1, 5, 16, 70, 129])
  func indefinite(n: Int) {
    for table in tables() {
      for bad in [0, n / 2, n - 1] {
        for value in [-1, 0, Double.nan, .infinity] {
          var matrix = definite(n, row: n)
          for k in 0..<n {
            matrix[bad * n + k] = 0
            matrix[k * n + bad] = 0
          }
          matrix[bad * n + bad] = value
          let l = Memory<Double>(matrix)
          #expect(!table.choleskyFactor(n, l.pointer, n, { false }), "\(table.instructionSet) \(bad) \(value)")
        }
      }
    }
  }
}

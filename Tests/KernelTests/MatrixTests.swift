import Kernels
import Testing

/// The double precision matrix kernels behind the closed-form readouts.
@Suite("matrices in double precision")
struct MatrixTests {
  @Test("products, of a matrix and of its transpose", arguments: [1, 5, 8, 17, 130], [1, 3, 16, 29])
  func product(m: Int, n: Int) {
    var g = TestGenerator(seed: 41)
    let k = 131
    let (aRow, bRow, cRow) = (max(k, m) + 1, n + 2, n + 1)
    let a = Memory<Double>(max(k, m) * aRow, &g)
    let b = Memory<Double>(k * bRow, &g)
    let start = Memory<Double>(m * cRow, &g).values
    for table in tables() {
      for (row, column) in [(aRow, 1), (1, aRow)] {
        var expected = start
        for i in 0..<m {
          for j in 0..<n {
            for p in 0..<k { expected[i * cRow + j] += a[i * row + p * column] * b[p * bRow + j] }
          }
        }
        let c = Memory<Double>(start)
        table.multiplyDoubles(m, n, k, a.pointer, row, column, b.pointer, bRow, c.pointer, cRow)
        #expect(deviation(c.values, expected) < 1e-13, "\(table.instructionSet)")
        #expect(c.guardsSurvive)
        // Rows shared out between threads: the same bits.
        let parts = Memory<Double>(start)
        for (first, last) in [(0, m / 3), (m / 3, m)] {
          table.multiplyDoubles(
            last - first, n, k, a.pointer + first * row, row, column, b.pointer, bRow, parts.pointer + first * cRow,
            cRow)
        }
        #expect(parts.values == c.values)
      }
    }
  }

  @Test("a triangular solve is half of a Cholesky solve", arguments: [1, 7, 16, 65], [1, 8, 11])
  func triangular(n: Int, m: Int) {
    var g = TestGenerator(seed: 42)
    let (row, bRow) = (n + 1, m + 1)
    let l = Memory<Double>(n * row, &g)
    for i in 0..<n { l.pointer[i * row + i] = 2 + Double(i % 3) }
    let b = Memory<Double>(n * bRow, &g).values
    for table in tables() {
      for transposed in [false, true] {
        let x = Memory<Double>(b)
        table.triangularSolve(n, m, l.pointer, row, x.pointer, bRow, transposed)
        var product = b
        for i in 0..<n {
          for j in 0..<m {
            product[i * bRow + j] = 0
            for k in transposed ? i...n - 1 : 0...i {
              product[i * bRow + j] += l[transposed ? k * row + i : i * row + k] * x[k * bRow + j]
            }
          }
        }
        #expect(deviation(product, b) < 1e-11, "\(table.instructionSet)")
        #expect(x.guardsSurvive)
      }
    }
  }

  /// Q diag(values) Q^T with a reflection Q.
  private func symmetric(_ values: [Double]) -> [Double] {
    let n = values.count
    var g = TestGenerator(seed: 43)
    let v = (0..<n).map { _ in Double(g.value()) }
    let squares = v.reduce(0) { $0 + $1 * $1 }
    let q = (0..<n * n).map { ($0 / n == $0 % n ? 1 : 0) - 2 * v[$0 / n] * v[$0 % n] / squares }
    return (0..<n * n).map { place in
      (0..<n).reduce(0) { $0 + q[place / n * n + $1] * values[$1] * q[place % n * n + $1] }
    }
  }

  static let spectra: [[Double]] = [
    [3], [2, -1], [0, 0, 0], [1, 1, 1, 1], (0..<40).map { 1 / Double(1 + $0 * $0) },
    (0..<65).map { $0 < 5 ? 4 : 0 }, (0..<33).map { Double($0 % 7) - 3 },
    (0..<130).map { $0 < 60 ? 1 / Double(1 << $0) : 0 },
  ]

  @Test("eigenvalues fall, vectors are orthonormal and belong to them", arguments: spectra)
  func eigen(spectrum: [Double]) {
    let n = spectrum.count
    let matrix = symmetric(spectrum)
    let size = spectrum.map(abs).max()!
    for table in tables() {
      let a = Memory<Double>(matrix)
      let vectors = Memory<Double>(n * n)
      let values = Memory<Double>(n)
      let work = Memory<Double>(3 * n)
      #expect(table.symmetricEigen(n, n, a.pointer, vectors.pointer, values.pointer, work.pointer, { false }))
      #expect([a, vectors, values, work].allSatisfy { $0.guardsSurvive })
      for (found, expected) in zip(values.values, spectrum.sorted(by: >)) {
        #expect(abs(found - expected) <= 1e-13 * size, "\(table.instructionSet)")
      }
      for i in 0..<n {
        for j in 0...i {
          let product = (0..<n).reduce(0) { $0 + vectors[i * n + $1] * vectors[j * n + $1] }
          #expect(abs(product - (i == j ? 1 : 0)) < 1e-12, "\(table.instructionSet)")
        }
        for k in 0..<n {
          let image = (0..<n).reduce(0) { $0 + matrix[k * n + $1] * vectors[i * n + $1] }
          #expect(abs(image - values[i] * vectors[i * n + k]) <= 1e-12 * size)
        }
      }
    }
  }

  @Test("a matrix with a NaN or an infinity has no eigenvalues", arguments: [Double.nan, .infinity])
  func notFinite(value: Double) {
    for table in tables() {
      let a = Memory<Double>([1, value, 0, value, 2, 1, 0, 1, 3])
      let (vectors, values, work) = (Memory<Double>(9), Memory<Double>(3), Memory<Double>(9))
      #expect(!table.symmetricEigen(3, 3, a.pointer, vectors.pointer, values.pointer, work.pointer, { false }))
    }
  }
}

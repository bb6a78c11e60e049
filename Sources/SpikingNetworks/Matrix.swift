import Kernels
import Runtime

/// A matrix in double precision, rows one after the other; zeros at first.
final class Matrix {
  let rows: Int
  let columns: Int
  private let memory: Buffer<Double>

  init(_ rows: Int, _ columns: Int, for purpose: @autoclosure () -> Sentence, account: MemoryAccount) throws(Failure) {
    self.rows = rows
    self.columns = columns
    memory = try Buffer(try checkedProduct(rows, columns, for: purpose()), for: purpose(), account: account)
  }

  var base: UnsafeMutablePointer<Double> { memory.base }
  var all: MatrixPart { MatrixPart(of: self, base: base, rows: rows, columns: columns, rowStride: columns) }

  /// Neighbouring columns.
  func columns(_ first: Int, _ count: Int) -> MatrixPart {
    MatrixPart(of: self, base: base + first, rows: rows, columns: count, rowStride: columns)
  }

  /// Neighbouring rows.
  func rows(_ first: Int, _ count: Int) -> MatrixPart {
    MatrixPart(of: self, base: self[first], rows: count, columns: columns, rowStride: columns)
  }

  /// The same numbers in rows of another length.
  func reshaped(_ rows: Int, _ columns: Int) -> MatrixPart {
    MatrixPart(of: self, base: base, rows: rows, columns: columns, rowStride: columns)
  }

  /// A row of the matrix.
  subscript(row: Int) -> UnsafeMutablePointer<Double> { base + row * columns }
}

/// Some rows and columns of a matrix, or their transpose; it keeps the matrix alive.
struct MatrixPart {
  let base: UnsafeMutablePointer<Double>
  let rows: Int
  let columns: Int
  let rowStride: Int
  let columnStride: Int
  private let matrix: Matrix

  init(
    of matrix: Matrix, base: UnsafeMutablePointer<Double>, rows: Int, columns: Int, rowStride: Int,
    columnStride: Int = 1
  ) {
    self.matrix = matrix
    self.base = base
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  var transposed: MatrixPart {
    MatrixPart(
      of: matrix, base: base, rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride)
  }
}

/// Products and decompositions of matrices, and what they need.
struct MatrixAlgebra {
  let kernels: KernelTable
  let pool: ThreadPool
  let account: MemoryAccount
  let stopFlag: StopFlag
  func purpose() -> Sentence { "the closed-form readouts" }

  init(_ network: Network) {
    kernels = network.kernels
    pool = network.pool
    account = network.account
    stopFlag = network.stopFlag
  }

  func matrix(_ rows: Int, _ columns: Int) throws(Failure) -> Matrix {
    try Matrix(rows, columns, for: purpose(), account: account)
  }

  /// a b; only `a` may be transposed.
  func product(_ a: MatrixPart, _ b: MatrixPart) throws(Failure) -> Matrix {
    let result = try matrix(a.rows, b.columns)
    try add(a, b, to: result.all)
    return result
  }

  /// c += a b; threads share the rows, which changes no bit.
  func add(_ a: MatrixPart, _ b: MatrixPart, to c: MatrixPart) throws(Failure) {
    let block = 48
    try pool.forEach((c.rows + block - 1) / block, .doubleProduct(c.rows, b.rows, c.columns), unless: stopFlag) {
      index, _ in
      let first = index * block
      kernels.multiplyDoubles(
        min(block, c.rows - first), c.columns, b.rows, a.base + first * a.rowStride, a.rowStride, a.columnStride,
        b.base, b.rowStride, c.base + first * c.rowStride, c.rowStride)
    }
  }

  /// The lower Cholesky factor of a matrix [n][n], in place.
  ///
  /// - Returns: false if the matrix is not positive definite.
  func choleskyFactor(_ n: Int, _ a: Matrix) throws(Failure) -> Bool {
    let isDefinite = kernels.choleskyFactor(n, a.base, n, { stopFlag.isRaised })
    try stopFlag.check()
    return isDefinite
  }

  /// a^T a
  func gram(_ a: MatrixPart) throws(Failure) -> Matrix { try product(a.transposed, a) }

  /// The sum of products of elements, of matrices of the same shape.
  func dot(_ a: MatrixPart, _ b: MatrixPart) -> Double {
    var sum = 0.0
    for row in 0..<a.rows {
      let (x, y) = (a.base + row * a.rowStride, b.base + row * b.rowStride)
      for column in 0..<a.columns { sum += x[column] * y[column] }
    }
    return sum
  }

  /// Left and right singular vectors as columns, with their values, falling.
  struct SingularVectors {
    let values: [Double]
    let left: Matrix
    let right: Matrix
  }

  /// Singular values and vectors by the eigenvectors of the smaller of a^T a and a a^T, so that values below 1e-7 of
  /// the greatest are rounding; they are left out.
  ///
  /// - Parameter count: the most that are wanted.
  func singularVectors(_ a: MatrixPart, count: Int) throws(Failure) -> SingularVectors {
    let tall = a.columns <= a.rows
    let size = min(a.rows, a.columns)
    let squares = tall ? try gram(a) : try rowGram(a)
    let vectors = try matrix(size, size)
    let values = try matrix(4, size)
    let converges = kernels.symmetricEigen(
      size, min(count, size), squares.base, vectors.base, values[0], values[1], { stopFlag.isRaised })
    try stopFlag.check()
    if !converges {
      throw Failure(.notFinite, "targets: the closed form overflows; scale them to order 1, or use a larger lambda")
    }
    let cut = values[0][0] * 1e-14
    let found = (0..<min(count, size)).prefix { values[0][$0] > cut && values[0][$0] > 0 }.count
    let sizes = (0..<found).map { values[0][$0].squareRoot() }
    let near = try matrix(size, found)
    for row in 0..<size {
      for k in 0..<found { near[row][k] = vectors[k][row] }
    }
    let far = try product(tall ? a : a.transposed, near.all)
    for row in 0..<far.rows {
      for k in 0..<found { far[row][k] /= sizes[k] }
    }
    return SingularVectors(values: sizes, left: tall ? far : near, right: tall ? near : far)
  }

  /// a a^T
  private func rowGram(_ a: MatrixPart) throws(Failure) -> Matrix {
    let turned = try matrix(a.columns, a.rows)
    for row in 0..<a.rows {
      for column in 0..<a.columns { turned[column][row] = a.base[row * a.rowStride + column] }
    }
    return try gram(turned.all)
  }
}

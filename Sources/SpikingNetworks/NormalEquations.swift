import Kernels
import Runtime

/// A^T A x = A^T b, accumulated from rows of A and b in double precision. The last column of A is the constant 1.
final class NormalEquations {
  let unknowns: Int
  let outputs: Int
  /// A^T A, whole once `complete` was called, and A^T b [unknowns][outputs].
  let gram: Matrix
  let cross: Matrix
  /// Sum of b^2 for each output.
  private(set) var targetSquares: [Double]
  private(set) var rows = 0
  private let factor: Matrix
  private let algebra: MatrixAlgebra

  init(_ unknowns: Int, _ outputs: Int, _ algebra: MatrixAlgebra) throws(Failure) {
    self.unknowns = unknowns
    self.outputs = outputs
    self.algebra = algebra
    gram = try algebra.matrix(unknowns, unknowns)
    factor = try algebra.matrix(unknowns, unknowns)
    cross = try algebra.matrix(unknowns, outputs)
    targetSquares = Array(repeating: 0, count: outputs)
  }

  func add(rows: Int, _ a: UnsafePointer<Float>, stride: Int, _ b: UnsafePointer<Double>) throws(Failure) {
    let kernels = algebra.kernels
    // Threads share the rows of the matrix, so that every element is summed by one of them in the order of the data.
    let block = 32
    try algebra.pool.forEach((unknowns + block - 1) / block, unless: algebra.stopFlag) { index, _ in
      let first = index * block
      let count = min(block, unknowns - first)
      kernels.accumulateGram(rows, unknowns, a, stride, gram.base, unknowns, first, first + count)
      kernels.accumulateCross(rows, count, outputs, a + first, stride, b, outputs, cross[first])
    }
    for row in 0..<rows {
      for j in 0..<outputs { targetSquares[j] += b[row * outputs + j] * b[row * outputs + j] }
    }
    self.rows += rows
  }

  /// Fills the upper triangle of the Gram matrix; nothing is added row by row after it.
  func complete() {
    for i in 0..<unknowns {
      for j in 0..<i { gram[j][i] = gram[i][j] }
    }
  }

  /// Adds the rows of others, complete like these.
  func add(_ other: NormalEquations) {
    for index in 0..<unknowns * unknowns { gram.base[index] += other.gram.base[index] }
    for index in 0..<unknowns * outputs { cross.base[index] += other.cross.base[index] }
    for j in 0..<outputs { targetSquares[j] += other.targetSquares[j] }
    rows += other.rows
  }

  /// The same equations for a few random mixtures of the outputs, whose squared errors sum to those of all in
  /// expectation; `signs` are +1 and -1 [outputs][count].
  func mixed(_ signs: Matrix) throws(Failure) -> NormalEquations {
    let few = try NormalEquations(unknowns, signs.columns, algebra)
    few.gram.base.update(from: gram.base, count: unknowns * unknowns)
    try algebra.add(cross.all, signs.all, to: few.cross.all)
    for index in 0..<unknowns * signs.columns { few.cross.base[index] /= Double(signs.columns).squareRoot() }
    few.rows = rows
    return few
  }

  /// Factors A^T A plus `lambda` times its mean diagonal, but for the constant's.
  ///
  /// - Returns: false if it is singular to rounding.
  func factorize(lambda: Double) throws(Failure) -> Bool {
    var trace = 0.0
    for index in 0..<unknowns - 1 { trace += gram[index][index] }
    let mean = trace / Double(max(unknowns - 1, 1))
    // Features that never spike leave zeros on the diagonal: a floor far below rounding keeps the factor defined.
    let penalty = max(lambda, 1e-14) * (mean > 0 ? mean : 1)
    factor.base.update(from: gram.base, count: unknowns * unknowns)
    for index in 0..<unknowns - 1 { factor[index][index] += penalty }
    return try algebra.choleskyFactor(unknowns, factor)
  }

  enum Part { case whole, lower, upper }

  /// Divides x [unknowns][columns] by the factored matrix L L^T, by L or by L^T, in place.
  func divide(_ x: Matrix, by part: Part = .whole) throws(Failure) {
    let kernels = algebra.kernels
    // As many columns as are solved for at a time.
    let block = 8
    try algebra.pool.forEach((x.columns + block - 1) / block, unless: algebra.stopFlag) { index, _ in
      let first = index * block
      let count = min(block, x.columns - first)
      if part != .upper {
        kernels.triangularSolve(unknowns, count, factor.base, unknowns, x.base + first, x.columns, false)
      }
      if part != .lower {
        kernels.triangularSolve(unknowns, count, factor.base, unknowns, x.base + first, x.columns, true)
      }
    }
  }

  /// The solution [unknowns][outputs] with the factor.
  func solution() throws(Failure) -> Matrix {
    let result = try algebra.matrix(unknowns, outputs)
    result.base.update(from: cross.base, count: unknowns * outputs)
    try divide(result)
    return result
  }

  /// What of the squared residuals depends on x, summed over the outputs: x.(A^T A) x - 2 x.(A^T b).
  func excess(of x: Matrix) throws(Failure) -> Double {
    let image = try algebra.product(gram.all, x.all)
    return algebra.dot(x.all, image.all) - 2 * algebra.dot(x.all, cross.all)
  }

  /// Of each output, the sum of squared residuals: b.b - 2 x.(A^T b) + x.(A^T A) x, floored at zero against
  /// cancellation.
  func squaredErrors(of x: Matrix) throws(Failure) -> [Double] {
    let image = try algebra.product(gram.all, x.all)
    var squares = targetSquares
    for i in 0..<unknowns {
      for j in 0..<outputs { squares[j] += x[i][j] * (image[i][j] - 2 * cross[i][j]) }
    }
    return squares.map { max($0, 0) }
  }
}

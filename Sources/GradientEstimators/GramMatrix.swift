import Kernels
import Runtime

/// V^T V of K directions, and the solution of V^T V x = d, in double precision.
///
/// A direction that (nearly) depends on those before it, the sine of its angle to their span below 1e-4, is dropped:
/// its derivative says nothing that theirs do not, but for rounding. So the matrix is always solvable, and what is
/// projected on is the span of the directions that are left.
final class GramMatrix {
  private let count: Int
  private let kernels: KernelTable
  private let stopFlag: StopFlag
  /// [K][K], its lower triangle.
  private let matrix: Buffer<Double>
  private let column: Buffer<Double>
  /// Some components of all directions, [components][K].
  private let transposed: Buffer<Float>
  /// Squared lengths of the directions, and which are kept.
  private var lengths: [Double]
  private var kept: [Bool]
  private static let block = 128
  private static let leastPivot = 1e-8

  init(_ count: Int, kernels: KernelTable, account: MemoryAccount, stopFlag: StopFlag) throws(Failure) {
    let purpose = "the scalar products of \(count) directions"
    self.count = count
    self.kernels = kernels
    self.stopFlag = stopFlag
    lengths = Array(repeating: 0, count: count)
    kept = Array(repeating: true, count: count)
    matrix = try Buffer(try checkedProduct(count, count, for: purpose), for: purpose, account: account)
    column = try Buffer(count, for: purpose, account: account)
    transposed = try Buffer(Self.block * count, for: purpose, account: account)
  }

  /// Takes the scalar products of directions [K][components].
  func take(_ directions: UnsafePointer<Float>, components: Int) throws(Failure) {
    matrix.clear()
    for first in stride(from: 0, to: components, by: Self.block) {
      try stopFlag.check()
      let rows = min(Self.block, components - first)
      for direction in 0..<count {
        let source = directions + direction * components + first
        for row in 0..<rows { transposed.base[row * count + direction] = source[row] }
      }
      kernels.accumulateGram(rows, count, UnsafePointer(transposed.base), count, matrix.base, count, 0, count)
    }
  }

  /// Adds a multiple of the mean diagonal element to the diagonal.
  func damp(_ factor: Double) {
    var trace = 0.0
    for j in 0..<count { trace += matrix.base[j * count + j] }
    for j in 0..<count { matrix.base[j * count + j] += factor * trace / Double(count) }
  }

  /// Replaces d by the solution x, which is 0 for dropped directions; the matrix is overwritten.
  ///
  /// - Returns: the number of independent directions.
  /// - Complexity: K^3 / 6 multiplications.
  func solve(_ values: inout [Double]) throws(Failure) -> Int {
    try factor()
    for j in 0..<count {
      if !kept[j] {
        values[j] = 0
        continue
      }
      let row = matrix.base + j * count
      for q in 0..<j { values[j] -= row[q] * values[q] }
      values[j] /= row[j]
    }
    for j in (0..<count).reversed() where kept[j] {
      let row = matrix.base + j * count
      values[j] /= row[j]
      for q in 0..<j { values[q] -= row[q] * values[j] }
    }
    for j in 0..<count where !kept[j] { values[j] = 0 }
    return kept.count { $0 }
  }

  /// L L^T of the directions that are kept; the rows and columns of the others are zero.
  private func factor() throws(Failure) {
    let a = matrix.base
    for j in 0..<count { lengths[j] = a[j * count + j] }
    for j in 0..<count {
      try stopFlag.check()
      let pivot = a[j * count + j]
      kept[j] = pivot > Self.leastPivot * lengths[j]
      let inverse = kept[j] ? 1 / pivot.squareRoot() : 0
      for i in j..<count {
        column.base[i] = a[i * count + j] * inverse
        a[i * count + j] = column.base[i]
      }
      if !kept[j] { continue }
      for i in j + 1..<max(count, j + 1) {
        let row = a + i * count
        let factor = column.base[i]
        for q in j + 1...i { row[q] -= factor * column.base[q] }
      }
    }
  }
}

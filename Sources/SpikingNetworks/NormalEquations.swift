import Kernels
import Runtime

/// A^T A x = A^T b, accumulated from rows of A and b in double precision. The last column of A is the constant 1.
final class NormalEquations {
  private let unknowns: Int
  private let outputs: Int
  private let gram: Buffer<Double>
  private let factor: Buffer<Double>
  private let cross: Buffer<Double>
  private let result: Buffer<Double>
  private var targetSquares: [Double]

  init(_ unknowns: Int, _ outputs: Int, account: MemoryAccount) throws(Failure) {
    let purpose = "the normal equations of \(unknowns) unknowns"
    self.unknowns = unknowns
    self.outputs = outputs
    gram = try Buffer(unknowns * unknowns, for: purpose, account: account)
    factor = try Buffer(unknowns * unknowns, for: purpose, account: account)
    cross = try Buffer(unknowns * outputs, for: purpose, account: account)
    result = try Buffer(unknowns * outputs, for: purpose, account: account)
    targetSquares = Array(repeating: 0, count: outputs)
  }

  /// [unknowns][outputs]
  var solution: UnsafePointer<Double> { UnsafePointer(result.base) }

  func add(
    rows: Int, _ a: UnsafePointer<Float>, stride: Int, _ b: UnsafePointer<Double>, _ kernels: KernelTable,
    _ pool: ThreadPool
  ) {
    // Threads share the rows of the matrix, so that every element is summed by one of them in the order of the data.
    let block = 32
    pool.forEach((unknowns + block - 1) / block) { index, _ in
      kernels.accumulateGram(
        rows, unknowns, a, stride, gram.base, unknowns, index * block, min((index + 1) * block, unknowns))
    }
    kernels.accumulateCross(rows, unknowns, outputs, a, stride, b, outputs, cross.base)
    for row in 0..<rows {
      for j in 0..<outputs { targetSquares[j] += b[row * outputs + j] * b[row * outputs + j] }
    }
  }

  /// - Returns: the sum of squared residuals of each output.
  func solve(lambda: Double, _ lambdaName: String, _ kernels: KernelTable) throws(Failure) -> [Double] {
    var trace = 0.0
    for index in 0..<unknowns - 1 { trace += gram.base[index * unknowns + index] }
    let mean = trace / Double(max(unknowns - 1, 1))
    // Features that never spike leave zeros on the diagonal: a floor far below rounding keeps the factor defined.
    let penalty = max(lambda, 1e-14) * (mean > 0 ? mean : 1)
    factor.base.update(from: gram.base, count: unknowns * unknowns)
    for index in 0..<unknowns - 1 { factor.base[index * unknowns + index] += penalty }
    guard kernels.choleskyFactor(unknowns, factor.base, unknowns) else {
      throw Failure(
        .outOfRange, "\(lambdaName): the normal equations are singular at \(lambda); use a larger lambda, such as 1e-6")
    }
    result.base.update(from: cross.base, count: unknowns * outputs)
    kernels.choleskySolve(unknowns, outputs, factor.base, unknowns, result.base, outputs)
    return residuals()
  }

  /// b.b - 2 x.(A^T b) + x.(A^T A) x, floored at zero against cancellation.
  private func residuals() -> [Double] {
    var squares = targetSquares
    for j in 0..<outputs {
      for i in 0..<unknowns {
        let x = result.base[i * outputs + j]
        squares[j] -= 2 * x * cross.base[i * outputs + j]
        squares[j] += x * x * gram.base[i * unknowns + i]
        for k in 0..<i { squares[j] += 2 * x * result.base[k * outputs + j] * gram.base[i * unknowns + k] }
      }
      squares[j] = max(squares[j], 0)
    }
    return squares
  }
}

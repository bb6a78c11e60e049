import Foundation

/// Linear algebra on nested arrays, every loop written out.
package enum PlainAlgebra {
  package static func product(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    a.map { row in b[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * b[$1][j] } } }
  }

  package static func transpose(_ a: [[Double]]) -> [[Double]] { a[0].indices.map { j in a.map { $0[j] } } }

  /// A^T A with `lambda` times its mean diagonal on the diagonal, but for the last column, which is a constant.
  package static func penalizedGram(_ a: [[Double]], lambda: Double) -> [[Double]] {
    var gram = product(transpose(a), a)
    let n = gram.count - 1
    let mean = (0..<n).reduce(0) { $0 + gram[$1][$1] } / Double(n)
    for i in 0..<n { gram[i][i] += lambda * mean }
    return gram
  }

  /// L with L L^T = a.
  package static func cholesky(_ a: [[Double]]) -> [[Double]] {
    var l = a.map { $0.map { _ in 0.0 } }
    for i in a.indices {
      for j in 0...i {
        let rest = a[i][j] - (0..<j).reduce(0) { $0 + l[i][$1] * l[j][$1] }
        l[i][j] = i == j ? rest.squareRoot() : rest / l[j][j]
      }
    }
    return l
  }

  /// L^-1 b of a lower triangle.
  package static func divide(_ b: [[Double]], by l: [[Double]]) -> [[Double]] {
    var x = b
    for i in l.indices {
      for j in b[0].indices { x[i][j] = (b[i][j] - (0..<i).reduce(0) { $0 + l[i][$1] * x[$1][j] }) / l[i][i] }
    }
    return x
  }

  /// The nearest matrix of a rank, by one-sided Jacobi rotations of its columns.
  package static func truncated(_ a: [[Double]], rank: Int) -> [[Double]] {
    let n = a[0].count
    var u = a
    var v = (0..<n).map { i in (0..<n).map { i == $0 ? 1.0 : 0 } }
    for _ in 0..<60 {
      for p in 0..<n {
        for q in p + 1..<n {
          let alpha = u.reduce(0) { $0 + $1[p] * $1[p] }
          let beta = u.reduce(0) { $0 + $1[q] * $1[q] }
          let gamma = u.reduce(0) { $0 + $1[p] * $1[q] }
          if abs(gamma) <= 1e-15 * (alpha * beta).squareRoot() { continue }
          let zeta = (beta - alpha) / (2 * gamma)
          let t = (zeta < 0 ? -1 : 1) / (abs(zeta) + (1 + zeta * zeta).squareRoot())
          let c = 1 / (1 + t * t).squareRoot()
          for i in u.indices { (u[i][p], u[i][q]) = (c * u[i][p] - c * t * u[i][q], c * t * u[i][p] + c * u[i][q]) }
          for i in v.indices { (v[i][p], v[i][q]) = (c * v[i][p] - c * t * v[i][q], c * t * v[i][p] + c * v[i][q]) }
        }
      }
    }
    let sizes = (0..<n).map { k in u.reduce(0) { $0 + $1[k] * $1[k] } }
    let kept = (0..<n).sorted { sizes[$0] > sizes[$1] }.prefix(rank)
    return u.map { row in v.map { column in kept.reduce(0) { $0 + row[$1] * column[$1] } } }
  }
}

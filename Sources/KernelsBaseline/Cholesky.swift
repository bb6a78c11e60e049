internal import CSystem

/// Factors a symmetric matrix, given by its lower triangle, into L L^T; L takes its place.
///
/// - Returns: false if the matrix is not positive definite (it is then partly overwritten).
/// - Complexity: n^3 / 3 multiplications.
@inline(never)
package func choleskyFactor(_ n: Int, _ a: UnsafeMutablePointer<Double>, _ row: Int) -> Bool {
  var j = 0
  while j < n {
    let lj = a + j &* row
    let pivot = lj[j] - dot(lj, lj, j)
    if !(pivot > 0) { return false }
    let diagonal = rfgv_sqrt_double(pivot)
    lj[j] = diagonal
    var i = j &+ 1
    while i < n {
      let li = a + i &* row
      li[j] = (li[j] - dot(li, lj, j)) / diagonal
      i &+= 1
    }
    j &+= 1
  }
  return true
}

/// Solves L L^T x = b in place for m right sides, b [n][bRow].
///
/// - Complexity: 2 n^2 m multiplications.
@inline(never)
package func choleskySolve(
  _ n: Int, _ m: Int, _ l: UnsafePointer<Double>, _ row: Int, _ b: UnsafeMutablePointer<Double>, _ bRow: Int
) {
  var i = 0
  while i < n {
    let li = l + i &* row
    let bi = b + i &* bRow
    var k = 0
    while k < i {
      subtractProduct(m, li[k], b + k &* bRow, bi)
      k &+= 1
    }
    divide(m, li[i], bi)
    i &+= 1
  }
  while i > 0 {
    i &-= 1
    let li = l + i &* row
    let bi = b + i &* bRow
    divide(m, li[i], bi)
    var k = 0
    while k < i {
      subtractProduct(m, li[k], bi, b + k &* bRow)
      k &+= 1
    }
  }
}

@inline(__always)
private func subtractProduct(
  _ m: Int, _ factor: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
) {
  var j = 0
  while j < m {
    y[j] -= factor * x[j]
    j &+= 1
  }
}

@inline(__always)
private func divide(_ m: Int, _ divisor: Double, _ x: UnsafeMutablePointer<Double>) {
  var j = 0
  while j < m {
    x[j] /= divisor
    j &+= 1
  }
}

@inline(__always)
private func dot(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ n: Int) -> Double {
  var sum = SIMD8<Double>()
  var k = 0
  while k &+ 8 <= n {
    sum = multiplyAdd(rfgv_load_double(x + k), rfgv_load_double(y + k), sum)
    k &+= 8
  }
  var total = horizontalSum(sum)
  while k < n {
    total += x[k] * y[k]
    k &+= 1
  }
  return total
}

internal import CSystem

/// The greatest eigenvalues of a symmetric matrix [n][n], and their vectors as rows.
///
/// Householder's tridiagonal form, then implicit QL (Golub & Van Loan, Matrix Computations, 8.3). Everything runs along
/// rows.
///
/// - Parameters:
///   - a: both triangles; overwritten.
///   - count: the vectors that are wanted, the first rows of `vectors`.
///   - vectors: [n][n], overwritten.
///   - values: [n], falling.
///   - work: [3 n].
///   - stops: asked for every row; true ends it.
/// - Returns: false if it does not converge, which a matrix of finite numbers does, or if it was ended.
/// - Complexity: about 5 n^3 multiplications.
@inline(never)
package func symmetricEigen(
  _ n: Int, _ count: Int, _ a: UnsafeMutablePointer<Double>, _ vectors: UnsafeMutablePointer<Double>,
  _ values: UnsafeMutablePointer<Double>, _ work: UnsafeMutablePointer<Double>, _ stops: () -> Bool
) -> Bool {
  let off = work
  let factors = work + n
  let scratch = work + 2 &* n
  if !tridiagonalize(n, a, values, off, factors, scratch, stops) { return false }
  var i = 0
  while i < n {
    let row = vectors + i &* n
    var j = 0
    while j < n {
      row[j] = i == j ? 1 : 0
      j &+= 1
    }
    i &+= 1
  }
  if !diagonalize(n, values, off, vectors, stops) { return false }
  sortFalling(n, values, vectors)
  i = 0
  while i < count {
    if stops() { return false }
    let row = vectors + i &* n
    var k = n &- 3
    while k >= 0 {
      let v = a + (k &* n &+ k &+ 1)
      let length = n &- k &- 1
      let part = row + (k &+ 1)
      addMultiple(length, -factors[k] * dot(v, part, length), v, part)
      k &-= 1
    }
    i &+= 1
  }
  return true
}

/// A = Q T Q^T with Q = H_0 H_1 ...; H_k = 1 - factor v v^T, v in row k of A right of the diagonal.
@inline(never)
func tridiagonalize(
  _ n: Int, _ a: UnsafeMutablePointer<Double>, _ diagonal: UnsafeMutablePointer<Double>,
  _ off: UnsafeMutablePointer<Double>, _ factors: UnsafeMutablePointer<Double>,
  _ w: UnsafeMutablePointer<Double>, _ stops: () -> Bool
) -> Bool {
  var k = 0
  while k < n {
    if stops() { return false }
    diagonal[k] = a[k &* n &+ k]
    off[k] = 0
    factors[k] = 0
    if k &+ 1 < n {
      let v = a + (k &* n &+ k &+ 1)
      let length = n &- k &- 1
      off[k] = length == 1 ? v[0] : reflect(n, length, v, a + ((k &+ 1) &* n &+ k &+ 1), &factors[k], w)
    }
    k &+= 1
  }
  return true
}

/// Turns v into the vector of its reflection, and applies that to the rest of the matrix, rows `row` apart.
///
/// - Returns: the element beside the diagonal.
@inline(__always)
private func reflect(
  _ row: Int, _ length: Int, _ v: UnsafeMutablePointer<Double>, _ rest: UnsafeMutablePointer<Double>,
  _ factor: inout Double, _ w: UnsafeMutablePointer<Double>
) -> Double {
  let tail = dot(v + 1, v + 1, length &- 1)
  let first = v[0]
  if tail == 0 { return first }
  let norm = rfgv_sqrt_double(first * first + tail)
  let alpha = first > 0 ? -norm : norm
  v[0] = first - alpha
  factor = 2 / (v[0] * v[0] + tail)
  // A - v w^T - w v^T with w = factor (A v - factor (v A v) / 2 v).
  var i = 0
  while i < length {
    w[i] = factor * dot(rest + i &* row, v, length)
    i &+= 1
  }
  addMultiple(length, -0.5 * factor * dot(v, w, length), v, w)
  i = 0
  while i < length {
    addMultiple(length, -v[i], w, rest + i &* row)
    addMultiple(length, -w[i], v, rest + i &* row)
    i &+= 1
  }
  return alpha
}

/// Implicit QL on a tridiagonal matrix; `off[i]` joins i and i + 1. Rotates the rows of `vectors`.
@inline(never)
func diagonalize(
  _ n: Int, _ d: UnsafeMutablePointer<Double>, _ e: UnsafeMutablePointer<Double>,
  _ vectors: UnsafeMutablePointer<Double>, _ stops: () -> Bool
) -> Bool {
  var size = 0.0
  var i = 0
  while i < n {
    let sum = magnitude(d[i]) + magnitude(e[i])
    if !(sum < .infinity) { return false }
    size = size < sum ? sum : size
    i &+= 1
  }
  let smallest = 1e-17 * size
  var l = 0
  while l < n {
    if stops() { return false }
    var rounds = 0
    while true {
      var m = l
      while m &+ 1 < n {
        if magnitude(e[m]) <= 0x1p-53 * (magnitude(d[m]) + magnitude(d[m &+ 1])) + smallest { break }
        m &+= 1
      }
      if m == l { break }
      rounds &+= 1
      if rounds > 100 { return false }
      var g = (d[l &+ 1] - d[l]) / (2 * e[l])
      let root = rfgv_sqrt_double(g * g + 1)
      g = d[m] - d[l] + e[l] / (g + (g < 0 ? -root : root))
      var (sine, cosine, p) = (1.0, 1.0, 0.0)
      var broken = false
      i = m &- 1
      while i >= l {
        let f = sine * e[i]
        let b = cosine * e[i]
        var r = rfgv_sqrt_double(f * f + g * g)
        e[i &+ 1] = r
        if r == 0 {
          d[i &+ 1] -= p
          e[m] = 0
          broken = true
          break
        }
        sine = f / r
        cosine = g / r
        g = d[i &+ 1] - p
        r = (d[i] - g) * sine + 2 * cosine * b
        p = sine * r
        d[i &+ 1] = g + p
        g = cosine * r - b
        rotate(n, cosine, sine, vectors + i &* n, vectors + (i &+ 1) &* n)
        i &-= 1
      }
      if broken { continue }
      d[l] -= p
      e[l] = g
      e[m] = 0
    }
    l &+= 1
  }
  return true
}

/// Selection sort.
@inline(__always)
private func sortFalling(
  _ n: Int, _ values: UnsafeMutablePointer<Double>, _ vectors: UnsafeMutablePointer<Double>
) {
  var i = 0
  while i < n {
    var best = i
    var j = i &+ 1
    while j < n {
      if values[j] > values[best] { best = j }
      j &+= 1
    }
    if best != i {
      let kept = values[i]
      values[i] = values[best]
      values[best] = kept
      rotate(n, 0, -1, vectors + i &* n, vectors + best &* n)
    }
    i &+= 1
  }
}

@inline(__always)
private func magnitude(_ x: Double) -> Double { x < 0 ? -x : x }

/// y += factor x
@inline(__always)
private func addMultiple(
  _ n: Int, _ factor: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>
) {
  let all = Double8x(repeating: factor)
  var k = 0
  while k &+ 8 <= n {
    rfgv_store_double(y + k, multiplyAdd(all, rfgv_load_double(x + k), rfgv_load_double(y + k)))
    k &+= 8
  }
  while k < n {
    y[k] = multiplyAdd(factor, x[k], y[k])
    k &+= 1
  }
}

/// x, y = cosine x - sine y, sine x + cosine y
@inline(__always)
private func rotate(
  _ n: Int, _ cosine: Double, _ sine: Double, _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>
) {
  let c = Double8x(repeating: cosine)
  let s = Double8x(repeating: sine)
  var k = 0
  while k &+ 8 <= n {
    let a = rfgv_load_double(x + k)
    let b = rfgv_load_double(y + k)
    rfgv_store_double(x + k, c * a - s * b)
    rfgv_store_double(y + k, s * a + c * b)
    k &+= 8
  }
  while k < n {
    let (a, b) = (x[k], y[k])
    x[k] = cosine * a - sine * b
    y[k] = sine * a + cosine * b
    k &+= 1
  }
}

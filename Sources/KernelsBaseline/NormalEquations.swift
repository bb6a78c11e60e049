internal import CSystem

// Double precision for the ridge solve of the readout: A^T A, A^T B and a Cholesky factorisation.

/// gram[i][j] += sum over rows r of a[r][i] a[r][j], for firstRow <= i < lastRow and 0 <= j <= i.
///
/// - Complexity: rows * (lastRow - firstRow) * lastRow multiplications. Bits do not depend on how i is split.
@inline(never)
package func accumulateGram(
  _ rows: Int, _ n: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ gram: UnsafeMutablePointer<Double>,
  _ gramRow: Int, _ firstRow: Int, _ lastRow: Int
) {
  var i = firstRow
  while i < lastRow {
    var j = 0
    while j <= i {
      let width = i &+ 1 &- j
      var sum = SIMD8<Double>()
      var r = 0
      while r < rows {
        let x = a + r &* aRow
        let y = width >= 8 ? rfgv_load_widened(x + j) : rfgv_load_widened_first(x + j, Int64(width))
        sum = multiplyAdd(SIMD8<Double>(repeating: Double(x[i])), y, sum)
        r &+= 1
      }
      let out = gram + (i &* gramRow &+ j)
      var lane = 0
      while lane < 8 && lane < width {
        out[lane] += sum[lane]
        lane &+= 1
      }
      j &+= 8
    }
    i &+= 1
  }
}

/// out[i][j] += sum over rows r of a[r][i] b[r][j]; `out` is [n][m].
@inline(never)
package func accumulateCross(
  _ rows: Int, _ n: Int, _ m: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ b: UnsafePointer<Double>,
  _ bRow: Int, _ out: UnsafeMutablePointer<Double>
) {
  var i = 0
  while i < n {
    var j = 0
    while j < m {
      var sum = 0.0
      var r = 0
      while r < rows {
        sum += Double(a[r &* aRow &+ i]) * b[r &* bRow &+ j]
        r &+= 1
      }
      out[i &* m &+ j] += sum
      j &+= 1
    }
    i &+= 1
  }
}

/// a b + c in double precision, fused where the instruction set fuses it.
@inline(__always)
func multiplyAdd(_ a: SIMD8<Double>, _ b: SIMD8<Double>, _ c: SIMD8<Double>) -> SIMD8<Double> {
  #if RFGSNN_FMA || arch(arm64)
    return c.addingProduct(a, b)
  #else
    return a * b + c
  #endif
}

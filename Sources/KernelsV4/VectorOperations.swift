internal import CSystem

/// y += alpha x for any n and alignment; elementwise, so splitting changes no bit.
@inline(never)
package func axpy(_ n: Int, _ alpha: Float, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
  let factor = all(alpha)
  var i = 0
  while i &+ 16 <= n {
    rfgv_store(y + i, multiplyAdd(factor, rfgv_load(x + i), rfgv_load(y + i)))
    i &+= 16
  }
  let rest = Int64(n &- i)
  if rest > 0 {
    let sum = multiplyAdd(factor, rfgv_load_first(x + i, rest), rfgv_load_first(y + i, rest))
    rfgv_store_first(y + i, sum, rest)
  }
}

/// x *= alpha for any n and alignment.
@inline(never)
package func scale(_ n: Int, _ alpha: Float, _ x: UnsafeMutablePointer<Float>) {
  let factor = all(alpha)
  var i = 0
  while i &+ 16 <= n {
    rfgv_store(x + i, factor * rfgv_load(x + i))
    i &+= 16
  }
  let rest = Int64(n &- i)
  if rest > 0 { rfgv_store_first(x + i, factor * rfgv_load_first(x + i, rest), rest) }
}

/// y *= x, elementwise.
@inline(never)
package func multiplyElements(_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
  var i = 0
  while i &+ 16 <= n {
    rfgv_store(y + i, rfgv_load(x + i) * rfgv_load(y + i))
    i &+= 16
  }
  let rest = Int64(n &- i)
  if rest > 0 { rfgv_store_first(y + i, rfgv_load_first(x + i, rest) * rfgv_load_first(y + i, rest), rest) }
}

/// sum += x and squares += x^2, elementwise; n is a multiple of 16.
@inline(never)
package func addMoments(
  _ n: Int, _ x: UnsafePointer<Float>, _ sum: UnsafeMutablePointer<Float>, _ squares: UnsafeMutablePointer<Float>
) {
  var i = 0
  while i < n {
    let v = rfgv_load(x + i)
    rfgv_store(sum + i, rfgv_load(sum + i) + v)
    rfgv_store(squares + i, multiplyAdd(v, v, rfgv_load(squares + i)))
    i &+= 16
  }
}

/// Sum of x[i]^2 in double precision, always in the same order for the same n.
@inline(never)
package func sumOfSquares(_ n: Int, _ x: UnsafePointer<Float>) -> Double {
  var low = Double8x()
  var high = Double8x()
  var i = 0
  while i &+ 16 <= n {
    let a = rfgv_load_widened(x + i)
    let b = rfgv_load_widened(x + i + 8)
    low += a * a
    high += b * b
    i &+= 16
  }
  while i < n {
    let a = rfgv_load_widened_first(x + i, Int64(n &- i < 8 ? n &- i : 8))
    low += a * a
    i &+= 8
  }
  return horizontalSum(low + high)
}

/// Whether no value is infinite or not a number.
@inline(never)
package func allFinite(_ n: Int, _ x: UnsafePointer<Float>) -> Bool {
  let exponent = SIMD16<Int32>(repeating: 0x7f80_0000)
  let one = SIMD16<Int32>(repeating: 1)
  var bad = SIMD16<Int32>()
  var i = 0
  while i < n {
    let v = n &- i >= 16 ? rfgv_load(x + i) : rfgv_load_first(x + i, Int64(n &- i))
    bad.replace(with: one, where: (v.bits & exponent) .== exponent)
    i &+= 16
  }
  let pairs = bad.lowHalf | bad.highHalf
  let fours = pairs.lowHalf | pairs.highHalf
  return (fours[0] | fours[1] | fours[2] | fours[3]) == 0
}

internal import CSystem

/// 2^x for x <= 127, relative error below 2e-7; zero below -125.5, where results would be subnormal.
///
/// x = n + r with |r| <= 1/2; then 1 + r q(r) with the polynomial q that makes the greatest relative error least
/// (Lawson's iteration), so that 2^0 is exactly 1; then n is added to the exponent.
@inline(__always)
func powerOfTwo(_ x: Float16x) -> Float16x {
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
  let magic = all(12_582_912)
  let shifted = x + magic
  let r = x - (shifted - magic)
  var p = all(1.326_472_7e-3)
  p = multiplyAdd(p, r, all(9.671_513e-3))
  p = multiplyAdd(p, r, all(5.550_733_6e-2))
  p = multiplyAdd(p, r, all(0.240_222_42))
  p = multiplyAdd(p, r, all(0.693_147))
  p = multiplyAdd(p, r, all(1))
  let y = unsafeBitCast(p.bits &+ (shifted.bits &<< SIMD16(repeating: 23)), to: Float16x.self)
  return y.replacing(with: Float16x(), where: x .< all(-125.5))
}

/// Natural logarithm of positive normal numbers, relative error below 2e-7; exactly 0 at 1.
///
/// x = m 2^e with m in [sqrt(1/2), sqrt(2)), then the polynomial of Cephes' logf (S. Moshier,
/// netlib.org/cephes).
@inline(__always)
func logarithm(_ x: Float16x) -> Float16x {
  // Subtracting the bits of sqrt(1/2) makes the exponent field count from there.
  let offset = SIMD16<Int32>(repeating: 0x3f35_04f3)
  let bits = x.bits &- offset
  let e = rfgv_to_float(bits &>> SIMD16(repeating: 23))
  let m = unsafeBitCast((bits & SIMD16(repeating: 0x007f_ffff)) &+ offset, to: Float16x.self)
  let f = m - all(1)
  let z = f * f
  var p = all(7.037_683_6e-2)
  p = multiplyAdd(p, f, all(-0.115_146_1))
  p = multiplyAdd(p, f, all(0.116_769_984))
  p = multiplyAdd(p, f, all(-0.124_201_41))
  p = multiplyAdd(p, f, all(0.142_493_23))
  p = multiplyAdd(p, f, all(-0.166_680_57))
  p = multiplyAdd(p, f, all(0.200_007_14))
  p = multiplyAdd(p, f, all(-0.249_999_94))
  p = multiplyAdd(p, f, all(0.333_333_31))
  var y = p * f * z
  y = multiplyAdd(e, all(-2.121_944_4e-4), y)
  y = multiplyAdd(all(-0.5), z, y)
  return multiplyAdd(e, all(0.693_359_375), f + y)
}

/// Sine and cosine of 2 pi turn / 2^24 for 0 <= turn < 2^24, absolute error below 2e-7.
///
/// The nearest quarter turn is taken off exactly, in integers; then the polynomials of Cephes' sinf and cosf.
@inline(__always)
func sineAndCosine(turn: SIMD16<Int32>) -> (sine: Float16x, cosine: Float16x) {
  let shift = SIMD16<Int32>(repeating: 22)
  let quarter = (turn &+ SIMD16(repeating: 1 &<< 21)) &>> shift
  let rest = rfgv_to_float(turn &- (quarter &<< shift))
  let x = rest * all(1.570_796_3 / 4_194_304)
  let z = x * x
  var s = all(-1.951_529_6e-4)
  s = multiplyAdd(s, z, all(8.332_161e-3))
  s = multiplyAdd(s, z, all(-0.166_666_55))
  s = multiplyAdd(s * z, x, x)
  var c = all(2.443_315_7e-5)
  c = multiplyAdd(c, z, all(-1.388_731_6e-3))
  c = multiplyAdd(c, z, all(4.166_664_6e-2))
  c = multiplyAdd(c * z, z, multiplyAdd(all(-0.5), z, all(1)))
  let one = SIMD16<Int32>(repeating: 1)
  let two = SIMD16<Int32>(repeating: 2)
  let odd = (quarter & one) .== one
  let toSign = SIMD16<Int32>(repeating: 30)
  let sineSign = (quarter & two) &<< toSign
  let cosineSign = ((quarter &+ one) & two) &<< toSign
  let sine = s.replacing(with: c, where: odd).flipped(sineSign)
  let cosine = c.replacing(with: s, where: odd).flipped(cosineSign)
  return (sine, cosine)
}

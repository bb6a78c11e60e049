package import CSystem

// Values at indices first ..< first + count of a random sequence; the value at an index depends on the
// counter alone, not on how a range is split into fills.

/// Independent signs: +1 or -1 by bit i % 128 of block i / 128 (set: -1).
@inline(never)
package func fillRademacher(
  _ c: UnsafePointer<rfgk_counter>, _ first: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  let end = first &+ count
  let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
  let half = SIMD8<UInt64>(repeating: 32)
  var start = first & ~127
  while start < end {
    let words = philox8(c.pointee, UInt32(truncatingIfNeeded: start &>> 7))
    let left = (words.0 & low) | (words.1 &<< half)
    let right = (words.2 & low) | (words.3 &<< half)
    var lane = 0
    while lane < 8 && start < end {
      storeSigns(left[lane], start, first, end, out)
      storeSigns(right[lane], start &+ 64, first, end, out)
      start &+= 128
      lane &+= 1
    }
  }
}

/// Independent uniform values in (0, 1): ((word >> 9) + 1/2) 2^-23 of word i % 4 of block i / 4.
///
/// 23 bits, because 24 and a half do not fit a float, and rounding would reach 1.
@inline(never)
package func fillUniform(
  _ c: UnsafePointer<rfgk_counter>, _ first: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  fill(c, first, count, out) { Floats64(a: uniform($0), b: uniform($1), c: uniform($2), d: uniform($3)) }
}

/// Independent standard normal values: words (0, 1) of block i / 4 give values 0 and 1, words (2, 3) values 2
/// and 3.
///
/// Box & Muller, "A note on the generation of random normal deviates", 1958.
@inline(never)
package func fillGaussian(
  _ c: UnsafePointer<rfgk_counter>, _ first: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  fill(c, first, count, out) {
    let one = boxMuller($0, $1)
    let other = boxMuller($2, $3)
    return Floats64(a: one.0, b: one.1, c: other.0, d: other.1)
  }
}

/// Calls `distribution` with the words of 16 blocks for every run of 64 values that the range touches.
@inline(__always)
private func fill(
  _ c: UnsafePointer<rfgk_counter>, _ first: Int, _ count: Int, _ out: UnsafeMutablePointer<Float>,
  _ distribution: (SIMD16<Int32>, SIMD16<Int32>, SIMD16<Int32>, SIMD16<Int32>) -> Floats64
) {
  let end = first &+ count
  var start = first & ~63
  while start < end {
    let block = UInt32(truncatingIfNeeded: start &>> 2)
    let a = philox8(c.pointee, block)
    let b = philox8(c.pointee, block &+ 8)
    let values = distribution(
      rfgv_narrow(a.0, b.0), rfgv_narrow(a.1, b.1), rfgv_narrow(a.2, b.2), rfgv_narrow(a.3, b.3))
    values.interleaved.store(start, first, end, out)
    start &+= 64
  }
}

/// Four vectors: 64 values in a row.
private struct Floats64 {
  var a, b, c, d: Float16x

  /// a[0], b[0], c[0], d[0], a[1], ...
  @inline(__always) var interleaved: Floats64 {
    let (acLow, bdLow) = (rfgv_alternate_low(a, c), rfgv_alternate_low(b, d))
    let (acHigh, bdHigh) = (rfgv_alternate_high(a, c), rfgv_alternate_high(b, d))
    return Floats64(
      a: rfgv_alternate_low(acLow, bdLow), b: rfgv_alternate_high(acLow, bdLow),
      c: rfgv_alternate_low(acHigh, bdHigh), d: rfgv_alternate_high(acHigh, bdHigh))
  }

  /// Stores those of the values at indices start ..< start + 64 that lie in first ..< end; `out` belongs to
  /// `first`.
  @inline(__always)
  func store(_ start: Int, _ first: Int, _ end: Int, _ out: UnsafeMutablePointer<Float>) {
    if start >= first && start &+ 64 <= end {
      let p = out + (start &- first)
      rfgv_store(p, a)
      rfgv_store(p + 16, b)
      rfgv_store(p + 32, c)
      rfgv_store(p + 48, d)
    } else {
      let from = start < first ? first &- start : 0
      let to = end &- start < 64 ? end &- start : 64
      if from < to { rfgv_store_part(out + (start &+ from &- first), a, b, c, d, Int64(from), Int64(to)) }
    }
  }
}

@inline(never)
func storeSigns(_ bits: UInt64, _ start: Int, _ first: Int, _ end: Int, _ out: UnsafeMutablePointer<Float>) {
  let values = Floats64(
    a: signs(bits), b: signs(bits &>> 16), c: signs(bits &>> 32), d: signs(bits &>> 48))
  values.store(start, first, end, out)
}

@inline(__always)
private func signs(_ bits: UInt64) -> Float16x {
  let lane = SIMD16<Int32>(
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768)
  let word = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: bits))
  return all(-1).replacing(with: all(1), where: (word & lane) .== SIMD16<Int32>())
}

@inline(__always)
private func uniform(_ word: SIMD16<Int32>) -> Float16x {
  let integer = (word &>> SIMD16(repeating: 9)) & SIMD16(repeating: 0x007f_ffff)
  return multiplyAdd(rfgv_to_float(integer), all(1 / 8_388_608), all(0.5 / 8_388_608))
}

/// Two standard normal numbers of two random words, in every lane.
@inline(__always)
func boxMuller(_ word0: SIMD16<Int32>, _ word1: SIMD16<Int32>) -> (Float16x, Float16x) {
  let radius = rfgv_sqrt(all(-2) * logarithm(uniform(word0)))
  let angle = sineAndCosine(turn: (word1 &>> SIMD16(repeating: 8)) & SIMD16(repeating: 0x00ff_ffff))
  return (radius * angle.cosine, radius * angle.sine)
}

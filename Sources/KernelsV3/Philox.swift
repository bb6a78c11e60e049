package import CSystem

// Philox4x32-10: J. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A block of four
// words is a function of (key, counter) alone, so any part of a random sequence can be made anywhere, in
// any order.

private let multiplier0: UInt64 = 0xD251_1F53
private let multiplier1: UInt64 = 0xCD9E_8D57
private let weyl0: UInt32 = 0x9E37_79B9
private let weyl1: UInt32 = 0xBB67_AE85

/// Eight blocks; lane j belongs to the j-th block, every word in the low half of 64 bits (the high half is
/// rubbish).
typealias Words8 = (SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>, SIMD8<UInt64>)

/// The blocks `block` to `block + 7`; counters are 32 bits and wrap around.
@inline(__always)
func philox8(_ c: rfgk_counter, _ block: UInt32) -> Words8 {
  var x: Words8 = (
    SIMD8(repeating: UInt64(block)) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7), SIMD8(repeating: UInt64(c.word1)),
    SIMD8(repeating: UInt64(c.word2)), SIMD8(repeating: UInt64(c.word3))
  )
  // Not a loop: LLVM would narrow the words it carries to 32 bits, and widen them again in every round.
  x = philoxRound(x, c, 0)
  x = philoxRound(x, c, 1)
  x = philoxRound(x, c, 2)
  x = philoxRound(x, c, 3)
  x = philoxRound(x, c, 4)
  x = philoxRound(x, c, 5)
  x = philoxRound(x, c, 6)
  x = philoxRound(x, c, 7)
  x = philoxRound(x, c, 8)
  return philoxRound(x, c, 9)
}

@inline(__always)
private func philoxRound(_ x: Words8, _ c: rfgk_counter, _ round: UInt32) -> Words8 {
  let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
  let half = SIMD8<UInt64>(repeating: 32)
  let key0 = SIMD8(repeating: UInt64(c.key0 &+ round &* weyl0))
  let key1 = SIMD8(repeating: UInt64(c.key1 &+ round &* weyl1))
  let p0 = (x.0 & low) &* SIMD8(repeating: multiplier0)
  let p1 = (x.2 & low) &* SIMD8(repeating: multiplier1)
  return ((p1 &>> half) ^ x.1 ^ key0, p1, (p0 &>> half) ^ x.3 ^ key1, p0)
}

/// One block: four words.
@inline(__always)
func philox1(_ c: rfgk_counter, _ block: UInt32) -> (UInt32, UInt32, UInt32, UInt32) {
  var x = (block, c.word1, c.word2, c.word3)
  var key0 = c.key0
  var key1 = c.key1
  var round = 0
  while round < 10 {
    let p0 = UInt64(x.0) &* multiplier0
    let p1 = UInt64(x.2) &* multiplier1
    x = (
      UInt32(truncatingIfNeeded: p1 &>> 32) ^ x.1 ^ key0, UInt32(truncatingIfNeeded: p1),
      UInt32(truncatingIfNeeded: p0 &>> 32) ^ x.3 ^ key1, UInt32(truncatingIfNeeded: p0)
    )
    key0 &+= weyl0
    key1 &+= weyl1
    round &+= 1
  }
  return x
}

/// The four words of one block.
@inline(never)
package func philoxBlock(
  _ c: UnsafePointer<rfgk_counter>, _ block: UInt32, _ out: UnsafeMutablePointer<UInt32>
) {
  let words = philox1(c.pointee, block)
  out[0] = words.0
  out[1] = words.1
  out[2] = words.2
  out[3] = words.3
}

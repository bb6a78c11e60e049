import CSystem
import Kernels

extension DirectionSource {
  /// Direction k = row r_k of the Sylvester-Hadamard matrix of order N, the next power of two from `count` on, cut to
  /// `count` columns whose signs are random: v_k[i] = s_i (-1)^(bits that r_k and i share).
  ///
  /// The r_k are distinct, and r_k xor r_l is uniform among the numbers from 1 on: r_k = A k with a random invertible
  /// matrix A of bits, which is the same as scrambling the columns by its transpose. So <v_k, v_l> = 0 for count = N,
  /// and the mean of K <= N directions has the error
  ///
  ///     (n / K - 1) |g|^2 + (K - 1) / K (N - n) / (N - 1) |g|^2
  ///
  /// where independent signs have (n - 1) / K |g|^2, its limit for large N. More than N directions are drawn from
  /// further matrices with signs of their own. Computed, never stored.
  func fillHadamard(
    step: Int, lane: Int, first: Int, count: Int, directions: Int, into out: UnsafeMutablePointer<Float>,
    kernels: KernelTable
  ) {
    let bits = count > 1 ? Int.bitWidth - (count - 1).leadingZeroBitCount : 0
    let order = 1 << bits
    var number = count == 0 ? 0 : first / count
    var scramble = SIMD32<UInt32>()
    var signs = counter(step: step, lane: lane)
    for direction in 0..<directions {
      if direction == 0 || number % order == 0 {
        scramble = invertibleMatrix(bits, step: step, lane: lane, matrix: number / order, kernels)
      }
      var row: UInt32 = 0
      for bit in 0..<bits where (number % order) >> bit & 1 == 1 { row ^= scramble[bit] }
      let entries = out + direction * count
      kernels.fillRademacher(&signs, number / order * count, count, entries)
      for index in 0..<count {
        let shared = row & UInt32(truncatingIfNeeded: index)
        let flip = UInt32(truncatingIfNeeded: shared.nonzeroBitCount) << 31
        entries[index] = Float(bitPattern: entries[index].bitPattern ^ flip)
      }
      number += 1
    }
  }

  /// The columns of an invertible matrix of bits, uniform among all: random columns, those that depend on the ones
  /// before them refused. Less than two are refused on average.
  private func invertibleMatrix(
    _ bits: Int, step: Int, lane: Int, matrix: Int, _ kernels: KernelTable
  ) -> SIMD32<UInt32> {
    var columns = SIMD32<UInt32>()
    // Reduced columns, by their highest bit.
    var basis = SIMD32<UInt32>()
    var counter = counter(step: step, lane: lane, stream: .scramble)
    var words = SIMD4<UInt32>()
    var drawn = 0
    var kept = 0
    while kept < bits {
      if drawn % 4 == 0 {
        let block = matrix << 8 + drawn / 4
        withUnsafeMutablePointer(to: &words) { words in
          kernels.philoxBlock(
            &counter, UInt32(truncatingIfNeeded: block),
            UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt32.self))
        }
      }
      let column = words[drawn % 4] >> UInt32(32 - bits)
      drawn += 1
      var rest = column
      while rest != 0 {
        let top = 31 - rest.leadingZeroBitCount
        if basis[top] == 0 { break }
        rest ^= basis[top]
      }
      if rest == 0 { continue }
      basis[31 - rest.leadingZeroBitCount] = rest
      columns[kept] = column
      kept += 1
    }
    return columns
  }
}

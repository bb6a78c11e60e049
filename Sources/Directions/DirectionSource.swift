import CSystem
import Kernels

/// Random numbers that are computed, not kept: every number is a function of (seed, purpose, step, lane, index).
///
/// The generator is Philox4x32-10 (Salmon et al., SC 2011). Whoever knows the five numbers can regenerate any part of
/// a direction, in any order and on any thread or machine.
package struct DirectionSource: Sendable {
  /// Separates the uses of one seed, so that no two draw the same numbers.
  package enum Purpose: UInt32, Sendable {
    case initialization = 1
    case shuffling = 2
    case weights = 3
    case currents = 4
    case mirrors = 5
    case feedback = 6
    case surrogates = 7
    case points = 8
    case holdingOut = 9
  }

  package let seed: UInt64
  package let purpose: Purpose
  /// Separates the parts of a network, such as branch and trunk.
  package let part: UInt8

  package init(seed: UInt64, purpose: Purpose, part: UInt8 = 0) {
    self.seed = seed
    self.purpose = purpose
    self.part = part
  }

  /// Independent numbers of the same name: those of a direction, which of them are left out, and its scrambling.
  enum Stream: UInt32 { case entries = 0, mask, scramble }

  func counter(step: Int, lane: Int, stream: Stream = .entries) -> rfgk_counter {
    let step = UInt64(truncatingIfNeeded: step)
    // The step's upper bits share a word with purpose and part: 2^48 steps before two of them meet.
    return rfgk_counter(
      key0: UInt32(truncatingIfNeeded: seed), key1: UInt32(truncatingIfNeeded: seed >> 32),
      word1: UInt32(truncatingIfNeeded: lane), word2: UInt32(truncatingIfNeeded: step),
      word3: (stream.rawValue << 6 | purpose.rawValue) << 24 ^ UInt32(part) << 16
        ^ UInt32(truncatingIfNeeded: step >> 32))
  }

  /// Whole directions of `count` components, [directions][count], one after the other in what `step` and `lane` (a
  /// sample, or a block of parameters) name: the first of them is number first / count there.
  ///
  /// With independent components any part can be drawn alone: numbers first..<first+count of the sequence. Of a
  /// low-rank direction, the numbers are those of its factors.
  package func fill(
    _ law: DirectionLaw, step: Int, lane: Int, first: Int, count: Int, directions: Int = 1,
    into out: UnsafeMutablePointer<Float>, kernels: KernelTable
  ) {
    var counter = counter(step: step, lane: lane)
    let numbers = directions * count
    switch law.entries {
    case .rademacher, .lowRank: kernels.fillRademacher(&counter, first, numbers, out)
    case .gaussian: kernels.fillGaussian(&counter, first, numbers, out)
    case .sphere:
      kernels.fillGaussian(&counter, first, numbers, out)
      for direction in 0..<directions { normalize(out + direction * count, count, kernels) }
    case .hadamard:
      fillHadamard(
        step: step, lane: lane, first: first, count: count, directions: directions, into: out, kernels: kernels)
    }
    if law.mask > 0 { leaveOut(law.mask, step: step, lane: lane, first: first, count: numbers, of: out, kernels) }
  }

  /// A Gaussian vector's direction is uniform: brought to length sqrt(count).
  private func normalize(_ entries: UnsafeMutablePointer<Float>, _ count: Int, _ kernels: KernelTable) {
    let squares = kernels.sumOfSquares(count, UnsafePointer(entries))
    if squares > 0 { kernels.scale(count, Float((Double(count) / squares).squareRoot()), entries) }
  }

  /// v_i m_i / sqrt(1 - p), m_i = 0 with probability p: E v v^T stays I, fourth moments grow by 1 / (1 - p).
  ///
  /// The forward-gradient form of a masked surrogate (Li et al., arXiv 2406.19645).
  private func leaveOut(
    _ probability: Float, step: Int, lane: Int, first: Int, count: Int, of out: UnsafeMutablePointer<Float>,
    _ kernels: KernelTable
  ) {
    var counter = counter(step: step, lane: lane, stream: .mask)
    let factor = 1 / (1 - probability).squareRoot()
    let most = 256
    withUnsafeTemporaryAllocation(of: Float.self, capacity: most) { uniform in
      guard let base = uniform.baseAddress else { return }
      for start in stride(from: 0, to: count, by: most) {
        let length = min(most, count - start)
        kernels.fillUniform(&counter, first + start, length, base)
        for index in 0..<length { out[start + index] *= base[index] < probability ? 0 : factor }
      }
    }
  }

  /// Uniform numbers in (0, 1).
  package func fillUniform(
    step: Int, lane: Int, first: Int, count: Int, into out: UnsafeMutablePointer<Float>, kernels: KernelTable
  ) {
    var counter = counter(step: step, lane: lane)
    kernels.fillUniform(&counter, first, count, out)
  }

  /// The four 32-bit words of one block.
  package func block(_ block: UInt32, step: Int, lane: Int, kernels: KernelTable) -> (
    UInt32, UInt32, UInt32, UInt32
  ) {
    var counter = counter(step: step, lane: lane)
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    withUnsafeMutablePointer(to: &words) { words in
      kernels.philoxBlock(
        &counter, block, UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt32.self))
    }
    return words
  }
}

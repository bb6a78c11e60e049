import CSystem
import Kernels

/// Probability law of the components of a random direction; each has mean 0 and variance 1.
package enum DirectionLaw: Sendable {
  /// +1 or -1: the least variance among independent components (Shukla & Shin 2023, arXiv 2310.14168).
  case rademacher
  case gaussian
}

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
    case holdingOut = 32
    case points = 33
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

  private func counter(step: Int, lane: Int) -> rfgk_counter {
    let step = UInt64(truncatingIfNeeded: step)
    // The step's upper bits share a word with purpose and part: 2^48 steps before two of them meet.
    return rfgk_counter(
      key0: UInt32(truncatingIfNeeded: seed), key1: UInt32(truncatingIfNeeded: seed >> 32),
      word1: UInt32(truncatingIfNeeded: lane), word2: UInt32(truncatingIfNeeded: step),
      word3: purpose.rawValue << 24 ^ UInt32(part) << 16 ^ UInt32(truncatingIfNeeded: step >> 32))
  }

  /// Components first..<first+count of the direction that `step` and `lane` name (a lane is a sample or the number of
  /// the direction).
  package func fill(
    _ law: DirectionLaw, step: Int, lane: Int, first: Int, count: Int, into out: UnsafeMutablePointer<Float>,
    kernels: KernelTable
  ) {
    var counter = counter(step: step, lane: lane)
    switch law {
    case .rademacher: kernels.fillRademacher(&counter, first, count, out)
    case .gaussian: kernels.fillGaussian(&counter, first, count, out)
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
    withUnsafeMutableBytes(of: &words) { bytes in
      guard let base = bytes.baseAddress else { return }
      kernels.philoxBlock(&counter, block, base.assumingMemoryBound(to: UInt32.self))
    }
    return words
  }
}

/// Probability law of a random direction v: every component has mean 0, and E v v^T = I.
///
/// So <g, v> v is an unbiased estimate of g. With independent components of fourth moment k, its mean squared error
/// is (n - 2 + k) |g|^2 (Shukla & Shin 2023, arXiv 2310.14168).
package struct DirectionLaw: Hashable, Sendable {
  package enum Entries: Hashable, Sendable {
    /// +1 or -1: the least variance among independent components.
    case rademacher
    case gaussian
    /// Uniform on the sphere of radius sqrt(n).
    case sphere
    /// Rows of a scrambled Hadamard matrix: the directions of one draw are orthogonal if n is a power of two.
    case hadamard
    /// Every weight matrix is A B^T / sqrt(rank), A and B of +1 and -1; biases are +1 or -1.
    case lowRank(Int)
  }

  package let entries: Entries
  /// Probability that a component is left out; the others are divided by sqrt(1 - mask).
  package let mask: Float

  package init(_ entries: Entries, mask: Float = 0) {
    self.entries = entries
    self.mask = mask
  }

  package static let rademacher = DirectionLaw(.rademacher)
  package static let gaussian = DirectionLaw(.gaussian)
  package static let sphere = DirectionLaw(.sphere)
  package static let hadamard = DirectionLaw(.hadamard)
  package static func lowRank(_ rank: Int) -> DirectionLaw { DirectionLaw(.lowRank(rank)) }

  /// Rank of a direction's weight matrices; 0 if they have no factors.
  package var rank: Int { if case .lowRank(let rank) = entries { rank } else { 0 } }
}

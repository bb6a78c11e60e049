import CSystem
import Directions
import Kernels

/// A surrogate that is sampled, by the weak form of Stein's lemma, or of which a random part is left out.
///
/// Sampled: a spike H(x) smoothed by Gaussian noise of standard deviation w has the derivative E[H(x + w xi) xi] / w, which is the
/// Gaussian surrogate of width w. In its place stands the antithetic estimate from M pairs, fresh for every neuron, time
/// step and sample, so that products over time and layers stay unbiased:
///
///     psi = (1/M) sum_m (H(x + w xi_m) - H(x - w xi_m)) xi_m / (2 w)
///
/// Its variance at a distance x = a w from the threshold is [Q(a) / 2 - phi(a)^2] / (M w^2) with
/// Q(a) = a phi(a) + 1 - Phi(a); at the threshold (1 - 2 / pi) / (4 M w^2).
///
/// Masked: psi times 1 / (1 - p) with probability 1 - p, else times 0, drawn as often (Li et al., arXiv 2406.19645, there
/// once for a batch). The mean stays, the variance is that of psi and p / (1 - p) E[psi^2].
package struct SurrogateSampling: Sendable {
  package let seed: UInt64
  /// M; 0 computes psi.
  package let pairs: Int
  /// p.
  package let mask: Float
  /// Names the noise of the coming pass: the same draw, the same noise.
  package var draw = 0

  package init(seed: UInt64, pairs: Int = 0, mask: Float = 0) {
    self.seed = seed
    self.pairs = pairs
    self.mask = mask
  }

  /// For each layer a key of its own, made of seed, draw, stack and layer; words 1 and 2 are for sample and time.
  func counter(_ stack: Stack, _ layer: Int, _ kernels: KernelTable) -> rfgk_counter {
    let source = DirectionSource(
      seed: seed, purpose: .surrogates, part: UInt8(truncatingIfNeeded: stack.index))
    let words = source.block(UInt32(layer), step: draw, lane: 0, kernels: kernels)
    return rfgk_counter(key0: words.0, key1: words.1, word1: 0, word2: 0, word3: 0)
  }
}

package import CSystem

/// Surrogate factors whose psi is a Monte-Carlo estimate of the Gaussian: the weak form by Stein's lemma.
///
/// Only |xi| matters: H(x + w xi) and H(x - w xi) differ where w |xi| > |x|, and then in the sense of xi. Time is
/// proportional to `count` times `pairs`. Equations: `rfgk_sampled`.
@inline(never)
package func sampledFactors(_ arguments: UnsafePointer<rfgk_sampled>) {
  let a = arguments.pointee
  let f = a.factors
  let padded = Int(a.padded)
  let rows = Int(f.count) / padded
  let inverseWidth = f.peak * (2 * Float.pi).squareRoot()
  let inverse = all(inverseWidth)
  let scale = all(inverseWidth / (2 * Float(a.pairs)))
  let threshold = all(f.threshold)
  let minusThreshold = all(-f.threshold)
  let zero = Float16x()
  let one = all(1)
  var counter = a.counter
  var row = 0
  while row < rows {
    var block: UInt32 = 0
    var column = 0
    while column < padded {
      let i = row &* padded &+ column
      let u = rfgv_load(f.potential + i)
      let above = rfgv_abs(u - threshold) * inverse
      let below = rfgv_abs(u - minusThreshold) * inverse
      var positive = zero
      var negative = zero
      var left = Int(a.pairs)
      while left > 0 {
        let low = philox8(counter, block)
        let high = philox8(counter, block &+ 8)
        block &+= 16
        let first = boxMuller(rfgv_narrow(low.0, high.0), rfgv_narrow(low.1, high.1))
        positive += reaching(first.0, above)
        negative += reaching(first.0, below)
        if left > 1 {
          positive += reaching(first.1, above)
          negative += reaching(first.1, below)
        }
        if left > 2 {
          let second = boxMuller(rfgv_narrow(low.2, high.2), rfgv_narrow(low.3, high.3))
          positive += reaching(second.0, above)
          negative += reaching(second.0, below)
          if left > 3 {
            positive += reaching(second.1, above)
            negative += reaching(second.1, below)
          }
        }
        left &-= 4
      }
      positive *= scale
      negative *= scale
      var silent = one.replacing(with: zero, where: u .>= threshold)
      if f.ternary != 0 {
        silent.replace(with: zero, where: u .<= minusThreshold)
      } else {
        negative = zero
      }
      write(
        Factors(f, u, psi: positive + negative, minusSlope: negative - positive, silent: silent), f, i)
      column &+= 16
    }
    counter.word1 &+= 1
    row &+= 1
  }
}

/// |xi| where it reaches across a threshold at a distance in widths, else 0. Not with inout sums: that would leave a
/// weak symbol.
@inline(__always)
private func reaching(_ xi: Float16x, _ distance: Float16x) -> Float16x {
  let size = rfgv_abs(xi)
  return Float16x().replacing(with: size, where: size .> distance)
}

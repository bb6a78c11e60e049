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
        take(rfgv_abs(first.0), above, below, &positive, &negative)
        if left > 1 { take(rfgv_abs(first.1), above, below, &positive, &negative) }
        if left > 2 {
          let second = boxMuller(rfgv_narrow(low.2, high.2), rfgv_narrow(low.3, high.3))
          take(rfgv_abs(second.0), above, below, &positive, &negative)
          if left > 3 { take(rfgv_abs(second.1), above, below, &positive, &negative) }
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
      writeFactors(f, i, u, psi: positive + negative, minusSlope: negative - positive, silent: silent)
      column &+= 16
    }
    counter.word1 &+= 1
    row &+= 1
  }
}

/// Adds the numbers that reach across each threshold.
@inline(__always)
private func take(
  _ xi: Float16x, _ above: Float16x, _ below: Float16x, _ positive: inout Float16x, _ negative: inout Float16x
) {
  positive += Float16x().replacing(with: xi, where: xi .> above)
  negative += Float16x().replacing(with: xi, where: xi .> below)
}

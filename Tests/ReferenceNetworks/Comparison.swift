package func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

package func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

package func cosine(_ a: [Double], _ b: [Double]) -> Double { dot(a, b) / (norm(a) * norm(b)) }

/// |a - b| / |b|; infinite if lengths differ or a number is not finite.
package func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  let error = norm(zip(a, b).map { $0 - $1 }) / norm(b)
  return a.count == b.count && error.isFinite ? error : .infinity
}

/// The greatest |a - b|; infinite if lengths differ or a number is not finite.
package func greatestError(_ a: [Double], _ b: [Double]) -> Double {
  var greatest = a.count == b.count ? 0.0 : Double.infinity
  for (x, y) in zip(a, b) where !(abs(x - y) <= greatest) {
    greatest = (x - y).isFinite ? abs(x - y) : .infinity
  }
  return greatest
}

/// Random vectors and what their mean should be, looked at along many fixed axes.
///
/// The axes are the expected vector itself, every coordinate, and some random ones: a factor, a shift of one coordinate
/// and a mistake anywhere else all show along one of them.
package struct MeanOfDraws {
  private let expected: [Double]
  private let axes: [[Double]]
  private var sums: [Double]
  private var squares: [Double]
  private var errorSum = 0.0
  private var errorSquares = 0.0
  private var count = 0.0

  package init(expected: [Double]) {
    self.expected = expected
    var generator = TestGenerator(seed: 99)
    var axes = [expected]
    axes += expected.indices.map { axis in expected.indices.map { $0 == axis ? 1 : 0 } }
    axes += (0..<16).map { _ in expected.map { _ in generator.word() & 1 == 0 ? 1 : -1 } }
    self.axes = axes.map { axis in axis.map { $0 / norm(axis) } }
    sums = axes.map { _ in 0 }
    squares = sums
  }

  package mutating func add(_ draw: [Double]) {
    let error = zip(draw, expected).map { $0 - $1 }
    for (index, axis) in axes.enumerated() {
      let projection = dot(error, axis)
      sums[index] += projection
      squares[index] += projection * projection
    }
    errorSum += dot(error, error)
    errorSquares += dot(error, error) * dot(error, error)
    count += 1
  }

  /// The greatest distance of the mean from what is expected along any axis, in standard errors. Below 5 for draws
  /// whose mean is right: each axis exceeds that once in a million times.
  package var deviation: Double {
    // Along an axis without noise, rounding to single precision is all there is.
    let rounding = 1e-5 * norm(expected)
    return axes.indices.reduce(0) { greatest, index in
      let mean = sums[index] / count
      let variance = max(squares[index] / count - mean * mean, 0)
      return max(greatest, abs(mean) / ((variance / count).squareRoot() + rounding))
    }
  }

  /// Mean of |draw - expected|^2, and its standard error.
  package var squaredError: (mean: Double, standardError: Double) {
    let mean = errorSum / count
    return (mean, (max(errorSquares / count - mean * mean, 0) / count).squareRoot())
  }
}

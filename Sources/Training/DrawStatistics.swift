import Runtime

/// Mean, variance and bias of random vectors, from their inner products alone.
///
/// What is asked of a mean, <E g, E g> or |E g - reference|^2, is estimated by the mean over pairs of different draws,
/// in which their noise has no part: squares of the draws would hold it (a U-statistic; Hoeffding 1948).
struct DrawStatistics {
  let draws: Int
  /// |reference|^2, or nil without one.
  let referenceSquare: Double?
  /// [draws][draws]
  private let products: Buffer<Double>
  /// <draw, reference>
  private let alongReference: Buffer<Double>

  /// - Parameters:
  ///   - rows: the draws [draws][count].
  ///   - reference: [count], or nil.
  init(
    _ rows: UnsafePointer<Float>, draws: Int, count: Int, reference: UnsafePointer<Float>?, account: MemoryAccount,
    stopFlag: StopFlag
  ) throws(Failure) {
    self.draws = draws
    products = try Buffer(draws * draws, for: "the products of \(draws) draws", account: account)
    alongReference = try Buffer(draws, for: "the products of \(draws) draws", account: account)
    referenceSquare = reference.map { Self.product($0, $0, count) }
    for i in 0..<draws {
      for j in 0...i {
        try stopFlag.check()
        let product = Self.product(rows + i * count, rows + j * count, count)
        products.base[i * draws + j] = product
        products.base[j * draws + i] = product
      }
      if let reference { alongReference.base[i] = Self.product(rows + i * count, reference, count) }
    }
  }

  private static func product(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum = 0.0
    for index in 0..<count { sum += Double(a[index]) * Double(b[index]) }
    return sum
  }

  private func product(_ i: Int, _ j: Int) -> Double { products.base[i * draws + j] }

  /// A mean over pairs of draws, and its standard error by the jackknife; infinite for two draws.
  struct Estimate {
    let value: Double
    let error: Double
    /// Whether it stands out of the noise.
    var isTold: Bool { value > 2 * error }
  }

  private func meanOverPairs(_ kernel: (_ i: Int, _ j: Int) -> Double) -> Estimate {
    let n = Double(draws)
    var rows = [Double](repeating: 0, count: draws)
    for i in 0..<draws {
      for j in 0..<draws where j != i { rows[i] += kernel(i, j) }
    }
    let total = rows.reduce(0, +)
    let mean = total / (n * (n - 1))
    if draws < 3 { return Estimate(value: mean, error: .infinity) }
    // Without draw i: (total - 2 rows[i]) / ((n - 1) (n - 2)), which differs from the mean of all these by
    let squares = rows.reduce(0) { sum, row in
      let difference = 2 * (total / n - row) / ((n - 1) * (n - 2))
      return sum + difference * difference
    }
    return Estimate(value: mean, error: ((n - 1) / n * squares).squareRoot())
  }

  /// E |g - E g|^2
  var noise: Double {
    // Half the squared distance of two draws; none of two that are the same to the bit.
    meanOverPairs { i, j in max((product(i, i) + product(j, j)) / 2 - product(i, j), 0) }.value
  }

  /// |E g|^2; of its part along the reference alone, if the whole does not stand out of the noise.
  var signal: Estimate {
    let whole = meanOverPairs(product)
    guard !whole.isTold, let referenceSquare, referenceSquare > 0 else { return whole }
    return meanOverPairs { i, j in alongReference.base[i] * alongReference.base[j] / referenceSquare }
  }

  /// |E g - reference|^2, or nil without a reference.
  var squaredBias: Estimate? {
    guard let referenceSquare else { return nil }
    return meanOverPairs { i, j in
      product(i, j) - alongReference.base[i] - alongReference.base[j] + referenceSquare
    }
  }

  /// Mean over the draws of their cosine with the reference, or with the mean of the others; a draw of zeros counts
  /// as 0, and without a reference's direction it is not a number.
  var cosine: Double {
    if let referenceSquare {
      if referenceSquare == 0 { return .nan }
      return mean { i in alongReference.base[i] / (product(i, i) * referenceSquare).squareRoot() }
    }
    var sums = [Double](repeating: 0, count: draws)
    for i in 0..<draws { sums[i] = (0..<draws).reduce(0) { $0 + product(i, $1) } }
    let all = sums.reduce(0, +)
    if all == 0 { return .nan }
    return mean { i in
      let others = all - 2 * sums[i] + product(i, i)
      return (sums[i] - product(i, i)) / (product(i, i) * max(others, 0)).squareRoot()
    }
  }

  private func mean(_ cosine: (_ i: Int) -> Double) -> Double {
    (0..<draws).reduce(0) { sum, i in
      let value = cosine(i)
      return sum + (value.isFinite ? value : 0)
    } / Double(draws)
  }
}

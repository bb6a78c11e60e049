import Kernels
import Runtime

/// Improves a tensor's approximation by a sum of products: the vectors of one axis after the other by least squares,
/// the others held fixed (Kolda & Bader, SIAM Review 51, 2009).
///
/// Each step solves equations of as many unknowns as there are terms. It stops where a sweep gains little; three or more
/// axes have local optima, so its start matters.
struct AlternatingLeastSquares {
  private let algebra: MatrixAlgebra
  /// The first axis along rows, the others along columns.
  private let tensor: MatrixPart
  private let axes: [Int]
  private let count: Int
  /// [axis][place][term]
  private var vectors: [Matrix]

  private static let mostSweeps = 30
  /// Share of the squared error that a sweep must take away for another to follow.
  private static let leastGain = 0.01

  init(_ algebra: MatrixAlgebra, _ tensor: MatrixPart, _ axes: [Int], start: [ProductTerm]) throws(Failure) {
    self.algebra = algebra
    self.tensor = tensor
    self.axes = axes
    count = start.count
    vectors = []
    for (axis, length) in ([tensor.rows] + axes).enumerated() {
      let matrix = try algebra.matrix(length, start.count)
      for (k, term) in start.enumerated() {
        for place in 0..<length { matrix[place][k] = term.vectors[axis][place] }
      }
      vectors.append(matrix)
    }
  }

  /// The improved terms.
  mutating func improved() throws(Failure) -> [ProductTerm] {
    let size = algebra.dot(tensor, tensor)
    var error = Double.infinity
    for _ in 0..<Self.mostSweeps {
      let before = error
      error = try sweep(size)
      if error <= 1e-14 * size || error > (1 - Self.leastGain) * before { break }
    }
    return (0..<count).map { k in
      var weight = 1.0
      let columns = vectors.map { matrix in
        let column = (0..<matrix.rows).map { matrix[$0][k] }
        let length = column.reduce(0) { $0 + $1 * $1 }.squareRoot()
        weight *= length
        return column.map { length > 0 ? $0 / length : 0 }
      }
      return ProductTerm(weight: weight, vectors: columns)
    }
  }

  /// Improves the vectors of every axis once.
  ///
  /// - Returns: the squared error.
  private mutating func sweep(_ size: Double) throws(Failure) -> Double {
    try replace(0, algebra.product(tensor, productsOfRest().all))
    // [term][places of all other axes]
    let contracted = try algebra.product(vectors[0].all.transposed, tensor)
    var error = size
    for axis in 1...axes.count {
      let wanted = try contraction(contracted, axis)
      let last = axis == axes.count
      let found = try replace(axis, wanted, keepLength: last)
      if last {
        let products = try gramOfOthers(axis)
        let own = try algebra.gram(vectors[axis].all)
        error += algebra.dot(own.all, products.all) - 2 * algebra.dot(vectors[axis].all, found.all)
      }
    }
    return max(error, 0)
  }

  /// The vectors of an axis that fit what the tensor, contracted with those of the others, wants.
  ///
  /// - Returns: `wanted`.
  @discardableResult
  private mutating func replace(_ axis: Int, _ wanted: Matrix, keepLength: Bool = false) throws(Failure) -> Matrix {
    let products = try gramOfOthers(axis)
    let trace = (0..<count).reduce(0) { $0 + products[$1][$1] }
    for k in 0..<count { products[k][k] += 1e-10 * max(trace / Double(count), 1e-300) }
    guard try algebra.choleskyFactor(count, products) else {
      throw Failure(.outOfRange, "latent: its \(count) products have become dependent; use fewer")
    }
    let turned = try algebra.matrix(count, wanted.rows)
    for place in 0..<wanted.rows {
      for k in 0..<count { turned[k][place] = wanted[place][k] }
    }
    algebra.kernels.choleskySolve(count, wanted.rows, products.base, count, turned.base, wanted.rows)
    for k in 0..<count {
      let length = (0..<wanted.rows).reduce(0) { $0 + turned[k][$1] * turned[k][$1] }.squareRoot()
      let factor = keepLength || length == 0 ? 1 : 1 / length
      for place in 0..<wanted.rows { vectors[axis][place][k] = factor * turned[k][place] }
    }
    return wanted
  }

  /// The elementwise product of the other axes' Gram matrices.
  private func gramOfOthers(_ axis: Int) throws(Failure) -> Matrix {
    let products = try algebra.matrix(count, count)
    for index in 0..<count * count { products.base[index] = 1 }
    for (other, matrix) in vectors.enumerated() where other != axis {
      let gram = try algebra.gram(matrix.all)
      for index in 0..<count * count { products.base[index] *= gram.base[index] }
    }
    return products
  }

  /// [places of all axes but the first][term]
  private func productsOfRest() throws(Failure) -> Matrix {
    try algebra.productsOfRows(Array(vectors.dropFirst()))
  }

  /// Contracts each term's [places] with its vectors of all axes but the first and this one: [places of this][term].
  private func contraction(_ contracted: Matrix, _ axis: Int) throws(Failure) -> Matrix {
    let wanted = try algebra.matrix(axes[axis - 1], count)
    let scratch = try algebra.matrix(count, contracted.columns)
    try algebra.pool.forEach(count, unless: algebra.stopFlag) { k, _ in
      let values = scratch[k]
      values.update(from: contracted[k], count: contracted.columns)
      var length = contracted.columns
      // Axes behind it, last first: each run of neighbours becomes its product with the vector.
      for other in stride(from: axes.count, to: axis, by: -1) {
        let run = axes[other - 1]
        length /= run
        for place in 0..<length {
          var sum = 0.0
          for i in 0..<run { sum += values[place * run + i] * vectors[other][i][k] }
          values[place] = sum
        }
      }
      // Axes before it, first first.
      for other in 1..<axis {
        let run = axes[other - 1]
        length /= run
        for place in 0..<length {
          var sum = 0.0
          for i in 0..<run { sum += values[i * length + place] * vectors[other][i][k] }
          values[place] = sum
        }
      }
      for place in 0..<wanted.rows { wanted[place][k] = values[place] }
    }
    return wanted
  }
}

extension MatrixAlgebra {
  /// Column by column the products of all rows' elements, last matrix fastest: [product of rows][columns].
  func productsOfRows(_ matrices: [Matrix]) throws(Failure) -> Matrix {
    var result = matrices[0]
    for next in matrices.dropFirst() {
      let joined = try matrix(result.rows * next.rows, next.columns)
      for i in 0..<result.rows {
        for j in 0..<next.rows {
          let row = joined[i * next.rows + j]
          for k in 0..<next.columns { row[k] = result[i][k] * next[j][k] }
        }
      }
      result = joined
    }
    return result
  }
}

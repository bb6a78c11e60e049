import Kernels
import Runtime

/// One term of a tensor written as a sum of products of vectors: its weight, and a unit vector for each axis.
struct ProductTerm {
  let weight: Double
  let vectors: [[Double]]
}

extension MatrixAlgebra {
  /// The best few products of a tensor, greatest first.
  ///
  /// A matrix has its singular vectors, which are the best there are. A tensor with more axes is cut after the first:
  /// each right singular vector is a tensor of the others, and is treated alike. Terms made so are orthogonal, so that
  /// what is left out is the sum of their squared weights.
  ///
  /// - Parameters:
  ///   - tensor: the first axis along rows, the others along columns.
  ///   - axes: lengths of the others.
  func terms(_ tensor: MatrixPart, _ axes: ArraySlice<Int>, count: Int) throws(Failure) -> [ProductTerm] {
    let singular = try singularVectors(tensor, count: count)
    var terms: [ProductTerm] = []
    for (k, value) in singular.values.enumerated() {
      let left = column(singular.left, k)
      if axes.count == 1 {
        terms.append(ProductTerm(weight: value, vectors: [left, column(singular.right, k)]))
        continue
      }
      // Weights of what follows are not greater than its singular value.
      if terms.count >= count && terms[count - 1].weight >= value { break }
      let rest = try matrix(axes[axes.startIndex], tensor.columns / axes[axes.startIndex])
      for index in 0..<tensor.columns { rest.base[index] = singular.right[index][k] }
      for term in try self.terms(rest.all, axes.dropFirst(), count: count) {
        terms.append(ProductTerm(weight: value * term.weight, vectors: [left] + term.vectors))
      }
      terms.sort { $0.weight > $1.weight }
    }
    return Array(terms.prefix(count))
  }

  private func column(_ matrix: Matrix, _ k: Int) -> [Double] { (0..<matrix.rows).map { matrix[$0][k] } }
}

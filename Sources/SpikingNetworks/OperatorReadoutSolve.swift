import Glibc
import Kernels
import Runtime

/// The linear readouts of an operator network in closed form, the hidden layers' mean spike trains as given.
///
/// With branch rates Phi [functions][b], trunk rates Psi_i [points_i][t_i] (constants included) and readouts C, the
/// outputs are Phi C_b (C_1 ...)^T (Psi_1 ...)^T. In coordinates that make the penalised Gram matrices 1,
///
///     W = L_b^-1 (Phi^T U) (Y_1 ...),   C_b = L_b^-T P,   C_i = Z_i Q_i   (L_b L_b^T = Phi^T Phi + penalty)
///
/// the penalised squared error is |W - sum_k P_k (Q_1k ...)|^2 and a constant: reduced-rank ridge regression. With two
/// stacks the truncated singular value decomposition of W solves it; with more, the best start that nested
/// decompositions give is improved by alternating least squares. Each field has products of its own.
struct OperatorReadoutSolve {
  private let network: Network
  private let data: NetworkData
  private let targets: HostArray
  private let algebra: MatrixAlgebra

  init(_ network: Network, _ data: NetworkData, _ targets: HostArray) throws(Failure) {
    guard data.points == .shared else {
      throw Failure(
        .unsupported, "inputs: the closed form needs points that all functions share; train the readouts instead")
    }
    self.network = network
    self.data = data
    self.targets = targets
    algebra = MatrixAlgebra(network)
  }

  private var fields: Int { network.specification.outputs }
  private var latent: Int { network.specification.latent }

  /// The readouts of one field: coefficients [unknowns][terms] of each stack.
  private struct Field {
    let coefficients: [Matrix]
    let squaredError: Double
  }

  func solve(lambda: Double, _ lambdaName: String) throws(Failure) -> ReadoutSolution {
    try network.requireFiniteParameters()
    var trunks: [TrunkBasis] = []
    for (stack, array) in zip(network.stacks, data.arrays).dropFirst() {
      trunks.append(try TrunkBasis(network, algebra, stack, array))
    }
    let size = trunks.reduce(1) { $0 * $1.size }
    let ridge = try RidgeRegression(
      network, algebra, inputs: data.first, outputs: fields * size, lambda: lambda)
    let reduction = TargetReduction(network, algebra, targets, trunks)
    var squares = [Double](repeating: 0, count: fields)
    let (equations, chosen) = try ridge.equations(lambda: lambda, lambdaName) { samples, wanted throws(Failure) in
      try reduction.read(samples, into: wanted, squares: &squares)
    }
    let whitened = try algebra.matrix(equations.unknowns, fields * size)
    whitened.base.update(from: equations.cross.base, count: equations.unknowns * fields * size)
    try equations.divide(whitened, by: .lower)

    var found: [Field] = []
    for field in 0..<fields {
      let terms = try approximate(whitened.columns(field * size, size), trunks.map(\.size))
      let solved = try readouts(terms, equations, trunks, equations.cross.columns(field * size, size), squares[field])
      for matrix in solved.coefficients { try network.requireReadout(matrix.all, chosen, lambdaName) }
      found.append(solved)
    }
    let loss = try network.readoutLoss(found.map(\.squaredError), of: targets)
    for (field, solved) in found.enumerated() { try store(solved, field) }
    network.noteChange()
    return ReadoutSolution(loss: loss, lambda: chosen)
  }

  private func approximate(_ tensor: MatrixPart, _ axes: [Int]) throws(Failure) -> [ProductTerm] {
    if axes.count == 1 { return try algebra.terms(tensor, axes[...], count: latent) }
    // The branch's axis is long; twice as many of its directions as there are products are enough.
    let singular = try algebra.singularVectors(tensor, count: 2 * latent)
    if singular.values.isEmpty { return [] }
    let core = try algebra.product(singular.left.all.transposed, tensor)
    let start = try algebra.terms(core.all, axes[...], count: latent)
    var squares = try AlternatingLeastSquares(algebra, core.all, axes, start: start)
    return try squares.improved().map { term in
      let first = (0..<tensor.rows).map { row in
        (0..<singular.values.count).reduce(0) { $0 + singular.left[row][$1] * term.vectors[0][$1] }
      }
      return ProductTerm(weight: term.weight, vectors: [first] + term.vectors.dropFirst())
    }
  }

  /// Coefficients from terms. Trunks get features of one size, so that they are modes of the targets, and the branch the
  /// size of each product, such that the mean square of its features is 1: a loss by the outputs is then, but for a
  /// factor, the squared error of the branch's features, in which great products count for more.
  private func readouts(
    _ terms: [ProductTerm], _ equations: NormalEquations, _ trunks: [TrunkBasis], _ cross: MatrixPart,
    _ squares: Double
  ) throws(Failure) -> Field {
    let points = trunks.reduce(1.0) { $0 * Double($1.points).squareRoot() }
    let size = (terms.reduce(0) { $0 + $1.weight * $1.weight } / Double(max(data.samples * latent, 1))).squareRoot()
    let trunkScale = size > 0 ? pow(size / points, 1 / Double(trunks.count)) : 1
    var coordinates: [Matrix] = []
    for stack in 0...trunks.count {
      let rows = stack == 0 ? equations.unknowns : trunks[stack - 1].size
      let matrix = try algebra.matrix(rows, terms.count)
      for (k, term) in terms.enumerated() {
        let scale =
          stack == 0
          ? term.weight / pow(trunkScale, Double(trunks.count)) / points
          : trunkScale * Double(trunks[stack - 1].points).squareRoot()
        for place in 0..<rows { matrix[place][k] = scale * term.vectors[stack][place] }
      }
      coordinates.append(matrix)
    }
    try equations.divide(coordinates[0], by: .upper)
    var coefficients = [coordinates[0]]
    for (trunk, matrix) in zip(trunks, coordinates.dropFirst()) {
      coefficients.append(try algebra.product(trunk.coefficients.all, matrix.all))
    }
    // |U|^2 - 2 <U, outputs> + |outputs|^2
    let branch = coefficients[0]
    let wanted = try algebra.product(cross, algebra.productsOfRows(Array(coordinates.dropFirst())).all)
    let image = try algebra.product(equations.gram.all, branch.all)
    let products = try algebra.product(branch.all.transposed, image.all)
    for (trunk, matrix) in zip(trunks, coordinates.dropFirst()) {
      let inner = try algebra.product(matrix.all.transposed, algebra.product(trunk.gram.all, matrix.all).all)
      for index in 0..<terms.count * terms.count { products.base[index] *= inner.base[index] }
    }
    let outputs = (0..<terms.count * terms.count).reduce(0) { $0 + products.base[$1] }
    let error = squares - 2 * algebra.dot(wanted.all, branch.all) + outputs
    return Field(coefficients: coefficients, squaredError: flooredAtZero(error))
  }

  /// Puts a field's readouts into the network. Products that are not needed get a last trunk of 0 and keep the rest, so
  /// that they say nothing, and training can take them up.
  private func store(_ solved: Field, _ field: Int) throws(Failure) {
    for (stack, matrix) in zip(network.stacks, solved.coefficients) {
      try network.store(matrix.all, stack, feature: field * latent)
    }
    guard let trunk = network.stacks.last, let readout = trunk.readout else {
      throw .contradiction("a readout was solved for that there is not")
    }
    for k in solved.coefficients[0].columns..<latent {
      let feature = field * latent + k
      for neuron in 0..<trunk.lastLayer.neurons {
        network.parameters.base[readout.weightOffset + neuron * trunk.features + feature] = 0
      }
      network.parameters.base[readout.biasOffset + feature] = 0
    }
  }
}

/// Reads targets as functions need them: in the network's units, in the coordinates of the trunks, field by field.
struct TargetReduction {
  private let network: Network
  private let algebra: MatrixAlgebra
  private let targets: HostArray
  private let trunks: [TrunkBasis]

  init(_ network: Network, _ algebra: MatrixAlgebra, _ targets: HostArray, _ trunks: [TrunkBasis]) {
    self.network = network
    self.algebra = algebra
    self.targets = targets
    self.trunks = trunks
  }

  /// - Parameters:
  ///   - wanted: [functions][fields][size of the trunks' coordinates].
  ///   - squares: the sum of squares of each field's targets is added.
  func read(
    _ functions: ArraySlice<Int>, into wanted: UnsafeMutablePointer<Double>, squares: inout [Double]
  ) throws(Failure) {
    let fields = network.specification.outputs
    let points = targets.features / fields
    let size = trunks.reduce(1) { $0 * $1.size }
    let all = try algebra.matrix(functions.count, targets.features)
    for (row, function) in functions.enumerated() { targets.read(sample: function, into: all[row]) }
    for field in 0..<fields {
      let (shift, scale) = (network.outputScaling.shift[field], network.outputScaling.scale[field])
      var values = try algebra.matrix(functions.count, points)
      for row in 0..<functions.count {
        for point in 0..<points {
          let value = (all[row][point * fields + field] - shift) / scale
          values[row][point] = value
          squares[field] += value * value
        }
      }
      var inner = 1
      for trunk in trunks.reversed() {
        values = try contract(values, trunk, inner)
        inner *= trunk.size
      }
      for row in 0..<functions.count {
        (wanted + (row * fields + field) * size).update(from: values[row], count: size)
      }
    }
  }

  /// Replaces the points of one axis, which `inner` places follow, by coordinates.
  private func contract(_ values: Matrix, _ trunk: TrunkBasis, _ inner: Int) throws(Failure) -> Matrix {
    let outer = values.rows * values.columns / (trunk.points * inner)
    let result = try algebra.matrix(values.rows, values.columns / trunk.points * trunk.size)
    if inner == 1 {
      try algebra.add(values.reshaped(outer, trunk.points), trunk.values.all, to: result.reshaped(outer, trunk.size))
      return result
    }
    let turned = trunk.values.all.transposed
    try algebra.pool.forEach(outer, .doubleProduct(outer * trunk.size, trunk.points, inner), unless: algebra.stopFlag) {
      place, _ in
      algebra.kernels.multiplyDoubles(
        trunk.size, inner, trunk.points, turned.base, turned.rowStride, turned.columnStride,
        values.base + place * trunk.points * inner, inner, result.base + place * trunk.size * inner, inner)
    }
    return result
  }
}

import Kernels
import Runtime

/// A trunk's mean spike trains at its points, made orthonormal under the ridge.
///
/// With the rates A (and a constant 1) at the points and the penalised Gram matrix G = A^T A + penalty, it holds a map
/// Z [unknowns][size] from coordinates to readout coefficients with Z^T G Z = 1, and Y = A Z [points][size], what the
/// coordinates mean at the points. The size is the lesser of points and unknowns. In such coordinates of all stacks the
/// penalised least squares problem is the approximation of one tensor; see OperatorReadoutSolve.
struct TrunkBasis {
  let stack: Stack
  let points: Int
  /// Z and Y.
  let coefficients: Matrix
  let values: Matrix
  /// Y^T Y
  let gram: Matrix

  var size: Int { values.columns }

  /// The ridge of trunks, relative to their mean diagonal. Any from 1e-12 to 1e-3 gave the same errors (measured on
  /// Burgers, also between the points), so it is not chosen.
  private static let ridge = 1e-8
  private static let block = 256

  init(_ network: Network, _ algebra: MatrixAlgebra, _ stack: Stack, _ array: HostArray) throws(Failure) {
    self.stack = stack
    points = array.samples
    var riders = Riders()
    riders.traces = true
    let pass = try ForwardPass(
      stack, riders: riders, kernels: algebra.kernels, pool: algebra.pool, account: algebra.account,
      stopFlag: algebra.stopFlag)
    pass.parameters.pack(network.parameters.base)
    try pass.run(
      InputBatch(array, scaling: network.inputScalings[stack.index], first: 0, samples: points),
      steps: network.specification.timeSteps)
    let equations = try NormalEquations(stack.lastLayer.neurons + 1, 0, algebra)
    try Self.forEachBlock(pass, algebra) { rates, _, count throws(Failure) in
      try equations.add(rows: count, rates.base, stride: padded(equations.unknowns), [])
    }
    guard try equations.factorize(lambda: Self.ridge) else {
      throw Failure(
        .notFinite,
        "inputs: the mean spike trains of \(stack.specification.name) cannot be told apart; widen trunk_gain")
    }
    (coefficients, values) =
      points < equations.unknowns
      ? try Self.byPoints(equations, pass, algebra) : try Self.byUnknowns(equations, pass, algebra)
    gram = try algebra.gram(values.all)
  }

  /// G = L L^T, Z = L^-T.
  private static func byUnknowns(
    _ equations: NormalEquations, _ pass: ForwardPass, _ algebra: MatrixAlgebra
  ) throws(Failure) -> (Matrix, Matrix) {
    let coefficients = try algebra.matrix(equations.unknowns, equations.unknowns)
    for index in 0..<equations.unknowns { coefficients[index][index] = 1 }
    try equations.divide(coefficients, by: .upper)
    let values = try algebra.matrix(pass.samples, equations.unknowns)
    let rows = try algebra.matrix(block, equations.unknowns)
    try forEachBlock(pass, algebra) { rates, first, count throws(Failure) in
      widen(rates.base, count, into: rows)
      try algebra.add(rows.all, coefficients.all, to: values.rows(first, count))
    }
    return (coefficients, values)
  }

  /// Fewer points than unknowns: A G^-1 A^T = Y Y^T, Z = G^-1 A^T Y^-T.
  private static func byPoints(
    _ equations: NormalEquations, _ pass: ForwardPass, _ algebra: MatrixAlgebra
  ) throws(Failure) -> (Matrix, Matrix) {
    let (points, unknowns) = (pass.samples, equations.unknowns)
    let rows = try algebra.matrix(points, unknowns)
    let solved = try algebra.matrix(unknowns, points)
    let some = try algebra.matrix(block, unknowns)
    try forEachBlock(pass, algebra) { rates, first, count in
      widen(rates.base, count, into: some)
      rows[first].update(from: some.base, count: count * unknowns)
    }
    for point in 0..<points {
      for unknown in 0..<unknowns { solved[unknown][point] = rows[point][unknown] }
    }
    try equations.divide(solved)
    let values = try algebra.product(rows.all, solved.all)
    // Points with the same spikes leave it singular.
    let trace = (0..<points).reduce(0) { $0 + values[$1][$1] }
    for point in 0..<points { values[point][point] += 1e-12 * trace / Double(points) }
    guard try algebra.choleskyFactor(points, values) else {
      throw Failure(
        .notFinite, "inputs: the points of \(pass.stack.specification.name) overflow; scale them to order 1")
    }
    for point in 0..<points {
      for other in point + 1..<points { values[point][other] = 0 }
      for unknown in 0..<unknowns { rows[point][unknown] = solved[unknown][point] }
    }
    algebra.kernels.triangularSolve(points, unknowns, values.base, points, rows.base, unknowns, false)
    let coefficients = try algebra.matrix(unknowns, points)
    for point in 0..<points {
      for unknown in 0..<unknowns { coefficients[unknown][point] = rows[point][unknown] }
    }
    return (coefficients, values)
  }

  /// Calls `body` with rows of mean spike trains and a 1.
  private static func forEachBlock(
    _ pass: ForwardPass, _ algebra: MatrixAlgebra,
    _ body: (_ rates: Buffer<Float>, _ first: Int, _ count: Int) throws(Failure) -> Void
  ) throws(Failure) {
    guard let traces = pass.traces else { return }
    let layer = pass.stack.lastLayer
    let stride = padded(layer.neurons + 1)
    let rows = try Buffer<Float>(block * stride, for: algebra.purpose, account: algebra.account)
    for first in Swift.stride(from: 0, to: pass.samples, by: block) {
      let count = min(block, pass.samples - first)
      for row in 0..<count {
        let place = rows.base + row * stride
        place.update(
          from: traces.rates[pass.stack.layers.count - 1] + (first + row) * layer.width, count: layer.neurons)
        place[layer.neurons] = 1
      }
      try body(rows, first, count)
    }
  }

  private static func widen(_ rates: UnsafePointer<Float>, _ count: Int, into rows: Matrix) {
    let stride = padded(rows.columns)
    for row in 0..<count {
      for column in 0..<rows.columns { rows[row][column] = Double(rates[row * stride + column]) }
    }
  }
}

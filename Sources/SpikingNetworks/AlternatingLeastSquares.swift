import Glibc
import Runtime

/// The linear readouts of an operator network in closed form, one stack after the other, the others held fixed.
///
/// With the hidden layers' mean spike trains Phi_i (and a constant 1) as given, the outputs are linear in each stack's
/// readout C_i. Its normal equations are a Kronecker product, so that a step is two small solves:
///
///     C_i = (Phi_i^T Phi_i + lambda)^-1  Phi_i^T R_i  (H_i)^-1,    H_i = elementwise product over j != i of G_j^T G_j
///
/// where G_j are the features of the other stacks and R_i the targets contracted with them: what the derivative by the
/// features of stack i would be if the targets were the derivative by the outputs. The hidden layers run once.
struct AlternatingLeastSquares {
  private let network: Network
  private let data: NetworkData
  private let targets: HostArray
  private let account: MemoryAccount

  /// Sweeps over all stacks; for two stacks each is a step of subspace iteration.
  private static let sweeps = 12
  private static let blockFunctions = 128

  init(_ network: Network, _ data: NetworkData, _ targets: HostArray) throws(Failure) {
    guard network.specification.readout == .linear else {
      throw Failure(
        .unsupported, "readout: a spiking readout has no linear map to solve for; use readout = linear")
    }
    guard data.points == .shared else {
      throw Failure(
        .unsupported, "inputs: the closed form needs points that all functions share; train the readouts instead")
    }
    self.network = network
    self.data = data
    self.targets = targets
    account = network.account
  }

  /// - Returns: mean squared error of the solution, in the host's units.
  func solve(lambda: Double, _ lambdaName: String) throws(Failure) -> Double {
    let factors = try makeFactors(lambda: lambda, lambdaName)
    let combination = ProductCombination(network, account: account)
    for _ in 0..<Self.sweeps {
      for index in factors.indices.reversed() {
        try improve(index, factors, combination)
        // Only the last of a sweep carries the size of the outputs; the others are a basis.
        if index > 0 { try factors[index].makeBasis(orthonormal: factors.count == 2) }
      }
    }
    balance(factors)
    guard factors.allSatisfy(\.isFinite) else {
      throw Failure(.notFinite, "\(lambdaName): the solution overflows at \(lambda); use a larger one, such as 1e-6")
    }
    return try store(factors)
  }

  /// Puts the readouts into the network, and takes them back if their error cannot be found.
  private func store(_ factors: [ReadoutFactor]) throws(Failure) -> Double {
    let parameters = network.parameters
    let before = try Buffer<Float>(parameters.count, for: "the parameters before the solve", account: account)
    before.base.update(from: parameters.base, count: parameters.count)
    for factor in factors { factor.store(in: parameters.base) }
    do {
      return try meanSquaredError()
    } catch {
      parameters.base.update(from: before.base, count: parameters.count)
      throw error
    }
  }

  /// Runs the hidden layers and keeps their mean spike trains.
  private func makeFactors(lambda: Double, _ lambdaName: String) throws(Failure) -> [ReadoutFactor] {
    try network.requireFiniteParameters()
    var factors: [ReadoutFactor] = []
    for (index, stack) in network.stacks.enumerated() {
      var riders = Riders()
      riders.traces = true
      let pass = try ForwardPass(
        stack, riders: riders, kernels: network.kernels, pool: network.pool, account: account)
      pass.parameters.pack(network.parameters.base)
      let array = data.arrays[index]
      try pass.run(
        InputBatch(array, scaling: network.inputScalings[index], first: 0, samples: array.samples),
        steps: network.specification.timeSteps)
      factors.append(try ReadoutFactor(network, pass, lambda: lambda, lambdaName, account: account))
    }
    return factors
  }

  /// Solves for one stack's readout.
  private func improve(
    _ index: Int, _ factors: [ReadoutFactor], _ combination: ProductCombination
  ) throws(Failure) {
    let fields = network.specification.outputs
    let columns = targets.features
    let wanted = try Buffer<Float>(
      try checkedProduct(Self.blockFunctions, columns, for: "a block of targets"), for: "a block of targets",
      account: account)
    let factor = factors[index]
    factor.clearContraction()
    var first = 0
    while first < targets.samples {
      let count = min(Self.blockFunctions, targets.samples - first)
      for row in 0..<count {
        for column in 0..<columns {
          let field = column % fields
          wanted.base[row * columns + column] = Float(
            (targets.value(sample: first + row, feature: column) - network.outputScaling.shift[field])
              / network.outputScaling.scale[field])
        }
      }
      try combination.take(
        factors.enumerated().map {
          $0.offset == 0 ? $0.element.rows(first, count) : $0.element.rows(0, $0.element.count)
        },
        .shared)
      let contracted = combination.featureGradients(UnsafePointer(wanted.base))
      factor.addContraction(contracted[index], first: index == 0 ? first : 0, rows: index == 0 ? count : factor.count)
      first += count
    }
    try factor.solve(others: factors.enumerated().filter { $0.offset != index }.map(\.element))
  }

  /// Shares the size of each product evenly among its stacks, so that training moves them all alike.
  private func balance(_ factors: [ReadoutFactor]) {
    let sizes = factors.map { $0.sizes() }
    for (index, factor) in factors.enumerated() {
      factor.scale { k in
        let product = sizes.reduce(1) { $0 * $1[k] }
        let share = pow(product, 1 / Double(factors.count))
        return sizes[index][k] > 0 && share > 0 ? share / sizes[index][k] : 1
      }
    }
  }

  private func meanSquaredError() throws(Failure) -> Double {
    var error = 0.0
    let fields = network.specification.outputs
    let columns = targets.features
    try network.forEachPrediction(data) { outputs, first, count in
      for row in 0..<count {
        for column in 0..<columns {
          let field = column % fields
          let value =
            network.outputScaling.shift[field]
            + network.outputScaling.scale[field] * Double(outputs[row * columns + column])
          let residual = value - targets.value(sample: first + row, feature: column)
          error += residual * residual
        }
      }
    }
    return error / (Double(targets.samples) * Double(columns))
  }
}
